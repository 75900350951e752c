"""Every address of the site. French paths; names in English."""

from django.conf import settings
from django.urls import URLPattern, URLResolver, include, path

urlpatterns: list[URLPattern | URLResolver] = [
    path("", include("sanscouture.api.urls")),  # first: the most asked, and addresses are tried in order
    path("", include("sanscouture.home.urls")),
    path("", include("sanscouture.ui.urls")),
    path("", include("sanscouture.accounts.urls")),
    path("", include("sanscouture.programmes.urls")),
    path("", include("sanscouture.meetings.urls")),
    path("", include("sanscouture.partners.urls")),
    path("", include("sanscouture.directory.urls")),
    path("", include("sanscouture.people.urls")),
    path("", include("sanscouture.pathways.urls")),
    path("", include("sanscouture.portal.urls")),
    path("", include("sanscouture.notifications.urls")),
    path("", include("sanscouture.audit.urls")),
    path("", include("sanscouture.documents.urls")),
    path("", include("sanscouture.territories.urls")),
    path("", include("sanscouture.jobs.urls")),
    path("", include("sanscouture.monitoring.urls")),
]

if settings.DEMO:
    urlpatterns.append(path("", include("sanscouture.demo.urls")))

handler500 = "sanscouture.ui.views.failed"
handler429 = "sanscouture.accounts.views.too_many"
