"""What people do: each is a generator that says its next move and is told the answer."""

import random
import re
from collections.abc import Callable, Generator
from dataclasses import dataclass
from http import HTTPStatus
from typing import Any, Final

from config.crowd.scene import Contestant, Scene

NONSENSE: Final = (
    "hello??",
    "when does it start",
    "🎸🎸🎸",
    "",
    "la la la " * 40,
    "JOIN",
    "VOTE",
    "'; DROP TABLE votes; --",
)
_RECEIPT: Final = re.compile(r": ([0-9a-z]{12})\b")

_GIVEN: Final = {HTTPStatus.OK, HTTPStatus.CREATED}

Texts = Generator[str, str, None]
Pick = Callable[[], Contestant]


@dataclass(frozen=True, slots=True)
class Call:
    """A request to the API by somebody signed in with `access`, or by nobody yet."""

    what: str
    path: str
    body: dict[str, Any]
    access: str = ""


Calls = Generator[Call, tuple[int, dict[str, Any]], None]


class Mood:
    """What somebody is up to, drawn by lot; HOW_OFTEN says how many in a hundred do what."""

    HOW_OFTEN: Final = {
        "texts nonsense": 10,
        "misspells the keyword": 5,
        "votes before YES": 15,
        "never says YES": 10,
        "votes twice": 25,
        "votes for nobody": 5,
        "asks about the receipt": 10,
        "texts STOP and wants back in": 5,
    }

    def __init__(self, chance: random.Random) -> None:
        self.chance = chance

    def is_one_who(self, does: str) -> bool:
        return self.chance.randrange(100) < self.HOW_OFTEN[does]


def texting(scene: Scene, chance: random.Random) -> Texts:
    """Somebody with a phone: the texts in their order; each is answered with the reply's words, "" for silence."""
    return coming(scene, chance, lambda: chance.choice(scene.contestants), inside=False)


def coming(scene: Scene, chance: random.Random, pick: Pick, *, inside: bool) -> Texts:
    """The same for somebody who votes for whom they `pick`, and who has joined already if they are `inside`."""
    mood = Mood(chance)
    if not inside:
        yield from _joining(scene, mood, pick)
        if mood.is_one_who("never says YES"):
            return
        yield chance.choice(("YES", "yes", "Yes!"))
    reply = yield _vote(pick(), chance)
    yield from _after_the_vote(scene, mood, pick, reply)


def _joining(scene: Scene, mood: Mood, pick: Pick) -> Texts:
    if mood.is_one_who("texts nonsense"):
        yield mood.chance.choice(NONSENSE)
    if mood.is_one_who("misspells the keyword"):
        yield f"JOIN {scene.keyword[1:]}"
    yield _join(scene, mood.chance)
    if mood.is_one_who("votes before YES"):
        yield _vote(pick(), mood.chance)


def _after_the_vote(scene: Scene, mood: Mood, pick: Pick, reply: str) -> Texts:
    if mood.is_one_who("votes twice"):
        yield _vote(pick(), mood.chance)
    if mood.is_one_who("votes for nobody"):
        yield "VOTE 999"
    receipt = _RECEIPT.search(reply)
    if receipt and mood.is_one_who("asks about the receipt"):
        yield f"RECEIPT {receipt[1]}"
    if mood.is_one_who("texts STOP and wants back in"):
        yield "STOP"
        yield _join(scene, mood.chance)


def _join(scene: Scene, chance: random.Random) -> str:
    keyword = scene.keyword
    return chance.choice((f"JOIN {keyword}", keyword, f"join {keyword.lower()}!", f"  Join   {keyword} "))


def _vote(choice: Contestant, chance: random.Random) -> str:
    return chance.choice((str(choice.number), f"vote {choice.number}", f"{choice.number}!", choice.name))


def tapping(scene: Scene, email: str, password: str, chance: random.Random) -> Calls:
    """Somebody with the app: signs in or up, joins, votes, and gets some of it wrong. Ends at what cannot be gone on from."""
    account = {"email": email, "password": password}
    status, data = yield Call("log in", "/api/v1/auth/login", account)
    if status != HTTPStatus.OK:
        status, data = yield Call("sign up", "/api/v1/auth/signup", account)
    if status not in _GIVEN:
        return
    access = data["access"]
    base = f"/api/v1/events/{scene.event}"
    yield Call("join", f"{base}/join", {}, access)
    status, data = yield Call("voting token", f"{base}/voting-token", {}, access)
    if status not in _GIVEN:
        return
    vote = {"round": data["round"], "artist": chance.choice(scene.contestants).artist, "token": data["token"]}
    path = f"{base}/vote"
    yield Call("vote with an unknown field", path, {**vote, "votes": 2})
    yield Call("vote with a token that was changed", path, {**vote, "token": _changed(data["token"])})
    yield Call("vote for an artist who is not there", path, {**vote, "artist": "nobody"})
    yield Call("vote", path, vote)
    yield Call("vote again", path, vote)


def _changed(token: str) -> str:
    return ("A" if token[0] != "A" else "B") + token[1:]
