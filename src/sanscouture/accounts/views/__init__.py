"""The pages of accounts: signing in, factors, connections, recovery."""

from sanscouture.accounts.views.accounts import speak, too_many

__all__ = ["speak", "too_many"]
