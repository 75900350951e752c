from django.urls import URLPattern, URLResolver, path

from sanscouture.meetings import views

app_name = "meetings"
urlpatterns: list[URLPattern | URLResolver] = [
    path("programmes/<slug:slug>/reunions/", views.meetings, name="meetings"),
    path("programmes/<slug:slug>/reunions/prevoir/", views.plan, name="plan"),
    path("reunions/<uuid:pk>/", views.meeting, name="meeting"),
    path("reunions/<uuid:pk>/annuler/", views.cancel, name="cancel"),
    path("reunions/<uuid:pk>/compte-rendu/", views.write, name="write"),
    path("reunions/<uuid:pk>/compte-rendu.<slug:form>", views.minutes_file, name="minutes"),
    path("reunions/<uuid:pk>/decisions/nouvelle/", views.decide, name="decide"),
    path("reunions/<uuid:pk>/presents/", views.attendance, name="attendance"),
    path("reunions/<uuid:pk>/tenue/", views.hold, name="hold"),
]
