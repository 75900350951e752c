from django.urls import URLPattern, URLResolver, path

from sanscouture.demo import views

app_name = "demo"
urlpatterns: list[URLPattern | URLResolver] = [
    path("demo/connexion/", views.sign_in, name="sign_in"),
    path("demo/boite-envoi/", views.outbox, name="outbox"),
    path("demo/boite-envoi/<uuid:pk>/", views.message, name="message"),
]
