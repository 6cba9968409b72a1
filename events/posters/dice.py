"""Numbers that look thrown and are not: the same seed always gives the same ones."""

from collections.abc import Sequence
from hashlib import sha256
from itertools import count
from typing import TypeVar

Face = TypeVar("Face")


class Dice:
    """An endless row of bytes from SHA-256 of the seed and a counter. Each throw uses up one of them."""

    def __init__(self, seed: str) -> None:
        self._bytes = (byte for number in count() for byte in sha256(f"{seed}/{number}".encode()).digest())

    def one_of(self, faces: Sequence[Face]) -> Face:
        return faces[next(self._bytes) % len(faces)]

    def between(self, low: float, high: float) -> float:
        return low + (high - low) * next(self._bytes) / 255
