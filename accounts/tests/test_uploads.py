"""Keeping uploads: the service, the API, what is served, what is swept."""

from datetime import datetime, timedelta
from io import BytesIO
from pathlib import Path
from typing import Any

import pytest
from django.core.files.storage import default_storage
from django.db import IntegrityError, transaction
from django.test import Client
from django.urls import reverse
from pytest_django import DjangoAssertNumQueries, Settings
from rest_framework.test import APIClient

from accounts.actors import Credential
from accounts.models import AuditEntry, Upload, UploadState, User
from accounts.picture_addresses import picture_address
from accounts.pictures import developing, storing
from accounts.services import uploads
from accounts.services.profile import edit_profile
from accounts.services.uploads import keep_picture, sweep_uploads
from accounts.tests.pictures import encoded, halves, sent, telling
from config.tests.fixtures import acting

UPLOADS = reverse("accounts:uploads")
pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def media(settings: Settings, tmp_path: Path) -> Path:
    settings.MEDIA_ROOT = tmp_path
    return tmp_path


@pytest.fixture
def mine(api: APIClient, fan: User) -> APIClient:
    api.force_authenticate(fan)
    return api


def kept(user: User, now: datetime, content: bytes | None = None, kind: str = "avatar") -> Upload:
    raw = content or encoded(halves())
    return keep_picture(actor=acting(user), kind=kind, file=BytesIO(raw), size=len(raw), now=now)


def files(media: Path) -> list[str]:
    return sorted(path.name for path in media.rglob("*.webp"))


def post(client: APIClient, content: bytes, **fields: Any) -> Any:
    return client.post(UPLOADS, {"file": sent(content), **fields}, format="multipart")


# --- Sending ----------------------------------------------------------------------------------------------------------


def test_a_picture_is_kept_in_its_sizes(mine: APIClient, fan: User, media: Path) -> None:
    response = post(mine, telling(), kind="avatar")
    data = response.json()["data"]
    assert response.status_code == 201
    upload = Upload.objects.get()
    assert response["Location"] == reverse("accounts:upload", args=[upload.public_id])
    assert mine.get(response["Location"]).json()["data"] == data
    assert (data["id"], data["kind"], data["used"], data["width"], data["height"]) == (
        upload.public_id,
        "avatar",
        False,
        512,
        512,
    )
    assert list(data["urls"]) == ["96", "256", "512"]
    assert files(media) == sorted(f"{upload.sha256[:16]}-{width}.webp" for width in (96, 256, 512))
    entry = AuditEntry.objects.get()
    assert (entry.action, entry.facts) == ("upload.keep", {"kind": "avatar", "bytes": upload.bytes})


def test_the_same_again_is_the_same_upload(mine: APIClient, media: Path) -> None:
    first, second = (post(mine, encoded(halves())) for _time in "12")
    assert first.json()["data"] == second.json()["data"]
    assert len(files(media)) == 3
    other_kind = post(mine, encoded(halves()), kind="avatar").json()["data"]
    assert other_kind["id"] != first.json()["data"]["id"]


def test_of_two_at_once_one_is_kept(fan: User, now: datetime, media: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """The second comes between the look for a repeat and the row."""
    develop = developing.develop

    def meanwhile(*args: Any) -> Any:
        monkeypatch.setattr(uploads, "develop", develop)
        kept(fan, now)
        return develop(*args)

    monkeypatch.setattr(uploads, "develop", meanwhile)
    assert kept(fan, now) == Upload.objects.get()
    assert len(files(media)) == 3


@pytest.mark.parametrize(
    ("content", "fields", "status", "code"),
    [
        (b"<svg/>", {}, 415, "NOT_A_PICTURE"),
        (b"ID3\x04", {}, 415, "AUDIO_NOT_OFFERED"),
        (encoded(halves())[:900], {}, 422, "PICTURE_BROKEN"),
        (encoded(halves((12_001, 1)), "PNG"), {}, 422, "PICTURE_TOO_MANY_PIXELS"),
        (b"\xff" * 10_000_001, {}, 413, "PICTURE_TOO_LARGE"),
        (b"", {}, 422, "VALIDATION_ERROR"),
        (encoded(halves()), {"kind": "audio"}, 422, "VALIDATION_ERROR"),
        (encoded(halves()), {"title": "x"}, 422, "UNKNOWN_FIELD"),
    ],
    ids=["svg", "audio", "cut off", "long", "large", "empty", "kind", "field"],
)
def test_what_is_refused_leaves_nothing(
    mine: APIClient, media: Path, content: bytes, fields: dict[str, str], status: int, code: str
) -> None:
    response = post(mine, content, **fields)
    assert (response.status_code, response.json()["error"]["code"]) == (status, code)
    assert not Upload.objects.exists()
    assert files(media) == []


@pytest.mark.parametrize(
    ("body", "content_type", "status"),
    [
        (b"{}", "application/json", 415),
        (b"no boundary", "multipart/form-data", 400),
        (b'--x\r\nContent-Disposition: form-data; name="file"', "multipart/form-data; boundary=x", 422),
        (b"", "multipart/form-data; boundary=x", 422),
    ],
)
def test_a_body_that_is_no_form_is_refused(mine: APIClient, body: bytes, content_type: str, status: int) -> None:
    assert mine.post(UPLOADS, body, content_type=content_type).status_code == status


def test_too_many_fields_are_refused(mine: APIClient) -> None:
    response = mine.post(UPLOADS, {f"f{number}": "x" for number in range(1_100)}, format="multipart")
    assert (response.status_code, response.json()["error"]["code"]) == (413, "PAYLOAD_TOO_LARGE")


def test_there_is_a_limit(mine: APIClient, settings: Settings) -> None:
    settings.LIMITS = {**settings.LIMITS, "upload": (1, 60)}
    post(mine, encoded(halves()))
    refused = post(mine, telling())
    assert (refused.status_code, refused.json()["error"]["code"]) == (429, "RATE_LIMIT_EXCEEDED")
    assert refused["Retry-After"]


# --- Who may ----------------------------------------------------------------------------------------------------------


def test_nobody_else_may(api: APIClient, fan: User, outsider: User, now: datetime) -> None:
    upload = reverse("accounts:upload", args=[kept(fan, now).public_id])
    assert post(api, encoded(halves())).status_code == 401
    assert api.get(upload).status_code == api.delete(upload).status_code == 401
    api.force_authenticate(outsider)
    assert api.get(upload).status_code == api.delete(upload).status_code == 404
    api.force_authenticate(fan, Credential(scopes=frozenset({"profile:read"})))  # type: ignore[arg-type]  # any token
    assert post(api, encoded(halves())).status_code == api.delete(upload).status_code == 403
    assert api.get(upload).status_code == 200
    assert api.put(upload).status_code == api.get(UPLOADS).status_code == 405


def test_what_waits_can_be_taken_back_and_what_is_used_not(mine: APIClient, fan: User, now: datetime) -> None:
    waiting, used = kept(fan, now), kept(fan, now, telling())
    edit_profile(actor=acting(fan), avatar=used.public_id, now=now)
    place = reverse("accounts:upload", args=[waiting.public_id])
    assert mine.delete(place).status_code == 204
    assert mine.get(place).status_code == mine.delete(place).status_code == 404
    refused = mine.delete(reverse("accounts:upload", args=[used.public_id]))
    assert (refused.status_code, refused.json()["error"]["code"]) == (409, "UPLOAD_IN_USE")


# --- Serving ----------------------------------------------------------------------------------------------------------


def test_a_picture_is_served_as_a_picture_and_kept_for_ever(client: Client, fan: User, now: datetime) -> None:
    upload = kept(fan, now)
    client.force_login(fan)
    response = client.get(picture_address(upload.public_id, 256))
    assert response.status_code == 200
    assert response["Content-Type"] == "image/webp"
    assert response.content[:4] == b"RIFF"
    assert response["Cache-Control"] == "private, max-age=86400, immutable"
    assert response["X-Content-Type-Options"] == "nosniff"
    assert "sandbox" in response["Content-Security-Policy"]
    assert "default-src 'none'" in response["Content-Security-Policy"]
    assert not response.has_header("Vary")
    assert not response.cookies
    again = client.get(picture_address(upload.public_id, 256), headers={"If-None-Match": response["ETag"]})
    assert (again.status_code, again.content) == (304, b"")
    assert again["Cache-Control"] == response["Cache-Control"]


def test_one_query_and_no_session(
    client: Client, fan: User, now: datetime, django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    upload = kept(fan, now)
    client.force_login(fan)
    with django_assert_num_queries(1):
        client.get(picture_address(upload.public_id, 96))


@pytest.mark.parametrize("verb", ["post", "put", "delete"])
def test_there_is_nothing_to_do_but_look(client: Client, fan: User, now: datetime, verb: str) -> None:
    assert getattr(client, verb)(picture_address(kept(fan, now).public_id, 96)).status_code == 405


def test_what_is_not_there_is_404(client: Client, fan: User, now: datetime) -> None:
    upload = kept(fan, now)
    assert client.get(picture_address("0" * 16, 96)).status_code == 404
    assert client.get(picture_address(upload.public_id, 97)).status_code == 404
    storing.discard(upload.public_id)
    assert client.get(picture_address(upload.public_id, 96)).status_code == 404
    Upload.objects.update(state=UploadState.DROPPED)
    assert client.get(picture_address(upload.public_id, 512)).status_code == 404


# --- Sweeping ---------------------------------------------------------------------------------------------------------


def test_what_nothing_uses_goes_after_a_day(fan: User, now: datetime, media: Path) -> None:
    waiting, used = kept(fan, now), kept(fan, now, telling())
    edit_profile(actor=acting(fan), avatar=used.public_id, now=now)
    assert sweep_uploads(now=now + timedelta(hours=23), batch=1) == 0
    assert sweep_uploads(now=now + timedelta(hours=25), batch=1) == 1
    assert set(Upload.objects.values_list("public_id", flat=True)) == {used.public_id}
    assert not list(media.rglob(f"*{waiting.public_id}*"))
    edit_profile(actor=acting(fan), avatar="", now=now)
    assert sweep_uploads(now=now, batch=1) == 1
    assert files(media) == []


def test_files_that_a_crash_left_are_found_within_a_day(fan: User, now: datetime, media: Path) -> None:
    """The row was never committed, or is deleted and its files are not."""
    used = kept(fan, now)
    edit_profile(actor=acting(fan), avatar=used.public_id, now=now)
    storing.put("zz" + "0" * 14, "a" * 64, {96: b"left"})
    assert sum(sweep_uploads(now=now + timedelta(hours=hour), batch=10) for hour in range(24)) == 0
    assert sum(sweep_uploads(now=now + timedelta(hours=25 + hour), batch=10) for hour in range(24)) == 1
    assert files(media) == sorted(f"{used.sha256[:16]}-{width}.webp" for width in (96, 256, 512))


def test_nothing_of_a_failed_row_is_shown(fan: User, now: datetime, monkeypatch: pytest.MonkeyPatch) -> None:
    """The files come first, so a row without files cannot be; files without a row can, and are swept."""

    def failing(**_facts: Any) -> None:
        raise RuntimeError("the database went away")

    monkeypatch.setattr(uploads, "record", failing)
    with pytest.raises(RuntimeError):
        kept(fan, now)
    assert not Upload.objects.exists()
    assert default_storage.listdir("uploads")[0]


@pytest.mark.parametrize(
    ("change", "constraint"),
    [
        ({"kind": "song"}, "upload_kind_known"),
        ({"state": "lost"}, "upload_state_known"),
        ({"width": 0}, "upload_not_empty"),
        ({"sha256": "x"}, "upload_sha256_is_hex"),
    ],
)
def test_the_database_refuses(fan: User, now: datetime, change: dict[str, Any], constraint: str) -> None:
    upload = kept(fan, now)
    with pytest.raises(IntegrityError, match=constraint), transaction.atomic():
        Upload.objects.filter(pk=upload.pk).update(**change)
