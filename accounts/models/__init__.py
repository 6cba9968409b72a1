"""What accounts keeps, a module per subject."""

from accounts.models.administration import LOOKING_LASTS, REASON_LENGTH, Impersonation, LookEnded, Suspension
from accounts.models.analytics import AnalyticsEvent, AnalyticsHandover, AnalyticsKind
from accounts.models.audit import AuditEntry, AuditPerson, AuditSeal
from accounts.models.clients import Ended, RefreshFamily
from accounts.models.idempotency import IdempotencyKey
from accounts.models.jobs import JobRun, JobTask, RunState
from accounts.models.keys import ApiKey, KeyEnded
from accounts.models.phones import MOST_ATTEMPTS, PhoneCode
from accounts.models.privacy import Erasure, Export, ExportState
from accounts.models.sessions import BrowserSession, KnownDevice, SignIn, Through
from accounts.models.uploads import Upload, UploadKind, UploadState
from accounts.models.user_settings import UserSetting, chosen_by
from accounts.models.users import Language, Role, User

__all__ = [
    "MOST_ATTEMPTS",
    "AnalyticsEvent",
    "AnalyticsHandover",
    "AnalyticsKind",
    "ApiKey",
from accounts.models.platform import PlatformSetting, PlatformSettingChange
    "AuditEntry",
    "AuditPerson",
    "AuditSeal",
    "BrowserSession",
    "Ended",
    "Erasure",
    "Export",
    "LOOKING_LASTS",
    "ExportState",
    "REASON_LENGTH",
    "IdempotencyKey",
    "KeyEnded",
    "KnownDevice",
    "Language",
    "PhoneCode",
    "RefreshFamily",
    "Role",
    "SignIn",
    "Through",
    "Upload",
    "UploadKind",
    "UploadState",
    "User",
    "UserSetting",
    "chosen_by",
]
    "Impersonation",
    "JobRun",
    "JobTask",
    "LookEnded",
    "Outcome",
    "PlatformSetting",
    "PlatformSettingChange",
    "Priority",
    "RunState",
    "Suspension",
