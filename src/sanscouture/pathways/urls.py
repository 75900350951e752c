from django.urls import URLPattern, URLResolver, path

from sanscouture.pathways.enums import Act, Proposal
from sanscouture.pathways.views import (
    acts,
    attendance,
    cohorts,
    commission,
    composer,
    diagnosis,
    needs,
    people,
    person_acts,
    referrals,
    restrictions,
    ruptures,
)

app_name = "pathways"
ANSWERS = (Act.RECEIVE, Act.ACCEPT, Act.PROPOSE, Act.WAIT, Act.REFUSE, Act.ASK, Act.MISS, Act.PAUSE, Act.RESUME)

COHORTS: list[URLPattern | URLResolver] = [
    path("admissions/<uuid:pk>/decider/", commission.decide, name="admission_decide"),
    path("admissions/<uuid:pk>/descendre/", commission.move, {"way": "descendre"}, name="admission_down"),
    path("admissions/<uuid:pk>/monter/", commission.move, {"way": "monter"}, name="admission_up"),
    path("admissions/<uuid:pk>/retirer/", commission.withdraw, name="admission_withdraw"),
    path("cohortes/<uuid:pk>/", cohorts.cohort, name="cohort"),
    path("cohortes/<uuid:pk>/commission/", commission.commission, name="commission"),
    path("cohortes/<uuid:pk>/comparer/", cohorts.compare, name="cohort_compare"),
    path("cohortes/<uuid:pk>/modifier/", cohorts.edit, name="cohort_edit"),
    path("commissions/<uuid:pk>/compte-rendu.<slug:form>", commission.minutes, name="commission_minutes"),
    path("personnes/<uuid:pk>/cohorte/", cohorts.flag, name="cohort_flag"),
    path("presences/<uuid:pk>/<slug:presence>/", attendance.mark, name="attendance_mark"),
    path("programmes/<slug:slug>/cohortes/", cohorts.cohorts, name="cohorts"),
    path("programmes/<slug:slug>/cohortes/nouvelle/", cohorts.new, name="cohort_new"),
    path("programmes/<slug:slug>/seances/", attendance.sessions, name="sessions"),
    path("programmes/<slug:slug>/seances/nouvelle/", attendance.new, name="session_new"),
    path("seances/<uuid:pk>/", attendance.session, name="session"),
    path("seances/<uuid:pk>/feuille.<slug:form>", attendance.sheet_file, name="session_sheet"),
    path("seances/<uuid:pk>/inscrire/", attendance.enrol, name="session_enrol"),
]
"""Cohorts, their commission, and the sessions where people come."""

urlpatterns: list[URLPattern | URLResolver] = [
    *COHORTS,
    path("besoins/<uuid:pk>/", needs.need, name="need"),
    path("besoins/<uuid:pk>/clore/", needs.close_need, name="need_close"),
    path("besoins/<uuid:pk>/orienter/", composer.compose, name="compose"),
    path("besoins/<uuid:pk>/rouvrir/", needs.reopen_need, name="need_reopen"),
    path("etapes/<uuid:pk>/abandonner/", person_acts.step_cancel, name="step_cancel"),
    path("etapes/<uuid:pk>/faite/", person_acts.step_done, name="step_done"),
    path("informations/<uuid:pk>/retirer/", person_acts.end_information, name="basis_end"),
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
    path("lecteurs/<uuid:pk>/retirer/", restrictions.reader_remove, name="reader_remove"),
    path("personnes/<uuid:pk>/", people.person, name="person"),
    path("personnes/<uuid:pk>/acces-reserve/", restrictions.restriction, name="restriction"),
    path("personnes/<uuid:pk>/besoins/nouveau/", needs.new_need, name="need_new"),
    path("personnes/<uuid:pk>/contact/", person_acts.contact, name="person_contact"),
    path("personnes/<uuid:pk>/diagnostic/", diagnosis.diagnosis, name="diagnosis"),
    path("personnes/<uuid:pk>/diagnostic/<int:field>/", diagnosis.save_field, name="diagnosis_save"),
    path("personnes/<uuid:pk>/etapes/nouvelle/", person_acts.new_step, name="step_new"),
    path("personnes/<uuid:pk>/histoire/", person_acts.history, name="history"),
    path("personnes/<uuid:pk>/information/", person_acts.information, name="person_information"),
    path("personnes/<uuid:pk>/modifier/", person_acts.edit, name="person_edit"),
    path("personnes/<uuid:pk>/points-d-appui/", diagnosis.add_strength, name="strength_add"),
    path("personnes/<uuid:pk>/publics/", person_acts.public_mark, name="public_mark"),
    path("personnes/<uuid:pk>/qui-voit-quoi/", people.access, name="person_access"),
    path("personnes/<uuid:pk>/situation/", person_acts.situation, name="situation"),
    path("points-d-appui/<uuid:pk>/retirer/", diagnosis.remove_strength, name="strength_remove"),
    path("programmes/<slug:slug>/personnes/", people.people, name="people"),
    path("programmes/<slug:slug>/personnes/nouvelle/", people.new, name="person_new"),
    path("programmes/<slug:slug>/ruptures/", ruptures.ruptures, name="ruptures"),
    path("reserves/<uuid:pk>/lecteurs/", restrictions.reader_new, name="reader_new"),
    path("reserves/<uuid:pk>/lever/", restrictions.restriction_lift, name="restriction_lift"),
    path("ruptures/<uuid:pk>/", ruptures.rupture, name="rupture"),
    path("ruptures/<uuid:pk>/appeler/", ruptures.catch_up, {"act": Proposal.CALL}, name="rupture_call"),
    path("ruptures/<uuid:pk>/clore/", ruptures.catch_up, {"act": Proposal.CLOSE}, name="rupture_close"),
    path("ruptures/<uuid:pk>/confier/", ruptures.catch_up, {"act": Proposal.ENTRUST}, name="rupture_entrust"),
    path("ruptures/<uuid:pk>/relancer/", ruptures.catch_up, {"act": Proposal.REMIND}, name="rupture_remind"),
]
