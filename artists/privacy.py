"""What artists hold about people: the profile somebody owns."""

from collections.abc import Iterable
from datetime import datetime

from django.db.models import F
from django.utils.translation import gettext_lazy as _

from accounts.personal_data import PersonalData, Row, Section, register
from accounts.persons import Person
from artists.models import Artist, ArtistStatus
from config.lib.rows import in_pieces
from messaging.models import Address


def _profiles(person: Person) -> Iterable[Row]:
    mine = Artist.objects.filter(owner=person.user)
    return in_pieces(
        mine, "public_id", "slug", "name", "bio", "genres", "home", "status", "created_at", "contact__value"
    )


def forget(person: Person, now: datetime) -> None:
    """The profile is withdrawn and empty. The stage name stays: it is on the bills and in the results of nights."""
    Artist.objects.filter(contact__in=Address.objects.of(person)).update(contact=None)
    Artist.objects.filter(owner=person.user).update(
        owner=None, status=ArtistStatus.WITHDRAWN, bio="", genres=[], home="", contact=None, version=F("version") + 1
    )


register(
    PersonalData(
        app="artists",
        personal={"artists.Artist": ["owner", "contact", "bio", "home", "name"]},
        sections=(Section("artists", _("Your artist profiles"), _profiles),),
        forget=forget,
        goes=(_("Your artist profile, with everything you wrote there; you are withdrawn from nights to come"),),
        stays=(_("A stage name, on the bills and in the results of nights that are over"),),
    )
)
