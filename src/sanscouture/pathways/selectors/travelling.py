"""What a recipient sees of a person: the facts ticked, in words, and nothing else."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from sanscouture.core import clock
from sanscouture.core.sealing import readable
from sanscouture.directory.rules import vocabulary
from sanscouture.pathways.enums import Fact, ReferralState
from sanscouture.pathways.models import Need, Referral
from sanscouture.pathways.rules import travel
from sanscouture.people.enums import QpvState
from sanscouture.people.models import Beneficiary
from sanscouture.people.rules import age_on, may_share, said_phone, way_words
from sanscouture.people.selectors import safe_way


def travelling(need: Need, travels: Iterable[str], *, identity: bool = True) -> list[tuple[str, str]]:
    """Give what was ticked as (label, value) pairs; a fact nobody noted reads “non renseigné”.

    `identity`: False leaves out who the person is (answer by link, before acceptance and code).
    """
    facts = travel.shown(_held(need, travels), identity=identity)
    return [(str(fact.label).capitalize(), VALUES[fact](need)) for fact in facts]


def ways_to_reach(need: Need, travels: Iterable[str], *, identity: bool = True) -> list[str]:
    """Say what to heed before calling or writing: it goes with the phone and the e-mail, ticked or not."""
    shown = travel.shown(_held(need, travels), identity=identity)
    return way_words(safe_way(need.beneficiary_id)) if travel.REACHING.intersection(shown) else []


def shown_person(need: Need, travels: Iterable[str]) -> str:
    """Name a person as the recipient may: first name, and last name when it was ticked."""
    chosen, person = _held(need, travels), need.beneficiary
    parts = [
        person.first_name if Fact.FIRST_NAME in chosen else "",
        person.last_name if Fact.LAST_NAME in chosen else "",
    ]
    return " ".join(filter(None, parts)) or _("Une personne")


def shown_need(need: Need, travels: Iterable[str]) -> str:
    """Say a need as the recipient may read it."""
    return travel.need_words(need.label, field=need.field, travels=_held(need, travels))


def kept(referral: Referral) -> tuple[str, ...]:
    """What the recipient of a referral still sees of what was ticked for it."""
    return travel.kept(referral.travels, ReferralState(referral.state))


def _held(need: Need, travels: Iterable[str]) -> frozenset[str]:
    """What was ticked while a basis holds; once it is withdrawn or has expired, nothing is shared (chapter 02)."""
    return frozenset(travels if may_share(need.beneficiary.shared_until, today=clock.today()) else ())


def _age(person: Beneficiary) -> str:
    if person.birth_date is None:
        return ""
    age = age_on(person.birth_date, clock.today())
    return ngettext("%(n)d an", "%(n)d ans", age) % {"n": age}


def _qpv(person: Beneficiary) -> str:
    if person.qpv_state == QpvState.INSIDE and person.qpv:
        return person.qpv.name
    return person.get_qpv_state_display()


def _situation(need: Need) -> str:
    barrier = need.barrier
    if barrier is None:
        return ""
    ticked = [vocabulary.term(slug).label for slug in barrier.situations if slug in _terms_of(need.field)]
    return _("\u00a0; ").join([*map(str, ticked), *([barrier.note] if barrier.note else [])])


def _terms_of(field: int) -> frozenset[str]:
    return frozenset(term.slug for term in vocabulary.situations_of(field))


VALUES: Mapping[Fact, Callable[[Need], str]] = {
    Fact.FIRST_NAME: lambda need: need.beneficiary.first_name,
    Fact.LAST_NAME: lambda need: need.beneficiary.last_name,
    Fact.PHONE: lambda need: said_phone(need.beneficiary.phone) or readable(need.beneficiary.phone),
    Fact.EMAIL: lambda need: readable(need.beneficiary.email),
    Fact.AGE: lambda need: _age(need.beneficiary),
    Fact.COMMUNE: lambda need: need.beneficiary.commune.name if need.beneficiary.commune else "",
    Fact.QPV: lambda need: _qpv(need.beneficiary),
    Fact.LANGUAGE: lambda need: need.beneficiary.get_language_display(),
    Fact.FRENCH_LEVEL: lambda need: need.beneficiary.get_french_level_display(),
    Fact.JOB_SEEKER: lambda need: need.beneficiary.get_job_seeker_display(),
    Fact.SITUATION: _situation,
    Fact.HEALTH: lambda _need: _("oui"),
    Fact.PATHWAY: lambda _need: _("diagnostic, besoins et étapes, sur la fiche de la personne"),
}
