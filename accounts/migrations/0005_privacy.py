"""Exports of what is held about somebody, and erasures."""

import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models

import config.lib.public_ids


class Migration(migrations.Migration):
    dependencies = [("accounts", "0004_uploads_and_settings")]

    operations = [
        migrations.CreateModel(
            name="Erasure",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("public_id", config.lib.public_ids.PublicIdField(verbose_name="public id", length=16)),
                (
                    "language",
                    models.CharField(
                        verbose_name="language",
                        choices=[("en", "English"), ("es", "Spanish"), ("fr", "French")],
                        max_length=5,
                    ),
                ),
                (
                    "steps",
                    models.PositiveSmallIntegerField(
                        verbose_name="steps", help_text="How many apps have something to forget"
                    ),
                ),
                ("done", models.PositiveSmallIntegerField(verbose_name="done", default=0, help_text="How many have")),
                ("attempt", models.PositiveSmallIntegerField(verbose_name="attempts", default=0)),
                ("leased_until", models.DateTimeField(verbose_name="being worked on until", null=True)),
                ("requested_at", models.DateTimeField(verbose_name="asked for on")),
                ("finished_at", models.DateTimeField(verbose_name="finished on", null=True)),
                (
                    "user",
                    models.ForeignKey(
                        verbose_name="account",
                        null=True,
                        on_delete=django.db.models.deletion.SET_NULL,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
            ],
            options={
                "verbose_name": "erasure",
                "verbose_name_plural": "erasures",
                "indexes": [
                    models.Index(
                        condition=models.Q(("finished_at__isnull", True)),
                        fields=["requested_at"],
                        name="erasure_unfinished",
                    )
                ],
                "constraints": [
                    models.UniqueConstraint(fields=("user",), name="erasure_once_per_user"),
                    models.CheckConstraint(
                        condition=models.Q(
                            ("finished_at__isnull", True),
                            models.Q(("done", models.F("steps")), ("user__isnull", True)),
                            _connector="OR",
                        ),
                        name="erasure_finished_without_a_user",
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="Export",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("public_id", config.lib.public_ids.PublicIdField(verbose_name="public id", length=16)),
                (
                    "state",
                    models.CharField(
                        verbose_name="state",
                        choices=[
                            ("queued", "Waiting"),
                            ("running", "Being prepared"),
                            ("ready", "Ready"),
                            ("failed", "Failed"),
                            ("expired", "Deleted"),
                        ],
                        default="queued",
                        max_length=16,
                    ),
                ),
                (
                    "sections",
                    models.PositiveSmallIntegerField(verbose_name="lists", help_text="How many there are to write"),
                ),
                (
                    "done",
                    models.PositiveSmallIntegerField(verbose_name="done", default=0, help_text="How many are written"),
                ),
                ("rows", models.PositiveIntegerField(verbose_name="rows", default=0)),
                (
                    "file",
                    models.CharField(
                        verbose_name="file", blank=True, help_text="Its name in the private storage", max_length=100
                    ),
                ),
                ("size", models.PositiveBigIntegerField(verbose_name="size", default=0, help_text="In bytes")),
                ("attempt", models.PositiveSmallIntegerField(verbose_name="attempts", default=0)),
                ("leased_until", models.DateTimeField(verbose_name="being worked on until", null=True)),
                ("requested_at", models.DateTimeField(verbose_name="asked for on")),
                ("finished_at", models.DateTimeField(verbose_name="finished on", null=True)),
                (
                    "expires_at",
                    models.DateTimeField(verbose_name="expires", help_text="When the file is deleted", null=True),
                ),
                (
                    "user",
                    models.ForeignKey(
                        verbose_name="account",
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="exports",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
            ],
            options={
                "verbose_name": "export of personal data",
                "verbose_name_plural": "exports of personal data",
                "indexes": [
                    models.Index(
                        condition=models.Q(("state__in", ["queued", "running"])),
                        fields=["requested_at"],
                        name="export_to_prepare",
                    ),
                    models.Index(
                        condition=models.Q(("state", "ready")), fields=["expires_at"], name="export_by_expiry"
                    ),
                ],
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(("state__in", ["queued", "running", "ready", "failed", "expired"])),
                        name="export_state_known",
                    ),
                    models.UniqueConstraint(
                        condition=models.Q(("state__in", ["queued", "running"])),
                        fields=("user",),
                        name="export_one_at_a_time",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("state", "ready"), _negated=True),
                            models.Q(models.Q(("file", ""), _negated=True), ("expires_at__isnull", False)),
                            _connector="OR",
                        ),
                        name="export_ready_with_its_file",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("done__lte", models.F("sections"))), name="export_done_at_most_all"
                    ),
                ],
            },
        ),
    ]
