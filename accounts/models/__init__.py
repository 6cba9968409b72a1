"""What accounts keeps, a module per subject."""

from accounts.models.administration import LOOKING_LASTS, REASON_LENGTH, Impersonation, LookEnded, Suspension
from accounts.models.analytics import AnalyticsEvent, AnalyticsHandover, AnalyticsKind
from accounts.models.audit import AuditEntry, AuditPerson, AuditSeal
from accounts.models.clients import Ended, RefreshFamily
from accounts.models.idempotency import IdempotencyKey
from accounts.models.jobs import JobRun, JobTask, RunState
from accounts.models.keys import ApiKey, KeyEnded
from accounts.models.moderation import (
    Appeal,
    Breach,
    Case,
    CaseState,
    Decision,
    Outcome,
    Priority,
    Report,
    TrustedFlagger,
    Verdict,
)
from accounts.models.phones import MOST_ATTEMPTS, PhoneCode
from accounts.models.platform import PlatformSetting, PlatformSettingChange
from accounts.models.privacy import Erasure, Export, ExportState
from accounts.models.sessions import BrowserSession, KnownDevice, SignIn, Through
from accounts.models.uploads import Upload, UploadKind, UploadState
from accounts.models.user_settings import UserSetting, chosen_by
from accounts.models.users import Language, Role, User

__all__ = [
    "LOOKING_LASTS",
    "MOST_ATTEMPTS",
    "REASON_LENGTH",
    "AnalyticsEvent",
    "AnalyticsHandover",
    "AnalyticsKind",
    "ApiKey",
    "Appeal",
    "AuditEntry",
    "AuditPerson",
    "AuditSeal",
    "Breach",
    "BrowserSession",
    "Case",
    "CaseState",
    "Decision",
    "Ended",
    "Erasure",
    "Export",
    "ExportState",
    "IdempotencyKey",
    "Impersonation",
    "JobRun",
    "JobTask",
    "KeyEnded",
    "KnownDevice",
    "Language",
    "LookEnded",
    "Outcome",
    "PhoneCode",
    "PlatformSetting",
    "PlatformSettingChange",
    "Priority",
    "RefreshFamily",
    "Report",
    "Role",
    "RunState",
    "SignIn",
    "Suspension",
    "Through",
    "TrustedFlagger",
    "Upload",
    "UploadKind",
    "UploadState",
    "User",
    "UserSetting",
    "Verdict",
    "chosen_by",
]
