"""Acts on sessions: plan one, put people on its sheet, note who came."""

from __future__ import annotations

from datetime import datetime

from django.utils import timezone
from django.utils.translation import gettext as _

from sanscouture.access.actor import Actor
from sanscouture.audit.services import record
from sanscouture.core import clock
from sanscouture.core.errors import Conflict, Refused
from sanscouture.core.verbs import verb
from sanscouture.partners.models import Organisation
from sanscouture.pathways.enums import AdmissionState, Presence
from sanscouture.pathways.models import Admission, Attendance, Cohort, Session
from sanscouture.pathways.rules import attendance as rules
from sanscouture.people.models import Beneficiary
from sanscouture.people.rules import may_share
from sanscouture.programmes.models import Programme


@verb
def plan_session(
    programme: Programme,
    *,
    kind: str,
    title: str,
    starts_at: datetime,
    place: str,
    organisation: Organisation,
    cohort: Cohort | None = None,
    actor: Actor,
) -> Session:
    """Plan a session; that of a cohort has everybody admitted on its sheet at once, while a basis to share holds."""
    session = Session.objects.create(
        programme=programme,
        kind=kind,
        title=title,
        starts_at=starts_at,
        place=place,
        organisation=organisation,
        cohort=cohort,
        created_by_id=actor.user_id,
    )
    if cohort is not None:
        admitted = Admission.objects.get_queryset().filter(
            cohort=cohort, state=AdmissionState.ADMITTED, beneficiary__shared_until__gte=clock.today()
        )
        Attendance.objects.bulk_create(
            Attendance(programme=programme, session=session, beneficiary_id=person)
            for person in admitted.values_list("beneficiary_id", flat=True).order_by("created_at", "pk")
        )
    record(actor, "session.hold", session)
    return session


@verb
def enrol(session: Session, beneficiary: Beneficiary, *, actor: Actor) -> Attendance:
    """Put a person on a sheet. Raises Refused without a basis to share, Conflict when the person is on it already.

    Rule: whoever holds the session reads first and last name, so the person must have been told (chapter 02).
    """
    if not may_share(beneficiary.shared_until, today=clock.today()):
        raise Refused(_("Sans information donnée à la personne, son nom ne va pas sur une feuille de présence."))
    if Attendance.objects.get_queryset().filter(session=session, beneficiary=beneficiary).exists():
        raise Conflict(_("Cette personne est déjà inscrite à cette séance."))
    made = Attendance.objects.create(programme_id=session.programme_id, session=session, beneficiary=beneficiary)
    record(actor, "attendance.enrol", made)
    return made


@verb
def mark(attendance: Attendance, *, presence: Presence, actor: Actor) -> Attendance:
    """Note that somebody came, did not, or was excused; the last mark stays. Raises Refused before the day."""
    row = Attendance.objects.get_queryset().select_for_update().select_related("session").get(pk=attendance.pk)
    rules.must_have_begun(timezone.localdate(row.session.starts_at), today=clock.today())
    row.presence = presence
    row.noted_at = None if presence is Presence.EXPECTED else clock.now()
    row.noted_by_id = None if presence is Presence.EXPECTED else actor.user_id
    row.save(update_fields=["presence", "noted_at", "noted_by"])
    record(actor, "attendance.mark", row)
    return row
