"""What audit entries say of rounds and ballots."""

from django.utils.translation import gettext_lazy as _

from accounts.audit_words import register

register(
    {
        "round.plan": _("Round planned"),
        "round.edit": _("Round edited"),
        "round.open": _("Round opened"),
        "round.stop": _("Voting stopped"),
        "round.close": _("Round closed"),
        "round.dispute": _("Round disputed"),
        "round.reveal": _("Round revealed"),
        "ballot.supersede": _("Ballot set aside for the same person's other one"),
    }
)
