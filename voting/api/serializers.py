"""Bodies and answers of the voting addresses."""

from typing import Any, Final

from drf_spectacular.utils import extend_schema_field
from rest_framework import serializers

from config.lib.api.serializers import Body
from events.api.serializers import public_id_field
from events.models import Slot
from events.services.lineup import MOST_SLOTS
from voting.directory import ballot_of
from voting.models import Round, RoundStatus
from voting.receipts import Receipt
from voting.services.voting_tokens import IssuedToken

_NO_CHOICE: Final = "None of them, or an empty list: whoever is on the event's ballot when the round opens"


class CandidateSerializer(serializers.Serializer[Slot]):
    """An artist on the ballot of a round."""

    id = serializers.CharField(source="artist.public_id")
    name = serializers.CharField(source="artist.name")
    slug = serializers.CharField(source="artist.slug")
    ballot_number = serializers.IntegerField()


class RoundSerializer(serializers.Serializer[Round]):
    """A round; take it from `voting.directory`, which loads what is shown."""

    number = serializers.IntegerField()
    name = serializers.CharField()
    status = serializers.ChoiceField(RoundStatus.choices)
    opens_at = serializers.DateTimeField(allow_null=True)
    closes_at = serializers.DateTimeField(allow_null=True)
    artists = serializers.SerializerMethodField()
    version = serializers.IntegerField()

    @extend_schema_field(CandidateSerializer(many=True))
    def get_artists(self, round_: Round) -> Any:
        return [CandidateSerializer(slot).data for slot in ballot_of(round_)]


class RoundBody(Body):
    name = serializers.CharField(max_length=100, required=False, allow_blank=True)
    opens_at = serializers.DateTimeField(required=False, allow_null=True)
    closes_at = serializers.DateTimeField(required=False, allow_null=True)
    artists = serializers.ListField(
        child=public_id_field(), max_length=MOST_SLOTS, required=False, allow_empty=True, help_text=_NO_CHOICE
    )


class VotingTokenSerializer(serializers.Serializer[IssuedToken]):
    """What lets an attendee vote once in one round, until it expires."""

    token = serializers.CharField()
    round = serializers.IntegerField()
    expires_at = serializers.DateTimeField()


class ReceiptSerializer(serializers.Serializer[Receipt]):
    """Whether a ballot is counted, in which round, and when the vote reached us. Never what was voted."""

    counted = serializers.BooleanField()
    round = serializers.IntegerField()
    at = serializers.DateTimeField()
