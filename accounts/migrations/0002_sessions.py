import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models

import config.lib.public_ids

# What browsers and clients have in common, so that people see one list of where they are signed in.
SIGN_INS = """
CREATE VIEW accounts_sign_in AS
SELECT public_id, 'browser' AS kind, user_id, address, user_agent,
       created_at, last_seen_at, expire_date AS alive_until
  FROM accounts_browsersession
 WHERE user_id IS NOT NULL
UNION ALL
SELECT public_id, 'client', user_id, address, user_agent, created_at, last_used_at, expires_at
  FROM accounts_refreshfamily
 WHERE revoked_at IS NULL
"""


class Migration(migrations.Migration):
    dependencies = [("accounts", "0001_initial")]

    operations = [
        migrations.CreateModel(
            name="BrowserSession",
            fields=[
                ("session_data", models.TextField(verbose_name="session data")),
                ("expire_date", models.DateTimeField(db_index=True, verbose_name="expire date")),
                ("id", models.BigAutoField(primary_key=True, serialize=False)),
                ("session_key", models.CharField(editable=False, max_length=40, unique=True)),
                ("public_id", config.lib.public_ids.PublicIdField(verbose_name="public id", length=16)),
                (
                    "user",
                    models.ForeignKey(
                        verbose_name="account",
                        null=True,
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="browser_sessions",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                ("address", models.GenericIPAddressField(null=True, verbose_name="address")),
                ("user_agent", models.CharField(blank=True, max_length=200, verbose_name="browser")),
                ("created_at", models.DateTimeField(editable=False, verbose_name="signed in")),
                ("last_seen_at", models.DateTimeField(verbose_name="last seen")),
                ("ends_at", models.DateTimeField(verbose_name="ends at the latest")),
            ],
            options={
                "verbose_name": "signed-in browser",
                "verbose_name_plural": "signed-in browsers",
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(("expire_date__lte", models.F("ends_at"))),
                        name="browser_session_idle_before_absolute",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("ends_at__gt", models.F("created_at"))),
                        name="browser_session_ends_after_start",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            ("user__isnull", False),
                            models.Q(("address__isnull", True), ("user_agent", "")),
                            _connector="OR",
                        ),
                        name="browser_session_of_nobody_is_nowhere",
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="KnownDevice",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                (
                    "user",
                    models.ForeignKey(
                        verbose_name="account",
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="known_devices",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                ("mark", models.CharField(verbose_name="device", max_length=64)),
                ("last_seen_at", models.DateTimeField(verbose_name="last seen", db_index=True)),
            ],
            options={
                "verbose_name": "known device",
                "verbose_name_plural": "known devices",
                "constraints": [models.UniqueConstraint(fields=("user", "mark"), name="known_device_once")],
            },
        ),
        migrations.RemoveConstraint(model_name="refreshfamily", name="refresh_family_revoked_with_reason"),
        migrations.AlterField(
            model_name="refreshfamily",
            name="revoked_because",
            field=models.CharField(
                verbose_name="why it ended",
                blank=True,
                choices=[
                    ("signed_out", "Signed out"),
                    ("password_changed", "The password was changed"),
                    ("reused", "A refresh token was used twice"),
                    ("revoked", "Signed out by an admin"),
                    ("suspended", "The account was suspended"),
                ],
                max_length=32,
            ),
        ),
        migrations.AddConstraint(
            model_name="refreshfamily",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(("revoked_at__isnull", True), ("revoked_because", "")),
                    models.Q(
                        ("revoked_at__isnull", False),
                        (
                            "revoked_because__in",
                            ["signed_out", "password_changed", "reused", "revoked", "suspended"],
                        ),
                    ),
                    _connector="OR",
                ),
                name="refresh_family_revoked_with_reason",
            ),
        ),
        migrations.CreateModel(
            name="SignIn",
            fields=[
                (
                    "public_id",
                    models.CharField(verbose_name="public id", max_length=16, primary_key=True, serialize=False),
                ),
                (
                    "kind",
                    models.CharField(
                        verbose_name="kind", choices=[("browser", "Browser"), ("client", "App")], max_length=8
                    ),
                ),
                ("address", models.GenericIPAddressField(null=True, verbose_name="address")),
                ("user_agent", models.CharField(max_length=200, verbose_name="browser")),
                ("created_at", models.DateTimeField(verbose_name="signed in")),
                ("last_seen_at", models.DateTimeField(verbose_name="last seen")),
                ("alive_until", models.DateTimeField(verbose_name="ends if not used")),
            ],
            options={
                "verbose_name": "sign-in",
                "verbose_name_plural": "sign-ins",
                "db_table": "accounts_sign_in",
                "managed": False,
            },
        ),
        migrations.RunSQL(SIGN_INS, "DROP VIEW accounts_sign_in"),
        # Django's own table, which a database made before this has: its sessions end, and everybody signs in once more.
        migrations.RunSQL("DROP TABLE IF EXISTS django_session", migrations.RunSQL.noop),
    ]
