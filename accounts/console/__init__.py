"""The console at /admin/: the Django admin in our look, for organizers and admins. This is the base of every `admin.py`.

Write `class EventAdmin(ConsoleAdmin[Event])` and register it with `django.contrib.admin.register`; then say who may what:

- `rows(actor)`: the rows this actor may look at, from the app's policies. By default admins see all and others nothing.
  Lists, search, counts, history, autocomplete, choices of related objects and actions all read this one queryset, so
  what is not in it is 404 or not there at all.
- `may_add(actor)`, `may_change(actor, row)`: no by default. Nothing is deleted here; what a service deletes is a page of
  its own.
- `store(actor, form, row)`: calls the service (`row` is None for a new one) and returns what it stored. Nothing else
  writes. A Refusal becomes an error of the form, next to its field where `Detail.field` names one, everything is rolled
  back, and all that was typed is shown again. With `version` among the fields the form asks for the version it was
  loaded with, and shows what is stored by now where the two differ.

Rows under a row are a `ConsoleInline`; `store_row(actor, form, parent)` does for each changed line what `store` does for
the page. Pages of no model, or of an upper app under a lower app's address, are added with `admin.site.add_page(route,
view, name)`; the view gets the request after the door was checked, and is reversed as `admin:<name>`.
"""

from accounts.console.forms import ConsoleForm, TypedForm
from accounts.console.inlines import ConsoleInline
from accounts.console.pages import ConsoleAdmin

__all__ = ["ConsoleAdmin", "ConsoleForm", "ConsoleInline", "TypedForm"]
