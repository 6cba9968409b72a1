"""What moderation holds is in no answer for anybody but its owner and admins: every address that the resolver knows."""

from datetime import UTC, datetime
from typing import Any, Final

import pytest
from django.conf import settings
from django.db import transaction
from django.test import Client, override_settings
from django.urls import NoReverseMatch, reverse

from accounts.models import User
from accounts.reportables import set_held
from artists.models import Artist
from config.audit.addresses import NothingThere, first_row, is_model_page, known
from config.audit.tests.permissions.belongings import give
from config.audit.tests.permissions.cast import Night, Who, company, night
from config.audit.tests.permissions.matrix import Way, is_asked
from events.models import Event, EventAccess, EventStatus

pytestmark = pytest.mark.django_db

SEARCHED, NAME = "xylophone", "Xylophone Heldover"
SAID: Final = "Heldover"  # not what is searched for, which pages repeat
LOOKING: Final = (Who.NOBODY, Who.ATTENDEE, Who.OUTSIDER)  # nobody else sees more of a night that is not theirs
WHOLE_COPIES: Final = {"accounts:export-file", "my-copy"}  # of one's own data, made before
CODES_AND_IDS: Final = ("/admin/accounts/auditentry/export/", "/admin/analytics/")  # CSV read on other connections


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
            found += filled(night, Way(address, "GET"))
        elif is_model_page(address.name) and outsider:
            try:
                found.append(first_row(address.name, outsider))
            except NothingThere:
                continue
    return found


def filled(night: Night, way: Way) -> list[str]:
    """None for an address without a sample: the matrix of permissions fails where there is one."""
    try:
        path = way.filled(night)
    except (KeyError, NoReverseMatch):
        return []
    return [path] if way.placeholders else [path, f"{path}?q={SEARCHED}"]


def is_let_in(who: Who, path: str) -> bool:
    """Whether there is anything but the way to sign in."""
    if path.startswith("/admin/"):
        return who == Who.OUTSIDER
    return who != Who.NOBODY or not path.startswith("/me/")


def saying(
    night: Night, people: dict[Who, User | None], who: tuple[Who, ...] = LOOKING, *, below: str = "/"
) -> set[str]:
    """The addresses in whose answer somebody of these reads the name; of those that contain `below`."""
    clients = sessions({each: people[each] for each in who})
    found = set()
    for path in (path for path in paths(night, people) if below in path):
        for client in (clients[each] for each in who if is_let_in(each, path)):
            with transaction.atomic():
                response = client.get(path)
                content = text_of(response, path)
                transaction.set_rollback(True)
            assert response.status_code != 500, path
            if SAID in content:
                found.add(path)
    return found


def text_of(response: Any, path: str) -> str:
    if response.streaming and response.is_async:
        assert path.startswith(CODES_AND_IDS), path
        return ""
    content: bytes = b"".join(response) if response.streaming else response.content
    return content.decode(errors="replace")


def unlimited() -> Any:
    return override_settings(LIMITS=dict.fromkeys(settings.LIMITS, (1_000_000, 60)))


def test_a_held_night(shown: Night, people: dict[Who, User | None]) -> None:
    Event.objects.filter(pk=shown.event.pk).update(title=NAME)
    shown.event.refresh_from_db()
    with unlimited():
        assert len(saying(shown, people, (Who.ATTENDEE,))) > 8, "the control: it is all over the place"
        set_held("events.event", shown.event.public_id, datetime.now(UTC))
        assert saying(shown, people) == set()
    page = reverse("event-pages:event", args=[shown.event.slug])
    for who, client in sessions(people).items():
        assert (client.get(page).status_code == 200) == (who in {Who.OWNER, Who.MANAGER, Who.ADMIN}), who


def test_a_held_night_that_is_over(shown: Night, people: dict[Who, User | None]) -> None:
    """Its own addresses, where it shows what a live one has not."""
    Event.objects.filter(pk=shown.event.pk).update(title=NAME, status=EventStatus.CLOSED)
    shown.event.refresh_from_db()
    with unlimited():
        assert len(saying(shown, people, (Who.ATTENDEE,), below="/events/")) > 3, "the control"
        set_held("events.event", shown.event.public_id, datetime.now(UTC))
        assert saying(shown, people, below="/events/") == set()


def test_a_held_artist(shown: Night, people: dict[Who, User | None]) -> None:
    artist = shown.entry.slot.artist
    Artist.objects.filter(pk=artist.pk).update(name=NAME)
    with unlimited():
        assert len(saying(shown, people, (Who.ATTENDEE,))) > 8, "the control: it is all over the place"
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
