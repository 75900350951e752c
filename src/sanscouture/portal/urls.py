from django.urls import URLPattern, URLResolver, path

from sanscouture.pathways.rules.exits import MAY_ANSWER
from sanscouture.pathways.views.acts import WAYS
from sanscouture.portal import views

app_name = "portal"
urlpatterns: list[URLPattern | URLResolver] = [
    path("r/<str:token>/", views.answer, name="answer"),
    path("r/<str:token>/identite/", views.identity, name="identity"),
    path("nouvelles/<str:token>/", views.news, name="news"),
    *(
        path(f"nouvelles/<str:token>/{views.NEWS_SLUGS[one]}/", views.tell_news, {"answer": one}, name=f"news_{one}")
        for one in MAY_ANSWER
    ),
    *(path(f"r/<str:token>/{WAYS[act].slug}/", views.act, {"act": act}, name=str(act)) for act in views.BY_LINK),
]
