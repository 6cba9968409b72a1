"""What the clock does, and how often: seconds, or the hour in UTC. Celery's beat reads it (ADR 0009).

Every tick looks for rows that are due, so one that is missed or comes twice does no harm.
"""

from typing import Any, Final

from celery.schedules import crontab

_ALWAYS: Final[dict[str, Any]] = {
    "messaging-deliver": {
        "task": "messaging.deliver_due",
        "schedule": 1.0,
        "options": {"queue": "critical", "expires": 10},
    },
    "messaging-reconcile": {"task": "messaging.reconcile", "schedule": 60.0},
    "events-clock": {"task": "events.move_by_clock", "schedule": 5.0},
    "events-imports": {"task": "events.tend_imports", "schedule": 60.0},
    "voting-clock": {"task": "voting.move_by_clock", "schedule": 1.0},
    "heartbeat": {"task": "config.heartbeat", "schedule": 15.0, "options": {"queue": "critical", "expires": 30}},
    "accounts-tend": {"task": "accounts.tend_accounts", "schedule": 60.0},
    "accounts-privacy": {"task": "accounts.tend_privacy", "schedule": 60.0},
    "accounts-analytics": {"task": "accounts.tend_analytics", "schedule": crontab(hour="3", minute="10")},
    "accounts-handover": {"task": "accounts.hand_over_analytics", "schedule": 300.0, "options": {"queue": "slow"}},
    "accounts-seal": {"task": "accounts.seal_audit", "schedule": 60.0},
    "accounts-seal-missed": {
        "task": "accounts.seal_audit",
        "schedule": crontab(hour="3", minute="40"),
        "kwargs": {"thorough": True},
    },
    "accounts-let-go": {
        "task": "accounts.let_go",
        "schedule": crontab(hour="3", minute="30"),
        "options": {"queue": "slow"},
    },
    "accounts-uploads": {"task": "accounts.sweep_uploads", "schedule": 3600.0, "options": {"queue": "slow"}},
    "accounts-locks": {"task": "accounts.tell_of_locks", "schedule": 5.0, "options": {"expires": 30}},
}
_DEVELOPMENT: Final[dict[str, Any]] = {
    "demo": {"task": "config.keep_demo_alive", "schedule": 60.0, "options": {"queue": "slow"}},
}


def every_tick(*, development: bool) -> dict[str, Any]:
    """The schedule; in development the demo is kept alive, too."""
    return _ALWAYS | _DEVELOPMENT if development else _ALWAYS
