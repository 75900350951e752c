"""Allauth finds its pages by its own names (`account_login`…); the addresses are ours."""

from django.urls import URLPattern, URLResolver, include, path, re_path

from sanscouture.access.decorators import public, signed_in
from sanscouture.accounts import views

ours: list[URLPattern | URLResolver] = [
    path("compte/", views.profile, name="profile"),
    path("invitation/<str:token>/", views.invitation, name="invitation"),
]

urlpatterns: list[URLPattern | URLResolver] = [
    path("", include((ours, "accounts"))),
    path("connexion/", public(views.Login.as_view()), name="account_login"),
    path("deconnexion/", public(views.Logout.as_view()), name="account_logout"),
    path("inscription/", views.signup, name="account_signup"),
    path("compte/ferme/", public(views.Inactive.as_view()), name="account_inactive"),
    path("compte/confirmer/", signed_in(views.Reauthenticate.as_view()), name="account_reauthenticate"),
    path("compte/mot-de-passe/", signed_in(views.PasswordChange.as_view()), name="account_change_password"),
    path("compte/adresse/", signed_in(views.Address.as_view()), name="account_email"),
    path("compte/adresse/envoyee/", public(views.AddressSent.as_view()), name="account_email_verification_sent"),
    path("compte/adresse/<str:key>/", public(views.AddressConfirm.as_view()), name="account_confirm_email"),
    path("mot-de-passe-oublie/", public(views.PasswordReset.as_view()), name="account_reset_password"),
    path("mot-de-passe-oublie/envoye/", public(views.PasswordResetDone.as_view()), name="account_reset_password_done"),
    path(
        "mot-de-passe-oublie/change/",
        public(views.PasswordResetFromKeyDone.as_view()),
        name="account_reset_password_from_key_done",
    ),
    re_path(
        r"^mot-de-passe-oublie/(?P<uidb36>[0-9A-Za-z]+)-(?P<key>.+)/$",
        public(views.PasswordResetFromKey.as_view()),
        name="account_reset_password_from_key",
    ),
]
