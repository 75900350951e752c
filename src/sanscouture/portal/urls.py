from django.urls import URLPattern, URLResolver, path

from sanscouture.portal import views

app_name = "portal"
urlpatterns: list[URLPattern | URLResolver] = [
    path("r/<str:token>/", views.answer, name="answer"),
]
