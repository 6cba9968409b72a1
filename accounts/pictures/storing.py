"""Where the files of uploads lie: in Django's default storage, a folder each.

A name holds the upload's id, so that no two uploads share a file and one can be deleted without asking about others; and
the hash of its content, so that what a name stands for never changes. Ids are spread over folders by their first letters.
"""

from collections.abc import Iterator, Mapping
from datetime import UTC, datetime
from itertools import product
from typing import IO, Final

from django.core.files.base import ContentFile
from django.core.files.storage import default_storage

from config.lib.public_ids import ALPHABET

_ROOT: Final = "uploads"
_HASH_SHOWN: Final = 16
SHELVES: Final = tuple(map("".join, product(ALPHABET, repeat=2)))


def _folder(public_id: str) -> str:
    return f"{_ROOT}/{public_id[:2]}/{public_id}"


def file_name(public_id: str, sha256: str, width: int) -> str:
    """The name of one size in the storage."""
    return f"{_folder(public_id)}/{sha256[:_HASH_SHOWN]}-{width}.webp"


def put(public_id: str, sha256: str, files: Mapping[int, bytes]) -> None:
    """Store the sizes of an upload that has no row yet. What is left of a crash in between is swept."""
    for width, content in files.items():
        default_storage.save(file_name(public_id, sha256, width), ContentFile(content))


def open_file(public_id: str, sha256: str, width: int) -> IO[bytes]:
    """One size, for reading. Raises FileNotFoundError."""
    return default_storage.open(file_name(public_id, sha256, width))


def discard(public_id: str) -> None:
    """Delete all files of an upload whose row is gone. Nothing there is fine, too."""
    folder = _folder(public_id)
    for name in _listed(folder)[1]:
        default_storage.delete(f"{folder}/{name}")
    default_storage.delete(folder)  # a store without folders has nothing to delete here


def kept_on(shelf: str) -> Iterator[tuple[str, datetime]]:
    """(id of an upload, when its newest file was written) of every folder whose id begins with `shelf`."""
    for public_id in _listed(f"{_ROOT}/{shelf}")[0]:
        folder = _folder(public_id)
        written = [default_storage.get_modified_time(f"{folder}/{name}") for name in _listed(folder)[1]]
        yield public_id, max(written, default=datetime.min.replace(tzinfo=UTC))


def _listed(folder: str) -> tuple[list[str], list[str]]:
    try:
        return default_storage.listdir(folder)
    except FileNotFoundError:
        return [], []
