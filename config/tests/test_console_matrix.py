"""Every address of the console, from the resolver, tried as everybody: nobody finds what is not theirs."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import timedelta
from typing import Any, NamedTuple

import pytest
from django.contrib import admin
from django.db import models
from django.test import Client
from django.urls import get_resolver
from django.urls.resolvers import URLPattern, URLResolver

from accounts.models import ApiKey, AuditEntry, BrowserSession, Case, RefreshFamily, User
from accounts.services.clients import open_client
from config.tests.fixtures import acting
from events.models import Event
from events.tests.factories import AttendeeFactory, EventFactory, SlotFactory
from messaging.models import ConsentEvent, DeliveryEvent, OptOut
from messaging.tests.factories import InboundFactory, MessageFactory
from voting.tests.factories import BallotFactory, opened

pytestmark = pytest.mark.django_db
OTHERS = ["fan", "artist", "brand", "developer"]
SHARED = {"artists.artist", "messaging.sender"}  # the same rows for every organizer
NOBODYS = "0" * 16
SAMPLES = {
    "name": "cancel",
    "action": "open",
    "app_label": "events",
    "url": "nothing/",
    "content_type_id": "1",
    "version": "1",
    "key": "sending",
    "report_id": NOBODYS,
}


class Place(NamedTuple):
    """An address below /admin/ with its placeholders, and the model it is about ("" for none)."""

    route: str
    label: str


@dataclass(frozen=True)
class World:
    """By model: a row of the organizer's world and one of the outsider's."""

    mine: dict[str, models.Model]
    theirs: dict[str, models.Model]


def console() -> URLResolver:
    everything = (found for found in get_resolver().url_patterns if isinstance(found, URLResolver))
    return next(found for found in everything if found.namespace == "admin")


def addresses(resolver: URLResolver | None = None, before: str = "") -> Iterator[Place]:
    """All of them, as the resolver knows them."""
    for found in (resolver or console()).url_patterns:
        route = before + str(found.pattern)
        if isinstance(found, URLResolver):
            yield from addresses(found, route)
        elif isinstance(found, URLPattern):
            label = ".".join(route.split("/")[:2])
            yield Place(route, label if label in LABELS else "")


LABELS = {model._meta.label_lower for model in admin.site._registry}
ALL = sorted(set(addresses()))
ROWS = [address for address in ALL if address.label and "<" in address.route]


def filled(address: Place, rows: dict[str, models.Model]) -> str:
    """The address of the row of its model. A placeholder nobody knows is an error: name it in SAMPLES."""
    row = rows.get(address.label)
    key, public_id = (str(row.pk), getattr(row, "public_id", NOBODYS)) if row else ("1", NOBODYS)
    values = SAMPLES | {"object_id": key, "pk": key, "public_id": public_id}
    path = address.route
    for placeholder in sorted(set(_placeholders(path))):
        path = path.replace(placeholder, values[placeholder.strip("<>").rpartition(":")[2]])
    return f"/admin/{path}"


def _placeholders(route: str) -> Iterator[str]:
    while "<" in route:
        start, end = route.index("<"), route.index(">")
        yield route[start : end + 1]
        route = route[end + 1 :]


def plain(route: str) -> bool:
    return "(" not in route  # regular expressions: the list of an app, and what is left over


def world_of(user: User, now: Any) -> dict[str, models.Model]:
    event: Event = EventFactory.create(owner=user, live=True)
    slot = SlotFactory.create(event=event)
    attendee = AttendeeFactory.create(event=event)
    assert attendee.phone
    assert event.sender
    inbound = InboundFactory.create(address=attendee.phone)
    round_, entries = opened(event)
    open_client(actor=acting(user), user=user, now=now)
    entry = AuditEntry.objects.create(at=now, action="a.b", subject_type="events.event", subject_id=event.public_id)
    consent = {"address": attendee.phone, "decision": "granted", "purpose": "event", "source": "sms", "at": now}
    report = {"provider": "x", "provider_id": event.public_id, "status": "sent", "received_at": now}
    rows: list[models.Model] = [
        event,
        event.venue,
        attendee,
        slot.artist,
        round_,
        BallotFactory.create(round=round_, entry=entries[0], attendee=attendee),
        MessageFactory.create(topic=event.topic, reply_to=inbound, address=attendee.phone),
        inbound,
        event.sender,
        attendee.phone,
        OptOut.objects.create(address=attendee.phone, sender=event.sender, since=now),
        ConsentEvent.objects.create(**consent),
        DeliveryEvent.objects.create(**report),
        user,
        RefreshFamily.objects.get(user=user),
        ApiKey.objects.create(user=user, name="Bot", digest=b"d" * 32, scopes=["events:read"], created_at=now),
        BrowserSession.objects.create(
            user=user,
            session_key=f"of-{user.public_id}",
            created_at=now,
            last_seen_at=now,
            expire_date=now + timedelta(days=1),
            ends_at=now + timedelta(days=1),
        ),
        entry,
        Case.objects.create(subject_type="events.event", subject_id=event.public_id, owner=user, opened_at=now),
    ]
    return {row._meta.label_lower: row for row in rows}


@pytest.fixture
def world(organizer: User, outsider: User, now: Any) -> World:
    return World(world_of(organizer, now), world_of(outsider, now))


def test_the_world_has_a_row_of_every_model(world: World) -> None:
    assert LABELS - set(world.mine) == set()
    assert len(ALL) > 60


def test_strangers_are_asked_to_sign_in_everywhere(client: Client, world: World) -> None:
    answers = {
        filled(address, world.mine): client.get(filled(address, world.mine)) for address in ALL if plain(address.route)
    }

    assert {path for path, answer in answers.items() if answer.status_code != 302} == set()
    for path, answer in answers.items():
        assert answer["Location"].startswith(("/admin/login/", "/accounts/login/", "/accounts/logout", "/")), path


@pytest.mark.parametrize("role", OTHERS)
def test_who_does_not_work_here_gets_nowhere(
    client: Client, world: World, role: str, request: pytest.FixtureRequest
) -> None:
    client.force_login(request.getfixturevalue(role))

    found = [
        filled(address, world.mine)
        for address in ALL
        if plain(address.route)
        and address.route != "logout/"
        and client.get(filled(address, world.mine)).status_code == 200
    ]

    assert found == []


def test_an_organizer_finds_no_row_of_another(client: Client, organizer: User, world: World) -> None:
    client.force_login(organizer)
    private = [address for address in ROWS if address.label not in SHARED]

    statuses = {
        (verb, filled(address, world.theirs)): getattr(client, verb)(
            filled(address, world.theirs), follow=True
        ).status_code
        for address in private
        for verb in ("get", "post")
    }

    assert len(statuses) > 80
    assert {what: status for what, status in statuses.items() if status not in {403, 404, 405}} == {}


def test_an_organizer_finds_their_own(client: Client, organizer: User, world: World) -> None:
    client.force_login(organizer)
    open_to_them = [label for label in LABELS if _list(client, label).status_code == 200]

    for label in open_to_them:
        row = world.mine[label]
        assert client.get(f"/admin/{label.replace('.', '/')}/{row.pk}/change/").status_code == 200, label
        kept = admin.site.get_model_admin(type(row)).keeps_history  # type: ignore[attr-defined]  # all of them are ours
        history = client.get(f"/admin/{label.replace('.', '/')}/{row.pk}/history/").status_code
        assert history == (200 if kept else 404), label

    assert {"events.event", "events.venue", "messaging.message", "accounts.auditentry"} <= set(open_to_them)
    assert set(open_to_them).isdisjoint(
        {"accounts.user", "accounts.refreshfamily", "accounts.browsersession", "messaging.address"}
    )


def test_the_lists_of_an_organizer_hold_their_own_alone(client: Client, organizer: User, world: World) -> None:
    client.force_login(organizer)

    for label in LABELS - SHARED:
        answer = _list(client, label)
        if answer.status_code == 200:
            listed = {row.pk for row in answer.context["cl"].queryset}
            assert world.mine[label].pk in listed, label
            assert world.theirs[label].pk not in listed, label


def test_an_admin_finds_everything(client: Client, admin_user: User, world: World) -> None:
    client.force_login(admin_user)

    for label in LABELS:
        listed = {row.pk for row in _list(client, label).context["cl"].queryset}
        assert {world.mine[label].pk, world.theirs[label].pk} <= listed, label
        path = f"/admin/{label.replace('.', '/')}/{world.theirs[label].pk}/change/"
        assert client.get(path).status_code == 200, path


def test_nothing_is_deleted_by_anybody(client: Client, admin_user: User, world: World) -> None:
    client.force_login(admin_user)

    for label in LABELS:
        row = world.mine[label]
        assert client.post(f"/admin/{label.replace('.', '/')}/{row.pk}/delete/", {"post": "yes"}).status_code == 403, (
            label
        )
        assert type(row)._default_manager.filter(pk=row.pk).exists()


def test_an_action_reaches_only_rows_of_the_list(client: Client, organizer: User, world: World) -> None:
    client.force_login(organizer)
    family = world.theirs["accounts.refreshfamily"]

    answer = client.post("/admin/accounts/refreshfamily/", {"action": "sign_out", "_selected_action": [family.pk]})

    assert answer.status_code == 403
    assert RefreshFamily.objects.get(pk=family.pk).revoked_at is None


def _list(client: Client, label: str) -> Any:
    return client.get(f"/admin/{label.replace('.', '/')}/")


def test_libraries_bring_no_pages() -> None:
    ours = {"accounts", "artists", "events", "messaging", "voting", "campaigns"}
    assert {label.partition(".")[0] for label in LABELS} <= ours
