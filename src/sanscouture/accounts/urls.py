"""Allauth finds its pages by its own names (`account_login`…); the addresses are ours."""

from django.urls import URLPattern, URLResolver, include, path, re_path

from sanscouture.access.decorators import public, signed_in
from sanscouture.accounts.views import accounts as views
from sanscouture.accounts.views import connections, factors, proconnect, recovery

ours: list[URLPattern | URLResolver] = [
    path("compte/", views.profile, name="profile"),
    path("compte/connexions/", connections.connections, name="connections"),
    path("compte/connexions/<uuid:pk>/terminer/", connections.end, name="end_connection"),
    path("compte/appareils/<uuid:pk>/oublier/", connections.forget, name="forget_device"),
    path("compte/proconnect/", proconnect.link, name="proconnect_link"),
    path("compte/proconnect/lier/", proconnect.go_and_link, name="go_and_link"),
    path("compte/proconnect/delier/", proconnect.unlink, name="proconnect_unlink"),
    path("connexion/proconnect/", proconnect.start, name="proconnect"),
    path("connexion/proconnect/retour/", proconnect.come_back, name="proconnect_return"),
    path("deconnexion/proconnect/", proconnect.left, name="proconnect_left"),
    path("acces/<str:token>/", recovery.recover, name="recover"),
    path("invitation/<str:token>/", views.invitation, name="invitation"),
]

urlpatterns: list[URLPattern | URLResolver] = [
    path("", include((ours, "accounts"))),
    path("connexion/", public(views.Login.as_view()), name="account_login"),
    path("connexion/cle/", public(factors.PasskeySignIn.as_view()), name="mfa_login_webauthn"),
    path("connexion/deuxieme-etape/", public(factors.SecondStep.as_view()), name="mfa_authenticate"),
    path("connexion/appareil/", public(factors.Trust.as_view()), name="mfa_trust"),
    path("compte/confirmer/code/", signed_in(factors.CodeAgain.as_view()), name="mfa_reauthenticate"),
    path("compte/confirmer/cle/", signed_in(factors.PasskeyAgain.as_view()), name="mfa_reauthenticate_webauthn"),
    path("compte/securite/", factors.security, name="mfa_index"),
    path("compte/securite/application/", signed_in(factors.ActivateTOTP.as_view()), name="mfa_activate_totp"),
    path(
        "compte/securite/application/retirer/", signed_in(factors.DeactivateTOTP.as_view()), name="mfa_deactivate_totp"
    ),
    path("compte/securite/codes/", factors.codes, name="mfa_view_recovery_codes"),
    path("compte/securite/codes/nouveaux/", factors.new_codes, name="mfa_generate_recovery_codes"),
    path("compte/securite/cles/ajouter/", signed_in(factors.AddPasskey.as_view()), name="mfa_add_webauthn"),
    path(
        "compte/securite/cles/<int:pk>/retirer/",
        signed_in(factors.RemovePasskey.as_view()),
        name="mfa_remove_webauthn",
    ),
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
