"""The description of the webhooks says what they do."""

from django.test import Client

from messaging import edge_schema
from messaging.edge import ROUTES
from messaging.tests.texting import Webhook


def test_every_edge_address_of_ours_is_described() -> None:
    for route in ROUTES:
        (path,) = [path for path in edge_schema.PATHS if route.pattern.fullmatch(path)]
        assert set(edge_schema.PATHS[path]) == {method.lower() for method in route.methods}


async def test_what_the_text_webhook_answers_is_described(twilio: Webhook) -> None:
    described = edge_schema.PATHS["/sms/join"]["post"]["responses"]
    for status in (400, 403, 413, 429, 503):
        assert str(status) in described
    unsigned = await twilio.post({"MessageSid": "SM1"}, signed="")
    assert str(unsigned.status) in described


def test_the_document_holds_them(client: Client, db: None) -> None:
    paths = client.get("/api/schema/", headers={"Accept": "application/vnd.oai.openapi+json"}).json()["paths"]
    assert {"/sms/join", "/sms/status"} <= set(paths)
