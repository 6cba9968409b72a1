"""Says `up`, waits for a SIGINT, then half a second for more, and says how many came."""

import signal
import sys
import time
from types import FrameType

_received: list[int] = []


def note(number: int, frame: FrameType | None) -> None:
    _received.append(number)


if __name__ == "__main__":
    signal.signal(signal.SIGINT, note)
    sys.stdout.write("up\n")
    sys.stdout.flush()
    signal.pause()
    time.sleep(0.5)
    sys.stdout.write(f"interrupted {len(_received)} times\n")
