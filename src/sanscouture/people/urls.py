from django.urls import URLPattern, URLResolver, path

from sanscouture.people import views

app_name = "people"
urlpatterns: list[URLPattern | URLResolver] = [
    path("rattachements/", views.attachments, name="attachments"),
    path("rattachements/<uuid:pk>/", views.decide, name="attachment"),
]
