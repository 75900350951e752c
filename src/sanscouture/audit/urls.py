from django.urls import URLPattern, URLResolver, path

from sanscouture.audit import views

app_name = "audit"
urlpatterns: list[URLPattern | URLResolver] = [path("journal/", views.journal, name="journal")]
