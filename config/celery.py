"""Celery: four queues by priority, short idempotent tasks, and a clock that only reads due rows.

`config/__init__.py` is empty on purpose, so processes name this module: `celery -A config.celery worker`.
"""

import os

from celery import Celery
from django.conf import settings
from django_structlog.celery.steps import DjangoStructLogInitStep

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings")

app = Celery("fanfare", task_cls="accounts.job_log:LoggedTask")
app.config_from_object("django.conf:settings", namespace="CELERY")
app.steps["worker"].add(DjangoStructLogInitStep)
app.autodiscover_tasks()
if settings.DEBUG:
    app.autodiscover_tasks(["config.demo"])
