"""The console's pages of accounts, a module per subject."""

from accounts.admin import analytics, jobs, platform_settings
from accounts.admin.audit import AuditEntryAdmin
from accounts.admin.clients import ClientAdmin
from accounts.admin.keys import ApiKeyAdmin
from accounts.admin.moderation import CaseAdmin
from accounts.admin.sessions import BrowserSessionAdmin
from accounts.admin.users import UserAdmin

__all__ = [
    "ApiKeyAdmin",
    "AuditEntryAdmin",
    "BrowserSessionAdmin",
    "CaseAdmin",
    "ClientAdmin",
    "UserAdmin",
    "analytics",
    "jobs",
    "platform_settings",
]
