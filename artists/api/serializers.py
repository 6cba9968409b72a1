"""Bodies and answers of the artist addresses."""

from typing import Any

from rest_framework import serializers

from artists.models import Artist, ArtistStatus
from config.lib.api.serializers import Body


class ArtistBriefSerializer(serializers.Serializer[Artist]):
    """An artist inside something else."""

    id = serializers.CharField(source="public_id")
    name = serializers.CharField()
    slug = serializers.CharField()


class ArtistSerializer(ArtistBriefSerializer):
    """An artist's profile."""

    bio = serializers.CharField()
    genres = serializers.ListField(child=serializers.CharField())
    home = serializers.CharField()
    status = serializers.ChoiceField(ArtistStatus.choices)
    version = serializers.IntegerField()


class ArtistBody(Body):
    name = serializers.CharField(max_length=150, required=False)
    bio = serializers.CharField(max_length=10_000, required=False, allow_blank=True)
    genres = serializers.ListField(child=serializers.CharField(max_length=40), max_length=10, required=False)
    home = serializers.CharField(max_length=100, required=False, allow_blank=True)


class ArtistFilters(serializers.Serializer[Any]):
    q = serializers.CharField(max_length=100, required=False, help_text="Part of the name")
    genre = serializers.CharField(max_length=40, required=False)
    home = serializers.CharField(max_length=100, required=False)
