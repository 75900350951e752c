"""The API's addresses, open to everybody: they publish what the directory already shows.

They only read, one query most often: no transaction is opened around them.
"""

from __future__ import annotations

from django.db import transaction
from django.urls import URLPattern, URLResolver, path
from django.views.decorators.gzip import gzip_page

from sanscouture.access.decorators import public
from sanscouture.api.views import api

_patterns, _app, _namespace = api.urls
for _pattern in _patterns:
    if _pattern.callback is not None:
        _pattern.callback = transaction.non_atomic_requests(public(gzip_page(_pattern.callback)))

urlpatterns: list[URLPattern | URLResolver] = [path("api/v1/", (_patterns, _app, _namespace))]
