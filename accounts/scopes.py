"""The catalogue of scopes: what an API key can be allowed to do, in words for the person who makes one.

Every scope that an address of the API names stands here (a test compares); which of them a role gives is in `policies.py`.
`admin:<subject>` scopes are held by admins alone.
"""

from collections.abc import Mapping
from typing import Final

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

Words = str | Promise

CATALOGUE: Final[Mapping[str, Words]] = {
    "profile:read": _("Read your name, e-mail address and settings"),
    "profile:write": _("Change your name, phone and settings"),
    "events:read": _("Read events, their line-ups and rounds, private ones included where you are let in"),
    "events:join": _("Join events and leave them in your name"),
    "events:write": _("Create events, change them and move them on"),
    "attendees:read": _("Read who has joined your events, with phone numbers and e-mail addresses"),
    "rounds:write": _("Plan, open, close and reveal the rounds of your events"),
    "votes:write": _("Vote in your name"),
    "artists:write": _("Create artists and change yours"),
    "admin:moderation": _("Read what was reported, and decide about it"),
    "admin:users": _("Find accounts, suspend and restore them, change roles, sign people out"),
    "admin:settings": _("Read and change what holds for the whole platform"),
    "admin:jobs": _("Read what waits and what has failed, and start it once more"),
    "admin:analytics": _("Read what happens on the pages of the platform"),
}
