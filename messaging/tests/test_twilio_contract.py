"""What we tell Twilio, held against Twilio's own published contract."""

import json
import os
import re
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from django.conf import settings

from messaging import delivery
from messaging.delivery_status import STATUSES
from messaging.models import Lane
from messaging.tests.factories import MessageFactory, SenderFactory
from messaging.tests.twilio_server import TwilioServer

_MESSAGES = "/2010-04-01/Accounts/{AccountSid}/Messages.json"
_UNKNOWN_TO_US = {"receiving", "received", "partially_delivered"}  # inbound, and one that says nothing final
_READ = {"string": str, "integer": int}


@pytest.fixture(scope="module")
def contract() -> Any:
    folder = os.environ.get("FANFARE_CONTRACTS") or settings.BASE_DIR.parent / "shared" / "contracts"
    path = Path(folder) / "twilio" / "twilio_api_v2010.json"
    if not path.exists():
        pytest.skip(f"the contracts are not here: {path} (FANFARE_CONTRACTS names their folder)")
    return json.loads(path.read_text())


def test_every_field_we_send_is_in_the_contract_and_well_formed(contract: Any, server: TwilioServer) -> None:
    sender = SenderFactory.create(messaging_service="MG" + "1" * 32)
    MessageFactory.create(sender=sender, expires_at=datetime.now(UTC) + timedelta(hours=1))
    delivery.deliver_batch(Lane.DEFAULT, now=datetime.now(UTC))
    (told,) = server.requests
    form = contract["paths"][_MESSAGES]["post"]["requestBody"]["content"]["application/x-www-form-urlencoded"]
    properties, required = form["schema"]["properties"], form["schema"].get("required", [])
    assert set(required) <= set(told) <= set(properties)
    for name, value in told.items():
        described = properties[name]
        _READ[described["type"]](value)
        assert re.search(described.get("pattern", ""), value), name
        assert len(value) <= described.get("maxLength", len(value)), name


def test_our_server_answers_as_the_contract_says(contract: Any, server: TwilioServer) -> None:
    """Otherwise the tests against it would prove little."""
    taken = server.take({"To": "+14155550123", "From": "+12025550100", "Body": "x"})
    example = contract["paths"][_MESSAGES]["post"]["responses"]["201"]["content"]["application/json"]["examples"]
    assert set(taken) == set(example["createWithQueuedStatus"]["value"])


def test_every_status_of_the_contract_is_known_or_named_as_unknown(contract: Any) -> None:
    words = set(contract["components"]["schemas"]["message_enum_status"]["enum"])
    assert words == (set(STATUSES) | _UNKNOWN_TO_US) & words
    assert set(STATUSES) <= words
