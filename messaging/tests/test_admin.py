from typing import Any

import pytest
from django.contrib import admin
from django.test import RequestFactory

from accounts.models import User
from messaging import models
from messaging.admin import MessageAdmin, ReadOnly
from messaging.tests.factories import MessageFactory

OURS = [models.Sender, models.Address, models.OptOut, models.ConsentEvent, models.InboundMessage]
OURS += [models.Message, models.DeliveryEvent]


@pytest.mark.django_db
@pytest.mark.parametrize("model", OURS)
def test_rows_are_shown_and_changed_by_nobody(model: type, admin_user: User, rf: RequestFactory) -> None:
    page: Any = admin.site.get_model_admin(model)
    request = rf.get("/")
    request.user = admin_user
    assert isinstance(page, ReadOnly)
    assert page.has_view_permission(request)
    assert not page.has_add_permission(request)
    assert not page.has_change_permission(request)
    assert not page.has_delete_permission(request)


@pytest.mark.django_db
@pytest.mark.parametrize("sealed", [False, True])
def test_sealed_content_is_shown_nowhere(rf: RequestFactory, sealed: bool) -> None:
    message = MessageFactory.create(sealed=sealed, text="Your code is 4711")
    page = MessageAdmin(models.Message, admin.site)
    assert ("text" in (page.get_exclude(rf.get("/"), message) or ())) is sealed
