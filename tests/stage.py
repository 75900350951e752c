"""What races are run on: a programme with two people on each side of a person, ready for any act. Made as asked for."""

from __future__ import annotations

from datetime import timedelta
from functools import cached_property
from typing import Any

from factories import (
    AppointmentFactory,
    BeneficiaryFactory,
    InvolvementFactory,
    NeedFactory,
    PartnershipFactory,
    PathwayFactory,
    ProgrammeFactory,
    ReferralEventFactory,
    ReferralFactory,
)
from personas import Persona, persona
from sanscouture.access.enums import Role
from sanscouture.core import clock
from sanscouture.partners.models import Organisation
from sanscouture.pathways.enums import Delivery, EventKind, ReferralState
from sanscouture.pathways.models import Appointment, Need, Pathway, Referral
from sanscouture.pathways.rules.referrals import Answerer
from sanscouture.people.enums import InvolvementKind
from sanscouture.people.models import Beneficiary
from sanscouture.programmes.models import Programme


class Stage:
    """Rows of one race, each made once, the first time they are named, and committed."""

    @cached_property
    def programme(self) -> Programme:
        return ProgrammeFactory()  # type: ignore[no-any-return]

    @cached_property
    def sender(self) -> Organisation:
        return PartnershipFactory(programme=self.programme).organisation  # type: ignore[no-any-return]

    @cached_property
    def recipient(self) -> Organisation:
        return PartnershipFactory(programme=self.programme).organisation  # type: ignore[no-any-return]

    @cached_property
    def senders(self) -> tuple[Persona, Persona]:
        return persona(Role.ADVISER, self.programme, self.sender), persona(Role.ADVISER, self.programme, self.sender)

    @cached_property
    def recipients(self) -> tuple[Persona, Persona]:
        role, where = Role.ADVISER, self.recipient
        return persona(role, self.programme, where), persona(role, self.programme, where)

    @cached_property
    def coordinators(self) -> tuple[Persona, Persona]:
        return persona(Role.COORDINATOR, self.programme), persona(Role.COORDINATOR, self.programme)

    @cached_property
    def person(self) -> Beneficiary:
        return BeneficiaryFactory(  # type: ignore[no-any-return]
            programme=self.programme, captured_by=self.sender, created_by=self.senders[0].user
        )

    @cached_property
    def pathway(self) -> Pathway:
        return PathwayFactory(beneficiary=self.person)  # type: ignore[no-any-return]

    @cached_property
    def need(self) -> Need:
        return NeedFactory(beneficiary=self.pathway.beneficiary)  # type: ignore[no-any-return]

    def referral(self, state: str = ReferralState.SENT, delivery: str = Delivery.NONE, **more: Any) -> Referral:
        """A referral to the recipient, in a state."""
        made = ReferralFactory(need=self.need, recipient=self.recipient, state=state, delivery=delivery, **more)
        return Referral.objects.get_queryset().get(pk=made.pk)

    def accepted(self, delivery: str = Delivery.TO_SCHEDULE) -> Referral:
        """A referral that was accepted, its service at some stage."""
        now = clock.now()
        return self.referral(ReferralState.ACCEPTED, delivery, decided_at=now, received_at=now)

    def appointment(self, *, days: int) -> Appointment:
        """An appointment so many days ahead, negative for the past."""
        referral = self.accepted(Delivery.APPOINTMENT_SET)
        return AppointmentFactory(  # type: ignore[no-any-return]
            referral=referral, starts_at=clock.now() + timedelta(days=days)
        )

    def asked(self) -> Referral:
        """A referral whose recipient waits for a reply."""
        referral = self.referral(ReferralState.RECEIVED, received_at=clock.now())
        ReferralEventFactory(referral=referral, kind=EventKind.QUESTION)
        return referral

    def takes_part(self, organisation: Organisation) -> None:
        """Let an organisation contribute to the pathway."""
        InvolvementFactory(beneficiary=self.person, organisation=organisation, kind=InvolvementKind.CONTRIBUTOR)

    def answering(self, who: Persona) -> Answerer:
        """Somebody of the recipient, as services know them."""
        return Answerer(who.user.pk, self.recipient.pk, who.user.full_name)
