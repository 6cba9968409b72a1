"""`python -m config.audit [looks] [budgets] [lighthouse] [name of a page…]`, `… screenshots [name…]` or `… picture`.

Runs with DEBUG on, on servers that may be thrown away; the sites that it looks at have settings of their own.
"""

import sys

from config.audit import boot
from config.audit.command import main

if __name__ == "__main__":
    assert boot.ready
    sys.exit(main(sys.argv[1:]))
