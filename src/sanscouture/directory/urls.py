from django.urls import URLPattern, URLResolver, path

from sanscouture.directory import views

app_name = "directory"
urlpatterns: list[URLPattern | URLResolver] = [
    path("annuaire/", views.search, name="search"),
    path("annuaire/services/<uuid:pk>/", views.service, name="service"),
]
