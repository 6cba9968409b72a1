"""What accounts hold about people: the log-in, where it was used, what it did."""

from collections.abc import Iterable, Iterator
from datetime import datetime, timedelta
from functools import partial

from allauth.account.models import EmailAddress
from allauth.mfa.models import Authenticator
from allauth.socialaccount.models import SocialAccount
from django.db.models import Q, QuerySet
from django.utils.translation import gettext_lazy as _

from accounts import session_store
from accounts.analytics_months import month_of
from accounts.audit import forget_whereabouts
from accounts.idempotency import KEPT_FOR
from accounts.models import (
    AnalyticsEvent,
    ApiKey,
    Appeal,
    AuditPerson,
    BrowserSession,
    Case,
    CaseState,
    Decision,
    Export,
    IdempotencyKey,
    Impersonation,
    JobRun,
    KnownDevice,
    PhoneCode,
    RefreshFamily,
    Report,
    Role,
    Suspension,
    Upload,
    User,
    UserSetting,
)
from accounts.personal_data import HeldFile, PersonalData, Retention, Row, Section, Words, register
from accounts.persons import Person
from accounts.pictures import storing
from accounts.services.exports import delete_files
from config.lib.rows import in_pieces


def _account(person: Person) -> Iterable[Row]:
    columns = ("public_id", "email", "name", "role", "language", "time_zone", "phone", "phone_verified_at")
    return in_pieces(User.objects.filter(pk=person.user.pk), *columns, "created_at", "last_login")


def _emails(person: Person) -> Iterable[Row]:
    return in_pieces(EmailAddress.objects.filter(user=person.user), "email", "verified", "primary")


def _settings(person: Person) -> Iterable[Row]:
    return in_pieces(UserSetting.objects.filter(user=person.user), "key", "value", "changed_at")


def _clients(person: Person) -> Iterable[Row]:
    mine = RefreshFamily.objects.filter(user=person.user)
    return in_pieces(mine, "created_at", "last_used_at", "expires_at", "revoked_at", "address", "user_agent")


def _browsers(person: Person) -> Iterable[Row]:
    mine = BrowserSession.objects.filter(user=person.user, impersonation=None)
    return in_pieces(mine, "created_at", "last_seen_at", "ends_at", "address", "user_agent")


def _devices(person: Person) -> Iterable[Row]:
    """Their marks are digests and say nothing; that there are some, and how old they are, is held."""
    return in_pieces(KnownDevice.objects.filter(user=person.user), "last_seen_at")


def _keys(person: Person) -> Iterable[Row]:
    columns = ("name", "scopes", "created_at", "expires_at", "last_used_at", "revoked_at")
    return in_pieces(ApiKey.objects.filter(user=person.user), *columns)


def _second_factors(person: Person) -> Iterable[Row]:
    return in_pieces(Authenticator.objects.filter(user=person.user), "type", "created_at", "last_used_at")


def _other_accounts(person: Person) -> Iterable[Row]:
    return in_pieces(SocialAccount.objects.filter(user=person.user), "provider", "uid", "date_joined", "last_login")


def _phone_codes(person: Person) -> Iterable[Row]:
    return in_pieces(PhoneCode.objects.filter(user=person.user), "phone", "created_at", "expires_at")


def _uploads(person: Person) -> Iterable[Row]:
    columns = ("public_id", "kind", "state", "width", "height", "bytes", "sha256", "created_at")
    return in_pieces(Upload.objects.filter(owner=person.user), *columns)


def _suspensions(person: Person) -> Iterable[Row]:
    return in_pieces(Suspension.objects.filter(user=person.user), "since", "until", "ended_at", "reason")


def _looks(person: Person) -> Iterable[Row]:
    """When an admin looked at the site as them, and why; who it was stays the platform's."""
    return in_pieces(Impersonation.objects.filter(user=person.user), "started_at", "ended_at", "reason")


def _done(person: Person) -> Iterable[Row]:
    """What they did, as it is written down for good; from where goes after a while."""
    mine = AuditPerson.objects.filter(user=person.user)
    columns = ("entry__at", "entry__action", "entry__subject_type", "entry__subject_id", "entry__channel")
    return in_pieces(mine, *columns, "address", "user_agent")


def _exports(person: Person) -> Iterable[Row]:
    return in_pieces(Export.objects.filter(user=person.user), "requested_at", "state", "finished_at")


def _reports(person: Person) -> Iterable[Row]:
    columns = ("case__subject_type", "case__subject_id", "reason", "words", "at")
    return in_pieces(Report.objects.filter(reporter=person.user), *columns)


def _decisions(person: Person) -> Iterable[Row]:
    """About their things; who decided is another person's."""
    columns = ("case__subject_type", "case__subject_id", "verdict", "reason", "words", "at")
    answers = ("appeal__words", "appeal__at", "appeal__outcome", "appeal__answer")
    return in_pieces(Decision.objects.filter(case__owner=person.user), *columns, *answers)


def _files(person: Person) -> Iterator[HeldFile]:
    for upload in Upload.objects.filter(owner=person.user).order_by("pk"):
        name = f"{upload.kind}-{upload.public_id}.webp"
        yield HeldFile(name, partial(storing.open_file, upload.public_id, upload.sha256, upload.width))


def hindrances(person: Person) -> Iterable[Words]:
    """Somebody has to be there to run the platform."""
    others = User.objects.filter(role=Role.ADMIN, is_active=True).exclude(pk=person.user.pk)
    if person.user.role == Role.ADMIN and not others.exists():
        yield _("You are the only admin. Give the role to somebody else first.")


def forget(person: Person, now: datetime) -> None:
    """What does not go with the row of the account, which goes last: files, sessions in the cache, side rows of the audit."""
    user = person.user
    delete_files(Export.objects.filter(user=user))
    for upload in Upload.objects.filter(owner=user):
        storing.discard(upload.public_id)
    session_store.end(BrowserSession.objects.filter(user=user))
    IdempotencyKey.objects.filter(principal=f"user:{user.pk}").delete()
    AuditPerson.objects.filter(user=user).delete()
    AuditPerson.objects.filter(impersonator=user).update(impersonator=None, address=None, user_agent="")
    Report.objects.filter(reporter=user).update(words="", reporter=None)
    Appeal.objects.filter(by=user).update(words="", by=None)
    Case.objects.filter(subject_type="accounts.user", subject_id=user.public_id).update(owner=None)
    AuditPerson.objects.filter(entry__subject_type="accounts.user", entry__subject_id=user.public_id).update(why="")
    forget_whereabouts("accounts.user", [user.public_id])


def _dead_clients(before: datetime) -> QuerySet[RefreshFamily]:
    """Kept for a while, so that a stolen token that turns up late is still recognised, and people see what ended."""
    return RefreshFamily.objects.filter(Q(expires_at__lt=before) | Q(revoked_at__lt=before))


def _dead_keys(before: datetime) -> QuerySet[ApiKey]:
    """Kept for a while, so that their owner sees what ended, and why."""
    return ApiKey.objects.filter(Q(expires_at__lt=before) | Q(revoked_at__lt=before))


def _served_reports(before: datetime) -> QuerySet[Report]:
    """That there was a report, and of what kind, stays with its case."""
    blank = Q(words="", mark="", reporter=None)
    return Report.objects.filter(case__state=CaseState.CLOSED, case__closed_at__lt=before).exclude(blank)


def _known_whereabouts(before: datetime) -> QuerySet[AuditPerson]:
    nowhere = Q(address__isnull=True, user_agent="")
    return AuditPerson.objects.filter(entry__at__lt=before).exclude(nowhere)


def _forget_from_where(people: QuerySet[AuditPerson]) -> int:
    return people.update(address=None, user_agent="")


register(
    PersonalData(
        app="accounts",
        personal={
            "accounts.User": ["email", "name", "phone", "phone_verified_at", "password", "avatar"],
            "accounts.AuditPerson": ["user", "impersonator", "address", "user_agent", "why"],
            "accounts.Suspension": ["user", "reason", "by", "ended_by"],
            "accounts.Impersonation": ["user", "admin", "reason"],
            "accounts.RefreshFamily": ["user", "user_agent", "address"],
            "accounts.BrowserSession": ["user", "user_agent", "address", "session_data"],
            "accounts.KnownDevice": ["user"],
            "accounts.ApiKey": ["user", "name"],
            "accounts.PhoneCode": ["user", "phone"],
            "accounts.Upload": ["owner"],
            "accounts.Case": ["owner"],
            "accounts.Report": ["reporter", "mark", "words"],
            "accounts.Decision": ["by"],
            "accounts.Appeal": ["by", "words", "answered_by"],
            "accounts.TrustedFlagger": ["user"],
            "accounts.UserSetting": ["user", "value"],
            "accounts.Export": ["user", "file"],
            "accounts.Erasure": ["user"],
            "accounts.IdempotencyKey": ["headers", "answer"],
            "account.EmailAddress": ["user", "email"],
            "mfa.Authenticator": ["user", "data"],
            "socialaccount.SocialAccount": ["user", "uid", "extra_data"],
        },
        not_personal={
            "accounts.AuditEntry": {
                "facts": "describes the change, and holds nothing personal by the rule of `record`",
                "subject_type": "a model's label",
                "subject_id": "an id, which names nobody once its row is gone",
            },
            "accounts.AnalyticsEvent": {
                "data": "what was looked at; who looked is a keyed hash that changes every day"
            },
            "accounts.PlatformSetting": {"value": "what the platform is set to"},
            "accounts.PlatformSettingChange": {"value": "what the platform was set to"},
            "accounts.AuditSeal": {"hash": "of entries, which hold nothing personal"},
            "accounts.SignIn": dict.fromkeys(
                ("user", "address", "user_agent"),
                "a view, which holds nothing of its own: BrowserSession, RefreshFamily",
            ),
            "accounts.ApiKey": {"digest": "of the secret; goes with the account"},
            "account.EmailConfirmation": {"email_address": "not written: links are signed instead, and hold no row"},
            "socialaccount.SocialToken": dict.fromkeys(
                ("account", "token", "token_secret"),
                "not written: what a provider gives us is forgotten once it is read",
            ),
            "socialaccount.SocialApp": dict.fromkeys(("name", "settings"), "not written: providers are settings"),
            "accounts.Case": {
                "subject_type": "a model's label",
                "subject_id": "an id, which names nobody once its row is gone",
            },
            "accounts.Appeal": {"answer": "the platform's words about a thing, which name nobody"},
            "accounts.Decision": {
                "words": "a moderator's, about a thing that was reported; about whom is in the case alone"
            },
            "admin.LogEntry": dict.fromkeys(
                ("user", "object_id", "object_repr", "change_message"),
                "not written: the console's changes are in our own audit",
            ),
        },
        sections=(
            Section("account", _("Your account"), _account),
            Section("emails", _("Your e-mail addresses"), _emails),
            Section("settings", _("Your settings"), _settings),
            Section("browsers", _("Browsers you are signed in with"), _browsers),
            Section("clients", _("Apps you signed in with"), _clients),
            Section("devices", _("Devices we know you by"), _devices),
            Section("keys", _("Your API keys"), _keys),
            Section("second_factors", _("Your ways of signing in besides the password"), _second_factors),
            Section("other_accounts", _("Accounts elsewhere that you sign in with"), _other_accounts),
            Section("phone_codes", _("Codes to check your phone"), _phone_codes),
            Section("uploads", _("Pictures you sent"), _uploads),
            Section("done", _("What you did"), _done),
            Section("reports", _("What you reported"), _reports),
            Section("decisions", _("What was decided about your things"), _decisions),
            Section("suspensions", _("When your account was suspended"), _suspensions),
            Section("looks", _("When an admin looked at the site as you"), _looks),
            Section("exports", _("Copies of your data"), _exports),
        ),
        files=_files,
        forget=forget,
        goes=(
            _("Your account: name, e-mail address, phone, password, settings, pictures"),
            _("Every browser, app and key you are signed in with, and from where you used them"),
        ),
        stays=(_("What was done and when, without who did it or from where"),),
        retention=(
            Retention(
                key="idempotency_keys",
                what=_("Answers kept to be given again to a repeated request"),
                fixed=KEPT_FOR,
                due=lambda before: IdempotencyKey.objects.filter(created_at__lte=before),
            ),
            Retention(
                key="clients",
                what=_("Apps that are signed out"),
                setting="RETENTION_CLIENTS_DAYS",
                due=_dead_clients,
            ),
            Retention(
                key="api_keys",
                what=_("API keys that have ended"),
                setting="RETENTION_CLIENTS_DAYS",
                due=_dead_keys,
            ),
            Retention(
                key="analytics",
                what=_("What happens on the pages, a month at a time"),
                setting="RETENTION_ANALYTICS_DAYS",
                due=lambda before: AnalyticsEvent.objects.filter(at__lt=month_of(before)),
            ),
            Retention(
                key="reports",
                what=_("What people said in reports of content, once the case is closed"),
                setting="RETENTION_MODERATION_DAYS",
                due=_served_reports,
                discard=lambda reports: reports.update(words="", mark="", reporter=None),
            ),
            Retention(
                key="browsers",
                what=_("Browsers whose session is over"),
                fixed=timedelta(),
                due=lambda before: BrowserSession.objects.filter(expire_date__lte=before),
            ),
            Retention(
                key="devices",
                what=_("Devices that were not seen any more"),
                setting="RETENTION_DEVICES_DAYS",
                due=lambda before: KnownDevice.objects.filter(last_seen_at__lt=before),
            ),
            Retention(
                key="phone_codes",
                what=_("Codes to check a phone, once they have expired"),
                fixed=timedelta(days=1),
                due=lambda before: PhoneCode.objects.filter(expires_at__lt=before),
            ),
            Retention(
                key="suspensions",
                what=_("Suspensions that are over"),
                setting="RETENTION_AUDIT_DAYS",
                due=lambda before: Suspension.objects.filter(ended_at__lt=before),
            ),
            Retention(
                key="looks",
                what=_("When an admin looked at the site as somebody; that it was so stays in the audit"),
                setting="RETENTION_AUDIT_DAYS",
                due=lambda before: Impersonation.objects.filter(ended_at__lt=before),
            ),
            Retention(
                key="job_runs",
                what=_("What workers have run"),
                setting="RETENTION_JOBS_DAYS",
                due=lambda before: JobRun.objects.filter(ended_at__lt=before),
            ),
            Retention(
                key="audit_whereabouts",
                what=_("From where something was done; that it was done, and by whom, stays"),
                setting="RETENTION_AUDIT_DAYS",
                due=_known_whereabouts,
                discard=_forget_from_where,
            ),
            Retention(
                key="exports",
                what=_("Files of copies that people asked for, once they have expired"),
                fixed=timedelta(),
                due=lambda before: Export.objects.filter(state="ready", expires_at__lte=before),
                discard=delete_files,
            ),
        ),
        hindrances=hindrances,
    )
)
