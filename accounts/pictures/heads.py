"""What the first bytes of a file say, read before any decoder is let near the rest."""

import struct
from typing import IO, Final

_HEAD_BYTES: Final = 64
_LONGEST_JPEG_HEAD: Final = 4_000_000  # an ICC profile and a preview may stand before the first scan

# As registered: Ogg (RFC 3533), FLAC (RFC 9639), ID3v2, AIFF; MP3 and AAC begin with a frame's sync word.
_AUDIO: Final = (b"OggS", b"fLaC", b"ID3", b"\xff\xfb", b"\xff\xf3", b"\xff\xf2", b"\xff\xf1", b"\xff\xf9")
_AUDIO_IN_CONTAINER: Final = {(b"RIFF", b"WAVE"), (b"FORM", b"AIFF"), (b"FORM", b"AIFC")}
_AUDIO_BRANDS: Final = (b"ftypM4A ", b"ftypM4B ")

_START_OF_SCAN: Final = 0xDA
_START_OF_FRAME: Final = frozenset({0xC0, 0xC1, 0xC2, 0xC3, 0xC5, 0xC6, 0xC7, 0xC9, 0xCA, 0xCB, 0xCD, 0xCE, 0xCF})
_SEQUENTIAL: Final = frozenset({0xC0, 0xC1, 0xC9})
_COMPONENTS_AT: Final = 5  # in a frame's header, after precision, height and width


def head_of(file: IO[bytes]) -> bytes:
    """The first bytes; the file stands at its beginning again."""
    file.seek(0)
    head = file.read(_HEAD_BYTES)
    file.seek(0)
    return head


def is_audio(head: bytes) -> bool:
    """Whether this begins like a recording."""
    return (
        head.startswith(_AUDIO) or (head[:4], head[8:12]) in _AUDIO_IN_CONTAINER or head[4:].startswith(_AUDIO_BRANDS)
    )


def webp_size(head: bytes) -> tuple[int, int] | None:
    """Width and height of a WebP file (RFC 9649, section 2), whose decoder reserves memory for them as soon as it is opened.

    None for anything else.
    """
    if (head[:4], head[8:12]) != (b"RIFF", b"WEBP"):
        return None
    match head[12:16]:
        case b"VP8X":
            return int.from_bytes(head[24:27], "little") + 1, int.from_bytes(head[27:30], "little") + 1
        case b"VP8L":
            bits = int.from_bytes(head[21:25], "little")
            return (bits & 0x3FFF) + 1, ((bits >> 14) & 0x3FFF) + 1
        case b"VP8 ":
            return int.from_bytes(head[26:28], "little") & 0x3FFF, int.from_bytes(head[28:30], "little") & 0x3FFF
        case _:
            return None


def jpeg_is_kept_whole(file: IO[bytes]) -> bool:
    """Whether a decoder must keep all of a JPEG's coefficients: it comes in several scans (ITU-T T.81, section 4.5).

    True, too, for what cannot be read so far. The file stands at its beginning again.
    """
    file.seek(0)
    try:
        return _in_several_scans(file)
    except struct.error:
        return True
    finally:
        file.seek(0)


def _in_several_scans(file: IO[bytes]) -> bool:
    components = 0
    file.seek(2)
    while file.tell() < _LONGEST_JPEG_HEAD:
        prefix, marker = struct.unpack("BB", file.read(2))
        if prefix != 0xFF:  # noqa: PLR2004 - every marker begins with it (T.81, B.1.1.2)
            return True
        (length,) = struct.unpack(">H", file.read(2))
        segment = file.read(length - 2) if length > 2 else b""  # noqa: PLR2004 - the length counts itself
        if marker in _START_OF_FRAME:
            if marker not in _SEQUENTIAL or len(segment) <= _COMPONENTS_AT:
                return True
            components = segment[_COMPONENTS_AT]
        elif marker == _START_OF_SCAN:
            return not segment or segment[0] != components
    return True
