"""The admin's pages of voting: for looking only."""

import pytest
from django.test import Client

from accounts.models import User
from voting.tests.factories import BallotFactory, opened

pytestmark = [pytest.mark.django_db, pytest.mark.urls("accounts.tests.admin_urls")]


def test_an_admin_looks_rounds_and_ballots_up_and_changes_nothing(client: Client, admin_user: User) -> None:
    round_, entries = opened()
    ballot = BallotFactory.create(round=round_, entry=entries[0])
    client.force_login(admin_user)
    for path in ("round/", f"round/{round_.pk}/change/", "ballot/", f"ballot/{ballot.pk}/change/"):
        page = client.get(f"/desk/voting/{path}")
        assert page.status_code == 200, path
    assert ballot.receipt in client.get("/desk/voting/ballot/", {"q": ballot.receipt}).text
    for path in ("round/add/", "ballot/add/", f"ballot/{ballot.pk}/delete/"):
        assert client.post(f"/desk/voting/{path}").status_code == 403, path
