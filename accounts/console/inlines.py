"""Lines under a row: a table whose changed lines each go through a service."""

from typing import TYPE_CHECKING, Any, TypeVar

from django.core.exceptions import ImproperlyConfigured
from django.db import models
from django.http import HttpRequest

from accounts.actors import Actor
from accounts.console.forms import ConsoleForm, Refused
from accounts.console.scoping import Scoped
from config.lib.errors import Refusal

if TYPE_CHECKING:
    from django.contrib.admin import TabularInline as _TabularInline
else:
    from unfold.admin import TabularInline

    class _TabularInline(TabularInline):
        """The theme's, with the type checker's brackets."""

        def __class_getitem__(cls, models: tuple[type, type]) -> type:
            return cls


C = TypeVar("C", bound=models.Model)
P = TypeVar("P", bound=models.Model)


class RowRefused(Exception):
    """A service refused the line with this prefix; everything is rolled back."""

    def __init__(self, refusal: Refusal, prefix: str) -> None:
        self.refusal, self.prefix = refusal, prefix
        super().__init__(refusal.code)


class ConsoleInline(Scoped, _TabularInline[C, P]):
    """Lines of `model` under a row. Whoever may look at the row sees them; whoever may change it changes them."""

    form: Any = ConsoleForm
    extra = 0
    can_delete = False
    show_change_link = False
    hide_title = True  # the columns say what a line is
    refused: Refused | None = None

    def store_row(self, actor: Actor, form: Any, parent: P) -> None:
        """Call the service for one line that changed. Raises its refusals."""
        raise ImproperlyConfigured(f"{type(self).__name__} lets people write and names no service.")

    def facts(self, parent: P | None) -> dict[str, Any]:
        """What the forms of the lines know of the row, as attributes of their class."""
        return {}

    def store_rows(self, actor: Actor, formset: Any, parent: P) -> None:
        """Every line that changed, from the top. Raises RowRefused at the first that is refused."""
        formset.new_objects, formset.changed_objects, formset.deleted_objects = [], [], []
        for form in formset.forms:
            if not form.has_changed():
                continue
            try:
                self.store_row(actor, form, parent)
            except Refusal as refusal:
                raise RowRefused(refusal, form.prefix) from refusal

    def get_formset(self, request: HttpRequest, obj: P | None = None, **kwargs: Any) -> Any:
        kwargs["form"] = type(self.form.__name__, (self.form,), {"refused": self.refused, **self.facts(obj)})
        formset: Any = super().get_formset(request, obj, **kwargs)
        formset.inline = self
        return formset

    def has_view_permission(self, request: HttpRequest, obj: P | None = None) -> bool:
        return True

    def has_add_permission(self, request: HttpRequest, obj: P | None = None) -> bool:
        return self._may_change(request, obj)

    def has_change_permission(self, request: HttpRequest, obj: P | None = None) -> bool:
        return self._may_change(request, obj)

    def has_delete_permission(self, request: HttpRequest, obj: P | None = None) -> bool:
        return False

    def _may_change(self, request: HttpRequest, obj: P | None) -> bool:
        return self.admin_site.get_model_admin(self.parent_model).has_change_permission(request, obj)
