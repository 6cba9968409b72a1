"""Copies of everything held about somebody: asked for, prepared, fetched by nobody else, deleted."""

import io
import zipfile
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
import time_machine
from asgiref.sync import sync_to_async
from django.core.files.storage import storages
from django.core.mail import EmailMessage
from django.test import AsyncClient, Client
from pytest_django import DjangoAssertNumQueries, Settings
from rest_framework.test import APIClient

from accounts import archive, tasks
from accounts.models import AuditEntry, Export, ExportState, User
from accounts.personal_data import Section
from accounts.persons import person_of
from accounts.services import exports, retention
from accounts.tests.factories import confirm_email
from config.tests.fixtures import acting


@pytest.fixture(autouse=True)
def folder(tmp_path: Path, settings: Settings) -> Path:
    """Where the archives lie."""
    private = {**settings.STORAGES["private"], "OPTIONS": {"location": tmp_path / "private"}}
    settings.STORAGES = {**settings.STORAGES, "private": private}
    return tmp_path / "private"


def ready(user: User, now: datetime) -> Export:
    export = exports.request_export(actor=acting(user), now=now)
    tasks.prepare_export(export.pk)
    export.refresh_from_db()
    assert export.state == ExportState.READY
    return export


def files_in(folder: Path) -> list[Path]:
    return [path for path in folder.rglob("*") if path.is_file()]


def test_it_is_prepared_in_the_background_and_a_mail_says_so(
    fan: User, now: datetime, mailoutbox: list[EmailMessage]
) -> None:
    fan.language = "fr"
    fan.save()
    export = ready(fan, now)

    assert export.done == export.sections > 10
    assert export.expires_at
    assert export.expires_at > now + timedelta(days=6)
    (mail,) = mailoutbox
    assert mail.to == [fan.email]
    assert "/me/privacy/" in str(mail.body)
    with storages["private"].open(export.file) as file:
        names = zipfile.ZipFile(io.BytesIO(file.read())).namelist()
    assert {"account.json", "README.txt"} <= set(names)
    assert list(AuditEntry.objects.order_by("pk").values_list("action", flat=True)) == [
        "privacy.export",
        "privacy.export_ready",
    ]


def test_one_at_a_time_and_some_per_day(fan: User, now: datetime, settings: Settings) -> None:
    settings.EXPORTS_PER_DAY = 2
    exports.request_export(actor=acting(fan), now=now)
    with pytest.raises(exports.ExportUnderWay):
        exports.request_export(actor=acting(fan), now=now)
    Export.objects.update(state=ExportState.EXPIRED)
    ready(fan, now + timedelta(hours=1))

    with pytest.raises(exports.TooManyExports) as refused:
        exports.request_export(actor=acting(fan), now=now + timedelta(hours=2))

    assert refused.value.retry_after == 22 * 3_600
    assert exports.request_export(actor=acting(fan), now=now + timedelta(hours=24, seconds=1))


def test_what_a_killed_worker_leaves_is_taken_up(fan: User, now: datetime, folder: Path) -> None:
    export = exports.request_export(actor=acting(fan), now=now)
    assert exports.left_behind(now=now + timedelta(seconds=10)) == []
    assert exports.left_behind(now=now + timedelta(seconds=31)) == [export.pk], "its call was lost with the broker"

    dead = exports.claim(export_id=export.pk, now=now)
    assert dead
    dead.step(done=3, rows=20, now=now)
    assert exports.claim(export_id=export.pk, now=now) is None, "somebody has it in hand"
    later = now + exports.LEASE + timedelta(seconds=1)
    assert exports.left_behind(now=later) == [export.pk]
    alive = exports.claim(export_id=export.pk, now=later)
    assert alive
    with pytest.raises(exports.LostTheLease):
        exports.prepare(dead)
    assert files_in(folder) == []
    exports.prepare(alive)

    export.refresh_from_db()
    assert (export.state, export.attempt, len(files_in(folder))) == ("ready", 2, 1)


def test_who_is_overtaken_at_the_very_end_throws_its_file_away(
    fan: User, now: datetime, folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    export = exports.request_export(actor=acting(fan), now=now)
    claimed = exports.claim(export_id=export.pk, now=now)
    assert claimed
    save = storages["private"].save

    def overtaken(name: str, content: Any) -> str:
        Export.objects.update(attempt=9)
        return save(name, content)

    monkeypatch.setattr(storages["private"], "save", overtaken)
    with pytest.raises(exports.LostTheLease):
        exports.prepare(claimed)

    assert files_in(folder) == []


def test_what_a_worker_stored_before_it_was_killed_is_deleted(
    fan: User, now: datetime, folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    kept = ready(fan, now)

    def killed(*_args: object, **_kwargs: object) -> None:
        raise SystemExit

    export = exports.request_export(actor=acting(fan), now=now)
    claimed = exports.claim(export_id=export.pk, now=now)
    assert claimed
    monkeypatch.setattr(exports, "_finish", killed)
    with pytest.raises(SystemExit):
        exports.prepare(claimed)
    assert len(files_in(folder)) == 2
    written = datetime.fromtimestamp(max(file.stat().st_mtime for file in files_in(folder)), UTC)

    assert exports.sweep_files(now=written + timedelta(minutes=59)) == 0, "somebody may be about to name it"
    with time_machine.travel(written + timedelta(hours=1), tick=False):
        tasks.let_go()

    kept.refresh_from_db()
    assert [file.name for file in files_in(folder)] == [Path(kept.file).name]


def test_what_no_worker_can_finish_has_failed_and_may_be_asked_for_again(fan: User, now: datetime) -> None:
    export = exports.request_export(actor=acting(fan), now=now)
    for attempt in range(exports.MOST_ATTEMPTS):
        assert exports.claim(export_id=export.pk, now=now + attempt * timedelta(minutes=3))
    later = now + timedelta(hours=1)
    assert exports.claim(export_id=export.pk, now=later) is None

    assert exports.give_up(now=later) == 1

    export.refresh_from_db()
    assert export.state == ExportState.FAILED
    assert exports.request_export(actor=acting(fan), now=later)


def test_a_long_list_renews_the_lease(fan: User, now: datetime, monkeypatch: pytest.MonkeyPatch) -> None:
    def many(_person: Any) -> Iterator[dict[str, Any]]:
        for number in range(12_000):
            yield {"number": number}

    told: list[int] = []
    monkeypatch.setattr(archive, "sections", lambda: [Section("many", "Many", many)])
    export = exports.request_export(actor=acting(fan), now=now)
    claimed = exports.claim(export_id=export.pk, now=now)
    assert claimed
    step = claimed.step

    def noted(*, done: int, rows: int, now: datetime) -> None:
        told.append(rows)
        step(done=done, rows=rows, now=now)

    with archive.written(person_of(fan), step=noted) as (content, rows):
        assert rows == 12_000
        assert len(zipfile.ZipFile(io.BytesIO(content.read())).read("many.json").splitlines()) == 12_002
    assert told == [0, 5_000, 10_000]


async def _fetched(client: AsyncClient, path: str) -> tuple[int, bytes, Any]:
    answer: Any = await client.get(path)
    pieces = [piece async for piece in answer]
    return answer.status_code, b"".join(pieces), answer


@pytest.mark.django_db(transaction=True)
async def test_its_owner_fetches_it_in_pieces(now: datetime, fan: User) -> None:
    export = await sync_to_async(ready)(fan, now)
    client = AsyncClient()
    await client.aforce_login(fan)
    for path in (f"/me/privacy/copies/{export.public_id}/", f"/api/v1/privacy/exports/{export.public_id}/file"):
        status, content, answer = await _fetched(client, path)
        assert status == 200
        assert len(content) == export.size == int(answer["Content-Length"])
        assert answer["Content-Disposition"] == 'attachment; filename="fanfare-my-data.zip"'
        assert "no-store" in answer["Cache-Control"]
        assert zipfile.ZipFile(io.BytesIO(content)).testzip() is None


def test_nobody_else_fetches_it(
    fan: User, outsider: User, admin_user: User, now: datetime, client: Client, api: APIClient
) -> None:
    export = ready(fan, now)
    page = f"/me/privacy/copies/{export.public_id}/"
    for user in (outsider, admin_user):
        client.force_login(user)
        assert client.get(page).status_code == 404
        api.force_authenticate(user)
        for path in (f"/api/v1/privacy/exports/{export.public_id}", f"/api/v1/privacy/exports/{export.public_id}/file"):
            assert api.get(path).status_code == 404
    client.logout()
    assert client.get(page).status_code == 302
    assert client.post(page).status_code == 405
    api.force_authenticate(None)
    assert api.get(f"/api/v1/privacy/exports/{export.public_id}/file").status_code == 401


def test_what_has_expired_is_gone_before_its_file_is_and_the_night_deletes_it(
    fan: User, now: datetime, folder: Path, client: Client, api: APIClient
) -> None:
    export = ready(fan, now)
    Export.objects.update(expires_at=now - timedelta(seconds=1))
    api.force_authenticate(fan)
    assert api.get(f"/api/v1/privacy/exports/{export.public_id}/file").status_code == 410
    client.force_login(fan)
    answer = client.get(f"/me/privacy/copies/{export.public_id}/", follow=True)
    assert "Ask for a new one" in answer.content.decode()
    assert len(files_in(folder)) == 1

    retention.let_go(now=now)

    export.refresh_from_db()
    assert (export.state, export.file, files_in(folder)) == ("expired", "", [])


def test_over_the_api(fan: User, api: APIClient) -> None:
    api.force_authenticate(fan)

    answer = api.post("/api/v1/privacy/export")

    assert answer.status_code == 202
    made = answer.json()["data"]
    assert (made["status"], made["done"]) == ("queued", 0)
    assert api.get(answer["Location"]).json()["data"] == made
    assert api.get("/api/v1/privacy/export").json()["data"] == [made]
    again = api.post("/api/v1/privacy/export")
    assert (again.status_code, again.json()["error"]["code"]) == (409, "EXPORT_UNDER_WAY")
    tasks.prepare_export(Export.objects.get().pk)
    assert api.get(answer["Location"]).json()["data"]["status"] == "ready"


def test_on_the_page(
    fan: User, client: Client, now: datetime, django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    confirm_email(fan)
    client.force_login(fan)
    assert "Ask for a copy" in client.get("/me/privacy/").content.decode()

    client.post("/me/privacy/")

    shown = client.get("/me/privacy/").content.decode()
    assert "Lists written" in shown
    assert "Ask for a copy" not in shown
    again = client.post("/me/privacy/", follow=True).content.decode()
    assert "being prepared already" in again
    tasks.prepare_export(Export.objects.get().pk)
    shown = client.get("/me/privacy/").content.decode()
    assert "Fetch it" in shown
    for _more in range(2):
        Export.objects.create(user=fan, sections=1, state="expired", requested_at=now)
    with django_assert_num_queries(4):
        client.get("/me/privacy/")
