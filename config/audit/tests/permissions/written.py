"""The matrix as a page of the documentation."""

from collections.abc import Iterable
from itertools import groupby
from typing import Final

from config.audit.tests.permissions.cast import Who
from config.audit.tests.permissions.matrix import API, May, Row

_HEAD: Final = f"""# Who may

Every address of Fanfare, every way to ask it, and who gets what. The page is written by a test, which asks the site itself
as everybody (`config/audit/tests/permissions`): when it fails, it says where the new page is; look at what changed, and copy it
here. The rules are functions: `accounts/policies.py` is their base, each app adds its own `policies.py`.

{May.YES} may ask (the content of what is sent may still be refused) · {May.SIGN_IN} is asked to sign in, or to show again who they are · {May.NO} is told no ·
{May.HIDDEN} is told that there is nothing. All but {Who.NOBODY} are signed in. Attendee, artist, door staff, manager and organizer are
those of the night in question. Where a private night differs from a public one, both stand here.

The leaderboard (also as a stream and over the socket), the vote and the text webhook are answered before the
resolver: what is in them is decided by a signed viewing or voting token, or the provider's signature. Each model's own
pages in the console are left out: an organizer finds their own rows in them, an admin all, anybody else none
(`config/tests/test_console_matrix.py`).
"""
_SECTIONS: Final = ("Pages", "API", "Console")


def page_of(rows: Iterable[Row]) -> str:
    parts = [_HEAD]
    for section, group in groupby(sorted(rows, key=_place), key=_section):
        parts.append(f"\n## {_SECTIONS[section]}\n\n{_table(group)}")
    return "".join(parts)


def _section(row: Row) -> int:
    return 1 if row.path.startswith(f"/{API}") else 2 if row.path.startswith("/admin/") else 0


def _place(row: Row) -> tuple[int, str, str, str]:
    return _section(row), row.path, row.verb, row.night


def _table(rows: Iterable[Row]) -> str:
    head = ("address", "asked", "of a night", *Who)
    lines = [head, ("---", "---", "---", *(":-:" for _who in Who))]
    lines += [(f"`{row.path}`", row.verb, row.night, *(row.answers[who] for who in Who)) for row in rows]
    return "".join(f"| {' | '.join(line)} |\n" for line in lines)
