"""What a device is called, in words, by what its browser says of itself (`User-Agent`, RFC 9110, section 10.1.5)."""

import re
from dataclasses import dataclass
from typing import Final

from django.utils.translation import gettext as _
from ua_parser import parse

_LONGEST: Final = 40
_BROWSERS: Final = {
    "Chrome Mobile": "Chrome",
    "HeadlessChrome": "Chrome",
    "Chrome Mobile iOS": "Chrome",
    "Firefox Mobile": "Firefox",
    "Firefox iOS": "Firefox",
    "Mobile Safari": "Safari",
    "Edge Mobile": "Edge",
    "Opera Mobile": "Opera",
}
_SYSTEMS: Final = {"Mac OS X": "macOS"}
_FIRST_WORD: Final = re.compile(r"[/ ]")
_NO_BROWSER: Final = ("Mobile Safari UI/WKWebView", "Chrome Mobile WebView")  # an app that shows pages


@dataclass(frozen=True, slots=True)
class Device:
    """The families alone, without versions, which change all the time; "" is unknown."""

    browser: str
    system: str

    def __str__(self) -> str:
        """In the language in force."""
        if self.browser and self.system:
            return _("%(browser)s on %(system)s") % {"browser": self.browser, "system": self.system}
        return self.browser or self.system or _("Unknown device")


def device_of(user_agent: str) -> Device:
    """What is known of the device that calls itself so.

    An app that no list knows is called by its own first word. Whatever it is goes into mails: letters, digits and spaces are
    kept, nothing that could become a link.
    """
    found = parse(user_agent)
    system = found.os.family if found.os else ""
    browser = found.user_agent.family if found.user_agent else system
    if browser in (system, *_NO_BROWSER):
        browser = _FIRST_WORD.split(user_agent, maxsplit=1)[0].removeprefix("Mozilla")
    return Device(browser=_plain(_BROWSERS.get(browser, browser)), system=_plain(_SYSTEMS.get(system, system)))


def _plain(name: str) -> str:
    return re.sub(r"[^\w ]+", " ", name).strip()[:_LONGEST]
