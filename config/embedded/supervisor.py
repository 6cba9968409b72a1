"""Starts processes, starts again the ones that die, and stops them in order."""

import subprocess
import sys
import time
from collections.abc import Callable, Collection
from pathlib import Path
from types import TracebackType
from typing import Self, TextIO

from config.embedded.child import Child, Spec, tail
from config.embedded.interrupts import Interrupts
from config.embedded.locks import Claim
from config.embedded.refusals import CannotStart
from config.embedded.watcher import Watcher

_STEP = 0.02


class Supervisor:
    """Owner of every process it starts. To be used from the main thread, as a context manager: leaving stops all."""

    def __init__(self, interrupts: Interrupts, *, voice: TextIO = sys.stdout) -> None:
        self.interrupts = interrupts
        self._voice = voice
        self._children: dict[str, Child] = {}
        self._claims: list[Claim] = []
        self._watcher: Watcher | None = None

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        for name in reversed(list(self._children)):
            self.stop(name)
        if self._watcher is not None:
            self._watcher.close()

    def say(self, sentence: str) -> None:
        print(sentence, file=self._voice, flush=True)

    def take(self, claim: Claim, *, what: str) -> bool:
        """Takes the right to run `what` if nobody has it, after a killed predecessor's processes have ended."""
        if not claim.try_take():
            return False
        if not claim.predecessors_ended():
            self.say(f"A command was killed; waiting for its {what} to end…")
            if not self.until(claim.predecessors_ended, seconds=30):
                raise CannotStart(
                    f"The {what} of a command that was killed does not end. Find it with `ps` and end it."
                )
        self._claims.append(claim)
        return True

    def delete_at_last(self, *folders: Path) -> None:
        """Has temporary folders deleted even if this process is killed."""
        for folder in folders:
            self._watch().temporary(folder)

    def start(self, spec: Spec) -> None:
        """Starts a process and returns once it is ready. Raises CannotStart with the end of its log, or Interrupted."""
        child = self._children[spec.name] = Child(spec)
        self._spawn(child)
        in_time = self.until(lambda: not child.running or spec.ready(), seconds=spec.patience)
        if not child.running:
            raise CannotStart(
                f"The {spec.name} {child.ending()} at its start. Last lines of {spec.log}:\n{tail(spec.log)}"
            )
        if not in_time:
            raise CannotStart(
                f"The {spec.name} does not answer after {spec.patience:.0f} s. Last lines of {spec.log}:\n{tail(spec.log)}"
            )

    def until(self, condition: Callable[[], bool], *, seconds: float) -> bool:
        """Waits for `condition`; False when it did not come true in time. Raises Interrupted."""
        deadline = time.monotonic() + seconds
        while not condition():
            self.interrupts.check()
            if time.monotonic() > deadline:
                return False
            self.interrupts.wait(_STEP)
        return True

    def tend(self) -> None:
        """One look at every process: says which has died, and starts it again when its pause is over."""
        for child in self._children.values():
            if child.running:
                continue
            if child.due_at is None:
                self._bury(child)
                pause = child.plan_restart()
                self.say(
                    f"The {child.spec.name} {child.ending()}; it starts again in {pause:.1f} s. "
                    f"Last lines of {child.spec.log}:\n{tail(child.spec.log)}"
                )
            elif time.monotonic() >= child.due_at:
                self._spawn(child)

    def stop(self, name: str) -> None:
        """Stops one process and all it has started. A second Ctrl-C while it takes its time kills it at once."""
        child = self._children.pop(name, None)
        if child is None:
            return
        hurried = len(self.interrupts.received) + 1
        for number, seconds in child.spec.stop:
            deadline = time.monotonic() + seconds
            child.send(number)
            while child.running and time.monotonic() < deadline and len(self.interrupts.received) < hurried:
                self.interrupts.wait(_STEP)
        self._bury(child)

    def stop_all_but(self, kept: Collection[str]) -> None:
        """Stops everything else, in the order in which it was started."""
        for name in [name for name in self._children if name not in kept]:
            self.stop(name)

    def _spawn(self, child: Child) -> None:
        try:
            group = child.spawn(keep_open=self._held)
        except (OSError, subprocess.SubprocessError) as error:
            raise CannotStart(f"The {child.spec.name} cannot be started: {error}") from error
        self._watch().started(group, child.spec.stop[0][0])

    def _bury(self, child: Child) -> None:
        child.kill_group()
        if child.process is not None:
            self._watch().ended(child.process.pid)

    def _watch(self) -> Watcher:
        if self._watcher is None:
            self._watcher = Watcher(keep_open=self._held)
        return self._watcher

    @property
    def _held(self) -> tuple[int, ...]:
        return tuple(claim.processes.fileno() for claim in self._claims)
