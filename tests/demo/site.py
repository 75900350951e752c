"""The addresses of the site in demo mode."""

from __future__ import annotations

from django.urls import include, path

from sanscouture.config.urls import handler429
from sanscouture.config.urls import urlpatterns as usual

__all__ = ["handler429", "urlpatterns"]

urlpatterns = [*usual, path("", include("sanscouture.demo.urls"))]
