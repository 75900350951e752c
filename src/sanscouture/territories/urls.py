from django.urls import URLPattern, URLResolver, path

from sanscouture.territories import views

app_name = "territories"
urlpatterns: list[URLPattern | URLResolver] = [
    path("territoires/adresses/", views.addresses, name="addresses"),
    path("territoires/communes/", views.communes, name="communes"),
    path("territoires/qpv.geojson", views.qpv_geojson, name="qpv_geojson"),
]
