"""The base of the console's pages about a model."""

from copy import copy
from datetime import datetime
from typing import TYPE_CHECKING, Any, ClassVar, Final, NamedTuple, TypeVar

from django.contrib import messages
from django.contrib.admin.options import IS_POPUP_VAR
from django.contrib.admin.utils import unquote
from django.core.exceptions import ImproperlyConfigured
from django.db import models
from django.forms import ModelForm
from django.http import Http404, HttpRequest, HttpResponse, QueryDict
from django.shortcuts import redirect
from django.template.response import TemplateResponse
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as _lazy

from accounts.actors import Actor, Via, actor_of
from accounts.audit_words import Words, done, through
from accounts.console.forms import ConsoleForm, Refused
from accounts.console.inlines import RowRefused
from accounts.console.scoping import Scoped
from accounts.models import AuditEntry, AuditPerson
from accounts.policies import sees_everything
from config.lib.errors import NotFound, Refusal

if TYPE_CHECKING:
    from django.contrib.admin import ModelAdmin as _ModelAdmin
else:
    from unfold.admin import ModelAdmin

    class _ModelAdmin(ModelAdmin):
        """The theme's, with the type checker's brackets."""

        def __class_getitem__(cls, model: type) -> type:
            return cls


M = TypeVar("M", bound=models.Model)
HISTORY_LENGTH = 100
_ASKED_BY_FILTERS: Final = ("", "__exact", "__isnull", "__gte", "__lt")  # the last two of dates


class HistoryLine(NamedTuple):
    """Something that was done to a row."""

    at: datetime
    done: Words
    who: str
    through: Words


def _line(entry: AuditEntry) -> HistoryLine:
    person: AuditPerson | None = getattr(entry, "person", None)
    if person is None:
        return HistoryLine(entry.at, done(entry.action), _("The platform itself"), through(entry.channel))
    who = person.user.known_as if person.user else ""
    if person.impersonator:
        who = _("%(admin)s as %(user)s") % {"admin": person.impersonator.known_as, "user": who}
    return HistoryLine(entry.at, done(entry.action), who, through(entry.channel))


def _telling(row: models.Model, fields: Any) -> list[Any]:
    """The fields that hold something, lines of several among them as they were; what a method says is left to it."""
    lines = [_telling(row, field) if isinstance(field, tuple | list) else field for field in fields]
    return [line for line in lines if line and not (isinstance(line, str) and _is_empty(row, line))]


def _is_empty(row: models.Model, name: str) -> bool:
    stored = {field.name: field.attname for field in row._meta.concrete_fields}
    return name in stored and getattr(row, stored[name]) in (None, "", [], {})


class ConsoleAdmin(Scoped, _ModelAdmin[M]):
    """How to use it stands in the package's docstring."""

    form = ConsoleForm
    show_full_result_count = False
    object_history_template = "admin/console/history.html"
    list_fullwidth = False
    warn_unsaved_form = True
    keeps_history: ClassVar[bool] = True  # not for what the machinery writes once: nothing is done to it afterwards
    refused: Refused | None = None
    nothing_yet: str | Promise = _lazy("There is nothing here yet.")  # what the list says of itself while it is empty
    BUTTONS: ClassVar[dict[str, bool]] = {
        "show_save_and_continue": False,
        "show_save_and_add_another": False,
        "show_close": False,
    }

    # --- who may what, answered by each app's policies ---

    def rows(self, actor: Actor) -> "models.QuerySet[M]":
        """The rows this actor may look at."""
        everything: models.QuerySet[M] = self.model.objects.all()  # type: ignore[attr-defined]  # each of our models has it
        return everything if sees_everything(actor) else everything.none()

    def may_look(self, actor: Actor) -> bool:
        """Whether the console shows these pages at all."""
        return sees_everything(actor)

    def may_add(self, actor: Actor) -> bool:
        return False

    def may_change(self, actor: Actor, row: M | None) -> bool:
        """`row` is None where Django asks about any row at all."""
        return False

    def name_of(self, row: M) -> str:
        """What its page is headed with."""
        return str(row)

    def store(self, actor: Actor, form: Any, row: M | None) -> M:
        """Call the service. Raises its refusals."""
        raise ImproperlyConfigured(f"{type(self).__name__} lets people write and names no service.")

    # --- the same, as Django asks it ---

    def get_queryset(self, request: HttpRequest) -> "models.QuerySet[M]":
        found = self.rows(actor_of(request, Via.ADMIN))
        ordering = self.get_ordering(request)
        return found.order_by(*ordering) if ordering else found

    def get_object(self, request: HttpRequest, object_id: str, from_field: str | None = None) -> M:
        """The row, or 404: what is not yours to know is not there."""
        row = super().get_object(request, object_id, from_field)
        if row is None and from_field is None and hasattr(self.model, "public_id"):  # the audit knows no other name
            row = super().get_object(request, object_id, "public_id")
        if row is None:
            raise Http404
        return row

    def has_module_permission(self, request: HttpRequest) -> bool:
        return self.has_view_permission(request)

    def has_view_permission(self, request: HttpRequest, obj: M | None = None) -> bool:
        return self.may_look(actor_of(request, Via.ADMIN))

    def has_add_permission(self, request: HttpRequest) -> bool:
        return self.may_add(actor_of(request, Via.ADMIN))

    def has_change_permission(self, request: HttpRequest, obj: M | None = None) -> bool:
        return self.may_change(actor_of(request, Via.ADMIN), obj)

    def has_delete_permission(self, request: HttpRequest, obj: M | None = None) -> bool:
        return False

    def lookup_allowed(self, lookup: str, value: str, request: HttpRequest | None = None) -> bool:
        """What the list's own filters ask. Django would answer about every column of the model, those that are masked or
        sealed among them, so that a word could be guessed letter by letter.
        """
        offered = self.get_list_filter(request) if request else self.list_filter
        names = [name if isinstance(name, str) else getattr(name, "parameter_name", "") for name in offered]
        return lookup in {f"{name}{asked}" for name in names for asked in _ASKED_BY_FILTERS}

    # --- writing: through the service, or not at all ---

    def get_form(self, request: HttpRequest, obj: M | None = None, change: bool = False, **kwargs: Any) -> Any:
        if not self.has_change_permission(request, obj):  # hints are for those who write
            kwargs.setdefault("help_texts", dict.fromkeys((field.name for field in self.opts.get_fields()), ""))
        form: Any = super().get_form(request, obj, change, **kwargs)
        return type(form.__name__, (form,), {"refused": self.refused})

    def get_fieldsets(self, request: HttpRequest, obj: M | None = None) -> Any:
        """What is only read leaves out what says nothing."""
        fieldsets = super().get_fieldsets(request, obj)
        if obj is None or self.has_change_permission(request, obj):
            return fieldsets
        return [(title, {**options, "fields": _telling(obj, options["fields"])}) for title, options in fieldsets]

    def get_inline_instances(self, request: HttpRequest, obj: M | None = None) -> list[Any]:
        inlines: list[Any] = super().get_inline_instances(request, obj)
        for inline in inlines:
            inline.refused = self.refused
        return inlines

    def changeform_view(
        self,
        request: HttpRequest,
        object_id: str | None = None,
        form_url: str = "",
        extra_context: dict[str, Any] | None = None,
    ) -> Any:
        """Django's own; a refusal has rolled everything back, and the page is made again, now knowing of it."""
        context = self.BUTTONS | (extra_context or {})
        try:
            return super().changeform_view(request, object_id, form_url, context)
        except NotFound as nothing:
            raise Http404 from nothing
        except RowRefused as row:
            refused = Refused(row.refusal, row.prefix)
        except Refusal as refusal:
            refused = Refused(refusal)
        if self.refused:
            raise refused.refusal
        again = copy(self)
        again.refused = refused
        return again.changeform_view(request, object_id, form_url, context)

    def get_changeform_initial_data(self, request: HttpRequest) -> dict[str, Any]:
        """A new row begins as the list was filtered that one comes from."""
        filtered = QueryDict(request.GET.get("_changelist_filters", "")).dict()
        return {**filtered, **super().get_changeform_initial_data(request)}

    def render_change_form(self, request: HttpRequest, context: dict[str, Any], *args: Any, **kwargs: Any) -> Any:
        row = kwargs.get("obj")
        name = self.name_of(row) if row else ""
        titled = {"subtitle": name} if context.get("subtitle") else {}
        told = {"name": name, "show_history": self.keeps_history}
        return super().render_change_form(request, context | titled | told, *args, **kwargs)

    def save_model(self, request: HttpRequest, obj: M, form: "ModelForm[M]", change: bool) -> None:
        """Django's `obj` carries what was typed; what counts is what the service has stored."""
        row = self.rows(actor_of(request, Via.ADMIN)).get(pk=obj.pk) if change else None
        stored = self.store(actor_of(request, Via.ADMIN), form, row)
        obj.pk = stored.pk
        obj.refresh_from_db()

    def save_formset(self, request: HttpRequest, form: Any, formset: Any, change: bool) -> None:
        """The lines that changed, each through its inline's service."""
        formset.inline.store_rows(actor_of(request, Via.ADMIN), formset, form.instance)

    def delete_model(self, request: HttpRequest, obj: M) -> None:
        raise ImproperlyConfigured("Services delete, on pages of their own.")

    def response_add(self, request: HttpRequest, obj: M, post_url_continue: str | None = None) -> HttpResponse:
        """On to the new row's own page."""
        if IS_POPUP_VAR in request.POST:
            return super().response_add(request, obj, post_url_continue)
        return self._saved(request, obj)

    def response_change(self, request: HttpRequest, obj: M) -> HttpResponse:
        """Back to the row's page, as it is stored."""
        if IS_POPUP_VAR in request.POST:
            return super().response_change(request, obj)
        return self._saved(request, obj)

    def _saved(self, request: HttpRequest, obj: M) -> HttpResponse:
        messages.success(request, _("Saved."))
        return redirect(f"admin:{self.opts.app_label}_{self.opts.model_name}_change", obj.pk)

    # --- what was done: our audit, not Django's log ---

    def log_addition(self, request: HttpRequest, obj: M, message: Any) -> Any:
        """The service has written it down."""

    def log_change(self, request: HttpRequest, obj: M, message: Any) -> Any:
        """The service has written it down."""

    def history_view(
        self, request: HttpRequest, object_id: str, extra_context: dict[str, Any] | None = None
    ) -> HttpResponse:
        """What was done to this row, the newest first."""
        if not self.keeps_history:
            raise Http404
        row = self.get_object(request, unquote(object_id))
        subject = getattr(row, "public_id", None) or str(row.pk)
        entries = AuditEntry.objects.filter(subject_type=self.opts.label_lower, subject_id=subject)
        newest = entries.select_related("person__user", "person__impersonator").order_by("-id")
        context = {
            **self.admin_site.each_context(request),
            "title": _("What was done"),
            "subtitle": None,
            "below": True,
            "entries": [_line(entry) for entry in newest[:HISTORY_LENGTH]],
            "name": self.name_of(row),
            "object": row,
            "original": row,
            "opts": self.opts,
            **(extra_context or {}),
        }
        return TemplateResponse(request, self.object_history_template, context)
