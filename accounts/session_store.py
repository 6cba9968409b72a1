"""Where browser sessions are kept: rows of ours, with Django's cache in front (`SESSION_ENGINE`).

What a browser put into its session may come from the cache; whether anybody is signed in with it never does. The row is
asked in the query that reads the user (`SessionStore.row`), so what ends a session holds at once in every process,
whatever the cache still has, and costs no query of its own.

The shape is the one Django documents for extending database-backed sessions:
https://docs.djangoproject.com/en/5.2/topics/http/sessions/#extending-database-backed-session-engines
"""

from datetime import UTC, datetime, timedelta
from typing import Any, Final, NamedTuple

from asgiref.sync import sync_to_async
from django.conf import settings
from django.contrib.auth import BACKEND_SESSION_KEY, HASH_SESSION_KEY, SESSION_KEY
from django.contrib.sessions.backends.base import CreateError, UpdateError
from django.contrib.sessions.backends.cached_db import SessionStore as CachedStore
from django.core.cache import caches
from django.db import IntegrityError, transaction
from django.db.models import F, QuerySet, Value
from django.db.models.functions import Least
from django.utils import timezone
from psycopg.errors import UniqueViolation

from accounts.models import BrowserSession, Impersonation, Role, User, chosen_by

SEEN_EVERY: Final = timedelta(minutes=5)  # "last seen" is no more exact than this, so that reading pages writes nothing
_CACHED_AS: Final = "browser:"
_LOOK: Final = "look"


class Look(NamedTuple):
    """What the session of a look keeps of it: its row, when it ends (seconds since 1970), and the admin's own session."""

    row_id: int
    ends_at: float
    own_session: str


def _idle() -> timedelta:
    return timedelta(hours=settings.SESSION_IDLE_HOURS)


def _absolute() -> timedelta:
    return timedelta(seconds=settings.SESSION_COOKIE_AGE)


def _used(now: datetime) -> dict[str, Any]:
    """What every use moves: the idle expiry slides, never past the absolute one."""
    return {"last_seen_at": now, "expire_date": Least(Value(now + _idle()), F("ends_at"))}


class SessionStore(CachedStore):
    """One browser's session. `address` and `user_agent` are where the present request comes from, "" or None if unknown."""

    cache_key_prefix = _CACHED_AS

    def __init__(self, session_key: str | None = None) -> None:
        super().__init__(session_key)
        self.address: str | None = None
        self.user_agent = ""
        self.public_id = ""  # known once `row` was asked
        self.look: Impersonation | None = None  # likewise: by whom and why somebody looks as this user
        self._read: BrowserSession | None = None

    @classmethod
    def get_model_class(cls) -> type[BrowserSession]:
        return BrowserSession

    def row(self, *, now: datetime) -> BrowserSession | None:
        """The living row with its active user, in one query; None when this session signs nobody in (any more).

        Once every SEEN_EVERY it is also written down that the browser was seen, and where.
        """
        row = self._read or self._row(now)
        self._read = None
        self.public_id = row.public_id if row else ""
        if row is None or row.user is None or not row.user.is_active or not _may_look_on(row.impersonation, row.user):
            return None
        self.look = row.impersonation
        if now - row.last_seen_at >= SEEN_EVERY:
            same = BrowserSession.objects.filter(pk=row.pk, last_seen_at=row.last_seen_at)  # of two at once, one writes
            same.update(address=self.address, user_agent=self.user_agent, **_used(now))
        return row

    def save(self, must_create: bool = False) -> None:
        """Store what the session holds now. Raises CreateError for a key that is taken, UpdateError for a row that is gone."""
        key = self.session_key
        if key is None:
            self.create()
            return
        data: dict[str, Any] = self._get_session(no_load=must_create)  # type: ignore[attr-defined]  # not in the stubs
        now = timezone.now()
        values: dict[str, Any] = {"session_data": self.encode(data)}
        if user_id := data.get(SESSION_KEY):
            values |= {"user_id": user_id, "address": self.address, "user_agent": self.user_agent}
        ends_at = now + _absolute()
        if kept := data.get(_LOOK):
            look = Look(*kept)
            values["impersonation_id"], ends_at = look.row_id, datetime.fromtimestamp(look.ends_at, UTC)
        if must_create:
            self._insert(key, values, now, ends_at)
        elif not BrowserSession.objects.filter(session_key=key).update(**values, **_used(now)):
            raise UpdateError
        caches[settings.SESSION_CACHE_ALIAS].set(self.cache_key, data, int(_idle().total_seconds()))

    async def asave(self, must_create: bool = False) -> None:
        await sync_to_async(self.save)(must_create)

    @property
    def own_session(self) -> str:
        """The key of the session to go back to when this look is over; "" for a session that is nobody's look."""
        kept = self.get(_LOOK)
        return Look(*kept).own_session if kept else ""

    def _insert(self, key: str, values: dict[str, Any], now: datetime, ends_at: datetime) -> None:
        try:
            with transaction.atomic():
                BrowserSession.objects.create(
                    session_key=key,
                    created_at=now,
                    last_seen_at=now,
                    expire_date=min(now + _idle(), ends_at),
                    ends_at=ends_at,
                    **values,
                )
        except IntegrityError as error:
            if isinstance(error.__cause__, UniqueViolation):
                raise CreateError from error
            raise

    def _row(self, now: datetime) -> BrowserSession | None:
        alive = BrowserSession.objects.filter(expire_date__gt=now).select_related("user", "impersonation__admin")
        row = alive.filter(session_key=self.session_key).annotate(chosen=chosen_by("user")).first()
        if row is not None and row.user is not None:
            row.user.chosen = row.chosen
        return row

    def _get_session_from_db(self) -> BrowserSession | None:
        """Where the cache knew nothing. The row is kept for `row`, which is asked next."""
        self._read = self._row(timezone.now())
        if self._read is None:
            self._session_key = None
        return self._read


def _may_look_on(look: Impersonation | None, user: User) -> bool:
    """Whether this is nobody's look, or goes on: it ends with its button, its time, what its admin may, and when `user` becomes
    an admin, too.
    """
    if look is None:
        return True
    if user.role == Role.ADMIN:
        return False
    return look.ended_at is None and look.admin is not None and look.admin.is_active and look.admin.role == Role.ADMIN


def begin_look(look: Impersonation, *, own_session: str, address: str | None, user_agent: str) -> SessionStore:
    """A session in which its admin looks at the site as its user, in the caller's transaction; it ends with the look.

    It ends, too, when the user's password changes, as every session of theirs does.
    """
    store = SessionStore()
    store.address, store.user_agent = address, user_agent
    store[SESSION_KEY] = str(look.user_id)
    store[BACKEND_SESSION_KEY] = settings.AUTHENTICATION_BACKENDS[0]
    store[HASH_SESSION_KEY] = look.user.get_session_auth_hash()
    store[_LOOK] = Look(look.pk, look.ends_at.timestamp(), own_session)
    store.create()
    return store


def back_from(store: SessionStore) -> SessionStore:
    """The admin's own session again, from the session of a look: the browser's cookie is to name it from now on."""
    own = SessionStore(store.own_session)
    own.address, own.user_agent = store.address, store.user_agent
    own.modified = True
    return own


def end(sessions: "QuerySet[BrowserSession]") -> int:
    """Sign these browsers out; how many that were. What is cached of them goes once the caller's transaction is committed."""
    keys = list(sessions.values_list("session_key", flat=True))
    _deleted, per_model = BrowserSession.objects.filter(session_key__in=keys).delete()
    transaction.on_commit(lambda: _forget(keys))
    return per_model.get(BrowserSession._meta.label, 0)


def _forget(keys: list[str]) -> None:
    """Best effort: what stays cached while Redis is away signs nobody in all the same."""
    for key in keys:
        caches[settings.SESSION_CACHE_ALIAS].delete(_CACHED_AS + key)
