"""What the demo shows: who plays, and what else is on. Plain data."""

from dataclasses import dataclass
from datetime import timedelta
from typing import Final

from events.services.venues import NewVenue


@dataclass(frozen=True, slots=True)
class Act:
    name: str
    genres: tuple[str, ...]
    home: str
    bio: str


@dataclass(frozen=True, slots=True)
class Heat:
    """A round that was held: how the room liked those on the ballot, in its order. `best`: only so many of the round before."""

    name: str
    taste: tuple[int, ...]
    best: int = 0


@dataclass(frozen=True, slots=True)
class Show:
    """Another event: `starts_in` counts from now; `until` is the last step it has taken; `room` is how many came."""

    title: str
    venue: NewVenue
    starts_in: timedelta
    until: str
    acts: tuple[str, ...]
    description: str
    category: str = "concert"
    tags: tuple[str, ...] = ()
    access: str = "public"
    room: int = 0
    heats: tuple[Heat, ...] = ()


LIDO: Final = NewVenue("Lido", "Berlin", "DE", "Europe/Berlin", "Cuvrystraße 7")
SALA: Final = NewVenue("Sala Apolo", "Barcelona", "ES", "Europe/Madrid", "Carrer Nou de la Rambla 113")
POINT: Final = NewVenue("Point Éphémère", "Paris", "FR", "Europe/Paris", "200 quai de Valmy")
BALLROOM: Final = NewVenue("Bowery Hall", "New York", "US", "America/New_York", "6 Delancey St")

ACTS: Final = (
    Act("Mira Vale", ("indie", "folk"), "Berlin", "Songs for empty trains, sung by one voice and a borrowed guitar."),
    Act("The Night Ferries", ("post-punk",), "Hamburg", "Four people, two basses. They rehearse on a real ferry."),
    Act(
        "Oro Negro",
        ("cumbia", "electronic"),
        "Barcelona",
        "Cumbia at 98 beats, brass from the street, bass from below.",
    ),
    Act("Kassandra Bloom", ("pop",), "Lyon", "Said the chorus would work. Nobody believed her. It works."),
    Act("Static Choir", ("ambient", "choral"), "Leipzig", "Eleven singers and one broken radio."),
    Act("Junipero", ("surf", "garage"), "Valencia", "Sun-bleached guitars, wet reverb, songs under two minutes."),
    Act("Low Season", ("slowcore",), "Ostend", "Plays the way hotels look in February."),
    Act("Paper Tigers", ("hip hop",), "Paris", "Two brothers, one drum machine, no choruses."),
)

DEMO_TITLE: Final = "Demo Night"
DEMO_SLUG: Final = "demo-night"
DEMO_KEYWORD: Final = "DEMO"
DEMO_WARM_UP: Final = Heat("Warm-up", (6, 4, 7, 10, 3, 3, 2, 5))  # held before anybody looks
DEMO_ROUND: Final = "The encore"  # the one to vote in
DEMO_DESCRIPTION: Final = (
    "Eight acts, one stage, and the room decides who plays the encore. Text the keyword, say yes, and vote by number."
)

# What a phone of the local tools offers to text.
DEMO_TEXTS: Final = (f"JOIN {DEMO_KEYWORD}", "YES", "1", "2", "3", "STOP", "HELP")

_DAY: Final = timedelta(days=1)
SHOWS: Final = (
    Show(
        "Summer Closing",
        BALLROOM,
        -40 * _DAY,
        "archive",
        ("Junipero", "Paper Tigers", "Low Season", "Oro Negro", "Kassandra Bloom"),
        "The last warm night of the year.",
        tags=("rooftop",),
        room=66,
        heats=(Heat("Sundown", (22, 30, 9, 25, 14)),),
    ),
    Show(
        "Battle of the Basements",
        LIDO,
        -6 * _DAY,
        "close",
        ("The Night Ferries", "Static Choir", "Junipero", "Mira Vale"),
        "Four cellars, four bands, one cup.",
        tags=("battle", "local"),
        room=96,
        heats=(Heat("Heats", (30, 18, 16, 36)), Heat("Final", (58, 42), best=2)),
    ),
    Show(
        "Noche de Cobre",
        SALA,
        5 * _DAY,
        "publish",
        ("Oro Negro", "Junipero", "Kassandra Bloom"),
        "Brass, bass and a dance floor that does not forgive.",
        tags=("dance", "brass"),
    ),
    Show(
        "Les Petites Scènes",
        POINT,
        12 * _DAY,
        "publish",
        ("Kassandra Bloom", "Paper Tigers", "Mira Vale"),
        "Short sets by the canal.",
        category="showcase",
        tags=("canal",),
    ),
    Show(
        "Friends and Family",
        LIDO,
        19 * _DAY,
        "publish",
        ("Mira Vale", "Low Season"),
        "An evening for those who were there at the beginning.",
        access="hybrid",
    ),
    Show(
        "Open Stage Thursday",
        LIDO,
        3 * _DAY,
        "cancel",
        ("Static Choir",),
        "Bring an instrument.",
        category="open stage",
    ),
    Show("Winter Sleep", LIDO, 60 * _DAY, "draft", ("Low Season", "Static Choir"), "Seated. Blankets provided."),
)
