"""An agreement ready to be tried: its point of contact, its version, who signs it."""

from __future__ import annotations

from typing import Any

from sanscouture.core import clock
from sanscouture.partners.models import Organisation
from sanscouture.programmes import services
from sanscouture.programmes.models import AgreementVersion, Programme
from sanscouture.programmes.services import Signatory


def prepared(programme: Programme, contact: Organisation) -> AgreementVersion:
    """A version to sign, with the point of contact that it requires."""
    services.save_data_protection(
        programme, rights_organisation=contact, rights_contact="droits@structure.example", actor="essai"
    )
    return services.prepare_version(programme, actor="essai")


def signed(version: AgreementVersion, *organisations: Organisation, **other: Any) -> AgreementVersion:
    """The same version, recorded as signed today by these organisations."""
    said = {
        "agreement_on": clock.today(),
        "assessment_on": clock.today(),
        "signatures": {one.pk: Signatory("Lazare Fictif", "direction") for one in organisations},
        "actor": "essai",
    }
    return services.record_agreement(version, **(said | other))
