"""How allauth's pages fit ours."""

from allauth.account.adapter import DefaultAccountAdapter


class AccountAdapter(DefaultAccountAdapter):  # type: ignore[misc]  # allauth ships no types
    """allauth's own behaviour; its mail leaves through EMAIL_BACKEND, which is the outbox."""
