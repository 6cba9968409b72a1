"""Artists' profiles: made when somebody is invited, edited by whoever owns them."""

from collections.abc import Iterable
from datetime import datetime
from typing import Final, TypedDict

from django.db import IntegrityError, transaction
from django.utils.text import slugify
from django.utils.translation import gettext_lazy as _

from accounts import audit
from accounts.actors import Actor
from accounts.models import User
from accounts.policies import require_admin, require_scope
from artists.models import Artist, ArtistStatus
from artists.policies import artist_to_edit
from config.lib.cleaning import check_fields
from config.lib.constraints import broken_by
from config.lib.errors import Detail, NotFound, Refusal, StaleVersion, ValidationError
from config.lib.public_ids import new_public_id
from messaging.models import Address

MOST_GENRES: Final = 10
_SLUG_LENGTH: Final = 70
_SUFFIX_LENGTH: Final = 5


class ArtistAlreadyClaimed(Refusal):
    status = 409
    message = _("This artist's profile belongs to somebody already.")


class ProfileChanges(TypedDict, total=False):
    """What the owner may change."""

    name: str
    bio: str
    genres: list[str]
    home: str


@transaction.atomic
def create(
    *,
    actor: Actor,
    name: str,
    now: datetime,
    contact: Address | None = None,
    bio: str = "",
    genres: Iterable[str] = (),
    home: str = "",
) -> Artist:
    """A profile nobody has claimed yet; organizers bring artists in. `contact` is where invitations go.

    Raises AuthRequired, InsufficientScope, ValidationError.
    """
    require_scope(actor, "events:write")
    artist = Artist(contact=contact, created_at=now)
    _apply(artist, {"name": name, "bio": bio, "genres": list(genres), "home": home})
    artist.slug = slugify(artist.name)[:_SLUG_LENGTH] or artist.public_id
    _store(artist)
    audit.record(actor=actor, action="artist.create", subject=artist, now=now)
    return artist


@transaction.atomic
def edit(
    *, actor: Actor, public_id: str, changes: ProfileChanges, expected_version: int | None = None, now: datetime
) -> Artist:
    """The profile with these changes, one version on; without any it stays as it is.

    Raises AuthRequired, InsufficientScope, NotFound, StaleVersion, ValidationError.
    """
    allowed = artist_to_edit(actor, public_id)
    artist = Artist.objects.select_for_update(no_key=True).get(pk=allowed.pk)
    if expected_version not in (None, artist.version):
        raise StaleVersion
    if not changes:
        return artist
    _apply(artist, changes)
    artist.version += 1
    artist.save()
    audit.record(actor=actor, action="artist.edit", subject=artist, now=now, changed=sorted(changes))
    return artist


@transaction.atomic
def hand_over(*, actor: Actor, public_id: str, owner: User, now: datetime) -> Artist:
    """An admin gives an unclaimed profile to the person behind it. Raises Forbidden, NotFound, ArtistAlreadyClaimed."""
    require_admin(actor)
    artist = Artist.objects.select_for_update(no_key=True).filter(public_id=public_id).first()
    if artist is None:
        raise NotFound
    if artist.status != ArtistStatus.INVITED:
        raise ArtistAlreadyClaimed
    artist.owner, artist.status = owner, ArtistStatus.CLAIMED
    artist.version += 1
    artist.save(update_fields=["owner", "status", "version"])
    audit.record(actor=actor, action="artist.hand_over", subject=artist, now=now)
    return artist


def _apply(artist: Artist, changes: ProfileChanges) -> None:
    for name, value in changes.items():
        setattr(artist, name, value)
    artist.name, artist.home = artist.name.strip(), artist.home.strip()
    artist.genres = list(dict.fromkeys(genre.strip().lower() for genre in artist.genres if genre.strip()))
    check_fields(artist, changes.keys())
    if len(artist.genres) > MOST_GENRES:
        raise ValidationError(details=[Detail("genres", "max_length", _("Use at most 10 genres."))])


def _store(artist: Artist) -> None:
    """Save under a slug that is free; the database decides which are."""
    while True:
        try:
            with transaction.atomic():
                artist.save()
        except IntegrityError as error:
            if broken_by(error) != "artists_artist_slug_key":
                raise
            artist.slug = f"{artist.slug[:_SLUG_LENGTH]}-{new_public_id(_SUFFIX_LENGTH)}"
        else:
            return
