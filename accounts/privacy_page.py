"""What `/me/privacy/` shows of the copies somebody asked for."""

from dataclasses import dataclass
from datetime import datetime
from zoneinfo import ZoneInfo

from django.conf import settings
from django.utils.formats import date_format
from django.utils.translation import gettext as _

from accounts.actors import Actor
from accounts.models import Export, ExportState
from accounts.policies import require_person
from accounts.services.exports import WAITING, exports_of
from config.lib.numerals import written

_MEGABYTE = 1_000_000


@dataclass(frozen=True, kw_only=True, slots=True)
class Copy:
    """One export: when it was asked for and what there is to know, with the way to its file while there is one."""

    public_id: str
    state: str
    words: str
    asked: str
    note: str
    done: int
    sections: int
    is_ready: bool

    @property
    def is_failed(self) -> bool:
        return self.state == ExportState.FAILED


@dataclass(frozen=True, kw_only=True, slots=True)
class PrivacyPage:
    """`running` is the copy that is being prepared, which the page watches; `copies` are the others."""

    running: Copy | None
    copies: list[Copy]
    days: int


def privacy_page_of(actor: Actor, *, now: datetime) -> PrivacyPage:
    """In one query. Raises AuthRequired, InsufficientScope."""
    zone = ZoneInfo(require_person(actor).time_zone)
    exports = list(exports_of(actor))
    running = next((_copy(export, zone, now) for export in exports if export.state in WAITING), None)
    others = [_copy(export, zone, now) for export in exports if export.state not in WAITING]
    return PrivacyPage(running=running, copies=others, days=settings.EXPORT_DAYS)


def _copy(export: Export, zone: ZoneInfo, now: datetime) -> Copy:
    is_ready = export.state == ExportState.READY and bool(export.expires_at and export.expires_at > now)
    gone = export.state == ExportState.READY and not is_ready
    return Copy(
        public_id=export.public_id,
        state=export.state,
        words=str(ExportState.EXPIRED.label if gone else ExportState(export.state).label),
        asked=date_format(export.requested_at.astimezone(zone), "DATETIME_FORMAT"),
        note=_note(export, zone) if is_ready else "",
        done=export.done,
        sections=export.sections,
        is_ready=is_ready,
    )


def _note(export: Export, zone: ZoneInfo) -> str:
    assert export.expires_at, "what is ready has an end: a constraint says so"
    size = _size(export.size)
    until = date_format(export.expires_at.astimezone(zone), "DATE_FORMAT")
    return _("%(size)s, %(rows)s entries, until %(day)s") % {"size": size, "rows": written(export.rows), "day": until}


def _size(size: int) -> str:
    if size < _MEGABYTE:
        return _("%(number)s KB") % {"number": written(max(1, size // 1_000))}
    return _("%(number)s MB") % {"number": written(size // _MEGABYTE)}
