"""Reads of the offer: what matches a need, and what a search finds."""

from sanscouture.directory.selectors.matching import (
    ServiceMatch,
    ServiceMatches,
    matching_services,
    matching_services_by,
    matching_services_of,
    verdicts_of,
)
from sanscouture.directory.selectors.offers import active_services, row_of
from sanscouture.directory.selectors.places import Place, place_of_programme, places_named
from sanscouture.directory.selectors.searching import Found, FoundService, Search, search_services

__all__ = [
    "Found",
    "FoundService",
    "Place",
    "Search",
    "ServiceMatch",
    "ServiceMatches",
    "active_services",
    "matching_services",
    "matching_services_by",
    "matching_services_of",
    "place_of_programme",
    "places_named",
    "row_of",
    "search_services",
    "verdicts_of",
]
