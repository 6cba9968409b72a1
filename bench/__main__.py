"""`python -m bench [votes] [fanout] [reads] [pictures]`: all of them without a name. Runs `bench.choose` with production settings."""

import os
import sys

ENVIRONMENT = {
    "DJANGO_SETTINGS_MODULE": "config.settings",
    "DEBUG": "0",
    "SECRET_KEY": "of-a-benchmark-whose-data-is-deleted-when-it-ends-and-nothing-else",
    "FANFARE_KEYS": "of-a-benchmark",
    "SUPPRESSION_KEY": "of-a-benchmark",
    "TWILIO_AUTH_TOKEN": "of-a-benchmark",
    "PUBLIC_URL": "http://127.0.0.1",
    "ALLOWED_HOSTS": "127.0.0.1",
}

if __name__ == "__main__":
    os.execve(sys.executable, [sys.executable, "-m", "bench.choose", *sys.argv[1:]], {**os.environ, **ENVIRONMENT})
