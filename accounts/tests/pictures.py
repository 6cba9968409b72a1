"""Pictures as people send them, and files that only look like it."""

from io import BytesIO
from typing import Any

from django.core.files.uploadedfile import SimpleUploadedFile
from PIL import Image, ImageCms

ORIENTATION, DESCRIPTION, GPS = 0x0112, 0x010E, 0x8825


def encoded(picture: Image.Image, form: str = "JPEG", **options: Any) -> bytes:
    out = BytesIO()
    picture.save(out, form, **options)
    return out.getvalue()


def halves(size: tuple[int, int] = (640, 400), mode: str = "RGB") -> Image.Image:
    """Red on the left, blue on the right."""
    picture = Image.new("RGB", size, (220, 20, 20))
    picture.paste((20, 20, 220), (size[0] // 2, 0, *size))
    return picture.convert(mode)


def telling() -> bytes:
    """A JPEG that tells where and by whom it was taken, and in whose colours."""
    exif = Image.Exif()
    exif[DESCRIPTION] = "taken by Fay"
    exif.get_ifd(GPS)[2] = (48.0, 51.0, 24.0)
    profile = ImageCms.ImageCmsProfile(ImageCms.createProfile("sRGB")).tobytes()
    return encoded(halves(), exif=exif, icc_profile=profile, comment=b"Fay's phone")


def turned(orientation: int) -> bytes:
    """`halves`, kept the way a camera keeps it that was held like that."""
    exif = Image.Exif()
    exif[ORIENTATION] = orientation
    kept = {
        1: halves(),
        2: halves().transpose(Image.Transpose.FLIP_LEFT_RIGHT),
        3: halves().transpose(Image.Transpose.ROTATE_180),
        4: halves().transpose(Image.Transpose.FLIP_TOP_BOTTOM),
        5: halves().transpose(Image.Transpose.TRANSPOSE),
        6: halves().transpose(Image.Transpose.ROTATE_90),
        7: halves().transpose(Image.Transpose.TRANSVERSE),
        8: halves().transpose(Image.Transpose.ROTATE_270),
    }[orientation]
    return encoded(kept, exif=exif)


def sent(content: bytes, name: str = "me.jpg", content_type: str = "image/jpeg") -> SimpleUploadedFile:
    """As a form sends it."""
    return SimpleUploadedFile(name, content, content_type)
