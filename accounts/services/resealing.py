"""Sealing what is kept sealed again, with the newest key of the ring, so that an old key can be dropped."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any, Final

from allauth.mfa.models import Authenticator

from accounts.second_factors import PURPOSE, with_data
from config.lib.secrets import Undecryptable, rotate

_SEALED: Final = ("secret", "seed")  # of an app, of recovery codes


@dataclass(frozen=True, slots=True)
class Resealed:
    """How many secrets were sealed anew, and how many no key of the ring opens."""

    done: int
    lost: int


def reseal_second_factors() -> Resealed:
    """Every app's secret and every seed of recovery codes. May be stopped and run again at any time."""
    done = lost = 0
    for row, name in _secrets():
        try:
            anew = rotate(row.data[name], purpose=PURPOSE)
        except Undecryptable:
            lost += 1
        else:
            unchanged = Authenticator.objects.filter(pk=row.pk, **{f"data__{name}": row.data[name]})
            done += unchanged.update(data=with_data(**{name: anew}))
    return Resealed(done=done, lost=lost)


def _secrets() -> Iterator[tuple[Any, str]]:
    for row in Authenticator.objects.order_by("pk").iterator():
        yield from ((row, name) for name in _SEALED if name in row.data)
