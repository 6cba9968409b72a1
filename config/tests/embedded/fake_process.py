"""A process of the fake site. It writes its name to the file `order` in the data folder when it is asked to stop.

`web PORT` answers /health/live and has a child of its own that ignores SIGTERM, as a hanging uvicorn worker would.
"""

import http.server
import os
import signal
import subprocess
import sys
from pathlib import Path
from types import FrameType

_STUBBORN = "import signal, time; signal.signal(signal.SIGTERM, signal.SIG_IGN); time.sleep(600)"


class Health(http.server.BaseHTTPRequestHandler):
    def do_GET(self) -> None:
        self.send_response(200 if self.path == "/health/live" else 404)
        self.end_headers()


def stop(number: int, frame: FrameType | None) -> None:
    with (Path(os.environ["FANFARE_DATA"]) / "order").open("a") as order:
        order.write(f"{sys.argv[1]}\n")
    sys.exit(0)


if __name__ == "__main__":
    signal.signal(signal.SIGTERM, stop)
    sys.stdout.write(f"{sys.argv[1]} with metrics in {os.environ['PROMETHEUS_MULTIPROC_DIR']}\n")
    sys.stdout.flush()
    if sys.argv[1] == "web":
        subprocess.Popen([sys.executable, "-c", _STUBBORN])
        http.server.HTTPServer(("127.0.0.1", int(sys.argv[2])), Health).serve_forever()
    signal.pause()
