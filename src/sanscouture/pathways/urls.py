from django.urls import URLPattern, URLResolver, path

from sanscouture.pathways.views import referrals

app_name = "pathways"
urlpatterns: list[URLPattern | URLResolver] = [
    path("orientations/<uuid:pk>/", referrals.referral_page, name="referral"),
]
