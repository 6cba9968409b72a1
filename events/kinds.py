"""What messages about events are for."""

from django.utils.translation import gettext_lazy as _

from messaging.kinds import let_choose, register
from messaging.models import Channel

register(
    {
        "invitation": _("Invitation to play"),
        "join_ask": _("Joining: asked to confirm"),
        "join_confirmed": _("Joining: confirmed"),
        "join_already": _("Joining: on the list already"),
        "join_invited": _("Joining: by invitation only"),
        "join_unknown": _("Joining: no such keyword"),
        "leave_done": _("Leaving: done"),
    }
)
let_choose("invitation", Channel.EMAIL)
