"""Who may do what with artists' profiles."""

from accounts.actors import Actor
from accounts.policies import require_scope, sees_everything, signed_in
from artists.models import Artist
from artists.querysets import ArtistQuerySet
from config.lib.errors import NotFound


def artists_seen_by(actor: Actor) -> ArtistQuerySet:
    """Everyone sees those that are not withdrawn; owners also their own, admins all."""
    if sees_everything(actor):
        return Artist.objects.all()
    return Artist.objects.listed() if actor.user is None else Artist.objects.seen_by(actor.user)


def artist_to_see(actor: Actor, public_id: str) -> Artist:
    """Raises NotFound."""
    return _found(artists_seen_by(actor), public_id=public_id)


def artist_at(actor: Actor, slug: str) -> Artist:
    """`artist_to_see` by the address of the page. Raises NotFound."""
    return _found(artists_seen_by(actor), slug=slug)


def artist_to_edit(actor: Actor, public_id: str) -> Artist:
    """The owner's own profile, or any for an admin. Raises AuthRequired, InsufficientScope, NotFound."""
    require_scope(actor, "artists:write")
    owned = Artist.objects.all() if sees_everything(actor) else Artist.objects.filter(owner=signed_in(actor))
    return _found(owned, public_id=public_id)


def may_edit(actor: Actor, artist: Artist) -> bool:
    """Whether the profile is this actor's to change, without another query: what decides how a page shows it."""
    return sees_everything(actor) or (actor.user is not None and artist.owner_id == actor.user.pk)


def _found(artists: ArtistQuerySet, **named: str) -> Artist:
    artist = artists.filter(**named).first()
    if artist is None:
        raise NotFound
    return artist
