"""Who a person is: the account, its verified e-mail addresses, its verified phone. What is not verified is nobody's."""

from dataclasses import dataclass

from allauth.account.models import EmailAddress

from accounts.models import User


@dataclass(frozen=True, slots=True)
class Person:
    """`emails` are in lower case, the log-in's own first; `phone` is E.164, "" where none is verified."""

    user: User
    emails: tuple[str, ...]
    phone: str


def person_of(user: User) -> Person:
    """The person behind this account, in one query."""
    found = EmailAddress.objects.filter(user=user, verified=True).order_by("-primary", "pk")
    emails = tuple(email.lower() for email in found.values_list("email", flat=True))
    return Person(user=user, emails=emails, phone=user.phone if user.phone_verified_at else "")
