"""What audit entries say, in words for people.

An entry keeps a code ("event.publish"). Each app registers the words of its own codes in an `audit_words.py`, which is found
as Django finds `admin.py`; a test holds every code that is written to have some.
"""

from collections.abc import Mapping
from typing import Final

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from accounts.actors import Via

Words = str | Promise

THROUGH: Final[Mapping[str, Words]] = {
    Via.PAGE: _("Web"),
    Via.API: _("API"),
    Via.ADMIN: _("Console"),
    Via.SMS: _("Text"),
    Via.JOB: _("The clock"),
    Via.COMMAND: _("Command"),
}

_words: dict[str, Words] = {}


def register(words: Mapping[str, Words]) -> None:
    """Action → what was done, as a note without a subject."""
    _words.update(words)


def registered() -> Mapping[str, Words]:
    """All of them."""
    return _words


def done(action: str) -> Words:
    """The words of an action; the code itself for one that is written no more."""
    return _words.get(action, action)


def through(channel: str) -> Words:
    """The surface an entry was made through."""
    return THROUGH.get(channel, channel)


register(
    {
        "user.sign_up": _("Account created"),
        "user.log_in": _("Signed in"),
        "user.log_out": _("Signed out"),
        "user.set_password": _("Password changed"),
        "user.grant": _("Role given"),
        "user.edit_profile": _("Profile edited"),
        "user.confirm_email": _("E-mail confirmed"),
        "user.ask_phone_code": _("Code for a phone asked for"),
        "user.verify_phone": _("Phone verified"),
        "user.set": _("Setting changed"),
        "upload.keep": _("Picture uploaded"),
        "upload.drop": _("Picture taken back"),
        "user.add_factor": _("Way to sign in added"),
        "user.remove_factor": _("Way to sign in removed"),
        "user.remove_second_factors": _("Two-step sign-in switched off by an admin"),
        "user.rename_passkey": _("Passkey renamed"),
        "user.renew_recovery_codes": _("Recovery codes renewed"),
        "user.use_factor": _("Second step of signing in taken"),
        "key.create": _("API key created"),
        "key.revoke": _("API key revoked"),
        "key.revoke_all": _("All API keys revoked"),
        "key.limit": _("Limit of an API key set"),
        "privacy.export": _("Copy of the own data asked for"),
        "privacy.export_ready": _("Copy of somebody's data prepared"),
        "privacy.fetch_export": _("Copy of the own data fetched"),
        "privacy.redrive": _("Copy or erasure started once more"),
        "privacy.erase": _("Erasure asked for"),
        "privacy.erased": _("Somebody forgotten"),
        "user.ask_email_change": _("Another e-mail address asked for"),
        "user.cancel_email_change": _("E-mail address kept after all"),
        "user.change_email": _("E-mail address changed"),
        "user.connect": _("Another account connected to sign in with"),
        "user.disconnect": _("Another account disconnected"),
        "user.lock": _("Locked after too many wrong passwords"),
        "user.unlock": _("Unlocked by the link in the mail"),
        "client.reuse": _("A spent token was used again, so the client was signed out"),
        "client.revoke": _("Client signed out"),
        "session.end": _("Browser signed out"),
        "user.sign_out_everywhere": _("Signed out of browsers and apps"),
        "report.make": _("Something reported"),
        "case.keep": _("Reported, and kept"),
        "case.hold": _("Put on hold"),
        "case.remove": _("Removed by moderation"),
        "case.restore": _("Shown again"),
        "case.appeal": _("Decision appealed"),
        "case.answer": _("Appeal answered"),
        "user.trust": _("Trusted to report"),
        "user.distrust": _("No longer trusted to report"),
        "user.suspend": _("Account suspended"),
        "user.restore": _("Account restored"),
        "user.change_role": _("Role changed"),
        "user.force_sign_out": _("Signed out of everything by an admin"),
        "user.send_reset": _("Link for a new password sent by an admin"),
        "user.send_verification": _("Link to confirm the e-mail sent by an admin"),
        "user.unlock_for": _("Unlocked by an admin"),
        "user.look_as": _("An admin began to look at the site as them"),
        "user.stop_look": _("The admin stopped looking as them"),
        "platform.set": _("Platform setting changed"),
        "user.new_device": _("Signed in on a new device"),
    }
)
