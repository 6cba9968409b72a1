"""Where pictures are served from. Whoever knows the address may look: it holds the upload's unguessable id."""

from django.urls import reverse


def picture_address(public_id: str, width: int) -> str:
    """The path of an upload in one of the widths of its kind. What is found there never changes."""
    return reverse("picture", kwargs={"public_id": public_id, "width": width})
