"""From the bytes somebody sent to pictures of ours: upright, in sRGB, without metadata, as WebP.

The memory this takes is bounded: whoever asks waits until the picture before has been done (`AT_ONCE`), and a picture whose
decoder would need more than `MEMORY` is refused before it is decoded. What a decoder needs of each pixel was measured
(`bench/pictures.py`); a JPEG in one scan is shrunk while it is read and needs least.
"""

import struct
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from io import BytesIO
from threading import BoundedSemaphore
from typing import IO, Final

import structlog
from PIL import Image, ImageCms, ImageOps, UnidentifiedImageError

from accounts.pictures.heads import head_of, is_audio, jpeg_is_kept_whole, webp_size
from accounts.pictures.refusals import AudioNotOffered, NotAPicture, PictureBroken, PictureTooManyPixels
from accounts.pictures.variants import Cut, Shape
from config.lib.errors import Refusal, Unavailable

logger = structlog.get_logger(__name__)

MEMORY: Final = 230_000_000  # bytes, for the decoded picture and what its decoder keeps beside it
MOST_PIXELS: Final = 50_000_000
LONGEST_SIDE: Final = 12_000
_BYTES_PER_PIXEL: Final = {"JPEG": 4, "PNG": 13, "GIF": 13, "WEBP": 18}
_BYTES_OF_SEVERAL_SCANS: Final = 10
_FORMATS: Final = tuple(_BYTES_PER_PIXEL)
_JPEGS: Final = frozenset({"JPEG", "MPO"})  # MPO is how a phone keeps two pictures in one JPEG; the first is read

_DEEP_GREY: Final = frozenset({"I", "I;16", "I;16B", "I;16L"})
_OPAQUE: Final = frozenset({"L", "RGB", "CMYK", "YCbCr"})
_SEE_THROUGH: Final = frozenset({"LA", "La", "P", "PA", "RGBA", "RGBa"})
_ORIENTATION: Final = 0x0112  # EXIF 2.32, section 4.6.4
_TURNS: Final[Mapping[int, Image.Transpose]] = {
    2: Image.Transpose.FLIP_LEFT_RIGHT,
    3: Image.Transpose.ROTATE_180,
    4: Image.Transpose.FLIP_TOP_BOTTOM,
    5: Image.Transpose.TRANSPOSE,
    6: Image.Transpose.ROTATE_270,
    7: Image.Transpose.TRANSVERSE,
    8: Image.Transpose.ROTATE_90,
}
_SIDEWAYS: Final = frozenset({5, 6, 7, 8})
_QUALITY: Final = 82
_PATIENCE_SECONDS: Final = 6.0
AT_ONCE: Final = BoundedSemaphore(1)  # per process


@dataclass(frozen=True, slots=True)
class Developed:
    """`files` are WebP, by their name in pixels of width; `width` and `height` are those of the largest."""

    width: int
    height: int
    files: Mapping[int, bytes]

    @property
    def bytes(self) -> int:
        return sum(map(len, self.files.values()))


def develop(file: IO[bytes], shape: Shape) -> Developed:
    """The picture in all sizes of its shape. An animation gives its first frame.

    Raises NotAPicture, AudioNotOffered, PictureTooManyPixels, PictureBroken; Unavailable while others are being developed.
    """
    head = head_of(file)
    if is_audio(head):
        raise AudioNotOffered
    if size := webp_size(head):
        _require_small("WEBP", size, _BYTES_PER_PIXEL["WEBP"])
    if not AT_ONCE.acquire(timeout=_PATIENCE_SECONDS):
        raise Unavailable(retry_after=5)
    try:
        return _developed(file, shape)
    except Refusal:
        raise
    except (Image.DecompressionBombError, Image.DecompressionBombWarning) as error:
        raise PictureTooManyPixels from error
    except UnidentifiedImageError as error:
        raise NotAPicture from error
    except Exception as error:  # a decoder may raise anything at all on bytes that were made to break it
        logger.info("picture.broken", because=type(error).__name__)
        raise PictureBroken from error
    finally:
        AT_ONCE.release()


def _developed(file: IO[bytes], shape: Shape) -> Developed:
    with Image.open(file, formats=_FORMATS) as opened:
        _require_affordable(opened, file)
        turned = _orientation(opened)
        largest = shape.box(*opened.size, shape.widths[-1]) if turned not in _SIDEWAYS else _flat(shape, opened.size)
        profile = opened.info.get("icc_profile")
        small = _shrunk(opened, largest)
    upright = _upright(_in_srgb(small, profile), turned)
    sizes = _sizes(upright, shape)
    return Developed(width=sizes[-1].width, height=sizes[-1].height, files=_written(sizes, shape.widths))


def _flat(shape: Shape, size: tuple[int, int]) -> tuple[int, int]:
    """The largest size of a picture that lies on its side, still lying."""
    height, width = shape.box(size[1], size[0], shape.widths[-1])
    return width, height


def _require_affordable(opened: Image.Image, file: IO[bytes]) -> None:
    name = "JPEG" if opened.format in _JPEGS else str(opened.format)
    needed = _BYTES_PER_PIXEL[name]
    if name == "JPEG":
        place = file.tell()
        needed = _BYTES_OF_SEVERAL_SCANS if jpeg_is_kept_whole(file) else needed
        file.seek(place)
    _require_small(name, opened.size, needed)


def _require_small(name: str, size: tuple[int, int], bytes_per_pixel: int) -> None:
    """Raises PictureTooManyPixels, NotAPicture for one without any."""
    pixels = size[0] * size[1]
    if not pixels:
        raise NotAPicture
    if pixels > min(MOST_PIXELS, MEMORY // bytes_per_pixel) or max(size) > LONGEST_SIDE:
        raise PictureTooManyPixels


def _orientation(opened: Image.Image) -> int:
    """As EXIF says, 1 (upright) where it says nothing that can be read: it is often broken where the picture is not."""
    try:
        said = opened.getexif().get(_ORIENTATION, 1)
    except (OSError, SyntaxError, ValueError, TypeError, LookupError, struct.error):
        return 1
    return said if said in _TURNS else 1


def _shrunk(opened: Image.Image, largest: tuple[int, int]) -> Image.Image:
    """Decoded no larger than needed: a JPEG while it is read, anything else at once afterwards."""
    opened.draft(None, largest)
    opened.load()
    if opened.mode in _DEEP_GREY:
        return _plain_grey(opened.resize(largest, Image.Resampling.LANCZOS, reducing_gap=3.0))
    plain = _plain(opened)
    if plain.size == largest:
        return plain.copy()
    return plain.resize(largest, Image.Resampling.LANCZOS, reducing_gap=3.0)


def _plain(opened: Image.Image) -> Image.Image:
    """In a mode that can be shrunk well. Raises NotAPicture for one that no format of ours has."""
    if opened.mode in _SEE_THROUGH:
        return opened if opened.mode == "RGBA" else opened.convert("RGBA")
    if opened.mode == "1":
        return opened.convert("L")
    if opened.mode in _OPAQUE:
        return opened
    raise NotAPicture


def _plain_grey(deep: Image.Image) -> Image.Image:
    """Sixteen bits of grey as eight; converted at once they would be cut off, not scaled."""
    return deep.convert("I").point(lambda value: value * (1 / 257)).convert("L")


def _in_srgb(small: Image.Image, profile: bytes | None) -> Image.Image:
    """In the colours it was meant in, as far as its profile can be read: browsers take what has none for sRGB."""
    mode = "RGBA" if small.mode == "RGBA" else "RGB"
    if profile:
        try:
            source = ImageCms.ImageCmsProfile(BytesIO(profile))
            target = ImageCms.createProfile("sRGB")
            converted = ImageCms.profileToProfile(small, source, target, outputMode=mode)
        except (ImageCms.PyCMSError, OSError, ValueError):
            logger.info("picture.profile_unread")
        else:
            if converted is not None:
                return converted
    return small.convert(mode)


def _upright(small: Image.Image, turned: int) -> Image.Image:
    return small.transpose(_TURNS[turned]) if turned in _TURNS else small


def _sizes(upright: Image.Image, shape: Shape) -> Sequence[Image.Image]:
    if shape.cut is Cut.SQUARE:
        return [ImageOps.fit(upright, (width, width), Image.Resampling.LANCZOS) for width in shape.widths]
    boxes = [shape.box(*upright.size, width) for width in shape.widths]
    return [upright.resize(box, Image.Resampling.LANCZOS) if box != upright.size else upright for box in boxes]


def _written(sizes: Sequence[Image.Image], names: Sequence[int]) -> Mapping[int, bytes]:
    """Each as WebP of its pixels alone."""
    files = {}
    for name, picture in zip(names, sizes, strict=True):
        picture.info.clear()  # Pillow would write on what it has read there
        out = BytesIO()
        picture.save(out, "WEBP", quality=_QUALITY, method=4, exif=b"", xmp=b"", icc_profile=b"")
        files[name] = out.getvalue()
    return files
