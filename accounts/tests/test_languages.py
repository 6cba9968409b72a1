"""The user's language, else the link's, else the browser's."""

from typing import Any

import pytest
from asgiref.sync import async_to_sync
from django.http import HttpRequest, HttpResponse
from django.test import Client, RequestFactory
from django.urls import reverse
from django.utils import translation

from accounts.languages import language_here
from accounts.middleware import LanguageMiddleware
from accounts.models import User

LOG_IN = reverse("account_login")


@pytest.mark.parametrize(
    ("link", "browser", "spoken"),
    [
        ("", "", "en"),
        ("", "es-MX,es;q=0.9", "es"),
        ("", "de", "en"),
        ("fr", "es", "fr"),
        ("de", "es", "es"),
        ("../x", "es", "es"),
    ],
)
def test_link_goes_before_browser(db: None, link: str, browser: str, spoken: str) -> None:
    response = Client().get(LOG_IN, {"lang": link} if link else {}, headers={"Accept-Language": browser})
    assert response["Content-Language"] == spoken
    assert f'<html lang="{spoken}">' in response.content.decode()


def test_language_of_a_link_is_kept_for_the_next_page(db: None) -> None:
    browser = Client(headers={"Accept-Language": "es"})
    browser.get(LOG_IN, {"lang": "fr"})
    assert browser.get(LOG_IN)["Content-Language"] == "fr"
    browser.get(LOG_IN, {"lang": "xx"})
    assert browser.get(LOG_IN)["Content-Language"] == "fr"


def test_user_goes_before_link_and_browser(fan: User) -> None:
    User.objects.filter(pk=fan.pk).update(language="fr")
    browser = Client(headers={"Accept-Language": "es"})
    browser.force_login(fan)
    assert browser.get(reverse("accounts:profile"), {"lang": "es"})["Content-Language"] == "fr"


def test_middleware_serves_async_views_too(rf: RequestFactory) -> None:
    async def view(request: HttpRequest) -> HttpResponse:
        return HttpResponse(translation.get_language())

    middleware: Any = LanguageMiddleware(view)  # whose answer is awaitable because the view is
    response = async_to_sync(middleware)(rf.get("/", {"lang": "es"}))
    assert (response.content, response["Content-Language"]) == (b"es", "es")


@pytest.mark.parametrize(("active", "ours"), [("es", "es"), ("fr-ca", "fr"), ("de", "en"), (None, "en")])
def test_language_here_is_one_of_ours(active: str | None, ours: str) -> None:
    with translation.override(active):
        assert language_here() == ours
