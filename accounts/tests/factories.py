"""Test users."""

import factory
from allauth.account.models import EmailAddress

from accounts.models import Role, User

PASSWORD = "correct horse battery staple"


class UserFactory(factory.django.DjangoModelFactory[User]):
    class Meta:
        model = User
        skip_postgeneration_save = True

    email = factory.Sequence(lambda number: f"person{number}@example.test")
    name = factory.Sequence(lambda number: f"Person {number}")
    role = Role.FAN
    password = factory.django.Password(PASSWORD)


def confirm_email(user: User) -> User:
    """The user, whose address is confirmed from now on."""
    EmailAddress.objects.update_or_create(user=user, email=user.email, defaults={"verified": True, "primary": True})
    return user
