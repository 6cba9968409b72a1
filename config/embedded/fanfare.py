"""Fanfare as a site: its three processes, what must be done before they start, and what its visitor is told."""

import os
import sys
from pathlib import Path

from config.embedded.child import Spec
from config.embedded.paths import PROJECT, Layout
from config.embedded.refusals import CannotStart
from config.embedded.site import Environment, Site, answers_health

_WEB = (
    "uvicorn config.asgi:application --workers 2 --timeout-graceful-shutdown 5 --ws-max-size 65536 "
    "--ws-per-message-deflate false --no-proxy-headers --no-server-header --no-access-log --log-level warning "
    "--host 127.0.0.1 --port"
)
_WORKER = "celery -A config.celery worker -P threads -c 8 -Q critical,default,bulk,slow"
_BEAT = "celery -A config.celery beat --schedule"

_LAST_PORT = 65535
_LOGINS = ("admin", "organizer", "artist", "fan", "brand", "developer")
PLACES = (
    ("the demo night", "events/demo-night/"),
    ("vote", "events/demo-night/vote/"),
    ("the leaderboard, live", "events/demo-night/live/"),
    ("the projector", "events/demo-night/stage/"),
    ("the organizer's console", "admin/"),
    ("phones that text it", "dev/phone/"),
    ("the mails it sent", "dev/mail/"),
)


def fanfare(layout: Layout) -> Site:
    """Web, worker and beat on the port that PORT names. Raises CannotStart when PORT is no port."""
    port = _port()

    def processes(environment: Environment) -> list[Spec]:
        def spec(name: str, module: str, argument: str | None = None) -> Spec:
            command = [sys.executable, "-m", *module.split()]
            return Spec(
                name=name,
                command=command if argument is None else [*command, argument],
                log=layout.logs / f"{name}.log",
                environment=environment,
                folder=PROJECT,
                ready=(lambda: answers_health(port)) if name == "web" else (lambda: True),
            )

        return [spec("web", _WEB, str(port)), spec("worker", _WORKER), spec("beat", _BEAT, str(layout.beat_schedule))]

    manage = [sys.executable, "manage.py"]
    return Site(
        port=port,
        preparations=([*manage, "migrate", "--verbosity", "0"], [*manage, "demo"]),
        processes=processes,
        greeting=_greeting(f"http://127.0.0.1:{port}/", layout.logs),
    )


def _port() -> int:
    text = os.environ.get("PORT") or "8000"
    if not text.isdecimal() or not 0 < int(text) <= _LAST_PORT:
        raise CannotStart(f"PORT is {text!r}, which is not a number from 1 to {_LAST_PORT}. Try: PORT=8001 make run")
    return int(text)


def _greeting(address: str, logs: Path) -> str:
    width = max(len(words) for words, _path in PLACES)
    places = "\n".join(f"    {words:<{width}}  {address}{path}" for words, path in PLACES)
    logins = "\n".join(f"    {role}@demo.fanfare.test" for role in _LOGINS)
    return f"""
Fanfare is running at {address}

{places}

  Log in as any of these, with the password fanfare-demo:
{logins}

  `make demo-crowd` in another terminal lets a crowd vote.
  Logs are in {logs}
  Ctrl-C stops everything; the data is kept. `make clean` deletes it.
"""
