"""A job carries the id of the request that started it, so that its lines can be found."""

import json

import pytest
import structlog
from django_structlog.celery.steps import DjangoStructLogInitStep

from config.celery import app
from config.lib import redis
from config.tasks import heartbeat


def test_a_queued_job_carries_the_request_id() -> None:
    with structlog.contextvars.bound_contextvars(request_id="of-this-request"):
        heartbeat.apply_async(queue="of-a-test")

    message = json.loads(redis.sync_client().lrange("of-a-test", 0, 0)[0])
    assert message["headers"]["__django_structlog__"]["request_id"] == "of-this-request"


def test_workers_take_it_up() -> None:
    assert DjangoStructLogInitStep in app.steps["worker"]


@pytest.mark.parametrize("setting", ["task_acks_late", "task_reject_on_worker_lost", "task_ignore_result"])
def test_a_job_of_a_worker_that_died_is_given_to_another(setting: str) -> None:
    assert app.conf[setting] is True
