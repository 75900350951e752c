from django.urls import path

from sanscouture.monitoring import views

urlpatterns = [path("metrics", views.metrics, name="metrics")]
