from django.urls import URLPattern, URLResolver, path
from django.views.i18n import set_language

from sanscouture.ui import views

app_name = "ui"
urlpatterns: list[URLPattern | URLResolver] = [
    path("langue/", set_language, name="language"),
    path("accessibilite/", views.accessibility, name="accessibility"),
    path("mentions-legales/", views.legal, name="legal"),
    path("donnees-personnelles/", views.privacy, name="privacy"),
    path("affichage/", views.display, name="display"),
    path("dev/composants/", views.components, name="components"),
]
