"""One invented person: what happens to them, act by act, as the services would have written it.

The rules are the site's own: transitions, holders, clocks and ruptures are asked of `pathways.rules`. Only the writing
differs: rows are kept in a book. A test reads a whole programme back with the site's selectors and finds the same.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from typing import Any
from uuid import UUID

from sanscouture.access.actor import Actor
from sanscouture.core.models import Entity
from sanscouture.demo.services.nation.alliance import House, Member
from sanscouture.demo.services.nation.book import Book
from sanscouture.pathways.enums import ClosingAct, NeedState, Outcome, RuptureRule, Severity, StepState
from sanscouture.pathways.models import Barrier, Need, Pathway, Referent, Referral, Rupture, Step, Strength
from sanscouture.pathways.rules import ruptures as rules
from sanscouture.pathways.rules.delays import working_day
from sanscouture.pathways.rules.ruptures import ClosedByHand, Found, PathwayFacts, ReferralFacts
from sanscouture.pathways.selectors.referrals import local_day
from sanscouture.pathways.services.needs import NEED_DAYS
from sanscouture.pathways.services.referrals.delivering import NEED_AGAIN_DAYS
from sanscouture.pathways.services.ruptures import DETECTOR
from sanscouture.people.enums import InvolvementKind
from sanscouture.people.models import Basis, Beneficiary, Involvement
from sanscouture.people.rules import BasisGiven, Span, basis_expiry, shared_until

LOOK_LATER = timedelta(minutes=20)
"""From the deadlines of the night to the look for ruptures."""


@dataclass
class Followed:
    """A person with everything that hangs on them, and the day on which ruptures were last looked for."""

    book: Book
    house: House
    referent: Member
    record: Beneficiary
    pathway: Pathway
    seat: Referent
    spans: list[Span] = field(default_factory=list)
    steps: list[Step] = field(default_factory=list)
    barriers: dict[int, Barrier] = field(default_factory=dict)
    involvements: list[Involvement] = field(default_factory=list)
    referrals: list[Any] = field(default_factory=list)
    """Of `HandedOver`."""
    opened: dict[tuple[RuptureRule, UUID], Rupture] = field(default_factory=dict)
    quiet: dict[tuple[RuptureRule, UUID], list[ClosedByHand]] = field(default_factory=dict)
    looked_on: date = date.min
    acted_on: date = date.min

    @property
    def actor(self) -> Actor:
        """Who follows the person now, as the journal signs."""
        return self.referent.actor

    def shares_on(self, day: date) -> bool:
        """Whether what the person was told allows to share on a day."""
        return shared_until(self.spans, today=day) is not None

    def journal(self, verb: str, row: Entity, moment: datetime, note: str = "", by: Actor | str | None = None) -> None:
        """Sign an act by whoever follows the person, or by somebody else."""
        self.book.journal(by or self.actor, verb, [row], moment, note)

    def told(self, given: BasisGiven, moment: datetime) -> None:
        """Write what the person was told: `people.services.record_basis`."""
        day = local_day(moment)
        basis = self.book.add(
            Basis,
            moment,
            beneficiary=self.record,
            ground=given.ground,
            informed_by=given.informed_by,
            notice_version=given.notice_version,
            scopes=[scope.value for scope in given.scopes],
            given_on=day,
            expires_on=basis_expiry(day),
            recorded_by_id=self.actor.user_id,
        )
        self.spans.append(Span(day, basis.expires_on))
        self.record.shared_until = shared_until(self.spans, today=day)
        self.journal("basis.record", basis, moment, note=basis.ground)

    def strength(self, label: str, moment: datetime) -> None:
        """Write down what helps."""
        row = self.book.add(Strength, moment, beneficiary=self.record, label=label, created_by_id=self.actor.user_id)
        self.journal("strength.add", row, moment)

    def barrier(self, number: int, severity: int, moment: datetime, situation: str = "") -> Barrier:
        """Save a field of the diagnosis, for the first time or again."""
        row = self.barriers.get(number)
        if row is None:
            row = self.book.add(
                Barrier,
                moment,
                beneficiary=self.record,
                field=number,
                version=0,
                situations=[situation] if situation else [],
            )
            self.barriers[number] = row
        row.severity, row.updated_at, row.updated_by_id = Severity(severity), moment, self.actor.user_id
        row.version += 1
        self.journal("barrier.save", row, moment)
        return row

    def need(self, number: int, label: str, theme: str, moment: datetime) -> Need:
        """Open a need: the referent's, within the usual days."""
        day = local_day(moment)
        row = self.book.add(
            Need,
            moment,
            beneficiary=self.record,
            barrier=self.barriers.get(number),
            field=number,
            theme=theme,
            label=label,
            owner_id=self.seat.user_id,
            owner_organisation_id=self.seat.organisation_id,
            due_on=working_day(day + timedelta(days=NEED_DAYS)),
            created_by_id=self.actor.user_id,
        )
        self.journal("need.open", row, moment)
        self.acts(moment)
        return row

    def close_need(self, need: Need, state: NeedState, moment: datetime, reason: str = "") -> None:
        """Close a need by hand."""
        need.state, need.reason, need.closed_at = state, reason, moment
        self.journal(f"need.{state}", need, moment)
        self.look(moment, by=self.actor.user_id)

    def settle_need(self, referral: Referral, moment: datetime, signature: Actor | str) -> None:
        """What a service that ends leaves of the need: covered closes it, anything else takes it up again."""
        need = referral.need
        if need.state != NeedState.OPEN:
            return
        need.reason = referral.outcome_reason
        if referral.outcome == Outcome.COVERED:
            need.state, need.closed_at = NeedState.COVERED, moment
        else:
            again = working_day(local_day(moment) + timedelta(days=NEED_AGAIN_DAYS))
            need.due_on = max(need.due_on, again)
        self.journal("need.close" if need.closed_at else "need.keep_open", need, moment, by=signature)

    def step(self, label: str, due_on: date, moment: datetime) -> Step:
        """Add a thing to do."""
        row = self.book.add(
            Step,
            moment,
            pathway=self.pathway,
            label=label,
            due_on=due_on,
            carrier_organisation_id=self.seat.organisation_id,
            carrier_id=self.actor.user_id,
            created_by_id=self.actor.user_id,
        )
        self.steps.append(row)
        self.journal("step.add", row, moment)
        self.acts(moment)
        self.look(moment, by=self.actor.user_id)
        return row

    def settle_step(self, step: Step, state: StepState, moment: datetime) -> None:
        """A step done, or given up."""
        step.state, step.done_on = state, local_day(moment) if state == StepState.DONE else None
        self.journal(f"step.{state}", step, moment)
        if state == StepState.DONE:
            self.acts(moment)
        self.look(moment, by=self.actor.user_id)

    def involve(self, house_id: UUID, kind: InvolvementKind, moment: datetime) -> Involvement:
        """Let an organisation take part from that day."""
        row = self.book.add(
            Involvement,
            moment,
            beneficiary=self.record,
            organisation_id=house_id,
            kind=kind,
            since=local_day(moment),
        )
        self.involvements.append(row)
        return row

    def hand_over(self, to: Member, moment: datetime) -> None:
        """Give the pathway to a colleague of the same house."""
        before = self.actor
        self.seat.until = moment
        self.referent = to
        self.seat = self.book.add(
            Referent,
            moment,
            pathway=self.pathway,
            user=to.user,
            organisation_id=self.seat.organisation_id,
            since=moment,
        )
        self.journal("pathway.change_referent", self.seat, moment, by=before)
        self.look(moment, by=before.user_id)

    def acts(self, moment: datetime) -> None:
        """Somebody did something for the person."""
        self.acted_on = max(self.acted_on, local_day(moment))

    def night_look(self, moment: datetime) -> None:
        """Find what the nights until that moment would have found: each rupture on the day after it broke."""
        day = local_day(moment)
        wanted = {(one.rule, one.subject): one for one in self._found(day)}
        self._close_others(wanted, moment, by=None)
        for key, one in wanted.items():
            quiet = self.quiet.get(key, [])
            if key in self.opened or rules.is_quiet(one, quiet, today=day):
                continue
            silent = [each.quiet_until for each in quiet if each.since == one.since]
            opens_on = max(one.since, self.looked_on, *silent) + timedelta(days=1)
            self._open(one, moment - timedelta(days=max(0, (day - opens_on).days)) + LOOK_LATER)
        self.looked_on = day

    def look(self, moment: datetime, *, by: UUID | None) -> None:
        """Look again after an act: `pathways.services.ruptures.evaluate_person`. The night before saw the rest."""
        day = local_day(moment)
        self.looked_on = max(self.looked_on, day)
        if self.opened:
            self._close_others({(one.rule, one.subject): one for one in self._found(day)}, moment, by=by)

    def _close_others(
        self, wanted: dict[tuple[RuptureRule, UUID], Found], moment: datetime, *, by: UUID | None
    ) -> None:
        """Close what no longer holds by the act that its facts tell; bring the rest up to date."""
        for key, row in list(self.opened.items()):
            if key in wanted:
                self._bring_up_to_date(row, wanted[key])
                continue
            subject = next((one.facts() for one in self.referrals if one.row.pk == row.subject_id), self._pathway())
            act = rules.closing_act(RuptureRule(row.rule), subject, today=local_day(moment))
            self._close(key, moment, act, by)
            self.journal(f"rupture.{act}", row, moment, by=Actor(by) if by else DETECTOR)

    def catch_up(self, act: ClosingAct, reason: str, moment: datetime) -> None:
        """Close what is open on the pathway by hand: a call made, or a written reason."""
        key = (RuptureRule.NO_FUTURE_STEP, self.pathway.pk)
        if key not in self.opened:
            return
        row = self._close(key, moment, act, self.actor.user_id)
        row.closing_reason = reason
        row.quiet_until = local_day(moment) + timedelta(days=rules.QUIET_DAYS)
        self.quiet.setdefault(key, []).append(ClosedByHand(row.since, row.severity, row.quiet_until))
        self.journal(f"rupture.{act}", row, moment)

    def _close(self, key: tuple[RuptureRule, UUID], moment: datetime, act: ClosingAct, by: UUID | None) -> Rupture:
        row = self.opened.pop(key)
        row.closed_at, row.closing_act, row.closed_by_id = moment, act, by
        return row

    def _open(self, one: Found, moment: datetime) -> None:
        on_referral = one.rule in rules.ON_REFERRAL
        row = self.book.add(
            Rupture,
            moment,
            beneficiary=self.record,
            rule=one.rule,
            referral_id=one.subject if on_referral else None,
            pathway_id=None if on_referral else one.subject,
        )
        self._bring_up_to_date(row, one)
        self.opened[one.rule, one.subject] = row
        self.journal("rupture.open", row, moment, by=DETECTOR)

    def _bring_up_to_date(self, row: Rupture, one: Found) -> None:
        row.since, row.due_on, row.severity = one.since, one.due_on, one.severity
        row.responsible_organisation_id, row.responsible_id = one.responsible_organisation_id, one.responsible_id

    def _found(self, day: date) -> list[Found]:
        live: list[ReferralFacts] = [one.facts() for one in self.referrals if one.may_break]
        return rules.look(live, [self._pathway()], opened=self.opened, today=day)

    def _pathway(self) -> PathwayFacts:
        live = [one for one in self.referrals if one.is_on_its_way]
        meets = [day for one in self.referrals if (day := one.appointment_on)]
        return PathwayFacts(
            id=self.pathway.pk,
            beneficiary_id=self.record.pk,
            opened_on=self.pathway.opened_on,
            referent_organisation_id=self.seat.organisation_id,
            referent_id=self.seat.user_id,
            last_act_on=self.acted_on,
            step_on=max((one.due_on for one in self.steps if one.state == StepState.TODO), default=None),
            appointment_on=max(meets, default=None),
            referral_on=max((one.row.clock_on for one in live if one.row.clock_on), default=None),
            severity=max((one.severity for one in self.barriers.values()), default=0),
        )
