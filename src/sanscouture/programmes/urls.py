from django.urls import URLPattern, URLResolver, path

from sanscouture.programmes.views import agreement, members, partners, programmes

app_name = "programmes"
urlpatterns: list[URLPattern | URLResolver] = [
    path("programmes/", programmes.france, name="france"),
    path("programmes/<slug:slug>/", programmes.programme, name="programme"),
    path("programmes/<slug:slug>/partenaires/", partners.partners, name="partners"),
    path("programmes/<slug:slug>/partenaires/ajouter/", partners.find_partner, name="find_partner"),
    path("programmes/<slug:slug>/partenaires/ajouter/<uuid:organisation>/", partners.add_partner, name="add_partner"),
    path("programmes/<slug:slug>/partenaires/nouvelle/", partners.new_partner, name="new_partner"),
    path("partenariats/<uuid:pk>/modifier/", partners.edit_partner, name="edit_partner"),
    path("partenariats/<uuid:pk>/terminer/", partners.end_partner, name="end_partner"),
    path("partenariats/<uuid:pk>/reprendre/", partners.reopen_partner, name="reopen_partner"),
    path("programmes/<slug:slug>/equipe-projet/ajouter/", partners.add_member, name="add_member"),
    path("equipe-projet/<uuid:pk>/terminer/", partners.end_member, name="end_member"),
    path("programmes/<slug:slug>/copilotes/ajouter/", partners.add_copilot, name="add_copilot"),
    path("copilotes/<uuid:pk>/terminer/", partners.end_copilot, name="end_copilot"),
    path("programmes/<slug:slug>/equipe/", members.members, name="members"),
    path("programmes/<slug:slug>/equipe/inviter/", members.invite, name="invite"),
    path("programmes/<slug:slug>/donnees-personnelles/", agreement.page, name="agreement"),
    path("programmes/<slug:slug>/donnees-personnelles/reglages/", agreement.settings, name="agreement_settings"),
    path("programmes/<slug:slug>/donnees-personnelles/preparer/", agreement.prepare, name="prepare_agreement"),
    path("programmes/<slug:slug>/donnees-personnelles/fermer/", agreement.withdraw, name="withdraw_agreement"),
    path(
        "programmes/<slug:slug>/donnees-personnelles/projet/<slug:paper>.<slug:form>",
        agreement.draft,
        name="agreement_draft",
    ),
    path("conventions/<uuid:pk>/signature/", agreement.sign, name="sign_agreement"),
    path("conventions/<uuid:pk>/<slug:paper>.<slug:form>", agreement.version_file, name="agreement_file"),
    path("invitations/<uuid:pk>/renvoyer/", members.resend, name="resend_invitation"),
    path("invitations/<uuid:pk>/annuler/", members.cancel, name="cancel_invitation"),
    path("habilitations/<uuid:pk>/rouvrir/", members.reopen, name="reopen_access"),
    path("habilitations/<uuid:pk>/retirer/", members.withdraw, name="withdraw_role"),
]
