import django.contrib.postgres.fields
import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models

import config.lib.public_ids


class Migration(migrations.Migration):
    dependencies = [("accounts", "0002_sessions")]

    operations = [
        migrations.CreateModel(
            name="ApiKey",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("public_id", config.lib.public_ids.PublicIdField(verbose_name="public id", length=16)),
                ("name", models.CharField(max_length=80, verbose_name="name")),
                ("digest", models.BinaryField(verbose_name="digest", max_length=32)),
                (
                    "scopes",
                    django.contrib.postgres.fields.ArrayField(
                        base_field=models.CharField(max_length=40), size=None, verbose_name="scopes"
                    ),
                ),
                (
                    "requests",
                    models.PositiveIntegerField(
                        blank=True,
                        help_text="Empty for the general limit. With a number, the key counts for itself alone, not for its owner.",
                        null=True,
                        verbose_name="requests per window",
                    ),
                ),
                ("created_at", models.DateTimeField(editable=False, verbose_name="created")),
                ("expires_at", models.DateTimeField(blank=True, null=True, verbose_name="expires")),
                ("last_used_at", models.DateTimeField(blank=True, null=True, verbose_name="last used")),
                ("revoked_at", models.DateTimeField(blank=True, null=True, verbose_name="revoked")),
                (
                    "revoked_because",
                    models.CharField(
                        blank=True,
                        choices=[("owner", "Revoked by its owner"), ("admin", "Revoked by an admin")],
                        max_length=32,
                        verbose_name="why revoked",
                    ),
                ),
                (
                    "user",
                    models.ForeignKey(
                        verbose_name="account",
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="api_keys",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
            ],
            options={
                "verbose_name": "API key",
                "verbose_name_plural": "API keys",
                "constraints": [
                    models.CheckConstraint(condition=models.Q(("name", ""), _negated=True), name="api_key_named"),
                    models.CheckConstraint(
                        condition=models.Q(
                            ("scopes__len__gte", 1), models.Q(("scopes__contains", ["*"]), _negated=True)
                        ),
                        name="api_key_scoped",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            ("expires_at__isnull", True), ("expires_at__gt", models.F("created_at")), _connector="OR"
                        ),
                        name="api_key_expires_after_start",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("requests__isnull", True), ("requests__gte", 1), _connector="OR"),
                        name="api_key_requests_positive",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("revoked_at__isnull", True), ("revoked_because", "")),
                            models.Q(("revoked_at__isnull", False), ("revoked_because__in", ["owner", "admin"])),
                            _connector="OR",
                        ),
                        name="api_key_revoked_with_reason",
                    ),
                ],
            },
        ),
    ]
