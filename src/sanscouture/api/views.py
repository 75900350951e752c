"""The public API, in the shape of data·inclusion's v1: a client written for it works against us unchanged."""

from __future__ import annotations

import hashlib
from collections.abc import Callable
from typing import Any

from django.conf import settings
from django.core.cache import caches
from django.http import HttpRequest, HttpResponse
from ninja import NinjaAPI, Query
from ninja.errors import ValidationError
from ninja.throttling import AnonRateThrottle

from sanscouture.api import rules, selectors
from sanscouture.api.models import (
    Fault,
    FoundByWordsPage,
    FoundPage,
    Gone,
    SearchAsked,
    ServicePage,
    ServicesAsked,
    ServiceWhole,
    Source,
    StructurePage,
    StructuresAsked,
    StructureWhole,
    Words,
    WordsAsked,
)
from sanscouture.directory.selectors.offers import Version, offer_version


class Throttle(AnonRateThrottle):
    """So many requests a minute from one address, counted in this process."""

    cache = caches["memory"]


THROTTLE = Throttle(settings.API_RATE)
api = NinjaAPI(
    title="Sans couture",
    version="1",
    description="Structures et services, dans la forme de l’API publique v1 de data·inclusion.",
    urls_namespace="api",
    docs_url=None,
    openapi_url="/openapi.json",
    throttle=[THROTTLE],
)


class Wrong(Exception):
    """A parameter that each by itself allows, and that together or in fact mean nothing."""

    def __init__(self, name: str, value: object, sentence: str) -> None:
        super().__init__(sentence)
        self.name, self.value, self.sentence = name, value, sentence


@api.exception_handler(ValidationError)
def _misread(request: HttpRequest, error: ValidationError) -> HttpResponse:
    """Name the parameter as the caller wrote it, not the argument that gathers them here."""
    faults = [{**fault, "loc": [part for part in fault["loc"] if part != "asked"]} for fault in error.errors]
    return api.create_response(request, {"detail": faults}, status=422)


@api.exception_handler(Wrong)
def _wrong(request: HttpRequest, error: Wrong) -> HttpResponse:
    fault = {"type": "value_error", "loc": ["query", error.name], "msg": error.sentence, "input": error.value}
    return api.create_response(request, {"detail": [fault]}, status=422)


@api.exception_handler(selectors.Unknown)
def _unknown(request: HttpRequest, error: selectors.Unknown) -> HttpResponse:
    return _wrong(request, Wrong(error.name, error.value, "Ce lieu n’existe pas."))


@api.get("/structures", response={200: StructurePage, 422: Fault}, url_name="structures", summary="Les structures")
def structures(request: HttpRequest, asked: Query[StructuresAsked]) -> HttpResponse:
    """Structures, by identifier."""
    return _kept(request, lambda _version: selectors.structures(asked))


@api.get(
    "/structures/{id}",
    response={200: StructureWhole, 404: Gone, 422: Fault},
    url_name="structure",
    summary="Une structure",
)
def structure(request: HttpRequest, id: Words) -> HttpResponse:  # noqa: A002 their name of it
    """One structure, with its services and its twins."""
    return _kept(request, lambda _version: selectors.structure(id))


@api.get("/services", response={200: ServicePage, 422: Fault}, url_name="services", summary="Les services")
def services(request: HttpRequest, asked: Query[ServicesAsked]) -> HttpResponse:
    """Services."""
    return _kept(request, lambda version: selectors.services(asked, version))


@api.get(
    "/services/{id}", response={200: ServiceWhole, 404: Gone, 422: Fault}, url_name="service", summary="Un service"
)
def service(request: HttpRequest, id: Words) -> HttpResponse:  # noqa: A002 their name of it
    """One service, with its structure."""
    return _kept(request, lambda _version: selectors.service(id))


@api.get("/search/services", response={200: FoundPage, 422: Fault}, url_name="search", summary="Chercher un service")
def search(request: HttpRequest, asked: Query[SearchAsked]) -> HttpResponse:
    """Services that the residents of a place can use, nearest first."""
    _whole_point(asked)
    return _kept(request, lambda version: selectors.search(asked, version))


@api.get("/search", response={200: FoundByWordsPage, 422: Fault}, url_name="search-words", summary="Chercher des mots")
def search_words(request: HttpRequest, asked: Query[WordsAsked]) -> HttpResponse:
    """Services that say some words, the best first."""
    _whole_point(asked)
    return _kept(request, lambda _version: selectors.search_words(asked))


@api.get("/sources", response=list[Source], url_name="sources", summary="Les sources")
def sources(request: HttpRequest) -> HttpResponse:
    """Where structures and services come from."""
    return _kept(request, lambda _version: selectors.sources())


def _whole_point(asked: SearchAsked | WordsAsked) -> None:
    if (asked.lat is None) != (asked.lon is None):
        raise Wrong("lat" if asked.lat is None else "lon", None, "La latitude et la longitude vont ensemble.")


def _kept(request: HttpRequest, read: Callable[[Version], Any]) -> HttpResponse:
    """Answer what was read, or 304 when it is what the caller holds: the offer has not changed since.

    The version is asked once, before reading: what changes meanwhile is newer than its tag, and is sent again. The
    answer is written as it was read: its shape is a test's to check, not each request's.
    """
    version = offer_version()
    etag = f'W/"{hashlib.sha256(f"{version}{request.get_full_path()}".encode()).hexdigest()[:32]}"'
    headers = {"ETag": etag, "Cache-Control": "public, max-age=60", "Access-Control-Allow-Origin": "*"}
    if etag in request.headers.get("If-None-Match", ""):
        return HttpResponse(status=304, headers=headers)
    found = read(version)
    if found is None:
        return HttpResponse('{"detail":"Introuvable."}', content_type="application/json", status=404)
    content = found if isinstance(found, bytes) else rules.written(found)
    return HttpResponse(content, content_type="application/json", headers=headers)
