"""Addresses of the local phone and mailbox, for `config/urls.py` to give in development."""

from collections.abc import Sequence

from django.urls import URLPattern, path

from messaging.local import views

app_name = "local"


def addresses(*, suggestions: Sequence[str]) -> tuple[list[URLPattern], str]:
    """For `include`. `suggestions` are texts that a phone offers to send by one tap."""
    return [
        path("phone/", views.phones, {"suggestions": suggestions}, name="phones"),
        path("phone/screens/", views.screens, name="screens"),
        path("mail/", views.mails, name="mails"),
        path("mail/<slug:public_id>/", views.MailPage.as_view(), name="mail"),
        path("mail/<slug:public_id>/html/", views.MailHtml.as_view(), name="mail-html"),
    ], app_name
