"""What of accounts can be reported: pictures people sent, and the people themselves."""

from django.utils.translation import gettext_lazy as _

from accounts.models import Upload, UploadState, User
from accounts.picture_addresses import picture_address
from accounts.pictures.variants import SHAPES
from accounts.reportables import Reportable, register

register(
    Reportable(
        kind="image",
        model=Upload,
        words=_("Picture"),
        rows=Upload.objects.select_related("owner").all,
        seen_by=lambda _actor: Upload.objects.exclude(state=UploadState.DROPPED).filter(held_at=None),
        owner=lambda upload: upload.owner,
        title=lambda upload: _("A picture of %(name)s") % {"name": upload.owner.known_as},
        picture=lambda upload: picture_address(upload.public_id, max(SHAPES[upload.kind].widths)),
    )
)
register(
    Reportable(
        kind="user",
        model=User,
        words=_("Person"),
        rows=User.objects.all,
        seen_by=lambda _actor: User.objects.filter(is_active=True, held_at=None),
        owner=lambda user: user,
        title=lambda user: user.known_as if user.held_at is None else user.name or user.known_as,
        texts=lambda user: [user.name],
        picture=lambda user: picture_address(user.avatar_id, 96) if user.avatar_id else "",
    )
)
