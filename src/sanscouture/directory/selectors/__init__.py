"""Reads of the offer: what matches a need, and what a search finds."""

from sanscouture.directory.selectors.matching import (
    ServiceMatch,
    ServiceMatches,
    matching_services,
    matching_services_by,
)

__all__ = ["ServiceMatch", "ServiceMatches", "matching_services", "matching_services_by"]
