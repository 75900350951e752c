"""What accounts do: be invited, be kept, prove themselves twice, and stay under their owner's eye."""

from sanscouture.accounts.services.allauth import AccountAdapter, FactorAdapter, SecondStep
from sanscouture.accounts.services.connections import (
    end_connection,
    end_connections,
    forget_device,
    password_changed,
    sign_in,
    trust_device,
)
from sanscouture.accounts.services.factors import (
    factor_added,
    factors_removed,
    generate_codes,
    must_be_recent,
    second_factor_page,
    show_codes,
)
from sanscouture.accounts.services.invitations import (
    accept_invitation,
    accept_with_account,
    invite,
    renew_invitation,
    revoke_invitation,
    update_profile,
)
from sanscouture.accounts.services.recovery import open_recovery, use_recovery

__all__ = [
    "AccountAdapter",
    "FactorAdapter",
    "SecondStep",
    "accept_invitation",
    "accept_with_account",
    "end_connection",
    "end_connections",
    "factor_added",
    "factors_removed",
    "forget_device",
    "generate_codes",
    "invite",
    "must_be_recent",
    "open_recovery",
    "password_changed",
    "renew_invitation",
    "revoke_invitation",
    "second_factor_page",
    "show_codes",
    "sign_in",
    "trust_device",
    "update_profile",
    "use_recovery",
]
