"""The crowd at work: everybody acts by themselves, all together at the rate that was asked for."""

import asyncio
import json
import random
import secrets
import xml.etree.ElementTree as ET
from collections.abc import Callable, Coroutine, Iterator
from http import HTTPStatus
from time import monotonic
from typing import Any, Final
from urllib.parse import urlencode

from config.crowd.behaviour import Call, Calls, Texts
from config.crowd.books import Books
from config.crowd.client import Answer, Client
from messaging.signatures import SIGNATURE, signature_of

TOGETHER: Final = 200  # people who act at the same time
REPEATED: Final = 0.05  # of the texts come twice, as when an answer was lost
UNSIGNED: Final = 0.01  # come first from somebody who is not Twilio
_NO_ANSWER: Final = (OSError, TimeoutError, ValueError)

Person = Callable[[], Coroutine[Any, Any, None]]


class Pace:
    """Lets `rate` requests per second go; whoever comes too early waits for their turn."""

    def __init__(self, rate: float) -> None:
        self._step = 1 / rate
        self._next = monotonic()

    async def turn(self) -> None:
        now = monotonic()
        self._next = max(self._next + self._step, now)
        await asyncio.sleep(self._next - now)


class Room:
    """Sends what people do to the site at `url`, and books the answers. Texts are signed as Twilio signs them."""

    def __init__(self, client: Client, *, url: str, number: str, rate: float, chance: random.Random) -> None:
        self.books = Books()
        self.done = 0
        self._client = client
        self._webhook = f"{url}/sms/join"
        self._number = number
        self._pace = Pace(rate)
        self._chance = chance

    async def hold(self, people: Iterator[Person], *, together: int = TOGETHER) -> None:
        """Everybody acts, so many `together` at a time, until all have done what they came for."""

        async def in_turn() -> None:
            for person in people:
                await person()
                self.done += 1

        async with asyncio.TaskGroup() as group:
            for _place in range(together):
                group.create_task(in_turn())

    def close(self) -> None:
        self._client.close()

    async def text(self, phone: str, texts: Texts) -> None:
        """Send somebody's texts, one after the other."""
        try:
            said = next(texts)
            while True:
                said = texts.send(await self._say(phone, said))
        except StopIteration:
            pass
        except _NO_ANSWER as error:
            self.books.failures[f"text: {type(error).__name__}"] += 1

    async def tap(self, calls: Calls) -> None:
        """Make somebody's calls, one after the other."""
        try:
            call = next(calls)
            while True:
                call = calls.send(await self._call(call))
        except StopIteration:
            pass
        except _NO_ANSWER as error:
            self.books.failures[f"API: {type(error).__name__}"] += 1

    async def _say(self, phone: str, said: str) -> str:
        """The words of the answer, "" for silence."""
        fields = {
            "MessageSid": f"SM{secrets.token_hex(16)}",
            "From": phone,
            "To": self._number,
            "Body": said,
            "NumMedia": "0",
        }
        if self._chance.random() < UNSIGNED:
            answer = await self._post(fields, "not the signature")
            self.books.unsigned[answer.status] += 1
        signature = signature_of(url=self._webhook, fields=fields)
        answer = await self._post(fields, signature)
        self.books.texts[answer.status] += 1
        if answer.status != HTTPStatus.OK:
            return ""
        self.books.sids.append(fields["MessageSid"])
        if self._chance.random() < REPEATED:
            again = await self._post(fields, signature)
            self.books.repeats += 1
            if again != answer:
                self.books.changed_answers.append(fields["MessageSid"])
        return "".join(message.text or "" for message in ET.fromstring(answer.body).findall("Message"))  # noqa: S314 - our own answer

    async def _post(self, fields: dict[str, str], signature: str) -> Answer:
        await self._pace.turn()
        headers = {"Content-Type": "application/x-www-form-urlencoded", SIGNATURE: signature}
        return await self._client.post("/sms/join", urlencode(fields).encode(), headers)

    async def _call(self, call: Call) -> tuple[int, dict[str, Any]]:
        """The status and the data of the answer."""
        await self._pace.turn()
        headers = {"Content-Type": "application/json"}
        if call.access:
            headers["Authorization"] = f"Bearer {call.access}"
        answer = await self._client.post(call.path, json.dumps(call.body).encode(), headers)
        envelope = answer.json()
        data = envelope["data"] or {}
        result = envelope["error"]["code"] if envelope["error"] else data.get("status", "done")
        self.books.calls[call.what, f"{answer.status} {result}"] += 1
        if call.what.startswith("vote") and answer.status == HTTPStatus.CREATED:
            self.books.receipts.add(data["receipt"])
        return answer.status, data
