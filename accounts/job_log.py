"""What a worker writes down of each task it has run: `LoggedTask` is the base of all of Celery's tasks (config/celery.py)."""

from time import monotonic, time
from typing import TYPE_CHECKING, Any, ClassVar, Final

import structlog
from celery import Task

from accounts import platform_settings
from accounts.broker import QUEUED_AT
from accounts.services.job_runs import Run, note_run
from config.lib.outages import AWAY

logger = structlog.get_logger(__name__)

_STATES: Final = {"SUCCESS": "done", "RETRY": "retried"}


if TYPE_CHECKING:
    _Task = Task[Any, Any]
else:
    _Task = Task


class LoggedTask(_Task):
    """Says when it was queued, acts on what admins have set, and is written down when it has run."""

    abstract = True
    began: ClassVar[dict[str, float]] = {}  # of what this process runs now, by the id of the call

    def apply_async(self, *args: Any, **options: Any) -> Any:
        """As Celery has it; also how the clock queues."""
        options["headers"] = {QUEUED_AT: time(), **(options.get("headers") or {})}
        return super().apply_async(*args, **options)

    def before_start(self, task_id: str, _args: Any, _kwargs: Any) -> None:
        self.began[task_id] = monotonic()
        try:
            platform_settings.keep_fresh()
        except AWAY:
            logger.warning("jobs.settings_unread", task=self.name)

    def after_return(self, status: str, retval: Any, task_id: str, _args: Any, _kwargs: Any, _einfo: Any) -> None:
        """Whatever came of it. That nothing could be written down must not undo what was done."""
        state, ended = _STATES.get(status, "failed"), monotonic()
        delivery = self.request.delivery_info or {}
        run = Run(
            task=self.name,
            queue=str(delivery.get("routing_key") or ""),
            worker=str(self.request.hostname or ""),
            state=state,
            error="" if state == "done" else type(retval).__name__,
            milliseconds=int((ended - self.began.pop(task_id, ended)) * 1_000),
            task_id=task_id,
        )
        try:
            note_run(run=run)
        except AWAY:
            logger.warning("jobs.run_unwritten", task=self.name)
