"""Says `up`, waits for a SIGINT, then half a second for more, and says how many came."""

import contextlib
import signal
import socket
import sys
import time

if __name__ == "__main__":
    reader, writer = socket.socketpair()
    writer.setblocking(False)
    signal.set_wakeup_fd(writer.fileno())  # a byte for each, also when Python's own handler runs once for two
    signal.signal(signal.SIGINT, lambda number, frame: None)
    sys.stdout.write("up\n")
    sys.stdout.flush()
    received = len(reader.recv(16))
    time.sleep(0.5)
    reader.setblocking(False)
    with contextlib.suppress(BlockingIOError):
        received += len(reader.recv(16))
    sys.stdout.write(f"interrupted {received} times\n")
