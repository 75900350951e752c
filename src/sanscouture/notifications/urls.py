from django.urls import URLPattern, URLResolver, path

from sanscouture.notifications import views

app_name = "notifications"
urlpatterns: list[URLPattern | URLResolver] = [
    path("notifications/", views.notices, name="list"),
    path("notifications/tout-lu/", views.read_all, name="read_all"),
    path("notifications/<uuid:pk>/lire/", views.read, name="read"),
]
