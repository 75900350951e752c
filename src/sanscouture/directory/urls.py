from django.urls import URLPattern, URLResolver, path

from sanscouture.directory import views

app_name = "directory"
urlpatterns: list[URLPattern | URLResolver] = [
    path("annuaire/", views.search, name="search"),
    path("annuaire/services/<uuid:pk>/", views.service, name="service"),
    path("annuaire/services/<uuid:pk>/corriger/", views.correct_service, name="correct_service"),
    path("annuaire/structures/<uuid:pk>/corriger/", views.correct_organisation, name="correct_organisation"),
    path("annuaire/corrections/<uuid:pk>/abandonner/", views.restore_field, name="restore_field"),
]
