"""The admin's pages of events and artists: there to look things up, and for admins alone."""

import pytest
from django.test import Client
from django.urls import reverse

from accounts.models import User
from artists.models import Artist
from artists.tests.factories import ArtistFactory
from events.models import Attendee, Event, Venue
from events.tests.factories import AttendeeFactory, SlotFactory

pytestmark = pytest.mark.django_db
MODELS = [Artist, Venue, Event, Attendee]


def pages(model: type[Artist] | type[Venue] | type[Event] | type[Attendee]) -> list[str]:
    """The list, and one row."""
    name = f"admin:{model._meta.app_label}_{model._meta.model_name}"
    row = model.objects.order_by("pk").first()
    assert row
    return [reverse(f"{name}_changelist") + "?q=1", reverse(f"{name}_change", args=[row.pk])]


@pytest.mark.parametrize("model", MODELS)
def test_an_admin_looks_and_changes_nothing(client: Client, admin_user: User, model: type[Event]) -> None:
    ArtistFactory.create(claimed=True)
    SlotFactory.create(event=AttendeeFactory.create().event)
    client.force_login(admin_user)
    for page in pages(model):
        assert client.get(page).status_code == 200
    before = list(model.objects.values())
    assert client.post(pages(model)[1], {"title": "x"}).status_code == 403
    assert list(model.objects.values()) == before


@pytest.mark.parametrize("model", MODELS)
def test_nobody_else_gets_in(client: Client, organizer: User, fan: User, model: type[Event]) -> None:
    SlotFactory.create(event=AttendeeFactory.create().event)
    for user, status in ((organizer, 403), (fan, 302)):
        client.force_login(user)
        for page in pages(model):
            assert client.get(page).status_code == status
