"""Our limits in the words of allauth, which counts what its pages answer before our services are asked."""

from collections.abc import Mapping


def rates(limits: Mapping[str, tuple[int, int]]) -> dict[str, str]:
    """ACCOUNT_RATE_LIMITS, from LIMITS (requests, seconds).

    Wrong passwords are counted by accounts/lockouts.py, and mails with a link by the services that send them.
    """

    def rate(name: str, per: str) -> str:
        requests, seconds = limits[name]
        return f"{requests}/{seconds}s/{per}"

    return {
        "login": rate("sign_in", "ip"),
        "signup": rate("sign_up", "ip"),
        "reset_password": rate("sign_in", "ip"),
        "reset_password_from_key": rate("sign_in", "ip"),
        "confirm_email": rate("link_mails", "key"),
    }
