"""Body and answer of uploads."""

from typing import Any

from django.conf import settings
from drf_spectacular.utils import extend_schema_field
from rest_framework import serializers

from accounts.models import Upload, UploadKind
from accounts.picture_addresses import picture_address
from accounts.pictures.variants import SHAPES
from config.lib.api.serializers import Body

URLS = {
    "type": "object",
    "description": "Width in pixels → address of the WebP file, which never changes.",
    "additionalProperties": {"type": "string", "format": "uri"},
}


def urls_of(public_id: str, kind: str) -> dict[str, str]:
    """Width → whole address, of every size of this kind."""
    return {str(width): settings.PUBLIC_URL + picture_address(public_id, width) for width in SHAPES[kind].widths}


class UploadBody(Body):
    """Multipart. What the file is called and says it is does not matter, its content decides."""

    file = serializers.FileField(help_text="A JPEG, PNG, WebP or GIF of at most 10 MB; audio is not taken yet")
    kind = serializers.ChoiceField(
        UploadKind.choices, default=UploadKind.PICTURE.value, help_text="An avatar is cut to a square"
    )


class UploadSerializer(serializers.Serializer[Upload]):
    """An upload, as its owner sees it. It is used by its id elsewhere; one that nothing uses is deleted after a day."""

    id = serializers.CharField(source="public_id")
    kind = serializers.ChoiceField(UploadKind.choices)
    used = serializers.SerializerMethodField()
    width = serializers.IntegerField(help_text="In pixels, of the largest size")
    height = serializers.IntegerField()
    bytes = serializers.IntegerField(help_text="Of all sizes together")
    urls = serializers.SerializerMethodField()
    created_at = serializers.DateTimeField()

    def get_used(self, upload: Upload) -> bool:
        return upload.state == "used"

    @extend_schema_field(URLS)
    def get_urls(self, upload: Upload) -> dict[str, Any]:
        return urls_of(upload.public_id, upload.kind)
