from django.urls import URLPattern, URLResolver, path

from sanscouture.pathways.enums import Act
from sanscouture.pathways.views import acts, composer, referrals

app_name = "pathways"
ANSWERS = (Act.RECEIVE, Act.ACCEPT, Act.PROPOSE, Act.WAIT, Act.REFUSE, Act.ASK, Act.MISS, Act.PAUSE, Act.RESUME)

urlpatterns: list[URLPattern | URLResolver] = [
    path("besoins/<uuid:pk>/orienter/", composer.compose, name="compose"),
    path("orientations/envoyees/", referrals.sent, name="referrals_sent"),
    path("orientations/recues/", referrals.received, name="referrals_received"),
    path("orientations/<uuid:pk>/", referrals.referral_page, name="referral"),
    path(
        "orientations/<uuid:pk>/rendez-vous/<uuid:appointment>.ics",
        referrals.appointment_file,
        name="appointment_file",
    ),
    path("orientations/<uuid:pk>/reorienter/", composer.reroute, name="referral_reroute"),
    *(
        path(
            f"orientations/<uuid:pk>/{way.slug}/",
            acts.answer if act in ANSWERS else acts.follow,
            {"act": act},
            name=f"referral_{act}",
        )
        for act, way in acts.WAYS.items()
    ),
]
