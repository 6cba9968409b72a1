"""What people have set otherwise than it comes."""

from typing import Final

from django.db import models
from django.db.models.functions import Coalesce
from django.utils.translation import gettext_lazy as _

from accounts.models.users import User


class UserSetting(models.Model):
    """One setting of one account. There is a row only where the value is not the default."""

    user = models.ForeignKey(User, verbose_name=_("account"), on_delete=models.CASCADE, related_name="chosen_settings")
    key = models.CharField(_("setting"), max_length=64, help_text=_("As registered in a user_settings.py"))
    value = models.JSONField(_("value"))
    changed_at = models.DateTimeField(_("changed"))

    class Meta:
        verbose_name = _("setting of a user")
        verbose_name_plural = _("settings of users")
        constraints = [models.UniqueConstraint(fields=["user", "key"], name="user_setting_once")]

    def __str__(self) -> str:
        return self.key


_NOTHING: Final = models.Value({}, output_field=models.JSONField())


class _ByKey(models.Aggregate):
    """`jsonb_object_agg(key, value)`."""

    function = "jsonb_object_agg"
    output_field = models.JSONField()

    def __init__(self) -> None:
        super().__init__("key", "value")


def chosen_by(user: str) -> Coalesce:
    """For `annotate`: key → value of all that somebody has set; `user` names the column of their primary key.

    So that a page costs no query of its own for them: they come with the row that says who is signed in.
    """
    theirs = UserSetting.objects.filter(user=models.OuterRef(user)).order_by().values("user")
    return Coalesce(models.Subquery(theirs.annotate(by_key=_ByKey()).values("by_key")), _NOTHING)
