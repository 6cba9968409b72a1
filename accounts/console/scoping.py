"""Choices of related objects: those the console would list, and no others."""

from typing import TYPE_CHECKING, Any, Final

from django.db.models import ForeignKey
from django.http import HttpRequest
from django.utils.translation import gettext as _
from unfold.widgets import UnfoldAdminSelectWidget

if TYPE_CHECKING:
    from django.contrib.admin.options import BaseModelAdmin

    _Base = BaseModelAdmin[Any]
else:
    _Base = object


MOST_LISTED: Final = 100


class Scoped(_Base):
    """For pages and for the lines under them."""

    def formfield_for_foreignkey(self, db_field: "ForeignKey[Any]", request: HttpRequest, **kwargs: Any) -> Any:
        """A choice among the rows its own console page would list; none where it has no page.

        MOST_LISTED of them or fewer are a plain list, which needs no script; more are searched.
        """
        target: Any = db_field.remote_field.model
        if self.admin_site.is_registered(target):
            kwargs.setdefault("queryset", self.admin_site.get_model_admin(target).get_queryset(request))
        else:
            kwargs.setdefault("queryset", target.objects.none())
        if db_field.name in self.autocomplete_fields and kwargs["queryset"][: MOST_LISTED + 1].count() <= MOST_LISTED:
            kwargs.setdefault("widget", UnfoldAdminSelectWidget())
            kwargs.setdefault("empty_label", _("Choose one"))
        return super().formfield_for_foreignkey(db_field, request, **kwargs)
