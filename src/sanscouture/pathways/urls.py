from django.urls import URLPattern, URLResolver, path

from sanscouture.pathways.enums import Act, Proposal
from sanscouture.pathways.views import (
    acts,
    composer,
    diagnosis,
    filters,
    habits,
    needs,
    people,
    person_acts,
    referrals,
    rupture_rules,
    ruptures,
    together,
    workload,
)

app_name = "pathways"
ANSWERS = (Act.RECEIVE, Act.ACCEPT, Act.PROPOSE, Act.WAIT, Act.REFUSE, Act.ASK, Act.MISS, Act.PAUSE, Act.RESUME)

urlpatterns: list[URLPattern | URLResolver] = [
    path("besoins/<uuid:pk>/", needs.need, name="need"),
    path("besoins/<uuid:pk>/clore/", needs.close_need, name="need_close"),
    path("besoins/<uuid:pk>/orienter/", composer.compose, name="compose"),
    path("besoins/<uuid:pk>/rouvrir/", needs.reopen_need, name="need_reopen"),
    path("etapes/<uuid:pk>/abandonner/", person_acts.step_cancel, name="step_cancel"),
    path("etapes/<uuid:pk>/faite/", person_acts.step_done, name="step_done"),
    path("informations/<uuid:pk>/retirer/", person_acts.end_information, name="basis_end"),
    path("orientations/filtres/", filters.keep, name="filter_keep"),
    path("orientations/filtres/<uuid:pk>/retirer/", filters.forget, name="filter_forget"),
    path("orientations/envoyees/", referrals.sent, name="referrals_sent"),
    path("orientations/recues/", referrals.received, name="referrals_received"),
    path("orientations/<uuid:pk>/", referrals.referral_page, name="referral"),
    path(
        "orientations/<uuid:pk>/rendez-vous/<uuid:appointment>.ics",
        referrals.appointment_file,
        name="appointment_file",
    ),
    path("orientations/<uuid:pk>/fermer-les-liens/", referrals.close_links, name="links_close"),
    path("orientations/<uuid:pk>/reorienter/", composer.reroute, name="referral_reroute"),
    path("orientations/<uuid:pk>/partager/", composer.split, name="referral_split"),
    *(
        path(
            f"orientations/<uuid:pk>/{way.slug}/",
            acts.answer if act in ANSWERS else acts.follow,
            {"act": act},
            name=f"referral_{act}",
        )
        for act, way in acts.WAYS.items()
    ),
    path("parcours/<uuid:pk>/referent/", person_acts.referent, name="referent"),
    path("personnes/<uuid:pk>/", people.person, name="person"),
    path("personnes/<uuid:pk>/besoins/nouveau/", needs.new_need, name="need_new"),
    path("personnes/<uuid:pk>/diagnostic/", diagnosis.diagnosis, name="diagnosis"),
    path("personnes/<uuid:pk>/diagnostic/<int:field>/", diagnosis.save_field, name="diagnosis_save"),
    path("personnes/<uuid:pk>/etapes/nouvelle/", person_acts.new_step, name="step_new"),
    path("personnes/<uuid:pk>/information/", person_acts.information, name="person_information"),
    path("personnes/<uuid:pk>/modifier/", person_acts.edit, name="person_edit"),
    path("personnes/<uuid:pk>/points-d-appui/", diagnosis.add_strength, name="strength_add"),
    path("personnes/<uuid:pk>/qui-voit-quoi/", people.access, name="person_access"),
    path("points-d-appui/<uuid:pk>/retirer/", diagnosis.remove_strength, name="strength_remove"),
    path("programmes/<slug:slug>/accueil/", habits.welcome, name="welcome"),
    path("programmes/<slug:slug>/charge/", workload.workload, name="workload"),
    path("programmes/<slug:slug>/orienter-ensemble/", together.refer_together, name="refer_together"),
    path("programmes/<slug:slug>/personnes/", people.people, name="people"),
    path("programmes/<slug:slug>/personnes/nouvelle/", people.new, name="person_new"),
    path("programmes/<slug:slug>/ruptures/", ruptures.ruptures, name="ruptures"),
    path("programmes/<slug:slug>/ruptures/regles/", rupture_rules.rules_page, name="rupture_rules"),
    path("programmes/<slug:slug>/ruptures/regles/<slug:rule>/", rupture_rules.rule_page, name="rupture_rule"),
    path("ruptures/<uuid:pk>/", ruptures.rupture, name="rupture"),
    path("ruptures/<uuid:pk>/appeler/", ruptures.catch_up, {"act": Proposal.CALL}, name="rupture_call"),
    path("ruptures/<uuid:pk>/clore/", ruptures.catch_up, {"act": Proposal.CLOSE}, name="rupture_close"),
    path("ruptures/<uuid:pk>/confier/", ruptures.catch_up, {"act": Proposal.ENTRUST}, name="rupture_entrust"),
    path("ruptures/<uuid:pk>/plus-tard/", ruptures.catch_up, {"act": Proposal.SNOOZE}, name="rupture_snooze"),
    path("ruptures/<uuid:pk>/relancer/", ruptures.catch_up, {"act": Proposal.REMIND}, name="rupture_remind"),
]
