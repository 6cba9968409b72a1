"""Vote rules: the one document (`vote_config`) that says how an event votes.

The shape is the API's promise; every key is optional and anything else is refused. The whole document is validated here,
also for rules that Fanfare does not offer yet: those are valid, and refused by a name of their own.
"""

from collections.abc import Callable, Iterator
from typing import Annotated, Any, Final, Literal, Self, get_args

from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from pydantic import BaseModel, ConfigDict, Field, ValidationError, model_validator
from pydantic_core import ErrorDetails, PydanticCustomError

from config.lib.errors import Detail, Refusal

MOST_CHOICES: Final = 50
LONGEST_GRACE_SECONDS: Final = 300

TieBreak = Literal["earlier_round", "random"]


class VoteConfigInvalid(Refusal):
    status = 422
    message = gettext_lazy("These vote rules are not valid.")


class VoteRuleNotOffered(Refusal):
    status = 422
    message = gettext_lazy("These vote rules are valid, but not offered yet.")


class VoteConfig(BaseModel):
    """How an event votes. Immutable; counts are per attendee and round, `jury_weight` is a percentage."""

    model_config = ConfigDict(frozen=True, extra="forbid", strict=True)

    method: Literal["single", "multiple", "ranked", "weighted"] = "single"
    choices: int = Field(default=1, ge=1, le=MOST_CHOICES)
    allow_change: bool = False
    results: Literal["live", "after_vote", "after_close", "reveal"] = "live"
    advance: Annotated[int, Field(ge=1, le=MOST_CHOICES)] | None = None
    # a JSON array; strict mode would accept only a tuple here
    tie_break: Annotated[tuple[TieBreak, ...], Field(strict=False)] = ("earlier_round", "random")
    jury_weight: int = Field(default=0, ge=0, le=100)
    per_artist: int = Field(default=1, ge=1, le=MOST_CHOICES)
    sms_grace_seconds: int = Field(default=0, ge=0, le=LONGEST_GRACE_SECONDS)
    anonymous: bool = False
    ticket_votes: bool = False

    @model_validator(mode="after")
    def _fits_together(self) -> Self:
        if self.per_artist > self.choices:
            raise PydanticCustomError("per_artist", "per_artist over choices")
        if len(set(self.tie_break)) != len(self.tie_break) or self.tie_break[-1:] != ("random",):
            raise PydanticCustomError("tie_break", "tie_break does not end in one random draw")
        return self

    def document(self) -> dict[str, Any]:
        """The rules as a JSON document with every key, as stored and as the API shows them."""
        return self.model_dump(mode="json")


# What is offered today, as a condition on each key; every key that is not named is offered with all its values.
_OFFERED: Final[dict[str, Callable[[Any], bool]]] = {
    "method": lambda method: method == "single",
    "choices": lambda choices: choices == 1,
    "allow_change": lambda allowed: not allowed,
    "results": lambda results: results != "after_vote",
    "advance": lambda advance: advance is None,
    "tie_break": lambda links: links == ("earlier_round", "random"),
    "jury_weight": lambda weight: weight == 0,
    "per_artist": lambda votes: votes == 1,
    "sms_grace_seconds": lambda seconds: seconds == 0,
    "anonymous": lambda anonymous: not anonymous,
    "ticket_votes": lambda ticket_votes: not ticket_votes,
}


def offered(rule: str) -> list[Any]:
    """The values of a rule with named values (`method`, `results`) that people may choose today."""
    return [value for value in get_args(VoteConfig.model_fields[rule].annotation) if _OFFERED[rule](value)]


# pydantic's error types, in our words; its `ctx` fills the placeholders.
_SENTENCES: Final[dict[str, tuple[str, Promise]]] = {
    "extra_forbidden": ("unknown_field", gettext_lazy("This vote rule is not known.")),
    "literal_error": ("invalid_choice", gettext_lazy("Use one of: %(expected)s.")),
    "int_type": ("invalid", gettext_lazy("Use a whole number.")),
    "bool_type": ("invalid", gettext_lazy("Use true or false.")),
    "tuple_type": ("not_a_list", gettext_lazy("Use a list.")),
    "model_type": ("not_an_object", gettext_lazy("Use an object with vote rules.")),
    "greater_than_equal": ("min_value", gettext_lazy("Use at least %(ge)s.")),
    "less_than_equal": ("max_value", gettext_lazy("Use at most %(le)s.")),
    "per_artist": ("max_value", gettext_lazy("One artist cannot get more votes than each person has.")),
    "tie_break": ("invalid", gettext_lazy("Name each rule once and end with random.")),
}
_ANY_OTHER: Final = ("invalid", gettext_lazy("This value is not valid."))


def _detail(problem: ErrorDetails) -> Detail:
    kind = problem["type"]
    code, sentence = _SENTENCES.get(kind, _ANY_OTHER)
    path = [str(part) for part in problem["loc"]] or ([kind] if kind in VoteConfig.model_fields else [])
    return Detail(".".join(["vote_config", *path]), code, str(sentence) % problem.get("ctx", {}))


def _not_offered(rules: VoteConfig) -> Iterator[Detail]:
    for name, offered in _OFFERED.items():
        if not offered(getattr(rules, name)):
            yield Detail(f"vote_config.{name}", "not_offered", _("This vote rule is not offered yet."))


def check_vote_config(raw: Any) -> VoteConfig:
    """The rules in `raw` (parsed JSON), with defaults for what is missing.

    Raises VoteConfigInvalid for keys or values the document does not know, VoteRuleNotOffered for known ones that come
    later; both say which in `details`, as `vote_config.<key>`.
    """
    try:
        rules = VoteConfig.model_validate(raw)
    except ValidationError as error:
        raise VoteConfigInvalid(details=map(_detail, error.errors(include_url=False, include_input=False))) from error
    if missing := list(_not_offered(rules)):
        raise VoteRuleNotOffered(details=missing)
    return rules
