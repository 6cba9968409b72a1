"""What the largest pictures that are taken cost: memory beside the bound they are held to, and time.

Each is made at the edge of what its kind may have (`accounts/pictures/developing.py`), of noise, which packs worst, and
developed in a process of its own, so that its peak is nobody else's.
"""

import re
import subprocess
import sys
import tempfile
from collections.abc import Callable
from pathlib import Path
from time import perf_counter
from typing import Final

from PIL import Image

import bench.boot
from accounts.pictures.developing import MEMORY, develop
from accounts.pictures.variants import SHAPES

Save = Callable[[Image.Image, Path], None]

# Name → (width, height, how it is written). One pixel more in height and it is refused.
CASES: Final[dict[str, tuple[int, int, Save]]] = {
    "JPEG in one scan": (8160, 6120, lambda picture, path: picture.save(path, "JPEG", quality=60)),
    "JPEG, progressive": (5530, 4150, lambda picture, path: picture.save(path, "JPEG", quality=60, progressive=True)),
    "JPEG, progressive, for print": (
        *(5530, 4150),
        lambda picture, path: picture.convert("CMYK").save(path, "JPEG", quality=40, progressive=True),
    ),
    "PNG, see-through": (4820, 3630, lambda picture, path: picture.convert("RGBA").save(path, "PNG", compress_level=1)),
    "PNG, 64 colours": (4820, 3630, lambda picture, path: picture.quantize(64).save(path, "PNG")),
    "GIF": (4820, 3630, lambda picture, path: picture.quantize(64).save(path, "GIF")),
    "WebP": (4120, 3100, lambda picture, path: picture.save(path, "WEBP", quality=50, method=0)),
    "WebP, lossless, see-through": (
        *(4120, 3100),
        lambda picture, path: picture.convert("RGBA").save(path, "WEBP", lossless=True, method=0),
    ),
}
_GRAIN: Final = 12  # pixels; finer noise would be larger than a picture may be in bytes
_MEGABYTE: Final = 1_000_000


def run() -> None:
    """Print a line for each. Raises SystemExit where one takes more memory than is promised."""
    print(f"pictures: each of the most pixels its kind may have; promised {MEMORY / _MEGABYTE:.0f} MB")
    most = 0
    with tempfile.TemporaryDirectory() as folder:
        for name, (width, height, save) in CASES.items():
            path = Path(folder) / "picture"
            noise = Image.effect_noise((width // _GRAIN, height // _GRAIN), 90).convert("RGB")
            save(noise.resize((width, height), Image.Resampling.BICUBIC), path)
            command = [sys.executable, "-m", "bench.pictures", str(path)]
            used, seconds = subprocess.run(command, check=True, capture_output=True, text=True).stdout.split()
            most = max(most, int(used))
            size = f"{width * height / _MEGABYTE:4.1f} MP, {path.stat().st_size / _MEGABYTE:4.1f} MB"
            print(f"  {name:30}{size:18}{int(used) / _MEGABYTE:6.0f} MB{float(seconds):6.2f} s")
    if most > MEMORY:
        sys.exit(f"{most} bytes are more than promised")


def measure(path: str) -> None:
    """Develop it, and print the bytes by which this process grew and the seconds it took."""
    assert bench.boot.ready
    before = _peak()
    began = perf_counter()
    with Path(path).open("rb") as file:
        develop(file, SHAPES["picture"])
    print(_peak() - before, perf_counter() - began)


def _peak() -> int:
    """The most bytes this process has had in memory so far (proc(5), VmHWM): unlike getrusage(2), its own alone."""
    status = Path("/proc/self/status").read_text()
    return int(re.findall(r"^VmHWM:\s+(\d+) kB$", status, re.MULTILINE)[0]) * 1024


if __name__ == "__main__":
    measure(sys.argv[1])
