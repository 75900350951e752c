"""Acts on who contributes to a pathway: joining and leaving change nothing else, the referent least of all."""

from __future__ import annotations

from django.utils.translation import gettext as _

from sanscouture.access.actor import Actor
from sanscouture.access.enums import Perm, Reach
from sanscouture.core import clock
from sanscouture.core.errors import Conflict, Refused
from sanscouture.core.verbs import verb
from sanscouture.partners.models import Organisation
from sanscouture.people.enums import InvolvementKind
from sanscouture.people.models import Beneficiary, Involvement
from sanscouture.people.rules import may_share
from sanscouture.people.services import end_involvement, involve
from sanscouture.programmes.models import Partnership


@verb
def join_pathway(beneficiary: Beneficiary, organisation: Organisation, *, actor: Actor) -> Involvement:
    """Let a partner contribute to a person's pathway.

    Rule: only while the person's information holds, for a partner of the programme that does not take part yet. Raises
    Refused otherwise, Conflict when it takes part already.
    """
    person = Beneficiary.objects.get_queryset().select_for_update().get(pk=beneficiary.pk)
    if not may_share(person.shared_until, today=clock.today()):
        raise Refused(_("Informez d’abord la personne\u00a0: sans cela, une autre structure ne voit pas sa fiche."))
    partners = Partnership.objects.get_queryset().filter(programme_id=person.programme_id, until=None)
    if not partners.filter(organisation=organisation).exists():
        raise Refused(_("Cette structure n’est pas partenaire du programme."))
    live = Involvement.objects.get_queryset().filter(beneficiary=person, organisation=organisation, until=None)
    if live.exists():
        raise Conflict(_("Cette structure participe déjà au parcours."))
    return involve(person, organisation, InvolvementKind.CONTRIBUTOR, actor=actor)


@verb
def leave_pathway(beneficiary: Beneficiary, organisation: Organisation, *, actor: Actor) -> None:
    """End the contribution of an organisation: by one of its own, or by whoever follows the whole programme.

    Raises Refused to anybody else, Conflict when it does not contribute any more.
    """
    wide = any(
        reach >= Reach.PROGRAMME and grant.programme_id == beneficiary.programme_id
        for grant, reach in actor.with_perm(Perm.PERSON_EDIT)
    )
    if not wide and organisation.pk not in actor.organisations(beneficiary.programme_id):
        raise Refused(_("Une structure se retire elle-même, ou l’équipe de la cité la retire."))
    if not end_involvement(beneficiary, organisation, InvolvementKind.CONTRIBUTOR, actor=actor):
        raise Conflict(_("Cette structure ne contribue plus à ce parcours."))
