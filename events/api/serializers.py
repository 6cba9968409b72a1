"""Bodies and answers of the event addresses."""

from typing import Any, Final

from django.utils.translation import gettext_lazy as _
from drf_spectacular.utils import extend_schema_field
from rest_framework import serializers

from artists.api.serializers import ArtistBriefSerializer
from config.lib.api.serializers import Body
from config.lib.public_ids import ALPHABET, LENGTH
from events.models import (
    COUNTRY_CODE,
    Attendee,
    AttendeeStatus,
    Event,
    EventAccess,
    EventStatus,
    InviteStatus,
    Slot,
    Venue,
    known_time_zone,
)
from events.vote_rules import VoteConfig

_ONE_ARTIST: Final = _("Name one artist: by `artist`, or by `name` and perhaps `email`.")
_ONE_VENUE: Final = _("Name one place: by `venue`, or by `venue_id`.")


def public_id_field(**options: Any) -> serializers.RegexField:
    """The id of a row in a body."""
    return serializers.RegexField(f"^[{ALPHABET}]{{{LENGTH}}}$", **options)


@extend_schema_field(VoteConfig.model_json_schema())
class VoteConfigField(serializers.DictField):
    """The vote rules; which of them are valid and offered is for the service to say."""


class VenueSerializer(serializers.Serializer[Venue]):
    """A place with a stage."""

    id = serializers.CharField(source="public_id")
    name = serializers.CharField()
    street = serializers.CharField()
    city = serializers.CharField()
    country = serializers.CharField()
    timezone = serializers.CharField()


class VenueBody(Body):
    name = serializers.CharField(max_length=150)
    street = serializers.CharField(max_length=200, required=False, allow_blank=True)
    city = serializers.CharField(max_length=100)
    country = serializers.RegexField(COUNTRY_CODE, help_text="ISO 3166-1, two capital letters")
    timezone = serializers.CharField(
        max_length=64, validators=[known_time_zone], help_text="IANA name, for example Europe/Berlin"
    )


class SlotSerializer(serializers.Serializer[Slot]):
    """A place in a line-up."""

    artist = ArtistBriefSerializer()
    ballot_number = serializers.IntegerField()
    invite_status = serializers.ChoiceField(InviteStatus.choices)
    set_at = serializers.DateTimeField(allow_null=True)


class SlotBody(Body):
    """Either `artist`, the id of a known one, or `name` and perhaps `email` of somebody new."""

    artist = public_id_field(required=False)
    name = serializers.CharField(max_length=150, required=False)
    email = serializers.EmailField(max_length=254, required=False)
    set_at = serializers.DateTimeField(required=False)

    def validate(self, attrs: dict[str, Any]) -> dict[str, Any]:
        if ("artist" in attrs) == ("name" in attrs) or ("artist" in attrs and "email" in attrs):
            raise serializers.ValidationError({"artist": _ONE_ARTIST}, code="one_of")
        return attrs


class EventSerializer(serializers.Serializer[Event]):
    """An event with its venue and line-up; take it from `events.directory`, which loads what is shown."""

    id = serializers.CharField(source="public_id")
    slug = serializers.CharField()
    title = serializers.CharField()
    description = serializers.CharField()
    status = serializers.ChoiceField(EventStatus.choices)
    access = serializers.ChoiceField(EventAccess.choices)
    starts_at = serializers.DateTimeField()
    ends_at = serializers.DateTimeField()
    doors_at = serializers.DateTimeField(allow_null=True)
    category = serializers.CharField()
    tags = serializers.ListField(child=serializers.CharField())
    venue = VenueSerializer()
    join_keyword = serializers.CharField()
    join_number = serializers.CharField(source="sender.value", default="", help_text="E.164")
    vote_config = VoteConfigField()
    lineup = SlotSerializer(many=True, source="ballot")
    created_at = serializers.DateTimeField()
    version = serializers.IntegerField()


class EventBody(Body):
    """A new event. Either `venue` or `venue_id`; without `join_keyword` one is made from the title."""

    title = serializers.CharField(max_length=200)
    description = serializers.CharField(max_length=20_000, required=False, allow_blank=True)
    starts_at = serializers.DateTimeField()
    ends_at = serializers.DateTimeField()
    doors_at = serializers.DateTimeField(required=False, allow_null=True)
    access = serializers.ChoiceField(EventAccess.choices)
    venue = VenueBody(required=False)
    venue_id = public_id_field(required=False)
    join_keyword = serializers.CharField(max_length=20, required=False, allow_blank=True)
    category = serializers.CharField(max_length=40, required=False, allow_blank=True)
    tags = serializers.ListField(child=serializers.CharField(max_length=40), max_length=20, required=False)
    vote_config = VoteConfigField(required=False)

    def validate(self, attrs: dict[str, Any]) -> dict[str, Any]:
        given = len({"venue", "venue_id"} & attrs.keys())
        if given > 1 or (given == 0 and not self.partial):
            raise serializers.ValidationError({"venue": _ONE_VENUE}, code="one_of")
        return attrs


class EventFilters(serializers.Serializer[Any]):
    """What a list of events can be asked for."""

    status = serializers.ChoiceField(EventStatus.choices, required=False)
    access = serializers.ChoiceField(EventAccess.choices, required=False)
    to = serializers.DateTimeField(source="starts_before", required=False, help_text="Starts before this")
    city = serializers.CharField(max_length=100, required=False)
    category = serializers.CharField(max_length=40, required=False)
    tag = serializers.CharField(max_length=40, required=False)
    q = serializers.CharField(
        max_length=100, required=False, help_text="Part of title, venue, city or an artist's name"
    )

    def get_fields(self) -> dict[str, serializers.Field[Any, Any, Any, Any]]:
        """With `from`, which no attribute of Python can be called."""
        starts_from = serializers.DateTimeField(
            source="starts_from", required=False, help_text="Starts at this time or later"
        )
        return {**super().get_fields(), "from": starts_from}


class AttendeeSerializer(serializers.Serializer[Attendee]):
    """A person at an event, as that person sees it."""

    id = serializers.CharField(source="public_id")
    event = serializers.CharField(source="event.public_id")
    status = serializers.ChoiceField(AttendeeStatus.choices)
    confirmed_at = serializers.DateTimeField(allow_null=True)


class ConfirmBody(Body):
    code = serializers.CharField(max_length=200, help_text="The last part of the personal link `/c/<code>/`")
