"""Analytics events: what happens on the pages, in great numbers. Not the audit: nobody answers for these rows."""

from django.db import models
from django.utils.translation import gettext_lazy as _


class AnalyticsKind(models.TextChoices):
    PAGE_VIEW = "page_view", _("Page looked at")
    ACTION = "action", _("Action")
    FORM_SUBMIT = "form_submit", _("Form sent")
    SHARE = "share", _("Came by a shared link")


class AnalyticsEvent(models.Model):
    """One thing that happened. The table is partitioned by month (accounts/analytics_months.py) and written by COPY.

    Append-only by use: no key points here, and a month is dropped as a whole. `visitor` is a keyed hash that changes every
    day, so people can be counted and not followed.
    """

    pk = models.CompositePrimaryKey("at", "id")
    at = models.DateTimeField(_("when"))
    id = models.BigIntegerField()
    kind = models.CharField(_("kind"), max_length=16, choices=AnalyticsKind)
    entity = models.CharField(
        _("about"), max_length=64, help_text=_("What it was about, for example event:<id>; or nothing")
    )
    visitor = models.CharField(_("visitor of the day"), max_length=16)
    data = models.JSONField(_("details"), default=dict)

    class Meta:
        verbose_name = _("analytics event")
        verbose_name_plural = _("analytics events")

    def __str__(self) -> str:
        return f"{self.kind} {self.entity}".strip()


class AnalyticsHandover(models.Model):
    """An hour of analytics events that outside analytics have confirmed."""

    hour = models.DateTimeField(_("hour"), primary_key=True)
    events = models.PositiveIntegerField(_("events"))
    at = models.DateTimeField(_("when"))

    class Meta:
        verbose_name = _("analytics hand-over")
        verbose_name_plural = _("analytics hand-overs")

    def __str__(self) -> str:
        return self.hour.isoformat()
