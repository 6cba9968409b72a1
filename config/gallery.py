"""The gallery: every component in every state on one page. Development only; `config/urls.py` leaves it out otherwise."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any, Final

from django import forms
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.template import Engine
from django.urls import path
from django.views.decorators.http import require_safe

from config.components import basics, charts, content, frame, live
from config.components import forms as form_parts
from config.components.declaration import Component
from config.components.frame import Link
from events.models import Event, Venue

CHAPTERS: Final[tuple[tuple[str, tuple[type[Component], ...]], ...]] = (
    ("Basics", basics.COMPONENTS),
    ("Forms", form_parts.COMPONENTS),
    ("Content", content.COMPONENTS),
    ("Live", live.COMPONENTS),
    ("Frame", frame.COMPONENTS),
    ("Charts", charts.COMPONENTS),
)
GROUNDS: Final = ("ink", "paper")
_NIGHT: Final = datetime(2026, 11, 20, 19, 45, tzinfo=UTC)
_NIGHTS: Final = (
    ("Loud Night 42", "Leeds", "Foundry Rooms"),
    ("Harbour Lights Out", "Leeds", "The Weir"),
    ("Noche de los Músicos", "Bilbao", "Sala Norte"),
    ("Été à Besançon", "Besançon", "La Rodia"),
    ("Cellar Sessions Nine", "Leeds", "Marrow Street"),
    ("Go", "York", "The Tannery"),
)


@dataclass(frozen=True)
class Exhibit:
    """One component on show: how it is declared, and the template that uses it in every state."""

    name: str
    about: str
    signature: str
    slots: tuple[str, ...]
    template: str
    source: str


class GalleryForm(forms.Form):
    """One field of every shape."""

    phone = forms.CharField(label="Mobile number", help_text="We text you the code, nothing else.")
    keyword = forms.CharField(label="Join keyword", help_text="Fans text this. Letters and digits, not digits alone.")
    town = forms.CharField(label="Town, venue or artist", widget=forms.TextInput(attrs={"type": "search"}))
    rule = forms.ChoiceField(label="Who may vote", choices=[("all", "Anyone who joined"), ("in", "Whoever is inside")])
    about = forms.CharField(label="About the night", widget=forms.Textarea(attrs={"rows": 3}))
    news = forms.BooleanField(label="Tell me about new nights by artists I follow", required=False)
    kinds = forms.MultipleChoiceField(
        label="Send me",
        choices=[("sms", "Texts"), ("email", "E-mails")],
        widget=forms.CheckboxSelectMultiple,
        help_text="You can change this at any time.",
    )
    when = forms.ChoiceField(
        label="When",
        choices=[("tonight", "Tonight"), ("week", "This week"), ("any", "Any day")],
        widget=forms.RadioSelect,
    )
    seats = forms.IntegerField(label="Places", min_value=1)
    list_file = forms.FileField(label="Guest list", help_text="CSV, up to 10 MB.")
    closed = forms.CharField(label="Ballot number", disabled=True, required=False)


class BallotForm(forms.Form):
    """What a fan is asked in a round."""

    choice = forms.ChoiceField(
        label="Round 2: choose one artist",
        choices=[("1", "Molten Choir"), ("2", "Kid Apricot"), ("3", "The Slow Ferries"), ("4", "Ada & the Lathes")],
        widget=forms.RadioSelect,
    )


@require_safe
def gallery(request: HttpRequest) -> HttpResponse:
    """`?ground=ink` or `?ground=paper` shows the page in that theme, otherwise the browser's own wish counts."""
    chosen = request.GET.get("ground", "")
    chapters = [(title, list(_exhibits(components))) for title, components in CHAPTERS]
    context = {"chapters": chapters, "ground": chosen if chosen in GROUNDS else "", **samples()}
    return render(request, "gallery/index.html", context)


def samples() -> dict[str, Any]:
    """What the exhibits are filled with: the same on every visit, so that two pictures of the page can be compared."""
    good = {"keyword": "NIGHT42", "town": "Leeds", "rule": "in", "when": "week", "kinds": ["sms"], "seats": 2}
    return {
        "clean": GalleryForm(initial=good, prefix="clean"),
        "wrong": GalleryForm({"wrong-phone": "07700 9001", "wrong-when": "never"}, prefix="wrong"),
        "ballot_form": BallotForm(initial={"choice": "2"}),
        "nights": list(_nights()),
        "icons": basics.icon_names(),
        "until": _NIGHT + timedelta(seconds=42),
        "now": _NIGHT,
        "later": _NIGHT + timedelta(hours=1, minutes=2, seconds=3),
        "links": [Link("Events", "#events", current=True), Link("Artists", "#artists"), Link("Tickets", "#tickets")],
        "trail": [Link("Events", "#events"), Link("Leeds", "#leeds"), Link("Loud Night 42", "#night", current=True)],
        "tabs": [Link("Line-up", "#lineup", current=True), Link("Rounds", "#rounds"), Link("Messages", "#messages")],
        "facts": [("Doors", "Friday 20 November, 19:00"), ("Where", "Foundry Rooms, Leeds"), ("Age", "16 and over")],
        "ticket_facts": [("Doors", "19:00"), ("Friday", "20 Nov"), ("Entry", "Main")],
        "way": ["Held", "Confirmed", "Admitted"],
        **_figures(),
    }


def _figures() -> dict[str, Any]:
    arrivals = (1, 4, 6, 9, 12, 19, 27, 31, 28, 23, 24, 20, 17, 14, 12, 9, 10, 7, 9)
    times = [f"{19 + minute // 60}:{minute % 60:02}" for minute in range(0, 5 * len(arrivals), 5)]
    return {
        "arrivals": list(zip(times, arrivals, strict=True)),
        "sources": [("Web", 120), ("SMS", 1_261), ("API", 50)],
        "way_in": [("Saw it", 2_480), ("Joined", 1_091), ("Came", 431), ("Voted", 386)],
        "minutes": ["21:10", "21:11", "21:12", "21:13", "21:14", "21:15", "21:16"],
        "cast": [charts.Series("SMS", (2, 5, 9, 4, 0, 3, 0))],
        "race": [
            charts.Series("Kid Apricot", (0, 14, 30, 49, 74, 101, 118), leads=True),
            charts.Series("Molten Choir", (0, 22, 41, 57, 70, 92, 111)),
            charts.Series("The Slow Ferries", (0, 8, 17, 30, 41, 55, 64)),
        ],
    }


def _nights() -> Iterator[Event]:
    for number, (title, city, room) in enumerate(_NIGHTS):
        venue = Venue(name=room, city=city, country="GB", timezone="Europe/London")
        moment = _NIGHT + timedelta(days=number)
        yield Event(public_id=f"gallery-night-{number}", title=title, venue=venue, starts_at=moment, doors_at=moment)


def _exhibits(components: tuple[type[Component], ...]) -> Iterator[Exhibit]:
    for component in components:
        template = f"gallery/parts/{component.tag}.html"
        yield Exhibit(
            name=component.tag,
            about=" ".join((component.__doc__ or "").split()),
            signature=component.spelled(),
            slots=component.slots,
            template=template,
            source=Engine.get_default().get_template(template).source,
        )


urlpatterns = [path("dev/components/", gallery, name="gallery")]
