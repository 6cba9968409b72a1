"""What audit entries say of artists."""

from django.utils.translation import gettext_lazy as _

from accounts.audit_words import register

register(
    {
        "artist.create": _("Artist added"),
        "artist.edit": _("Artist edited"),
        "artist.hand_over": _("Profile given to its artist"),
    }
)
