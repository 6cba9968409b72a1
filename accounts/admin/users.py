"""The console's pages of users."""

from typing import Any, Final

from allauth.account.models import EmailAddress
from django.contrib import admin
from django.db.models import Exists, OuterRef, Q, QuerySet
from django.http import HttpRequest
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from accounts.actors import Via, actor_of
from accounts.admin.user_acts import ACTS
from accounts.console import ConsoleAdmin
from accounts.console.badges import Colour, badge
from accounts.models import Role, Suspension, User
from accounts.policies import signed_in
from accounts.user_page import user_page
from accounts.users_found import found

_ROLES: Final[dict[str, Colour]] = {Role.ADMIN: "danger", Role.ORGANIZER: "warning", Role.ARTIST: "info"}
_STANDING: Final[dict[str, Colour]] = {"suspended": "danger", "closed": "warning"}
_YES_NO: Final = (("yes", _("Yes")), ("no", _("No")))


class _YesNo(admin.SimpleListFilter):
    """A question with two answers."""

    def lookups(self, request: HttpRequest, model_admin: Any) -> Any:
        return _YES_NO

    def asked(self) -> Q:
        raise NotImplementedError

    def queryset(self, request: HttpRequest, queryset: "QuerySet[User]") -> "QuerySet[User]":
        if self.value() == "yes":
            return queryset.filter(self.asked())
        return queryset.exclude(self.asked()) if self.value() == "no" else queryset


class _Suspended(_YesNo):
    title, parameter_name = _("suspended"), "suspended"

    def asked(self) -> Q:
        return Q(Exists(Suspension.objects.filter(user=OuterRef("pk"), ended_at__isnull=True)))


class _Confirmed(_YesNo):
    title, parameter_name = _("e-mail confirmed"), "confirmed"

    def asked(self) -> Q:
        return Q(Exists(EmailAddress.objects.filter(user=OuterRef("pk"), email=OuterRef("email"), verified=True)))


class _TwoSteps(_YesNo):
    title, parameter_name = _("two-step sign-in"), "two_steps"

    def asked(self) -> Q:
        return Q(second_factor_at__isnull=False)


@admin.register(User)
class UserAdmin(ConsoleAdmin[User]):
    """Nothing is typed over here: each thing that can be done to an account is a page of its own (`user_acts.py`)."""

    list_display = ("email", "name", "role_badge", "standing", "created_at", "last_login")
    list_filter = ("role", _Suspended, _Confirmed, _TwoSteps, "language")
    search_fields = ("email",)  # that there is a field to type in; what it finds is said below
    search_help_text = _("Part of the name, how the e-mail begins, a whole phone number, or an id")
    ordering = ("-id",)
    change_form_template = "admin/accounts/user/page.html"
    fieldsets = (
        (None, {"fields": (("email", "name"), ("role", "account"), ("language", "time_zone"))}),
        (_("Phone"), {"fields": (("phone", "phone_verified_at"),)}),
        (_("Since"), {"fields": (("created_at", "last_login"), "public_id")}),
    )
    readonly_fields = ("account",)

    def get_search_results(
        self, request: HttpRequest, queryset: "QuerySet[User]", search_term: str
    ) -> "tuple[QuerySet[User], bool]":
        return found(queryset, search_term), False

    def change_view(
        self, request: HttpRequest, object_id: str, form_url: str = "", extra_context: dict[str, Any] | None = None
    ) -> Any:
        user, by = self.get_object(request, object_id), signed_in(actor_of(request, Via.ADMIN))
        page = user_page(user, by=by, now=timezone.now())
        acts = [(ACTS[name], reverse("admin:accounts_user_act", args=[user.pk, name])) for name in page.acts]
        return super().change_view(request, object_id, form_url, {"page": page, "acts": acts, **(extra_context or {})})

    @badge(description=_("role"), ordering="role", colours=_ROLES)
    def role_badge(self, user: User) -> tuple[str, str]:
        return user.role, str(user.get_role_display())

    @badge(description=_("account"), ordering="is_active", colours=_STANDING)
    def standing(self, user: User) -> tuple[str, str]:
        return ("active", str(_("Active"))) if user.is_active else ("suspended", str(_("Not active")))

    @admin.display(description=_("account"))
    def account(self, user: User) -> str:
        """Whether it can be used, in words."""
        return self.standing(user)[1]
