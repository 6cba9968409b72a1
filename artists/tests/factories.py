"""Test artists."""

import factory

from accounts.models import Role
from accounts.tests.factories import UserFactory
from artists.models import Artist, ArtistStatus


class ArtistFactory(factory.django.DjangoModelFactory[Artist]):
    """An invited artist nobody has claimed; `claimed=True` gives it an owner."""

    class Meta:
        model = Artist

    class Params:
        claimed = factory.Trait(
            status=ArtistStatus.CLAIMED,
            owner=factory.SubFactory(UserFactory, role=Role.ARTIST, name="Owner of an artist"),
        )

    name = factory.Sequence(lambda number: f"Artist {number}")
    slug = factory.Sequence(lambda number: f"artist-{number}")
    genres = ["indie"]
    home = "Berlin"
