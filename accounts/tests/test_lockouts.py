"""Whatever the order of wrong and right passwords, of waits and of clocks set wrong: the counter keeps its promises."""

from datetime import UTC, datetime, timedelta
from itertools import count

import pytest
from hypothesis import settings as how
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, rule
from pytest_django import Settings
from redis.backoff import NoBackoff
from redis.retry import Retry

from accounts import lockouts
from accounts.lockouts import Attempt
from config.lib import redis
from config.lib.errors import Unavailable

START = datetime(2026, 11, 20, 20, 0, tzinfo=UTC)
FAILURES, FIRST, LONGEST, FORGOTTEN = 3, 60, 240, 3_600


@pytest.fixture(autouse=True)
def _rules(settings: Settings) -> None:
    settings.SIGN_IN_FAILURES = FAILURES
    settings.SIGN_IN_LOCK_SECONDS, settings.SIGN_IN_LOCK_MOST_SECONDS = FIRST, LONGEST
    settings.SIGN_IN_FORGET_SECONDS = FORGOTTEN


def at(seconds: float) -> datetime:
    return START + timedelta(seconds=seconds)


def fail(who: str, *, seconds: float = 0, times: int = 1) -> list[Attempt]:
    return [lockouts.attempt(who, now=at(seconds)) for _ in range(times)]


def test_some_failures_are_free_and_the_last_of_them_locks() -> None:
    assert fail("a", times=FAILURES) == [Attempt(0, 0), Attempt(0, 0), Attempt(0, FIRST)]
    assert fail("a") == [Attempt(FIRST, 0)]
    assert fail("b") == [Attempt(0, 0)], "and nobody else"


def test_whoever_is_refused_makes_the_wait_no_longer() -> None:
    fail("a", times=FAILURES)
    assert [fail("a", seconds=second)[0].refused_for for second in (1, 30, 59, 59.5)] == [59, 30, 1, 1]
    assert fail("a", seconds=60) == [Attempt(0, 0)]


def test_each_lock_is_longer_up_to_a_limit() -> None:
    waits, now = [], 0.0
    for _lock in range(5):
        waits.append(fail("a", seconds=now, times=FAILURES)[-1].locks_for)
        now += waits[-1]
    assert waits == [60, 120, 240, 240, 240]


def test_a_quiet_time_is_a_fresh_start() -> None:
    fail("a", times=FAILURES)
    fail("a", seconds=FIRST, times=FAILURES - 1)
    late = FIRST + FORGOTTEN
    assert fail("a", seconds=late, times=FAILURES)[-1].locks_for == FIRST


def test_a_right_password_takes_failures_and_lock_away() -> None:
    fail("a", times=FAILURES)
    assert lockouts.clear("a")
    assert not lockouts.clear("a")
    assert fail("a", times=FAILURES)[-1].locks_for == FIRST


def test_nobody_waits_longer_than_was_said_because_a_clock_was_wrong() -> None:
    a_year = 365 * 86_400
    fail("a", seconds=a_year, times=FAILURES)
    assert fail("a")[0].refused_for == FIRST
    assert fail("a", seconds=FIRST) == [Attempt(0, 0)]


def test_counters_go_by_themselves() -> None:
    fail("a", times=FAILURES)
    (key,) = redis.sync_client().keys("sign-in:*")
    assert FORGOTTEN < redis.sync_client().ttl(key) <= FORGOTTEN + FIRST


def test_nothing_is_let_in_uncounted(monkeypatch: pytest.MonkeyPatch) -> None:
    lost = redis.Client(host="127.0.0.1", port=1, retry=Retry(NoBackoff(), 0))
    monkeypatch.setattr(redis, "sync_client", lambda: lost)
    with pytest.raises(Unavailable):
        fail("a")
    with pytest.raises(Unavailable):
        lockouts.clear("a")


class LockOuts(RuleBasedStateMachine):
    """Two people who are attacked, with clocks that jump. Beside each counter stands what it must not break."""

    runs = count()

    def __init__(self) -> None:
        super().__init__()
        run = next(self.runs)
        self.now = 0.0
        self.people = {name: f"{name}{run}" for name in ("fay", "olga")}
        self.let_in = dict.fromkeys(self.people, 0)  # failures since the last lock ended
        self.wait = dict.fromkeys(self.people, 0)  # how long the present lock was said to be
        self.waited = dict.fromkeys(self.people, 0.0)  # how much of it has been waited, by any clock
        self.locked = dict.fromkeys(self.people, False)

    @rule(who=st.sampled_from(("fay", "olga")))
    def fails(self, who: str) -> None:
        attempt = fail(self.people[who], seconds=self.now)[0]
        if attempt.refused_for:
            assert self.locked[who], "nobody waits who was not told to"
            assert attempt.refused_for <= self.wait[who], "nor longer than told"
            return
        if self.locked[who]:
            self.locked[who], self.let_in[who] = False, 0
        self.let_in[who] += 1
        assert self.let_in[who] <= FAILURES, "no more guesses than allowed between two locks"
        if attempt.locks_for:
            assert FIRST <= attempt.locks_for <= LONGEST
            self.locked[who], self.wait[who], self.waited[who] = True, attempt.locks_for, 0.0

    @rule(who=st.sampled_from(("fay", "olga")))
    def succeeds(self, who: str) -> None:
        """A right password, the link in the mail, or a new password."""
        lockouts.clear(self.people[who])
        self.locked[who], self.let_in[who] = False, 0

    @rule(seconds=st.one_of(st.floats(0.001, 300), st.floats(0, 10 * FORGOTTEN)))
    def time_passes(self, seconds: float) -> None:
        self.now += seconds
        for who in self.people:
            self.waited[who] += seconds
            if seconds >= FORGOTTEN:
                self.let_in[who] = 0

    @rule(seconds=st.floats(0, 10 * FORGOTTEN))
    def clock_is_set_back(self, seconds: float) -> None:
        """Whoever asks after that is told how long again, and that must hold."""
        self.now -= seconds
        for who in self.people:
            self.fails(who)
            self.waited[who] = 0.0

    @invariant()
    def a_lock_ends_by_itself(self) -> None:
        for who, identity in self.people.items():
            if self.locked[who] and self.waited[who] > self.wait[who] + 1:
                assert not fail(identity, seconds=self.now)[0].refused_for
                lockouts.clear(identity)
                self.locked[who], self.let_in[who] = False, 0


LockOuts.TestCase.settings = how(max_examples=40, stateful_step_count=40, deadline=None)
TestLockOuts = LockOuts.TestCase
