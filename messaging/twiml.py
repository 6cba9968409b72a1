"""The answer to a text, in Twilio's markup (https://www.twilio.com/docs/messaging/twiml)."""

import re
from typing import Final
from xml.sax.saxutils import escape

CONTENT_TYPE: Final = "text/xml"
_HEAD: Final = '<?xml version="1.0" encoding="UTF-8"?>'
# Characters XML 1.0 has no way to write (section 2.2).
_UNWRITABLE: Final = re.compile("[^\t\n\r\x20-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")


def twiml(text: str) -> bytes:
    """One message of this text; none where it is empty."""
    if not text:
        return f"{_HEAD}<Response/>".encode()
    return f"{_HEAD}<Response><Message>{escape(_UNWRITABLE.sub('', text))}</Message></Response>".encode()
