"""The API's addresses, open to everybody: they publish what the directory already shows."""

from __future__ import annotations

from django.urls import URLPattern, URLResolver, path
from django.views.decorators.gzip import gzip_page

from sanscouture.access.decorators import public
from sanscouture.api.views import api

_patterns, _app, _namespace = api.urls
for _pattern in _patterns:
    if _pattern.callback is not None:
        _pattern.callback = public(gzip_page(_pattern.callback))

urlpatterns: list[URLPattern | URLResolver] = [path("api/v1/", (_patterns, _app, _namespace))]
