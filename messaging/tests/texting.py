"""Texting as a phone does it: through the webhook, signed as Twilio signs it."""

import xml.etree.ElementTree as ET
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from itertools import count
from typing import Any
from urllib.parse import urlencode

from channels.db import database_sync_to_async
from django.conf import settings
from django.utils import timezone
from twilio.request_validator import RequestValidator

from config.lib.asgi_types import ASGIApp
from config.lib.edge import edge
from config.lib.tests.edge_driver import Answer, ask
from messaging.edge import ROUTES
from messaging.inbound import Inbound, Reply
from messaging.process import TextProcess, part
from messaging.services.replies import answer
from messaging.tests.factories import PLATFORM_NUMBER

_numbers = count(1)


def new_sid() -> str:
    """A MessageSid nobody has used."""
    return f"SM{next(_numbers):032x}"


def signature(url: str, fields: Mapping[str, str], *, token: str | None = None) -> str:
    """What Twilio writes into X-Twilio-Signature."""
    signed: str = RequestValidator(token or settings.TWILIO_AUTH_TOKENS[0]).compute_signature(url, dict(fields))
    return signed


def spoken(answer: Answer) -> str | None:
    """The text of the TwiML answer; None for silence. Fails unless it is a well-formed 200 of text/xml."""
    assert answer.status == 200, answer.body
    assert answer.headers["content-type"] == "text/xml"
    messages = ET.fromstring(answer.body).findall("Message")  # our own bytes
    assert len(messages) <= 1
    return messages[0].text if messages else None


async def _nowhere(*_arguments: Any) -> None:
    raise AssertionError("the edge did not know the address")


@dataclass
class Webhook:
    """Posts to the edge as Twilio does."""

    process: TextProcess
    app: ASGIApp = field(default_factory=lambda: edge(ROUTES, otherwise=_nowhere))

    async def post(
        self,
        fields: Mapping[str, str],
        *,
        signed: str | None = None,
        token: str | None = None,
        query: str = "",
        headers: tuple[tuple[str, str], ...] = (),
    ) -> Answer:
        """One request with these fields; `signed` replaces the signature, "" leaves it out."""
        url = f"{settings.PUBLIC_URL}/sms/join" + (f"?{query}" if query else "")
        value = signature(url, fields, token=token) if signed is None else signed
        sign = (("X-Twilio-Signature", value),) if value else ()
        form = ("Content-Type", "application/x-www-form-urlencoded")
        body = urlencode(fields).encode()
        return await ask(self.app, "POST", "/sms/join", parts=[body], headers=[form, *sign, *headers], query=query)

    async def text(self, body: str, *, phone: str, sid: str = "", to: str = PLATFORM_NUMBER, **more: str) -> str | None:
        """Text `body` from `phone`; the words of the answer, None for silence."""
        fields = {"MessageSid": sid or new_sid(), "From": phone, "To": to, "Body": body, **more}
        return spoken(await self.post(fields))


@asynccontextmanager
async def webhook() -> AsyncIterator[Webhook]:
    """The webhook, with messaging's part of the process open around it."""
    async with part() as process:
        yield Webhook(process)


@dataclass
class Upstairs:
    """A handler of an upper app: it stores its effect and its reply together."""

    kind: str = "vote_accepted"
    heard: list[Inbound] = field(default_factory=list)
    answers: bool = True

    async def __call__(self, text: Inbound) -> Reply | None:
        self.heard.append(text)
        if not self.answers:
            return None
        said = f"{self.kind} {len(self.heard)}"
        message = await database_sync_to_async(answer, thread_sensitive=False)(
            inbound=text, kind=self.kind, text=said, now=timezone.now(), topic="event:1"
        )
        return Reply.of(message)
