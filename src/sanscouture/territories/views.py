"""Small pages and fragments that forms and maps of the other apps ask for."""

from __future__ import annotations

from dataclasses import dataclass

from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import render
from django.utils.functional import cached_property
from django.views.decorators.cache import cache_control
from django.views.decorators.http import condition, require_safe

from sanscouture.access.decorators import public, signed_in
from sanscouture.territories.rules import GeocodedAddress, QpvAnswer
from sanscouture.territories.selectors import communes_matching, qpv_features, qpv_of_place, qpv_version, qpv_with_codes
from sanscouture.territories.services import find_addresses, seal_place

MOST_CODES = 1_000


@dataclass(frozen=True)
class Proposal:
    """A place that may be the one; the token lets a form carry it, the answer is computed if shown."""

    place: GeocodedAddress

    @property
    def token(self) -> str:
        return seal_place(self.place)

    @cached_property
    def answer(self) -> QpvAnswer:
        return qpv_of_place(self.place)


def _asks_fragment(request: HttpRequest) -> bool:
    return request.headers.get("HX-Request") == "true"


@require_safe
@signed_in
def addresses(request: HttpRequest) -> HttpResponse:
    """Addresses close to `q`: radio buttons named `field` for a form (htmx), or a page with each answer."""
    asked = request.GET.get("q", "").strip()
    field = request.GET.get("field", "place")
    given = {
        "asked": asked,
        "field": field if field.isidentifier() else "place",
        "places": [Proposal(place) for place in find_addresses(asked)],
    }
    template = "territories/addresses.html"
    return render(request, f"{template}#choices" if _asks_fragment(request) else template, given)


@require_safe
@signed_in
def communes(request: HttpRequest) -> HttpResponse:
    """Communes whose name, postcode or code begins as `q`: options for a list (htmx), or a page."""
    asked = request.GET.get("q", "").strip()
    template = "territories/communes.html"
    return render(
        request,
        f"{template}#options" if _asks_fragment(request) else template,
        {"asked": asked, "communes": communes_matching(asked)},
    )


def _codes(request: HttpRequest) -> list[str]:
    return request.GET.get("codes", "").split(",")[:MOST_CODES]


def _etag(request: HttpRequest) -> str:
    return f'"{qpv_version(qpv_with_codes(_codes(request)))}"'


@require_safe
@public
@cache_control(public=True, max_age=3600)
@condition(etag_func=_etag)
def qpv_geojson(request: HttpRequest) -> HttpResponse:
    """The outlines of the QPV named by `codes` (comma separated), for maps."""
    features = qpv_features(qpv_with_codes(_codes(request)))
    return JsonResponse({"type": "FeatureCollection", "features": features}, content_type="application/geo+json")
