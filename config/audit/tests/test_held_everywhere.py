"""What moderation holds is in no answer for anybody but its owner and admins: every address that the resolver knows."""

from datetime import UTC, datetime
from typing import Any, Final

import pytest
from asgiref.sync import async_to_sync
from django.conf import settings
from django.db import transaction
from django.test import Client, override_settings
from django.urls import reverse

from accounts.models import User
from accounts.reportables import set_held
from artists.models import Artist
from config.audit.addresses import NothingThere, first_row, is_model_page, known
from config.audit.tests.permissions.belongings import give
from config.audit.tests.permissions.cast import Night, Who, company, night
from config.audit.tests.permissions.matrix import Way, is_asked
from config.lib import redis
from events.models import Event, EventAccess, EventStatus

pytestmark = pytest.mark.django_db

SEARCHED, NAME = "xylophone", "Xylophone Heldover"
SAID: Final = "Heldover"  # not what is searched for, which pages repeat
LOOKING: Final = (Who.NOBODY, Who.FAN, Who.ATTENDEE, Who.DEVELOPER, Who.BRAND, Who.OUTSIDER, Who.DOOR)
WHOLE_COPIES: Final = {"accounts:export-file", "my-copy"}


@pytest.fixture
def people() -> dict[Who, User | None]:
    return company()


@pytest.fixture
def shown(people: dict[Who, User | None]) -> Night:
    made = night(people, EventAccess.PUBLIC)
    give(made.event.owner, made.event)
    return made


def sessions(people: dict[Who, User | None]) -> dict[Who, Client]:
    clients = {who: Client(raise_request_exception=False) for who in people}
    for who, user in people.items():
        if user:
            clients[who].force_login(user)
    return clients


def paths(night: Night, people: dict[Who, User | None]) -> list[str]:
    """Every address there is, filled in with this night; lists also searched."""
    found, outsider = [], people[Who.OUTSIDER]
    for address in known():
        if address.name in WHOLE_COPIES:
            continue
        if is_asked(address):
            path = Way(address, "GET").filled(night)
            found += [path, f"{path}?q={SEARCHED}"] if not Way(address, "GET").placeholders else [path]
        elif is_model_page(address.name) and outsider:
            try:
                found.append(first_row(address.name, outsider))
            except NothingThere:
                continue
    return found


def saying(night: Night, people: dict[Who, User | None], who: tuple[Who, ...] = LOOKING) -> set[str]:
    """The addresses in whose answer somebody of these reads the name."""
    clients = sessions({each: people[each] for each in who})
    found = set()
    for path in paths(night, people):
        for client in clients.values():
            redis.sync_client().flushdb()
            with transaction.atomic():
                response = client.get(path)
                content = async_to_sync(whole)(response) if response.streaming else response.content
                transaction.set_rollback(True)
            assert response.status_code != 500, path
            if SAID in content.decode(errors="replace"):
                found.add(path)
    return found


async def whole(response: Any) -> bytes:
    """All of an answer that is streamed, whichever way it is."""
    if response.is_async:
        return b"".join([part async for part in response])
    return b"".join(response)


def unlimited() -> Any:
    return override_settings(LIMITS=dict.fromkeys(settings.LIMITS, (1_000_000, 60)))


@pytest.mark.parametrize("status", [EventStatus.LIVE, EventStatus.CLOSED])
def test_a_held_night(shown: Night, people: dict[Who, User | None], status: str) -> None:
    Event.objects.filter(pk=shown.event.pk).update(title=NAME, status=status)
    shown.event.refresh_from_db()
    with unlimited():
        assert len(saying(shown, people, (Who.NOBODY, Who.ATTENDEE))) > 8, "the control: it is all over the place"
        set_held("events.event", shown.event.public_id, datetime.now(UTC))
        assert saying(shown, people) == set()
        for who in (Who.OWNER, Who.ADMIN):
            page = reverse("event-pages:event", args=[shown.event.slug])
            assert page in saying(shown, people, (who,))


def test_a_held_artist(shown: Night, people: dict[Who, User | None]) -> None:
    artist = shown.entry.slot.artist
    Artist.objects.filter(pk=artist.pk).update(name=NAME)
    with unlimited():
        assert len(saying(shown, people, (Who.NOBODY, Who.ATTENDEE))) > 8, "the control: it is all over the place"
        set_held("artists.artist", artist.public_id, datetime.now(UTC))
        assert saying(shown, people) == set()


def test_a_held_picture_and_a_held_person(client: Client, shown: Night) -> None:
    owner = shown.event.owner
    upload = owner.uploads.get()
    User.objects.filter(pk=owner.pk).update(avatar=upload, name=NAME)
    set_held("accounts.upload", upload.public_id, datetime.now(UTC))
    assert client.get(reverse("picture", args=[upload.public_id, 96])).status_code == 404
    set_held("accounts.user", owner.public_id, datetime.now(UTC))
    held = User.objects.get(pk=owner.pk)
    assert SAID not in held.known_as
    assert held.face == ""
