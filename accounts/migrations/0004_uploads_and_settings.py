import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models

import config.lib.public_ids


class Migration(migrations.Migration):
    dependencies = [("accounts", "0003_api_keys")]

    operations = [
        migrations.CreateModel(
            name="Upload",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("public_id", config.lib.public_ids.PublicIdField(verbose_name="public id", length=16)),
                (
                    "kind",
                    models.CharField(
                        verbose_name="kind", choices=[("avatar", "Avatar"), ("picture", "Picture")], max_length=16
                    ),
                ),
                (
                    "state",
                    models.CharField(
                        verbose_name="state",
                        choices=[("waiting", "Used by nothing yet"), ("used", "Used"), ("dropped", "Used no more")],
                        default="waiting",
                        max_length=16,
                    ),
                ),
                (
                    "width",
                    models.PositiveIntegerField(verbose_name="width", help_text="In pixels, of the largest size"),
                ),
                ("height", models.PositiveIntegerField(verbose_name="height")),
                ("bytes", models.PositiveIntegerField(verbose_name="bytes", help_text="Of all sizes together")),
                (
                    "sha256",
                    models.CharField(verbose_name="fingerprint", help_text="Of the file as it was sent", max_length=64),
                ),
                ("created_at", models.DateTimeField(verbose_name="sent", editable=False)),
                (
                    "owner",
                    models.ForeignKey(
                        verbose_name="owner",
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="uploads",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
            ],
            options={
                "verbose_name": "upload",
                "verbose_name_plural": "uploads",
            },
        ),
        migrations.AddField(
            model_name="user",
            name="avatar",
            field=models.OneToOneField(
                blank=True,
                null=True,
                on_delete=django.db.models.deletion.SET_NULL,
                related_name="+",
                to="accounts.upload",
                to_field="public_id",
                verbose_name="avatar",
            ),
        ),
        migrations.CreateModel(
            name="UserSetting",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                (
                    "key",
                    models.CharField(
                        verbose_name="setting", help_text="As registered in a user_settings.py", max_length=64
                    ),
                ),
                ("value", models.JSONField(verbose_name="value")),
                ("changed_at", models.DateTimeField(verbose_name="changed")),
                (
                    "user",
                    models.ForeignKey(
                        verbose_name="account",
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="chosen_settings",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
            ],
            options={
                "verbose_name": "setting of a user",
                "verbose_name_plural": "settings of users",
            },
        ),
        migrations.CreateModel(
            name="PhoneCode",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("public_id", config.lib.public_ids.PublicIdField(verbose_name="public id", length=16)),
                (
                    "phone",
                    models.CharField(verbose_name="phone", help_text="E.164, for example +12025550123", max_length=16),
                ),
                (
                    "digest",
                    models.CharField(
                        verbose_name="digest",
                        help_text="Keyed hash of the code, for this account and phone",
                        max_length=64,
                    ),
                ),
                ("attempts", models.PositiveSmallIntegerField(verbose_name="attempts", default=0)),
                ("created_at", models.DateTimeField(verbose_name="made", editable=False)),
                ("expires_at", models.DateTimeField(verbose_name="expires")),
                (
                    "user",
                    models.OneToOneField(
                        verbose_name="account",
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="phone_code",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
            ],
            options={
                "verbose_name": "phone code",
                "verbose_name_plural": "phone codes",
                "indexes": [models.Index(fields=["expires_at"], name="phone_code_by_expiry")],
                "constraints": [
                    models.CheckConstraint(condition=models.Q(("attempts__lte", 5)), name="phone_code_few_attempts"),
                    models.CheckConstraint(
                        condition=models.Q(("expires_at__gt", models.F("created_at"))),
                        name="phone_code_expires_after_start",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("phone__regex", "^\\+[1-9][0-9]{6,14}$")), name="phone_code_e164"
                    ),
                ],
            },
        ),
        migrations.AddIndex(
            model_name="upload",
            index=models.Index(
                condition=models.Q(("state", "used"), _negated=True), fields=["created_at"], name="upload_unused_by_age"
            ),
        ),
        migrations.AddConstraint(
            model_name="upload",
            constraint=models.CheckConstraint(
                condition=models.Q(("kind__in", ["avatar", "picture"])), name="upload_kind_known"
            ),
        ),
        migrations.AddConstraint(
            model_name="upload",
            constraint=models.CheckConstraint(
                condition=models.Q(("state__in", ["waiting", "used", "dropped"])), name="upload_state_known"
            ),
        ),
        migrations.AddConstraint(
            model_name="upload",
            constraint=models.CheckConstraint(
                condition=models.Q(("bytes__gt", 0), ("height__gt", 0), ("width__gt", 0)), name="upload_not_empty"
            ),
        ),
        migrations.AddConstraint(
            model_name="upload",
            constraint=models.CheckConstraint(
                condition=models.Q(("sha256__regex", "^[0-9a-f]{64}$")), name="upload_sha256_is_hex"
            ),
        ),
        migrations.AddConstraint(
            model_name="upload",
            constraint=models.UniqueConstraint(
                condition=models.Q(("state", "waiting")), fields=("owner", "kind", "sha256"), name="upload_waits_once"
            ),
        ),
        migrations.AddConstraint(
            model_name="usersetting",
            constraint=models.UniqueConstraint(fields=("user", "key"), name="user_setting_once"),
        ),
    ]
