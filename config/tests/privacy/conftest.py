"""Files and mail of these tests, and the person they are about."""

from datetime import datetime
from pathlib import Path

import pytest
from pytest_django import Settings

from config.tests.privacy.zebulon import Known, make_known


@pytest.fixture(autouse=True)
def _storage(tmp_path: Path, settings: Settings) -> None:
    settings.EMAIL_BACKEND = "messaging.email_backend.OutboxBackend"
    settings.MEDIA_ROOT = tmp_path / "media"
    settings.STORAGES = {
        **settings.STORAGES,
        "private": {**settings.STORAGES["private"], "OPTIONS": {"location": tmp_path / "private"}},
    }


@pytest.fixture
def known(now: datetime, db: None) -> Known:
    return make_known(now)
