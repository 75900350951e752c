from sanscouture.programmes.models.agreement import AgreementSignature, AgreementVersion, DataProtection
from sanscouture.programmes.models.programme import (
    CoPilot,
    InvitedRole,
    NationalRole,
    Partnership,
    Perimeter,
    Programme,
    RoleGrant,
    TeamMember,
)

__all__ = [
    "AgreementSignature",
    "AgreementVersion",
    "CoPilot",
    "DataProtection",
    "InvitedRole",
    "NationalRole",
    "Partnership",
    "Perimeter",
    "Programme",
    "RoleGrant",
    "TeamMember",
]
