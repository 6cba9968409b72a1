"""Casting a vote over HTTP: `POST /api/v1/events/{id}/vote`.

Checked in this order (api.md): body, signature and expiry of the voting token here, from memory; event, round and artist by
the ballot box, in the statement that stores the vote. A valid token costs no round trip besides that one statement.

Limits: what fails before it has a genuine token is counted per address, in Redis. A genuine token is counted here, by each
process for itself, and only when it comes again: its one acceptance is free and leaves nothing behind.
"""

import re
from typing import Annotated, Final

from django.utils.translation import gettext_lazy as _
from pydantic import BaseModel, ConfigDict, Field
from pydantic import ValidationError as Invalid
from pydantic_core import ErrorDetails

from config.lib.edge import EdgeRequest, EdgeResponse, EdgeRoute, ok
from config.lib.errors import (
    Detail,
    Malformed,
    Refusal,
    Unavailable,
    UnknownField,
    UnsupportedMediaType,
    ValidationError,
)
from config.lib.limits import ProcessWindow, acount
from voting import process, tokens
from voting.ballot_papers import BallotPaper
from voting.models import BallotChannel
from voting.tokens import BadToken, VotingToken
from voting.vote import Outcome, Verdict, Vote, VotingTokenExpired

PublicId = Annotated[str, Field(min_length=1, max_length=32)]


class VoteBody(BaseModel):
    """The body of a vote for one artist. `choices` and `ranking` belong to methods that are not offered yet."""

    model_config = ConfigDict(strict=True, extra="forbid")

    round: Annotated[int, Field(ge=1, le=32_767)]
    token: Annotated[str, Field(min_length=1, max_length=200)]
    artist: PublicId | None = None
    choices: dict[PublicId, int] | None = None
    ranking: list[PublicId] | None = None


_MESSAGES: Final = {
    "missing": ("required", _("This field is required.")),
    "extra_forbidden": ("unknown_field", _("This field is not known here.")),
}
_NOT_OFFERED: Final = ("not_offered", _("In this round each person votes for one artist."))
_ANY_OTHER: Final = ("invalid", _("This value is not valid."))


def _detail(problem: ErrorDetails) -> Detail:
    code, message = _MESSAGES.get(problem["type"], _ANY_OTHER)
    return Detail(".".join(map(str, problem["loc"])), code, message)


def _body_of(request: EdgeRequest) -> VoteBody:
    """The body. Raises UnsupportedMediaType, Malformed, UnknownField or ValidationError."""
    content_type = request.headers.get("content-type", "application/json")
    if content_type.partition(";")[0].strip().lower() != "application/json":
        raise UnsupportedMediaType
    try:
        body = VoteBody.model_validate_json(request.body)
    except Invalid as invalid:
        problems = invalid.errors(include_url=False, include_context=False, include_input=False)
        if problems[0]["type"] == "json_invalid":
            raise Malformed from invalid
        details = [_detail(problem) for problem in problems]
        only_unknown = all(detail.code == "unknown_field" for detail in details)
        raise (UnknownField if only_unknown else ValidationError)(details=details) from invalid
    if offered := [name for name in ("choices", "ranking") if getattr(body, name) is not None]:
        raise ValidationError(details=[Detail(name, *_NOT_OFFERED) for name in offered])
    if body.artist is None:
        raise ValidationError(details=[Detail("artist", *_MESSAGES["missing"])])
    return body


_repeats = ProcessWindow("vote_token")  # genuine tokens that came again


async def _authorised(request: EdgeRequest) -> tuple[VoteBody, VotingToken, BallotPaper]:
    """The body, its token and the ballot paper of the token's round. Raises the body's refusals and BadToken.

    The token is the authority: for another event or another round than its own it is not valid.
    """
    body = _body_of(request)
    token = tokens.read(body.token)
    paper = await process.current().papers.of(token.round_id)
    if paper is None or (paper.event, paper.number) != (request.args[0], body.round):
        raise BadToken
    return body, token, paper


async def _count_failure(request: EdgeRequest) -> None:
    """Raises RateLimitExceeded for an address that failed too often. Without Redis nothing is counted."""
    if allowance := await acount(process.current().redis, "bad_token", request.network):
        request.counted(allowance)


def _answer(body: VoteBody, outcome: Outcome) -> EdgeResponse:
    """201 for an accepted vote, 200 for a duplicate. Raises the refusal of any other."""
    if outcome.refusal:
        raise outcome.refusal
    data = {"status": outcome.verdict, "receipt": outcome.receipt}
    if outcome.verdict is Verdict.DUPLICATE:
        return ok(data)
    location = ("Location", f"/api/v1/votes/{outcome.receipt}")
    return ok({**data, "round": body.round, "artist": body.artist}, 201, (location,))


async def cast_vote(request: EdgeRequest) -> EdgeResponse:
    """The answer to a vote, after its commit. Raises the refusals of api.md ("Voting answers"), Unavailable."""
    try:
        body, token, paper = await _authorised(request)
    except Unavailable:
        raise
    except Refusal:
        await _count_failure(request)
        raise
    request.counted(_repeats.next(token.digest))
    vote = Vote(
        round_id=token.round_id,
        attendee_id=token.attendee_id,
        entry_id=paper.entries.get(body.artist or ""),
        channel=BallotChannel.API.value,
        source=token.digest,
        received_at=request.received_at,
        refused=VotingTokenExpired.code if token.has_expired(request.received_at) else "",
    )
    outcome = await process.current().box.cast(vote)
    if outcome.verdict is not Verdict.ACCEPTED:
        _repeats.count(token.digest)
    return _answer(body, outcome)


ROUTES: Final = (
    EdgeRoute(name="vote", methods=("POST",), pattern=re.compile(r"/api/v1/events/([^/]+)/vote"), handle=cast_vote),
)
