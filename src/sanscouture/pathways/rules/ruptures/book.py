"""The book of rules: one line each. To add one: a value of `RuptureRule`, a function, its line (docs/ruptures.md).

Each rule gives the day on which the thread breaks if nothing happens; there is a rupture from the day after. So a
rupture whose facts do not change never vanishes, and one whose facts change is looked at again.
"""

from __future__ import annotations

from collections.abc import Callable, Container, Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from types import MappingProxyType
from uuid import UUID

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from sanscouture.pathways.enums import ClosingAct, Proposal, RuptureRule
from sanscouture.pathways.rules.ruptures import on_pathways, on_referrals
from sanscouture.pathways.rules.ruptures.facts import Facts, Found, PathwayFacts, ReferralFacts

P, R = Proposal, RuptureRule
Settings = Mapping[RuptureRule, int]
"""The rules that are on, each with its threshold."""


class Subject(StrEnum):
    """What a rule is about."""

    REFERRAL = "referral"
    PATHWAY = "pathway"


def resolved(_facts: Facts, *, today: date) -> ClosingAct:
    """The condition has gone, and no act of ours tells why."""
    return ClosingAct.RESOLVED


def _always(act: ClosingAct) -> Callable[..., ClosingAct]:
    return lambda _facts, *, today: act


@dataclass(frozen=True)
class Threshold:
    """The number that a programme may change: usual value, bounds, and what it counts."""

    usual: int
    least: int
    most: int
    counts: Promise


@dataclass(frozen=True)
class Rule:
    """One rule: how it finds, what it is about, the sentence that explains it, what it proposes, how it closes.

    `proposals`: the obvious one first. `starts_on`: whether a programme begins with it. `replays`: whether what the
    rule rests on is kept with its times, so that the past can be played again.
    """

    find: Callable[..., Found | None]
    subject: Subject
    sentence: Promise
    threshold: Threshold
    proposals: tuple[Proposal, ...]
    closes: Callable[..., ClosingAct] = resolved
    starts_on: bool = False
    replays: bool = True


RULES: Mapping[RuptureRule, Rule] = {
    R.UNANSWERED: Rule(
        on_referrals.unanswered,
        Subject.REFERRAL,
        _("Une orientation n’a pas de réponse à la date attendue, et personne ne s’est tourné ailleurs."),
        Threshold(0, 0, 30, _("Jours après la date de réponse attendue")),
        (P.REMIND, P.REROUTE, P.CALL, P.ENTRUST, P.SNOOZE, P.CLOSE),
        on_referrals.unanswered_closes,
        starts_on=True,
    ),
    R.NO_FIRST_MEETING: Rule(
        on_referrals.no_first_meeting,
        Subject.REFERRAL,
        _("Une structure a accepté, mais la première rencontre n’a pas eu lieu et n’est pas prévue."),
        Threshold(15, 3, 90, _("Jours après l’acceptation")),
        (P.REMIND, P.CALL, P.ENTRUST, P.SNOOZE, P.CLOSE),
        on_referrals.meeting_closes,
        starts_on=True,
    ),
    R.MISSED_TWICE: Rule(
        on_referrals.missed_twice,
        Subject.REFERRAL,
        _("La personne a manqué plusieurs rendez-vous de suite, et aucun autre n’est fixé."),
        Threshold(2, 2, 5, _("Rendez-vous manqués")),
        (P.CALL, P.ENTRUST, P.SNOOZE, P.CLOSE),
        on_referrals.meeting_closes,
    ),
    R.SERVICE_CLOSED: Rule(
        on_referrals.service_closed,
        Subject.REFERRAL,
        _("Un service a fermé, ou son attente est devenue trop longue, alors qu’une personne y est attendue."),
        Threshold(8, 1, 52, _("Semaines d’attente annoncées au-delà desquelles le service est tenu pour complet")),
        (P.REROUTE, P.CALL, P.ENTRUST, P.SNOOZE, P.CLOSE),
        on_referrals.service_closes,
        replays=False,
    ),
    R.NO_FUTURE_STEP: Rule(
        on_pathways.no_future_step,
        Subject.PATHWAY,
        _("Rien n’est prévu dans un parcours\u00a0: ni étape, ni rendez-vous, ni orientation en cours."),
        Threshold(14, 3, 90, _("Jours après le dernier acte")),
        (P.ADD_STEP, P.CALL, P.ENTRUST, P.SNOOZE, P.CLOSE),
        on_pathways.step_closes,
        starts_on=True,
    ),
    R.NO_CONTACT: Rule(
        on_pathways.no_contact,
        Subject.PATHWAY,
        _("Personne n’a rencontré ni appelé la personne depuis longtemps, quoi qu’il soit prévu."),
        Threshold(45, 7, 180, _("Jours depuis le dernier contact")),
        (P.CALL, P.ADD_STEP, P.ENTRUST, P.SNOOZE, P.CLOSE),
        _always(ClosingAct.MET),
    ),
    R.STEP_OVERDUE: Rule(
        on_pathways.step_overdue,
        Subject.PATHWAY,
        _("Une étape est encore à faire après sa date."),
        Threshold(7, 0, 90, _("Jours après la date de l’étape")),
        (P.SEE_STEPS, P.CALL, P.ENTRUST, P.SNOOZE, P.CLOSE),
        _always(ClosingAct.STEP_SETTLED),
    ),
    R.REFERENT_GONE: Rule(
        on_pathways.referent_gone,
        Subject.PATHWAY,
        _("Le référent a quitté sa structure, ou ne s’est pas connecté depuis longtemps."),
        Threshold(45, 7, 180, _("Jours depuis sa dernière connexion")),
        (P.HAND_OVER, P.CALL, P.SNOOZE, P.CLOSE),
        _always(ClosingAct.HANDED_OVER),
        replays=False,
    ),
    R.BASIS_ENDING: Rule(
        on_pathways.basis_ending,
        Subject.PATHWAY,
        _("L’information donnée arrive à sa fin\u00a0: sans elle, les partenaires ne voient plus la fiche."),
        Threshold(30, 1, 120, _("Jours avant la fin du partage")),
        (P.INFORM, P.ENTRUST, P.SNOOZE, P.CLOSE),
        on_pathways.basis_closes,
        replays=False,
    ),
    R.OVERLOAD: Rule(
        on_pathways.overload,
        Subject.PATHWAY,
        _("La personne a trop de rendez-vous dans une même semaine."),
        Threshold(4, 2, 15, _("Rendez-vous dans une semaine")),
        (P.CALL, P.ENTRUST, P.SNOOZE, P.CLOSE),
    ),
    R.ASKED_TWICE_OVER: Rule(
        on_pathways.asked_twice_over,
        Subject.PATHWAY,
        _("Plusieurs structures posent des questions sur la même personne, dans le même champ, en un mois."),
        Threshold(3, 2, 10, _("Structures qui questionnent")),
        (P.CALL, P.ENTRUST, P.SNOOZE, P.CLOSE),
    ),
    R.SESSIONS_MISSED: Rule(
        on_pathways.sessions_missed,
        Subject.PATHWAY,
        _("La personne a manqué plusieurs séances de suite, sans s’excuser."),
        Threshold(2, 2, 5, _("Séances manquées de suite")),
        (P.CALL, P.ADD_STEP, P.ENTRUST, P.SNOOZE, P.CLOSE),
        _always(ClosingAct.MET),
        replays=False,
    ),
    R.PLACE_NOT_TAKEN: Rule(
        on_pathways.place_not_taken,
        Subject.PATHWAY,
        _("Une cohorte a admis la personne, et rien n’a commencé : ni séance suivie, ni étape faite."),
        Threshold(14, 3, 60, _("Jours après l’admission, ou après le début de la cohorte")),
        (P.CALL, P.ADD_STEP, P.ENTRUST, P.SNOOZE, P.CLOSE),
        _always(ClosingAct.MET),
        replays=False,
    ),
}

ON_REFERRAL = frozenset(rule for rule, one in RULES.items() if one.subject == Subject.REFERRAL)
"""Rules about a referral; the others are about a pathway."""
DEFAULTS: Settings = MappingProxyType({rule: one.threshold.usual for rule, one in RULES.items() if one.starts_on})
"""What a programme starts with: three rules (chapter 02)."""
EVERY: Settings = MappingProxyType({rule: one.threshold.usual for rule, one in RULES.items()})
"""All the rules, with their usual thresholds."""
SAYS_MORE = ON_REFERRAL | {R.STEP_OVERDUE}
"""What is found then says more than a pathway without a step: the person is told of once, not twice."""


def look(
    referrals: Iterable[ReferralFacts],
    pathways: Iterable[PathwayFacts],
    *,
    settings: Settings = DEFAULTS,
    opened: Container[tuple[RuptureRule, UUID]] = (),
    today: date,
) -> list[Found]:
    """Apply the rules that are on; at most one rupture per rule and subject.

    `opened`: those already open, by rule and subject. They stay while they hold, whatever else is found.
    """
    by_subject: dict[Subject, Iterable[Facts]] = {Subject.REFERRAL: referrals, Subject.PATHWAY: pathways}
    seen = [
        one
        for subject, every in by_subject.items()
        for facts in every
        for rule, threshold in settings.items()
        if RULES[rule].subject == subject
        and (one := RULES[rule].find(facts, threshold=threshold, today=today)) is not None
    ]
    told = {one.beneficiary_id for one in seen if one.rule in SAYS_MORE}
    return [
        one
        for one in seen
        if one.rule != R.NO_FUTURE_STEP or one.beneficiary_id not in told or (one.rule, one.subject) in opened
    ]


def closing_act(rule: RuptureRule, facts: Facts | None, *, today: date) -> ClosingAct:
    """Say by which act a rupture closes whose condition no longer holds; without facts, it has no reason to be."""
    if facts is None or (isinstance(facts, PathwayFacts) and facts.is_closed):
        return ClosingAct.RESOLVED
    return RULES[rule].closes(facts, today=today)


def proposals(rule: RuptureRule, first: Proposal | None = None) -> tuple[Proposal, ...]:
    """What may be done about a rupture, the obvious one first."""
    usual = RULES[rule].proposals
    return usual if first is None else (first, *(one for one in usual if one != first))
