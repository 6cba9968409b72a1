"""The gate's truth table: one fact changed at a time against a message that may go."""

from dataclasses import fields, replace
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from messaging.gate import ALLOW, EQUAL_TEXTS, RULES, Asked, Decision, GateFacts, Outcome, decide
from messaging.models import Channel, ConsentDecision, Purpose

NOW = datetime(2026, 11, 20, 21, 30, tzinfo=UTC)
GOES = GateFacts(
    now=NOW,
    channel=Channel.SMS,
    purpose=Purpose.EVENT,
    kind="results",
    sending_enabled=True,
    sender_active=True,
    opted_out=False,
    consent=ConsentDecision.GRANTED,
    unreachable=False,
)


def test_a_message_with_everything_in_order_goes() -> None:
    assert decide(GOES) == ALLOW


@pytest.mark.parametrize(
    ("change", "reason"),
    [
        ({"sender_active": False}, "sender_inactive"),
        ({"provider_answers": True}, "provider_answers"),
        ({"consent": None}, "no_consent"),
        ({"consent": ConsentDecision.WITHDRAWN}, "consent_withdrawn"),
        ({"opted_out": True}, "opted_out"),
        ({"turned_off": True}, "turned_off"),
        ({"unreachable": True}, "unreachable"),
        ({"allowance_used_up": True}, "too_often"),
        ({"equal_texts": EQUAL_TEXTS}, "loop"),
        ({"expires_at": NOW}, "expired"),
    ],
)
def test_one_objection_stops_it(change: dict[str, object], reason: str) -> None:
    assert decide(replace(GOES, **change)) == Decision(Outcome.SKIP, reason)  # type: ignore[arg-type]  # a table of one field each


@pytest.mark.parametrize(
    "change", [{"equal_texts": EQUAL_TEXTS - 1}, {"expires_at": NOW + timedelta(microseconds=1)}], ids=str
)
def test_up_to_the_edge_it_goes(change: dict[str, object]) -> None:
    assert decide(replace(GOES, **change)) == ALLOW  # type: ignore[arg-type]  # as above


def test_the_kill_switch_holds_what_is_queued_and_silences_answers() -> None:
    stopped = replace(GOES, sending_enabled=False)
    assert decide(stopped) == Decision(Outcome.HOLD, "sending_stopped", NOW + timedelta(minutes=1))
    assert decide(replace(stopped, purpose=Purpose.REPLY)) == Decision(Outcome.SKIP, "sending_stopped")


@pytest.mark.parametrize("purpose", Purpose)
@pytest.mark.parametrize("channel", Channel)
@pytest.mark.parametrize("consent", [None, *ConsentDecision])
def test_which_consent_a_purpose_needs(purpose: Purpose, channel: Channel, consent: ConsentDecision | None) -> None:
    """Replies and account mail were asked for; marketing, and event texts, need a yes; other event mail no "no"."""
    if purpose in {Purpose.REPLY, Purpose.ACCOUNT}:
        goes = True
    elif purpose == Purpose.MARKETING or channel == Channel.SMS:
        goes = consent == ConsentDecision.GRANTED
    else:
        goes = consent != ConsentDecision.WITHDRAWN
    decision = decide(replace(GOES, purpose=purpose, channel=channel, consent=consent))
    assert decision.allows is goes


@pytest.mark.parametrize("purpose", Purpose)
@pytest.mark.parametrize("kind", ["stop_done", "help", "stop_again", "vote_accepted"])
def test_what_reaches_somebody_who_opted_out(purpose: Purpose, kind: str) -> None:
    """One confirmation of the STOP and help that was asked for; nothing else, and neither outside a reply."""
    decision = decide(replace(GOES, purpose=purpose, kind=kind, opted_out=True))
    assert decision.allows is (purpose == Purpose.REPLY and kind in {"stop_done", "help"})


def test_an_unreachable_number_that_texts_us_is_answered() -> None:
    assert decide(replace(GOES, purpose=Purpose.REPLY, unreachable=True)) == ALLOW


@given(
    st.builds(
        GateFacts,
        now=st.just(NOW),
        kind=st.sampled_from(["stop_done", "help", "results"]),
        expires_at=st.none() | st.datetimes(timezones=st.just(UTC)),
        equal_texts=st.integers(0, 40),
        consent=st.none() | st.sampled_from(ConsentDecision),
    )
)
def test_the_first_objection_in_the_stated_order_decides(facts: GateFacts) -> None:
    objections = [objection for rule in RULES if (objection := rule(facts))]
    assert decide(facts) == (objections[0] if objections else ALLOW)
    assert all(objection.outcome is not Outcome.ALLOW for objection in objections)


def test_every_fact_can_decide() -> None:
    """A fact no rule looks at would be a hole that looks like a wall."""
    deciding = {"sending_enabled", "sender_active", "opted_out", "consent", "turned_off", "unreachable"}
    deciding |= {
        "expires_at",
        "equal_texts",
        "provider_answers",
        "allowance_used_up",
        "purpose",
        "channel",
        "kind",
        "now",
    }
    assert {field.name for field in fields(GateFacts)} == deciding


def test_a_decision_is_recorded_with_when_why_and_by_which_rules() -> None:
    held = Decision(Outcome.HOLD, "sending_stopped", NOW + timedelta(minutes=1))
    assert held.record(asked=Asked.PLAN, now=NOW) == {
        "asked": "plan",
        "at": "2026-11-20T21:30:00+00:00",
        "outcome": "hold",
        "rules": 2,
        "reason": "sending_stopped",
        "until": "2026-11-20T21:31:00+00:00",
    }
