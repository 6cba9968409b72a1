"""Why a file is not taken as a picture."""

from django.utils.translation import gettext_lazy as _

from config.lib.errors import PayloadTooLarge, Refusal


class PictureTooLarge(PayloadTooLarge):
    message = _("This picture is larger than 10 MB. Send a smaller one.")


class NotAPicture(Refusal):
    status = 415
    message = _("This is no picture we can read. Send a JPEG, PNG, WebP or GIF.")


class AudioNotOffered(Refusal):
    status = 415
    message = _("Audio cannot be uploaded yet, only pictures: JPEG, PNG, WebP or GIF.")


class PictureTooManyPixels(Refusal):
    status = 422
    message = _("This picture has more pixels than we can handle. Make it smaller and send it again.")


class PictureBroken(Refusal):
    status = 422
    message = _("This picture is damaged or was cut off on its way. Send it again.")
