from django.urls import URLPattern, URLResolver, path

from sanscouture.pathways.views.acts import WAYS
from sanscouture.portal import views

app_name = "portal"
urlpatterns: list[URLPattern | URLResolver] = [
    path("r/<str:token>/", views.answer, name="answer"),
    path("r/<str:token>/identite/", views.identity, name="identity"),
    *(path(f"r/<str:token>/{WAYS[act].slug}/", views.act, {"act": act}, name=str(act)) for act in views.BY_LINK),
]
