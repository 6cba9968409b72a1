"""A face for the account: by the profile's API, and on the page of settings."""

from datetime import datetime
from io import BytesIO
from pathlib import Path
from threading import Barrier, Thread

import pytest
from django.db import IntegrityError, connection, transaction
from django.test import Client
from django.urls import reverse
from pytest_django import Settings
from rest_framework.test import APIClient

from accounts.models import Upload, UploadState, User
from accounts.picture_addresses import picture_address
from accounts.services.profile import edit_profile
from accounts.services.uploads import keep_picture
from accounts.tests.factories import UserFactory
from accounts.tests.pictures import encoded, halves, sent, telling
from config.tests.fixtures import acting
from config.tests.reading import main_of

PROFILE, SETTINGS = reverse("accounts:profile"), reverse("my-settings")


@pytest.fixture(autouse=True)
def _media(settings: Settings, tmp_path: Path) -> None:
    settings.MEDIA_ROOT = tmp_path


@pytest.fixture
def reader(client: Client, fan: User) -> Client:
    client.force_login(fan)
    return client


def kept(user: User, now: datetime, content: bytes | None = None, kind: str = "avatar") -> Upload:
    raw = content or encoded(halves())
    return keep_picture(actor=acting(user), kind=kind, file=BytesIO(raw), size=len(raw), now=now)


def filled(user: User, **changes: object) -> dict[str, object]:
    user.refresh_from_db()
    stored = {name: getattr(user, name) for name in ("name", "language", "time_zone", "phone", "version")}
    return stored | {"set_theme": "system", "set_motion": "on"} | changes


def avatar_of(user: User) -> str:
    user.refresh_from_db()
    return user.avatar_id or ""


# --- The API --------------------------------------------------------------------------------------------------------------


def test_an_upload_becomes_the_avatar_and_another_takes_its_place(api: APIClient, fan: User, now: datetime) -> None:
    api.force_authenticate(fan)
    first, second = kept(fan, now), kept(fan, now, telling())
    assert api.get(PROFILE).json()["data"]["avatar"] is None
    shown = api.patch(PROFILE, {"avatar": first.public_id}).json()["data"]["avatar"]
    assert shown["id"] == first.public_id
    assert shown["urls"]["96"].endswith(picture_address(first.public_id, 96))
    assert shown["urls"]["96"].startswith("http")
    api.patch(PROFILE, {"avatar": second.public_id})
    api.patch(PROFILE, {"avatar": second.public_id, "name": "Fay"})  # the one that is shown is fine
    assert avatar_of(fan) == second.public_id
    assert set(Upload.objects.values_list("public_id", "state")) == {
        (first.public_id, UploadState.DROPPED),
        (second.public_id, UploadState.USED),
    }
    assert api.patch(PROFILE, {"avatar": None}).json()["data"]["avatar"] is None
    assert not Upload.objects.exclude(state=UploadState.DROPPED).exists()


def test_only_an_avatar_of_ones_own_that_waits(api: APIClient, fan: User, outsider: User, now: datetime) -> None:
    api.force_authenticate(fan)
    theirs, picture, gone = kept(outsider, now), kept(fan, now, kind="picture"), kept(fan, now)
    api.patch(PROFILE, {"avatar": gone.public_id})
    api.patch(PROFILE, {"avatar": None})
    for public_id in (theirs.public_id, picture.public_id, gone.public_id, "nothing"):
        response = api.patch(PROFILE, {"avatar": public_id, "name": "Fay"})
        assert response.status_code == 422
        assert [detail["code"] for detail in response.json()["error"]["details"]] == ["unknown_upload"]
    fan.refresh_from_db()
    assert fan.name == "Fay Fan"
    assert not avatar_of(fan)
    theirs.refresh_from_db()
    assert theirs.state == UploadState.WAITING


def test_a_stale_version_takes_nothing_into_use(api: APIClient, fan: User, now: datetime) -> None:
    api.force_authenticate(fan)
    upload = kept(fan, now)
    etag = api.get(PROFILE)["ETag"]
    api.patch(PROFILE, {"name": "Fay"})
    assert api.patch(PROFILE, {"avatar": upload.public_id}, headers={"If-Match": etag}).status_code == 412
    upload.refresh_from_db()
    assert (upload.state, avatar_of(fan)) == (UploadState.WAITING, "")


def test_one_upload_is_one_persons_face(fan: User, now: datetime) -> None:
    upload = kept(fan, now)
    edit_profile(actor=acting(fan), avatar=upload.public_id, now=now)
    other = UserFactory.create()
    with pytest.raises(IntegrityError), transaction.atomic():
        User.objects.filter(pk=other.pk).update(avatar_id=upload.public_id)


def test_of_two_changes_at_once_one_is_left_in_use(transactional_db: None, now: datetime) -> None:
    user = UserFactory.create()
    uploads, together = [kept(user, now), kept(user, now, telling())], Barrier(2)

    def change(upload: Upload) -> None:
        together.wait()
        edit_profile(actor=acting(user), avatar=upload.public_id, now=now)
        connection.close()

    threads = [Thread(target=change, args=[upload]) for upload in uploads]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    used = Upload.objects.filter(state=UploadState.USED).values_list("public_id", flat=True)
    assert list(used) == [avatar_of(user)]


# --- The page -------------------------------------------------------------------------------------------------------------


def test_a_picture_is_sent_with_the_rest(reader: Client, fan: User) -> None:
    answer = reader.post(SETTINGS, filled(fan, name="Fay", avatar=sent(telling())))
    assert answer.status_code == 302
    fan.refresh_from_db()
    assert fan.name == "Fay"
    page = reader.get(SETTINGS).content.decode()
    assert picture_address(avatar_of(fan), 256) in page.partition("<main")[2]
    assert fan.face in page.partition("<main")[0]


def test_a_picture_is_kept_while_something_else_is_mended(reader: Client, fan: User) -> None:
    refused = reader.post(SETTINGS, filled(fan, name="Fay", phone="12", avatar=sent(telling())))
    assert refused.status_code == 422
    upload = Upload.objects.get()
    page = main_of(refused)
    assert f'name="picked" value="{upload.public_id}"' in page
    assert picture_address(upload.public_id, 256) in page
    assert 'value="Fay"' in page
    assert avatar_of(fan) == ""
    reader.post(SETTINGS, filled(fan, name="Fay", picked=upload.public_id))
    assert avatar_of(fan) == upload.public_id


@pytest.mark.parametrize(
    ("content", "status", "words"),
    [
        (b"<svg/>", 415, "no picture we can read"),
        (encoded(halves())[:900], 422, "damaged"),
        (b"\xff" * 10_000_001, 413, "larger than 10 MB"),
        (b"", 422, "empty"),
    ],
    ids=["svg", "cut off", "large", "empty"],
)
def test_what_is_wrong_stands_beside_the_field_and_the_rest_is_kept(
    reader: Client, fan: User, content: bytes, status: int, words: str
) -> None:
    refused = reader.post(SETTINGS, filled(fan, name="Fay", avatar=sent(content)))
    page = main_of(refused)
    assert (refused.status_code, 'value="Fay"' in page, words in page) == (status, True, True)
    assert 'href="#id_avatar"' in page
    fan.refresh_from_db()
    assert fan.name == "Fay Fan"


def test_somebody_elses_upload_cannot_be_picked(reader: Client, fan: User, outsider: User, now: datetime) -> None:
    theirs = kept(outsider, now)
    page = main_of(reader.post(SETTINGS, filled(fan, phone="12", picked=theirs.public_id)))
    assert theirs.public_id not in page
    reader.post(SETTINGS, filled(fan, picked=theirs.public_id))
    assert avatar_of(fan) == ""


def test_the_picture_is_taken_away(reader: Client, fan: User, now: datetime) -> None:
    assert 'name="remove"' not in main_of(reader.get(SETTINGS))
    edit_profile(actor=acting(fan), avatar=kept(fan, now).public_id, now=now)
    assert 'name="remove"' in main_of(reader.get(SETTINGS))
    reader.post(SETTINGS, filled(fan, remove="on"))
    assert avatar_of(fan) == ""
    assert reader.get(SETTINGS).content.decode().count("/uploads/") == 0
