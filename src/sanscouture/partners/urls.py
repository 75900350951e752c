from django.urls import URLPattern, URLResolver, path

from sanscouture.partners import views

app_name = "partners"
urlpatterns: list[URLPattern | URLResolver] = [
    path("structures/", views.organisations, name="organisations"),
    path("structures/<uuid:pk>/", views.organisation, name="organisation"),
]
