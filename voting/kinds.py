"""What messages about votes are for."""

from django.utils.translation import gettext_lazy as _

from messaging.kinds import register

register(
    {
        "vote_accepted": _("Vote counted"),
        "vote_duplicate": _("Vote: had voted already"),
        "artist_unknown": _("Vote: no such number"),
        "confirm_first": _("Vote: not confirmed yet"),
        "round_closed": _("Vote: no round is open"),
        "receipt_found": _("Receipt: found"),
        "receipt_unknown": _("Receipt: not found"),
    }
)
