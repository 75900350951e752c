"""What programmes do: be loaded, gather partners and a team, open roles, sign their agreement."""

from sanscouture.programmes.services.agreement import (
    Signatory,
    prepare_version,
    record_agreement,
    save_data_protection,
    withdraw_agreement,
)
from sanscouture.programmes.services.imports import import_programmes, load_programmes, load_starter_programmes
from sanscouture.programmes.services.partnerships import (
    add_copilot,
    add_partner,
    add_team_member,
    edit_partnership,
    end_copilot,
    end_partnership,
    end_team_member,
    reopen_partnership,
)
from sanscouture.programmes.services.roles import (
    cancel_invitation,
    grant_role,
    invitation_accepted,
    invite_member,
    reopen_access,
    resend_invitation,
    what_is_against,
    withdraw_role,
)

__all__ = [
    "Signatory",
    "add_copilot",
    "add_partner",
    "add_team_member",
    "cancel_invitation",
    "edit_partnership",
    "end_copilot",
    "end_partnership",
    "end_team_member",
    "grant_role",
    "import_programmes",
    "invitation_accepted",
    "invite_member",
    "load_programmes",
    "load_starter_programmes",
    "prepare_version",
    "record_agreement",
    "reopen_access",
    "reopen_partnership",
    "resend_invitation",
    "save_data_protection",
    "what_is_against",
    "withdraw_agreement",
    "withdraw_role",
]
