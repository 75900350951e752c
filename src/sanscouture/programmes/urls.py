from django.urls import URLPattern, URLResolver, path

from sanscouture.programmes.views import programmes

app_name = "programmes"
urlpatterns: list[URLPattern | URLResolver] = [
    path("programmes/", programmes.france, name="france"),
    path("programmes/<slug:slug>/", programmes.programme, name="programme"),
]
