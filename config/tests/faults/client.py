"""A client that believes only what is on its own disk: `python client.py <requests> <acknowledgements>`.

Each line of the first file is a request {name, url, headers, body}; each gets sent, in order, until it is acknowledged, and
the acknowledgement {name, status, body} is on disk before the next request leaves. Ends with 1 after a minute without one.
"""

import http.client
import json
import os
import sys
import time
from typing import Any
from urllib.parse import urlsplit

ACKNOWLEDGED = {200, 201, 403, 409, 422}  # anything else says that we should come back
PATIENCE_SECONDS = 180.0
PAUSE_SECONDS = 0.005


def attempt(request: dict[str, Any]) -> tuple[int, str] | None:
    """(status, body), or None when no answer came."""
    address = urlsplit(request["url"])
    connection = http.client.HTTPConnection(str(address.hostname), address.port, timeout=30)
    try:
        connection.request("POST", address.path, request["body"], request["headers"])
        response = connection.getresponse()
        return response.status, response.read().decode()
    except (OSError, http.client.HTTPException):
        return None
    finally:
        connection.close()


def acknowledged(request: dict[str, Any]) -> tuple[int, str]:
    deadline = time.monotonic() + PATIENCE_SECONDS
    while time.monotonic() < deadline:
        answer = attempt(request)
        if answer and answer[0] in ACKNOWLEDGED:
            return answer
        time.sleep(PAUSE_SECONDS)
    sys.exit(1)


def main(requests: str, acknowledgements: str) -> None:
    with open(requests, encoding="utf-8") as todo, open(acknowledgements, "a", encoding="utf-8") as done:  # noqa: PTH123
        for line in todo:
            request = json.loads(line)
            status, body = acknowledged(request)
            done.write(json.dumps({"name": request["name"], "status": status, "body": body}) + "\n")
            done.flush()
            os.fsync(done.fileno())


if __name__ == "__main__":
    main(*sys.argv[1:])
