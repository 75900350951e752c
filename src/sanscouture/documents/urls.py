from django.urls import URLPattern, URLResolver, path

from sanscouture.documents import views

app_name = "documents"
urlpatterns: list[URLPattern | URLResolver] = [
    path("registre-des-traitements/", views.register, name="register"),
    path("registre-des-traitements/registre.<slug:form>", views.register_file, name="register_file"),
]
