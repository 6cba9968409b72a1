"""What workers have run: per task the last time, and a log of the runs worth reading."""

from django.db import models
from django.utils.translation import gettext_lazy as _

from config.lib.constraints import one_of


class RunState(models.TextChoices):
    DONE = "done", _("Done")
    RETRIED = "retried", _("To be tried again")
    FAILED = "failed", _("Failed")


class JobTask(models.Model):
    """One task by its name, with its last run and how many there were."""

    name = models.CharField(_("task"), max_length=100, primary_key=True)
    runs = models.PositiveBigIntegerField(_("runs"), default=0)
    failures = models.PositiveBigIntegerField(_("failures"), default=0)
    last_ended_at = models.DateTimeField(_("last run"))
    last_state = models.CharField(_("how it went"), max_length=8, choices=RunState)
    last_milliseconds = models.PositiveIntegerField(_("took, in milliseconds"))

    class Meta:
        verbose_name = _("task")
        verbose_name_plural = _("tasks")
        constraints = [one_of("last_state", RunState, "job_task_state_known")]

    def __str__(self) -> str:
        return self.name


class JobRun(models.Model):
    """One run of a task. A tick that went well and quickly is not kept: thousands of them an hour would say nothing."""

    task = models.CharField(_("task"), max_length=100)
    queue = models.CharField(_("queue"), max_length=32, blank=True)
    worker = models.CharField(_("worker"), max_length=100, blank=True)
    state = models.CharField(_("how it went"), max_length=8, choices=RunState)
    error = models.CharField(
        _("error"), max_length=100, blank=True, help_text=_("The name of the exception; its text is in the log")
    )
    milliseconds = models.PositiveIntegerField(_("took, in milliseconds"))
    ended_at = models.DateTimeField(_("ended"))
    task_id = models.CharField(_("id of the run"), max_length=64, blank=True)

    class Meta:
        verbose_name = _("run of a task")
        verbose_name_plural = _("runs of tasks")
        constraints = [
            one_of("state", RunState, "job_run_state_known"),
            models.CheckConstraint(
                condition=models.Q(state="done", error="") | ~models.Q(state="done"), name="job_run_done_without_error"
            ),
        ]
        indexes = [models.Index(fields=["-ended_at"], name="job_run_newest")]  # serves the page and the sweep

    def __str__(self) -> str:
        return f"{self.task} {self.ended_at:%Y-%m-%d %H:%M:%S}"
