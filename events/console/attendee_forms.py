"""Forms of an event's list: one person by hand, many from a file."""

from typing import Any, Final

from django import forms
from django.utils.translation import gettext_lazy as _
from unfold.widgets import UnfoldAdminEmailInputWidget, UnfoldAdminSelectWidget, UnfoldAdminTextInputWidget

from accounts.actors import Actor
from accounts.console import ConsoleForm
from events.models import Attendee, Event
from events.policies import events_run_by
from events.services.guest_list import OPEN_FOR

_CHOICES: Final = 200  # of the newest events; an organizer with more comes from the event's own page


class AttendeeForm(ConsoleForm):
    """Somebody to put on the list of an event, by phone, e-mail or both."""

    phone_number = forms.CharField(
        label=_("Phone"),
        required=False,
        max_length=40,
        widget=UnfoldAdminTextInputWidget,
        help_text=_("Without a country code it is of the venue's country."),
    )
    mail_address = forms.CharField(
        label=_("E-mail"), required=False, max_length=254, widget=UnfoldAdminEmailInputWidget
    )

    class Meta:
        model = Attendee
        fields = ("event",)

    def field_of(self, name: str) -> str | None:
        """The service calls them `phone` and `email`."""
        return super().field_of({"phone": "phone_number", "email": "mail_address"}.get(name, name))


class UploadForm(forms.Form):
    """A list of people, and the event they are invited to."""

    event = forms.ModelChoiceField(
        queryset=Event.objects.none(), label=_("Event"), widget=UnfoldAdminSelectWidget, empty_label=_("Choose one")
    )
    file = forms.FileField(
        label=_("CSV file"),
        max_length=200,
        widget=forms.ClearableFileInput(attrs={"accept": ".csv,.txt,text/csv"}),
        help_text=_("With a first line that names the columns phone or e-mail; up to 20,000 people, 2 MB."),
    )

    def __init__(self, *args: Any, actor: Actor, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        open_ones = events_run_by(actor).filter(status__in=OPEN_FOR).order_by("-starts_at", "-pk")
        field = self.fields["event"]
        assert isinstance(field, forms.ModelChoiceField)
        field.queryset = Event.objects.filter(pk__in=open_ones.values("pk")[:_CHOICES]).order_by("-starts_at", "-pk")
