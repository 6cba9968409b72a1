"""Nothing is stored or changed by a request that Twilio did not sign."""

from datetime import UTC, datetime
from urllib.parse import urlencode

import pytest
from django.conf import settings as settings_of
from django.test import Client
from django.utils.datastructures import MultiValueDict
from pytest_django import Settings
from twilio.request_validator import RequestValidator

from config.lib.tests.edge_driver import ask
from messaging.models import DeliveryEvent, InboundMessage
from messaging.tests.factories import PLATFORM_NUMBER
from messaging.tests.texting import Webhook, new_sid, signature, spoken

OLD, NEW = "the-old-token", "the-new-token"


def fields() -> dict[str, str]:
    return {"MessageSid": new_sid(), "From": "+14155550123", "To": PLATFORM_NUMBER, "Body": "hello"}


async def test_a_signed_text_is_taken(twilio: Webhook) -> None:
    assert spoken(await twilio.post(fields())) is not None


@pytest.mark.parametrize("signed", ["", "bm90IGEgc2lnbmF0dXJl", "é"], ids=["missing", "wrong", "not ASCII"])
async def test_an_unsigned_text_is_refused_and_leaves_nothing(twilio: Webhook, signed: str) -> None:
    answer = await twilio.post(fields(), signed=signed)
    assert (answer.status, answer.error) == (403, "BAD_SIGNATURE")
    assert not await InboundMessage.objects.aexists()


async def test_a_changed_field_breaks_the_signature(twilio: Webhook) -> None:
    sent = fields()
    signed = signature(f"{settings_of.PUBLIC_URL}/sms/join", sent)
    assert (await twilio.post({**sent, "Body": "STOP"}, signed=signed)).status == 403
    assert (await twilio.post({**sent, "New": "field"}, signed=signed)).status == 403


async def test_both_tokens_sign_while_they_are_rotated(twilio: Webhook, settings: Settings) -> None:
    settings.TWILIO_AUTH_TOKENS = [NEW, OLD]
    assert (await twilio.post(fields(), token=NEW)).status == 200
    assert (await twilio.post(fields(), token=OLD)).status == 200
    settings.TWILIO_AUTH_TOKENS = [NEW]
    assert (await twilio.post(fields(), token=OLD)).status == 403


async def test_behind_a_proxy_the_public_address_is_what_was_signed(twilio: Webhook, settings: Settings) -> None:
    """Twilio called https on the public name; the proxy calls us by http and another name. Host is never believed."""
    settings.PUBLIC_URL = "https://night.example"
    assert (await twilio.post(fields(), headers=(("Host", "10.0.0.7:8000"),))).status == 200
    forged = signature("http://evil.example/sms/join", (sent := fields()))
    assert (await twilio.post(sent, signed=forged, headers=(("Host", "evil.example"),))).status == 403


async def test_a_port_may_be_named_or_not(twilio: Webhook, settings: Settings) -> None:
    settings.PUBLIC_URL = "https://night.example"
    sent = fields()
    assert (await twilio.post(sent, signed=signature("https://night.example:443/sms/join", sent))).status == 200


async def test_the_query_is_signed_as_it_was_sent(twilio: Webhook) -> None:
    assert (await twilio.post(fields(), query="a=%20b&a=c&empty=")).status == 200


async def test_a_field_sent_twice_is_signed_with_both_values(twilio: Webhook) -> None:
    sent = MultiValueDict({name: [value] for name, value in fields().items()} | {"Media": ["a", "b"]})
    signed = RequestValidator(settings_of.TWILIO_AUTH_TOKENS[0]).compute_signature(
        f"{settings_of.PUBLIC_URL}/sms/join", sent
    )
    body = urlencode([(name, value) for name, values in sent.lists() for value in values]).encode()
    headers = [("X-Twilio-Signature", signed)]
    assert (await ask(twilio.app, "POST", "/sms/join", parts=[body], headers=headers)).status == 200


async def test_unknown_fields_are_ignored(twilio: Webhook) -> None:
    assert (await twilio.post({**fields(), "SomethingNew": "1", "Ünicode": "ü"})).status == 200


async def test_bad_signatures_are_limited_per_address_and_good_ones_never(twilio: Webhook, settings: Settings) -> None:
    settings.LIMITS = {**settings.LIMITS, "bad_signature": (2, 60)}
    refused = [(await twilio.post(fields(), signed="wrong")).status for _time in range(4)]
    assert refused == [403, 403, 429, 429]
    limited = await twilio.post(fields(), signed="wrong")
    assert int(limited.headers["retry-after"]) > 0
    assert (await twilio.post(fields())).status == 200


async def test_another_method_is_refused(twilio: Webhook) -> None:
    answer = await ask(twilio.app, "GET", "/sms/join")
    assert (answer.status, answer.headers["allow"]) == (405, "POST, OPTIONS")


async def test_a_body_beyond_the_limit_is_refused(twilio: Webhook) -> None:
    assert (await twilio.post({**fields(), "Body": "x" * 20_000})).status == 413


# --- The status callback, which Django serves ----------------------------------------------------------------------------


def report(client: Client, *, signed: str | None = None, **more: str) -> int:
    sent = {"MessageSid": "SM1", "MessageStatus": "delivered", **more}
    url = f"{settings_of.PUBLIC_URL}/sms/status?message=abc&attempt=1"
    value = signature(url, sent) if signed is None else signed
    headers = {"X-Twilio-Signature": value, "Host": "127.0.0.1"}
    return client.post("/sms/status?message=abc&attempt=1", sent, headers=headers).status_code


@pytest.mark.django_db
def test_a_signed_report_is_taken(client: Client) -> None:
    assert report(client) == 204
    event = DeliveryEvent.objects.get()
    assert (event.provider_id, event.status, event.message_public_id, event.attempt) == ("SM1", "delivered", "abc", 1)
    assert event.received_at <= datetime.now(UTC)


@pytest.mark.django_db
@pytest.mark.parametrize("signed", ["", "wrong"])
def test_an_unsigned_report_is_refused_and_leaves_nothing(client: Client, signed: str) -> None:
    assert report(client, signed=signed) == 403
    assert not DeliveryEvent.objects.exists()


@pytest.mark.django_db
def test_bad_signatures_of_reports_are_limited(client: Client, settings: Settings) -> None:
    settings.LIMITS = {**settings.LIMITS, "bad_signature": (1, 60)}
    assert [report(client, signed="wrong") for _time in range(2)] == [403, 429]
    assert report(client) == 204


@pytest.mark.django_db
@pytest.mark.parametrize("missing", ["MessageSid", "MessageStatus"])
def test_a_report_about_nothing_is_malformed(client: Client, missing: str) -> None:
    assert report(client, **{missing: ""}) == 400


@pytest.mark.django_db
def test_a_report_is_posted_and_needs_no_csrf_token() -> None:
    strict = Client(enforce_csrf_checks=True)
    assert report(strict) == 204
    assert strict.get("/sms/status").status_code == 405
