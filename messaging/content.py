"""What a message says, and how that is kept secret where it must be: mail with links that sign in, codes."""

import json
from dataclasses import asdict, dataclass, field
from typing import Any

from config.lib import secrets
from messaging.models import Message

_PURPOSE = "message"  # of the keys it is sealed with


@dataclass(frozen=True, slots=True)
class Content:
    """`headers` are those of an e-mail, From among them."""

    text: str
    subject: str = ""
    html: str = ""
    headers: dict[str, str] = field(default_factory=dict)

    def columns(self, *, sealed: bool) -> dict[str, Any]:
        """The values of the message's columns; sealed, all of it is encrypted in `text`."""
        if not sealed:
            return asdict(self)
        return {"text": secrets.encrypt(json.dumps(asdict(self)), purpose=_PURPOSE)}


BLANK = asdict(Content(text=""))


def content_of(message: Message) -> Content:
    """What the row says; nothing if it was sealed and has been blanked. Raises Undecryptable."""
    if not message.sealed:
        return Content(message.text, message.subject, message.html, message.headers)
    return Content(**json.loads(secrets.decrypt(message.text, purpose=_PURPOSE))) if message.text else Content("")
