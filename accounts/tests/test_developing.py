"""What becomes of a picture, and of what is none."""

import struct
import zlib
from io import BytesIO
from threading import Thread

import pytest
from hypothesis import given
from hypothesis import strategies as st
from PIL import Image

from accounts.pictures import developing
from accounts.pictures.developing import develop
from accounts.pictures.heads import jpeg_is_kept_whole, webp_size
from accounts.pictures.refusals import AudioNotOffered, NotAPicture, PictureBroken, PictureTooManyPixels
from accounts.pictures.variants import SHAPES
from accounts.tests.pictures import encoded, halves, telling, turned
from config.lib.errors import Refusal, Unavailable

AVATAR, PICTURE = SHAPES["avatar"], SHAPES["picture"]


def opened(content: bytes) -> Image.Image:
    return Image.open(BytesIO(content), formats=("WEBP",))


def colour(picture: Image.Image, x: float, y: float) -> str:
    pixel = picture.convert("RGB").getpixel((int(picture.width * x), int(picture.height * y)))
    assert isinstance(pixel, tuple)
    return "red" if pixel[0] > pixel[2] + 80 else "blue" if pixel[2] > pixel[0] + 80 else str(pixel)


@pytest.mark.parametrize("form", ["JPEG", "PNG", "WEBP", "GIF"])
def test_every_format_comes_out_as_webp_in_all_sizes(form: str) -> None:
    avatar = develop(BytesIO(encoded(halves(), form)), AVATAR)
    assert {width: opened(file).size for width, file in avatar.files.items()} == {
        96: (96, 96),
        256: (256, 256),
        512: (512, 512),
    }
    assert (avatar.width, avatar.height, avatar.bytes) == (512, 512, sum(map(len, avatar.files.values())))
    largest = opened(avatar.files[512])
    assert (colour(largest, 0.2, 0.5), colour(largest, 0.8, 0.5)) == ("red", "blue")


def test_a_picture_keeps_its_shape_and_is_never_enlarged() -> None:
    developed = develop(BytesIO(encoded(halves((1200, 800)))), PICTURE)
    assert [opened(file).size for file in developed.files.values()] == [(480, 320), (960, 640), (1200, 800)]
    assert (developed.width, developed.height) == (1200, 800)


@pytest.mark.parametrize(("size", "largest"), [((12_000, 1), (1920, 1)), ((3, 11_000), (1, 3840)), ((1, 1), (1, 1))])
def test_the_strangest_shapes_fit(size: tuple[int, int], largest: tuple[int, int]) -> None:
    raw = encoded(halves(size), "PNG")
    assert opened(develop(BytesIO(raw), PICTURE).files[1920]).size == largest
    assert opened(develop(BytesIO(raw), AVATAR).files[512]).size == (512, 512)


@pytest.mark.parametrize("orientation", range(1, 9))
@pytest.mark.parametrize("shape", [AVATAR, PICTURE], ids=["avatar", "picture"])
def test_it_is_turned_upright(orientation: int, shape: object) -> None:
    assert shape in {AVATAR, PICTURE}
    developed = develop(BytesIO(turned(orientation)), AVATAR if shape is AVATAR else PICTURE)
    largest = opened(list(developed.files.values())[-1])
    assert largest.size == ((512, 512) if shape is AVATAR else (640, 400))
    assert (colour(largest, 0.2, 0.5), colour(largest, 0.8, 0.5)) == ("red", "blue")


def test_nothing_is_told_but_the_pixels() -> None:
    raw = telling()
    assert b"Fay" in raw
    for content in develop(BytesIO(raw), PICTURE).files.values():
        chunks = {content[place : place + 4] for place in range(len(content) - 3)}
        assert not chunks & {b"EXIF", b"ICCP", b"XMP "}
        assert b"Fay" not in content
        assert not opened(content).getexif()


def test_an_animation_gives_its_first_frame() -> None:
    first, second = halves(), Image.new("RGB", (640, 400), (0, 200, 0))
    for form in ("GIF", "WEBP", "PNG"):
        raw = encoded(first, form, save_all=True, append_images=[second])
        still = opened(develop(BytesIO(raw), AVATAR).files[96])
        assert getattr(still, "n_frames", 1) == 1
        assert colour(still, 0.2, 0.5) == "red"


@pytest.mark.parametrize("mode", ["1", "L", "LA", "P", "RGBA", "I;16"])
def test_every_mode_of_png_is_read(mode: str) -> None:
    grey = Image.new("L", (300, 200), 200)
    picture = grey.convert(mode)
    if mode == "I;16":
        picture = grey.convert("I").point(lambda value: value * 257).convert(mode)
    if mode == "1":
        picture = Image.new(mode, (300, 200), 1)
    shown = opened(develop(BytesIO(encoded(picture, "PNG")), AVATAR).files[96]).convert("L").tobytes()
    assert abs(shown[len(shown) // 2] - (255 if mode == "1" else 200)) <= 3


def test_what_can_be_seen_through_stays_so() -> None:
    raw = encoded(Image.new("RGBA", (200, 200), (10, 200, 10, 0)), "PNG")
    assert opened(develop(BytesIO(raw), AVATAR).files[96]).convert("RGBA").getpixel((40, 40)) == (0, 0, 0, 0)


def test_the_colours_of_print_become_those_of_screens() -> None:
    shown = opened(develop(BytesIO(encoded(halves().convert("CMYK"))), AVATAR).files[256])
    assert (colour(shown, 0.2, 0.5), colour(shown, 0.8, 0.5)) == ("red", "blue")


# --- What is refused ------------------------------------------------------------------------------------------------------


def png_of(width: int, height: int) -> bytes:
    """A PNG of a few bytes that says it is large."""

    def chunk(name: bytes, data: bytes) -> bytes:
        return struct.pack(">I", len(data)) + name + data + struct.pack(">I", zlib.crc32(name + data))

    head = struct.pack(">IIBBBBB", width, height, 8, 2, 0, 0, 0)
    return b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", head) + chunk(b"IDAT", zlib.compress(b"\0" * 10)) + chunk(b"IEND", b"")


def webp_of(width: int, height: int) -> bytes:
    """Likewise a WebP; its decoder would reserve the memory as soon as it is opened."""
    flags = struct.pack("<I", 0) + (width - 1).to_bytes(3, "little") + (height - 1).to_bytes(3, "little")
    body = b"WEBPVP8X" + struct.pack("<I", 10) + flags
    return b"RIFF" + struct.pack("<I", len(body)) + body


BROKEN = {
    "nothing": (b"", NotAPicture),
    "words": (b"just words", NotAPicture),
    "svg": (b'<svg xmlns="http://www.w3.org/2000/svg"><script>alert(1)</script></svg>', NotAPicture),
    "html": (b"<!doctype html><script>alert(1)</script>", NotAPicture),
    "pdf": (b"%PDF-1.7\n", NotAPicture),
    "tiff": (encoded(halves(), "TIFF"), NotAPicture),
    "bmp": (encoded(halves(), "BMP"), NotAPicture),
    "postscript": (b"%!PS-Adobe-3.0 EPSF-3.0\n%%BoundingBox: 0 0 10 10\n", NotAPicture),
    "jpeg of nothing": (b"\xff\xd8\xff\xe0", NotAPicture),
    "half a jpeg": (encoded(halves())[:2_000], PictureBroken),
    "half a png": (encoded(halves(mode="RGBA"), "PNG")[:-40], PictureBroken),
    "half a webp": (encoded(halves(), "WEBP")[:-100], Refusal),
    "png of hundreds of megapixels": (png_of(30_000, 30_000), PictureTooManyPixels),
    "png of too many for png": (png_of(5_000, 5_000), PictureTooManyPixels),
    "png of nothing": (png_of(0, 10), NotAPicture),
    "long png": (png_of(12_001, 2), PictureTooManyPixels),
    "webp of hundreds of megapixels": (webp_of(16_000, 16_000), PictureTooManyPixels),
    "wave": (b"RIFF\x24\0\0\0WAVEfmt ", AudioNotOffered),
    "mp3": (b"ID3\x04\0\0\0\0\0\0", AudioNotOffered),
    "flac": (b"fLaC\0\0\0\x22", AudioNotOffered),
    "ogg": (b"OggS\0\x02", AudioNotOffered),
    "m4a": (b"\0\0\0\x20ftypM4A \0\0\0\0", AudioNotOffered),
}


@pytest.mark.parametrize("name", BROKEN)
def test_what_is_no_sound_picture_is_refused_by_name(name: str) -> None:
    content, refusal = BROKEN[name]
    with pytest.raises(refusal):
        develop(BytesIO(content), PICTURE)


def test_a_page_behind_a_picture_is_left_behind() -> None:
    """A polyglot: sound as a picture, and a page to whoever looks for one."""
    raw = encoded(halves(), "GIF") + b"<script>alert(1)</script>"
    assert all(b"script" not in content for content in develop(BytesIO(raw), PICTURE).files.values())


@given(st.data())
def test_damage_anywhere_is_a_picture_or_a_refusal(data: st.DataObject) -> None:
    raw = bytearray(data.draw(st.sampled_from(SOUND)))
    for _time in range(data.draw(st.integers(1, 12))):
        raw[data.draw(st.integers(0, len(raw) - 1))] = data.draw(st.integers(0, 255))
    cut = data.draw(st.integers(1, len(raw)))
    try:
        sizes = [opened(content).size for content in develop(BytesIO(bytes(raw[:cut])), AVATAR).files.values()]
    except Refusal as refusal:
        sizes = [(refusal.status, refusal.status)]
    assert sizes in ([(96, 96), (256, 256), (512, 512)], [(415, 415)], [(422, 422)])


SOUND = [encoded(halves((60, 40)), form) for form in ("JPEG", "PNG", "WEBP", "GIF")] + [
    encoded(halves((60, 40)), progressive=True),
    encoded(halves((60, 40)), "WEBP", lossless=True),
]


def test_only_a_jpeg_in_one_scan_is_cheap() -> None:
    assert not jpeg_is_kept_whole(BytesIO(encoded(halves())))
    assert not jpeg_is_kept_whole(BytesIO(telling()))
    assert jpeg_is_kept_whole(BytesIO(encoded(halves(), progressive=True)))
    in_parts = bytearray(encoded(halves()))
    scan = in_parts.index(b"\xff\xda")
    in_parts[scan + 4] = 1  # the first scan says it holds one of the three components
    assert jpeg_is_kept_whole(BytesIO(bytes(in_parts)))
    assert jpeg_is_kept_whole(BytesIO(b"\xff\xd8\xff"))


@pytest.mark.parametrize("options", [{}, {"lossless": True}, {"exif": b"Exif\0\0MM\0*\0\0\0\x08\0\0\0\0\0\0"}])
def test_a_webp_says_its_size(options: dict[str, object]) -> None:
    assert webp_size(encoded(halves((123, 45)), "WEBP", **options)[:64]) == (123, 45)


def test_one_picture_at_a_time(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(developing, "_PATIENCE_SECONDS", 0.01)
    with developing.AT_ONCE, pytest.raises(Unavailable) as refusal:
        develop(BytesIO(encoded(halves())), AVATAR)
    assert refusal.value.retry_after
    develop(BytesIO(encoded(halves())), AVATAR)


def test_whoever_waits_gets_a_turn() -> None:
    done: list[int] = []
    threads = [Thread(target=lambda: done.append(develop(BytesIO(encoded(halves())), AVATAR).width)) for _one in "1234"]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert done == [512] * 4
