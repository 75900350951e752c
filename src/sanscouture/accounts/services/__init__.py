"""What accounts do: be invited, be kept, prove themselves twice, and stay under their owner's eye."""

from sanscouture.accounts.services.allauth import AccountAdapter, FactorAdapter, IdentityAdapter, SecondStep
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
    must_be_own,
    must_be_recent,
    second_factor_page,
    show_codes,
)
from sanscouture.accounts.services.identities import (
    LEFT,
    drop_pending,
    farewell_of,
    link_identity,
    pending_of,
    refused,
    unlink_identity,
)
from sanscouture.accounts.services.invitations import (
    accept_invitation,
    accept_with_account,
    invite,
    renew_invitation,
    revoke_invitation,
    update_profile,
)
from sanscouture.accounts.services.proconnect import (
    PROVIDER,
    ProConnect,
    ProConnectAdapter,
    ProConnectReturn,
    Unbelieved,
    departure,
    is_configured,
)
from sanscouture.accounts.services.recovery import open_recovery, use_recovery

__all__ = [
    "LEFT",
    "PROVIDER",
    "AccountAdapter",
    "FactorAdapter",
    "IdentityAdapter",
    "ProConnect",
    "ProConnectAdapter",
    "ProConnectReturn",
    "SecondStep",
    "Unbelieved",
    "accept_invitation",
    "accept_with_account",
    "departure",
    "drop_pending",
    "end_connection",
    "end_connections",
    "factor_added",
    "factors_removed",
    "farewell_of",
    "forget_device",
    "generate_codes",
    "invite",
    "is_configured",
    "link_identity",
    "must_be_own",
    "must_be_recent",
    "open_recovery",
    "password_changed",
    "pending_of",
    "refused",
    "renew_invitation",
    "revoke_invitation",
    "second_factor_page",
    "show_codes",
    "sign_in",
    "trust_device",
    "unlink_identity",
    "update_profile",
    "use_recovery",
]
