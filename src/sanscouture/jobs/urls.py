from django.urls import path

from sanscouture.jobs import views

urlpatterns = [path("healthz", views.health, name="health")]
