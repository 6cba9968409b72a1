"""Somebody is forgotten: nothing of theirs is left in any column, in Redis or in a file, and the votes still count."""

import io
import json
import zipfile
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from django.core.files.storage import storages
from django.db.models import Q
from django.test import Client
from rest_framework.test import APIClient

from accounts import tasks
from accounts.actors import Actor, Via
from accounts.models import (
    AuditEntry,
    AuditPerson,
    Erasure,
    Role,
    User,
)
from accounts.personal_data import PersonalData, registered
from accounts.services import erasures, exports, retention
from accounts.services.signing_up import sign_up
from accounts.tests.factories import PASSWORD, UserFactory
from artists.models import Artist, ArtistStatus
from config.tests.privacy.zebulon import (
    AGENT,
    EMAIL,
    IP,
    MARKERS,
    PHONE,
    WORDS,
    Known,
    acting,
    cached,
    deliver,
    findings,
    forget,
    stored,
)
from events.models import Attendee, Event, EventStatus, InviteStatus
from events.tests.factories import EventFactory, SlotFactory
from messaging.models import (
    Address,
    Channel,
    ConsentEvent,
    ConsentSource,
    InboundMessage,
    Message,
    OptOut,
    Purpose,
    Suppression,
)
from messaging.services import outbox
from messaging.services.addresses import address_for, addresses_for
from voting.models import Ballot, Tally
from voting.recount import differences

# The last mail cannot be sent without its address: sealed, blanked once sent, and gone with the nightly job a day later.
LAST_MAIL = {"messaging_address.value"}


@pytest.mark.django_db(transaction=True)
def test_nothing_is_left_anywhere(known: Known, now: datetime, tmp_path: Path) -> None:
    browser = Client(REMOTE_ADDR=IP, HTTP_USER_AGENT=AGENT)
    browser.force_login(known.user)
    browser.get("/me/privacy/")
    Client(REMOTE_ADDR=IP, HTTP_USER_AGENT=AGENT).post("/accounts/login/", {"login": EMAIL, "password": "wrong"})
    export = exports.request_export(actor=known.actor, now=now)
    tasks.prepare_export(export.pk)
    assert len(stored(tmp_path / "private")) == 1
    before = findings()
    assert {marker for found in before.values() for marker in found} == set(MARKERS), "the markers are really there"

    forget(known.user, now)

    assert set(findings()) <= LAST_MAIL
    assert stored(tmp_path / "private") == []
    assert cached() <= {IP}  # counters of limits are by address, and end with their window
    deliver()
    last = Message.objects.get(address__value=EMAIL)
    assert (last.state, last.sealed) == ("sent", True)
    retention.let_go(now=now + timedelta(days=2))
    assert findings() == {}


def test_votes_and_money_stay_and_are_nobodys(known: Known, now: datetime) -> None:
    everything = list(
        Ballot.objects.order_by("pk").values("receipt", "round", "entry", "state", "source", "received_at")
    )
    figures = list(Tally.objects.values("entry", "votes"))

    forget(known.user, now)

    assert (
        list(Ballot.objects.order_by("pk").values("receipt", "round", "entry", "state", "source", "received_at"))
        == everything
    )
    assert list(Tally.objects.values("entry", "votes")) == figures
    assert differences(known.ballot.round) == []
    assert list(Ballot.objects.order_by("pk").values_list("attendee__user", flat=True)) == [None, known.other.pk]
    assert Attendee.objects.get(pk=known.attendee.pk).status == "left", "who has no vote left does not vote again"


def test_of_evidence_and_audit_what_happened_stays(known: Known, now: datetime) -> None:
    said = set(ConsentEvent.objects.values_list("pk", "decision", "purpose", "text_version"))
    entries = set(AuditEntry.objects.values_list("pk", "action", "subject_id"))

    forget(known.user, now)

    unlinked = ConsentEvent.objects.filter(address=None, inbound=None)
    assert set(unlinked.values_list("pk", "decision", "purpose", "text_version")) == said
    assert entries < set(AuditEntry.objects.values_list("pk", "action", "subject_id"))
    assert not AuditPerson.objects.filter(Q(user=None) | Q(address=IP)).exists()
    last = AuditEntry.objects.order_by("-pk").first()
    assert last
    assert last.action == "privacy.erased"
    assert not hasattr(last, "person")


def test_others_keep_what_is_theirs(known: Known, now: datetime) -> None:
    theirs = address_for(channel=Channel.EMAIL, value=known.other.email, user=known.other)

    forget(known.user, now)

    assert Address.objects.filter(pk=theirs.pk).exists()
    assert User.objects.filter(pk=known.other.pk, is_active=True).exists()
    assert Attendee.objects.get(user=known.other).status == "confirmed"


def test_figures_of_messages_stay(known: Known, now: datetime) -> None:
    outgoing = Message.objects.filter(reply_to=None, purpose_key__startswith="test:").count()

    forget(known.user, now)

    kept = Message.objects.filter(reply_to=None, purpose_key__startswith="test:")
    assert kept.count() == outgoing == 2
    assert set(kept.values_list("address__value", "text", "provider_id")) == {("erased", "", "")}
    assert Message.objects.get(purpose_key="waiting").state == "cancelled"
    assert not InboundMessage.objects.exists()


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("again", ["joined", "imported"])
def test_an_opted_out_phone_is_never_written_to_again(known: Known, again: str, now: datetime) -> None:
    sender = OptOut.objects.get().sender
    forget(known.user, now)
    deliver()
    retention.let_go(now=now + timedelta(days=2))
    assert not OptOut.objects.exists()
    assert Suppression.objects.count() == 2
    assert not any(PHONE in str(values) for values in Suppression.objects.values_list())

    if again == "joined":
        phone = address_for(channel=Channel.SMS, value=PHONE)
    else:
        phone = Address.objects.get(pk=addresses_for(channel=Channel.SMS, values=[PHONE, "+14155550988"])[PHONE])

    assert OptOut.objects.get() == OptOut.objects.get(address=phone, sender=sender)
    queued = outbox.queue(
        purpose_key="again",
        kind="code",
        purpose=Purpose.ACCOUNT,
        channel=Channel.SMS,
        address=phone,
        sender=sender,
        text="x",
        now=now,
    )
    assert queued.state == "skipped"
    assert Suppression.objects.filter(sender__isnull=False).count() == 0, "it is a row again, and START can undo it"


def test_a_mailbox_that_wanted_no_mail_gets_none_when_it_is_back(known: Known, now: datetime) -> None:
    forget(known.user, now)
    retention.let_go(now=now + timedelta(days=2))
    mailbox = address_for(channel=Channel.EMAIL, value=EMAIL)

    queued = outbox.queue(
        purpose_key="again",
        kind="recap",
        purpose=Purpose.EVENT,
        channel=Channel.EMAIL,
        address=mailbox,
        text="x",
        topic="event:1",
        now=now,
    )

    assert queued.state == "skipped"
    assert ConsentEvent.objects.filter(address=mailbox, source=ConsentSource.KEPT).count() == 2


def test_the_address_may_sign_up_again_and_knows_nothing(known: Known, now: datetime) -> None:
    forget(known.user, now)

    user = sign_up(actor=Actor(via=Via.API), email=EMAIL, password=PASSWORD, now=now)

    assert user.pk != known.user.pk
    assert user.name == ""


def test_whoever_was_killed_half_way_is_followed(known: Known, now: datetime, monkeypatch: pytest.MonkeyPatch) -> None:
    erasure = erasures.request_erasure(actor=known.actor, password=PASSWORD, recently=False, now=now)
    turns = registered()
    asked: list[str] = []

    class Killed(BaseException):
        """As a worker that is killed: nothing catches it."""

    def noted(data: PersonalData, fails: bool) -> PersonalData:
        def forget_it(person: Any, moment: datetime) -> None:
            data.forget(person, moment)
            asked.append(data.app)
            if fails:
                raise Killed

        return PersonalData(app=data.app, forget=forget_it)

    half_way = [noted(data, data.app == "messaging") for data in turns]
    monkeypatch.setattr(erasures, "registered", lambda: half_way)
    with pytest.raises(Killed):
        erasures.carry_out(erasure_id=erasure.pk, now=now)
    erasure.refresh_from_db()
    assert (erasure.done, erasure.finished_at) == (3, None)
    assert Address.objects.filter(value=PHONE).exists(), "the turn in which it died is undone"
    assert not Attendee.objects.filter(user=known.user).exists(), "those before it are not"
    monkeypatch.setattr(erasures, "registered", lambda: turns)

    assert not erasures.carry_out(erasure_id=erasure.pk, now=now), "the lease is still held"
    assert erasures.left_behind(now=now) == []
    later = now + erasures.LEASE + timedelta(seconds=1)
    assert erasures.left_behind(now=later) == [erasure.pk]
    assert erasures.carry_out(erasure_id=erasure.pk, now=later)

    assert set(findings()) <= LAST_MAIL
    assert not erasures.carry_out(erasure_id=erasure.pk, now=later), "again, it changes nothing"


def test_every_way_in_ends_at_once(known: Known, now: datetime, api: APIClient) -> None:
    browser = Client()
    browser.force_login(known.user)
    assert browser.get("/me/privacy/").status_code == 200

    erasures.request_erasure(actor=known.actor, password=PASSWORD, recently=False, now=now)

    assert browser.get("/me/privacy/").status_code == 302
    answer = api.post("/api/v1/auth/login", {"email": EMAIL, "password": PASSWORD})
    assert answer.status_code == 401


def test_an_organizer_settles_what_is_to_come_first(organizer: User, now: datetime) -> None:
    ahead = EventFactory.create(owner=organizer, status=EventStatus.PUBLISHED, title="Brass Night")
    organizer.set_password(PASSWORD)
    organizer.save()

    with pytest.raises(erasures.CannotBeForgottenYet) as refused:
        erasures.request_erasure(actor=acting(organizer), password=PASSWORD, recently=False, now=now)

    assert "Brass Night" in str(refused.value.details[0].message)
    assert not Erasure.objects.exists()
    Event.objects.filter(pk=ahead.pk).update(status=EventStatus.CANCELLED)
    draft = EventFactory.create(owner=organizer, status=EventStatus.DRAFT)
    forget(organizer, now)
    ahead.refresh_from_db()
    assert ahead.owner.email.endswith("@fanfare.invalid")
    assert not ahead.owner.is_active
    assert not Event.objects.filter(pk=draft.pk).exists()


def test_the_only_admin_is_not_forgotten(admin_user: User, now: datetime) -> None:
    with pytest.raises(erasures.CannotBeForgottenYet):
        erasures.request_erasure(actor=acting(admin_user), password=PASSWORD, recently=False, now=now)
    UserFactory.create(role=Role.ADMIN)
    assert erasures.request_erasure(actor=acting(admin_user), password=PASSWORD, recently=False, now=now)


def test_an_artist_is_withdrawn_and_keeps_a_name_on_old_bills(artist: User, now: datetime) -> None:
    slot = SlotFactory.create(
        event=EventFactory.create(status=EventStatus.PUBLISHED), artist__bio=WORDS, artist__home="X"
    )
    Artist.objects.filter(pk=slot.artist_id).update(owner=artist, status=ArtistStatus.APPROVED)

    forget(artist, now)

    profile = Artist.objects.get(pk=slot.artist_id)
    assert (profile.status, profile.owner, profile.bio, profile.home) == ("withdrawn", None, "", "")
    assert profile.name == slot.artist.name
    slot.refresh_from_db()
    assert slot.invite_status == InviteStatus.WITHDRAWN


def test_the_copy_has_everything_and_nothing_of_others(known: Known, now: datetime) -> None:
    export = exports.request_export(actor=known.actor, now=now)
    tasks.prepare_export(export.pk)
    export.refresh_from_db()
    with storages[exports.STORAGE].open(export.file) as file:
        archive = zipfile.ZipFile(io.BytesIO(file.read()))

    held = {name: json.loads(archive.read(name)) for name in archive.namelist() if name.endswith(".json")}
    text = json.dumps(held, ensure_ascii=False)

    assert export.state == "ready"
    assert export.done == export.sections == len(held)
    assert {marker for marker in MARKERS if marker in text} == set(MARKERS)
    assert known.other.email not in text
    assert "Somebody Else" not in text
    assert held["votes.json"][0]["receipt"] == known.ballot.receipt
    assert {row["text_version"] for row in held["consent.json"]} == {"join.1", ""}
    assert export.rows == sum(len(rows) for rows in held.values())
    assert EMAIL not in archive.read("README.txt").decode()
