"""What is asked before a process is called ready. Any app adds probes in its `health.py`, which is autodiscovered."""

import asyncio
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field
from typing import Any, Final

import structlog

logger = structlog.get_logger(__name__)

PATIENCE_SECONDS: Final = 1.0


class NotWell(Exception):
    """A dependency answers, but is not fit for use; the text says so without internals."""


Probe = Callable[[], Awaitable[dict[str, Any]]]


@dataclass(frozen=True, slots=True)
class Finding:
    """What a probe found: `state` is ok, late (no answer in time), down or failing; `facts` are figures to show."""

    name: str
    required: bool
    state: str
    facts: dict[str, Any] = field(default_factory=dict)


_probes: dict[str, tuple[Probe, bool]] = {}


def register(name: str, probe: Probe, *, required: bool) -> None:
    """Ask `probe` in every report. Without a `required` dependency the process is not ready; others are only reported.

    A probe returns figures to show, or raises: NotWell to say what is wrong, anything else for "down".
    """
    _probes[name] = (probe, required)


async def findings() -> list[Finding]:
    """Every dependency's state, asked at the same time, each for at most a second."""
    return list(await asyncio.gather(*(_ask(name, *entry) for name, entry in sorted(_probes.items()))))


async def _ask(name: str, probe: Probe, required: bool) -> Finding:
    try:
        async with asyncio.timeout(PATIENCE_SECONDS):
            return Finding(name, required, "ok", await probe())
    except TimeoutError:
        return Finding(name, required, "late")
    except NotWell as problem:
        return Finding(name, required, str(problem))
    except Exception:
        logger.warning("health.down", dependency=name, exc_info=True)
        return Finding(name, required, "down")
