"""What an error looks like when PostgreSQL or Redis is away: nobody's fault, soon over, and answered 503."""

from typing import Final

import django.db
import psycopg

from config.lib import redis

AWAY: Final = (django.db.OperationalError, django.db.InterfaceError, psycopg.OperationalError, *redis.AWAY)
RETRY_SECONDS: Final = 5
