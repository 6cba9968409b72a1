"""The vote rules document: what it accepts, refuses, and does not offer yet."""

import json
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from config.lib.errors import Refusal
from events.vote_rules import VoteConfig, VoteConfigInvalid, VoteRuleNotOffered, check_vote_config

DEFAULTS = {
    "method": "single",
    "choices": 1,
    "allow_change": False,
    "results": "live",
    "advance": None,
    "tie_break": ["earlier_round", "random"],
    "jury_weight": 0,
    "per_artist": 1,
    "sms_grace_seconds": 0,
    "anonymous": False,
    "ticket_votes": False,
}


def test_an_empty_document_means_the_defaults() -> None:
    assert check_vote_config({}).document() == DEFAULTS


@pytest.mark.parametrize("results", ["live", "after_close", "reveal"])
def test_who_sees_results_is_offered(results: str) -> None:
    assert check_vote_config({"results": results}).results == results


@pytest.mark.parametrize(
    ("raw", "field", "code"),
    [
        ({"colour": "red"}, "vote_config.colour", "unknown_field"),
        ({"method": "loudest"}, "vote_config.method", "invalid_choice"),
        ({"method": ["single"]}, "vote_config.method", "invalid_choice"),
        ({"choices": 0}, "vote_config.choices", "min_value"),
        ({"choices": 51}, "vote_config.choices", "max_value"),
        ({"choices": "1"}, "vote_config.choices", "invalid"),
        ({"choices": True}, "vote_config.choices", "invalid"),
        ({"choices": 10**40}, "vote_config.choices", "max_value"),
        ({"allow_change": 1}, "vote_config.allow_change", "invalid"),
        ({"advance": 0}, "vote_config.advance", "min_value"),
        ({"tie_break": "random"}, "vote_config.tie_break", "not_a_list"),
        ({"tie_break": []}, "vote_config.tie_break", "invalid"),
        ({"tie_break": ["random", "earlier_round"]}, "vote_config.tie_break", "invalid"),
        ({"tie_break": ["random", "random"]}, "vote_config.tie_break", "invalid"),
        ({"tie_break": ["coin"]}, "vote_config.tie_break.0", "invalid_choice"),
        ({"jury_weight": 101}, "vote_config.jury_weight", "max_value"),
        ({"per_artist": 2}, "vote_config.per_artist", "max_value"),
        ({"sms_grace_seconds": -1}, "vote_config.sms_grace_seconds", "min_value"),
        ({"anonymous": None}, "vote_config.anonymous", "invalid"),
        ([], "vote_config", "not_an_object"),
        (None, "vote_config", "not_an_object"),
    ],
)
def test_what_is_not_valid_is_named(raw: Any, field: str, code: str) -> None:
    with pytest.raises(VoteConfigInvalid) as refused:
        check_vote_config(raw)
    assert [(detail.field, detail.code) for detail in refused.value.details] == [(field, code)]


@pytest.mark.parametrize(
    ("raw", "fields"),
    [
        ({"method": "ranked"}, ["method"]),
        ({"method": "weighted", "jury_weight": 50}, ["method", "jury_weight"]),
        ({"choices": 3, "per_artist": 2}, ["choices", "per_artist"]),
        ({"allow_change": True}, ["allow_change"]),
        ({"results": "after_vote"}, ["results"]),
        ({"advance": 4}, ["advance"]),
        ({"tie_break": ["random"]}, ["tie_break"]),
        ({"sms_grace_seconds": 30}, ["sms_grace_seconds"]),
        ({"anonymous": True, "ticket_votes": True}, ["anonymous", "ticket_votes"]),
    ],
)
def test_what_comes_later_is_refused_by_its_own_name(raw: dict[str, Any], fields: list[str]) -> None:
    with pytest.raises(VoteRuleNotOffered) as refused:
        check_vote_config(raw)
    assert [detail.field for detail in refused.value.details] == [f"vote_config.{name}" for name in fields]


def test_every_problem_is_reported_at_once() -> None:
    with pytest.raises(VoteConfigInvalid) as refused:
        check_vote_config({"choices": 0, "colour": "red", "results": "never"})
    assert {detail.field for detail in refused.value.details} == {
        "vote_config.choices",
        "vote_config.colour",
        "vote_config.results",
    }


VALID = st.fixed_dictionaries(
    {},
    optional={
        "method": st.sampled_from(["single", "multiple", "ranked", "weighted"]),
        "choices": st.integers(1, 50),
        "allow_change": st.booleans(),
        "results": st.sampled_from(["live", "after_vote", "after_close", "reveal"]),
        "advance": st.none() | st.integers(1, 50),
        "tie_break": st.sampled_from([["random"], ["earlier_round", "random"]]),
        "jury_weight": st.integers(0, 100),
        "sms_grace_seconds": st.integers(0, 300),
        "anonymous": st.booleans(),
        "ticket_votes": st.booleans(),
    },
)
JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False) | st.text(max_size=8),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=8), inner, max_size=3),
    max_leaves=6,
)
KEYS = st.sampled_from([*DEFAULTS, "unknown", ""])


@given(VALID)
def test_a_valid_document_survives_storage(raw: dict[str, Any]) -> None:
    rules = VoteConfig.model_validate(raw)
    assert VoteConfig.model_validate(json.loads(json.dumps(rules.document()))) == rules
    assert {name: rules.document()[name] for name in raw} == raw


def verdict(raw: Any) -> Refusal | VoteConfig:
    """The rules, or the refusal; anything else that is raised fails the test."""
    try:
        return check_vote_config(raw)
    except Refusal as refused:
        return refused


@given(VALID)
def test_only_offered_rules_pass(raw: dict[str, Any]) -> None:
    """Whatever is not a default is refused, except who sees the results when."""
    chosen = VoteConfig.model_validate(raw)
    offered = chosen.results != "after_vote" and chosen.document() == {**DEFAULTS, "results": chosen.results}
    assert isinstance(verdict(raw), VoteConfig if offered else VoteRuleNotOffered)


@given(JSON | st.dictionaries(KEYS, JSON, max_size=4))
def test_nothing_but_rules_and_named_refusals_comes_out_of_any_document(raw: Any) -> None:
    answer = verdict(raw)
    if isinstance(answer, Refusal):
        assert answer.details
        assert all(detail.field.startswith("vote_config") and detail.message for detail in answer.details)
