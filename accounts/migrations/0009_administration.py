from datetime import timedelta

import django.contrib.postgres.indexes
import django.db.models.deletion
import django.db.models.expressions
import django.db.models.functions.text
from django.conf import settings
from django.db import migrations, models

import config.lib.public_ids
from config.lib.constraints import append_only

# A look as somebody stands as one, for what asks who is signed in; it is in nobody's list of their own.
SIGN_INS = """
CREATE OR REPLACE VIEW accounts_sign_in AS
SELECT public_id, 'browser' AS kind, user_id, address, user_agent,
       created_at, last_seen_at, expire_date AS alive_until,
       impersonation_id IS NOT NULL AS is_look
  FROM accounts_browsersession
 WHERE user_id IS NOT NULL
UNION ALL
SELECT public_id, 'client', user_id, address, user_agent, created_at, last_used_at, expires_at,
       false
  FROM accounts_refreshfamily
 WHERE revoked_at IS NULL
"""


class Migration(migrations.Migration):
    dependencies = [
        ("accounts", "0008_moderation"),
    ]

    operations = [
        migrations.CreateModel(
            name="Impersonation",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("public_id", config.lib.public_ids.PublicIdField(verbose_name="public id", length=16)),
                ("reason", models.CharField(max_length=500, verbose_name="reason")),
                ("started_at", models.DateTimeField(editable=False, verbose_name="began")),
                ("ends_at", models.DateTimeField(verbose_name="ends at the latest")),
                ("ended_at", models.DateTimeField(blank=True, null=True, verbose_name="ended")),
                (
                    "ended_because",
                    models.CharField(
                        blank=True,
                        choices=[("stopped", "Stopped"), ("time", "The time was over"), ("signed_out", "Signed out")],
                        max_length=16,
                        verbose_name="why it ended",
                    ),
                ),
            ],
            options={
                "verbose_name": "look as somebody",
                "verbose_name_plural": "looks as somebody",
            },
        ),
        migrations.CreateModel(
            name="JobRun",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("task", models.CharField(verbose_name="task", max_length=100)),
                ("queue", models.CharField(verbose_name="queue", blank=True, max_length=32)),
                ("worker", models.CharField(verbose_name="worker", blank=True, max_length=100)),
                (
                    "state",
                    models.CharField(
                        verbose_name="how it went",
                        choices=[("done", "Done"), ("retried", "To be tried again"), ("failed", "Failed")],
                        max_length=8,
                    ),
                ),
                (
                    "error",
                    models.CharField(
                        verbose_name="error",
                        blank=True,
                        help_text="The name of the exception; its text is in the log",
                        max_length=100,
                    ),
                ),
                ("milliseconds", models.PositiveIntegerField(verbose_name="took, in milliseconds")),
                ("ended_at", models.DateTimeField(verbose_name="ended")),
                ("task_id", models.CharField(verbose_name="id of the run", blank=True, max_length=64)),
            ],
            options={
                "verbose_name": "run of a task",
                "verbose_name_plural": "runs of tasks",
            },
        ),
        migrations.CreateModel(
            name="JobTask",
            fields=[
                ("name", models.CharField(verbose_name="task", max_length=100, primary_key=True, serialize=False)),
                ("runs", models.PositiveBigIntegerField(verbose_name="runs", default=0)),
                ("failures", models.PositiveBigIntegerField(verbose_name="failures", default=0)),
                ("last_ended_at", models.DateTimeField(verbose_name="last run")),
                (
                    "last_state",
                    models.CharField(
                        verbose_name="how it went",
                        choices=[("done", "Done"), ("retried", "To be tried again"), ("failed", "Failed")],
                        max_length=8,
                    ),
                ),
                ("last_milliseconds", models.PositiveIntegerField(verbose_name="took, in milliseconds")),
            ],
            options={
                "verbose_name": "task",
                "verbose_name_plural": "tasks",
            },
        ),
        migrations.CreateModel(
            name="PlatformSetting",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                (
                    "key",
                    models.CharField(
                        verbose_name="setting",
                        help_text="As registered in accounts/platform_settings.py",
                        max_length=64,
                        unique=True,
                    ),
                ),
                ("value", models.JSONField(verbose_name="value", null=True)),
                ("version", models.PositiveIntegerField(verbose_name="version", default=0)),
                ("changed_at", models.DateTimeField(verbose_name="changed")),
            ],
            options={
                "verbose_name": "platform setting",
                "verbose_name_plural": "platform settings",
            },
        ),
        migrations.CreateModel(
            name="PlatformSettingChange",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("version", models.PositiveIntegerField(verbose_name="version")),
                ("value", models.JSONField(verbose_name="value", null=True)),
                ("reason", models.CharField(verbose_name="reason", max_length=500)),
                ("at", models.DateTimeField(verbose_name="when")),
            ],
            options={
                "verbose_name": "change of a platform setting",
                "verbose_name_plural": "changes of platform settings",
            },
        ),
        migrations.CreateModel(
            name="Suspension",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("public_id", config.lib.public_ids.PublicIdField(verbose_name="public id", length=16)),
                ("reason", models.CharField(max_length=500, verbose_name="reason")),
                ("since", models.DateTimeField(editable=False, verbose_name="since")),
                (
                    "until",
                    models.DateTimeField(blank=True, help_text="Empty: for good", null=True, verbose_name="until"),
                ),
                ("ended_at", models.DateTimeField(blank=True, null=True, verbose_name="ended")),
            ],
            options={
                "verbose_name": "suspension",
                "verbose_name_plural": "suspensions",
            },
        ),
        migrations.AddField(
            model_name="auditperson",
            name="impersonator",
            field=models.ForeignKey(
                verbose_name="looking as them",
                null=True,
                on_delete=django.db.models.deletion.SET_NULL,
                related_name="+",
                to=settings.AUTH_USER_MODEL,
            ),
        ),
        migrations.AddIndex(
            model_name="user",
            index=django.contrib.postgres.indexes.GinIndex(
                django.contrib.postgres.indexes.OpClass(django.db.models.functions.text.Upper("name"), "gin_trgm_ops"),
                name="user_by_part_of_name",
            ),
        ),
        migrations.AddIndex(
            model_name="user",
            index=models.Index(
                django.contrib.postgres.indexes.OpClass("email", "text_pattern_ops"), name="user_by_email_beginning"
            ),
        ),
        migrations.AddIndex(
            model_name="user",
            index=models.Index(
                condition=models.Q(("phone", ""), _negated=True), fields=["phone"], name="user_by_phone"
            ),
        ),
        migrations.AddField(
            model_name="impersonation",
            name="admin",
            field=models.ForeignKey(
                verbose_name="admin",
                null=True,
                on_delete=django.db.models.deletion.SET_NULL,
                related_name="+",
                to=settings.AUTH_USER_MODEL,
            ),
        ),
        migrations.AddField(
            model_name="impersonation",
            name="user",
            field=models.ForeignKey(
                verbose_name="looked as",
                on_delete=django.db.models.deletion.CASCADE,
                related_name="+",
                to=settings.AUTH_USER_MODEL,
            ),
        ),
        migrations.AddField(
            model_name="browsersession",
            name="impersonation",
            field=models.ForeignKey(
                null=True,
                on_delete=django.db.models.deletion.CASCADE,
                related_name="sessions",
                to="accounts.impersonation",
                verbose_name="look as somebody",
            ),
        ),
        migrations.AddConstraint(
            model_name="browsersession",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    ("impersonation__isnull", True),
                    models.Q(
                        (
                            "ends_at__lte",
                            django.db.models.expressions.CombinedExpression(
                                models.F("created_at"), "+", models.Value(timedelta(minutes=30))
                            ),
                        ),
                        ("user__isnull", False),
                    ),
                    _connector="OR",
                ),
                name="browser_session_impersonated_is_short",
            ),
        ),
        migrations.AddIndex(
            model_name="jobrun",
            index=models.Index(fields=["-ended_at"], name="job_run_newest"),
        ),
        migrations.AddConstraint(
            model_name="jobrun",
            constraint=models.CheckConstraint(
                condition=models.Q(("state__in", ["done", "retried", "failed"])), name="job_run_state_known"
            ),
        ),
        migrations.AddConstraint(
            model_name="jobrun",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(("error", ""), ("state", "done")),
                    models.Q(("state", "done"), _negated=True),
                    _connector="OR",
                ),
                name="job_run_done_without_error",
            ),
        ),
        migrations.AddConstraint(
            model_name="jobtask",
            constraint=models.CheckConstraint(
                condition=models.Q(("last_state__in", ["done", "retried", "failed"])), name="job_task_state_known"
            ),
        ),
        migrations.AddField(
            model_name="platformsettingchange",
            name="entry",
            field=models.OneToOneField(
                verbose_name="audit entry",
                on_delete=django.db.models.deletion.PROTECT,
                related_name="+",
                to="accounts.auditentry",
            ),
        ),
        migrations.AddField(
            model_name="platformsettingchange",
            name="setting",
            field=models.ForeignKey(
                verbose_name="platform setting",
                on_delete=django.db.models.deletion.PROTECT,
                related_name="changes",
                to="accounts.platformsetting",
            ),
        ),
        migrations.AddField(
            model_name="suspension",
            name="by",
            field=models.ForeignKey(
                verbose_name="suspended by",
                null=True,
                on_delete=django.db.models.deletion.SET_NULL,
                related_name="+",
                to=settings.AUTH_USER_MODEL,
            ),
        ),
        migrations.AddField(
            model_name="suspension",
            name="ended_by",
            field=models.ForeignKey(
                verbose_name="lifted by",
                null=True,
                on_delete=django.db.models.deletion.SET_NULL,
                related_name="+",
                to=settings.AUTH_USER_MODEL,
            ),
        ),
        migrations.AddField(
            model_name="suspension",
            name="user",
            field=models.ForeignKey(
                verbose_name="account",
                on_delete=django.db.models.deletion.CASCADE,
                related_name="suspensions",
                to=settings.AUTH_USER_MODEL,
            ),
        ),
        migrations.AddIndex(
            model_name="impersonation",
            index=models.Index(
                condition=models.Q(("ended_at__isnull", True)), fields=["ends_at"], name="impersonation_to_end"
            ),
        ),
        migrations.AddConstraint(
            model_name="impersonation",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    ("admin__isnull", True), models.Q(("admin", models.F("user")), _negated=True), _connector="OR"
                ),
                name="impersonation_of_somebody_else",
            ),
        ),
        migrations.AddConstraint(
            model_name="impersonation",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    ("ends_at__gt", models.F("started_at")),
                    (
                        "ends_at__lte",
                        django.db.models.expressions.CombinedExpression(
                            models.F("started_at"), "+", models.Value(timedelta(minutes=30))
                        ),
                    ),
                ),
                name="impersonation_is_short",
            ),
        ),
        migrations.AddConstraint(
            model_name="impersonation",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(("ended_at__isnull", True), ("ended_because", "")),
                    models.Q(("ended_at__isnull", False), ("ended_because__in", ["stopped", "time", "signed_out"])),
                    _connector="OR",
                ),
                name="impersonation_ended_with_reason",
            ),
        ),
        migrations.AddConstraint(
            model_name="impersonation",
            constraint=models.CheckConstraint(
                condition=models.Q(("reason", ""), _negated=True), name="impersonation_with_a_reason"
            ),
        ),
        migrations.AddConstraint(
            model_name="platformsettingchange",
            constraint=models.UniqueConstraint(fields=("setting", "version"), name="platform_setting_version_once"),
        ),
        migrations.AddConstraint(
            model_name="platformsettingchange",
            constraint=models.CheckConstraint(
                condition=models.Q(("reason", ""), _negated=True), name="platform_setting_change_with_a_reason"
            ),
        ),
        migrations.AddIndex(
            model_name="suspension",
            index=models.Index(
                condition=models.Q(("ended_at__isnull", True)), fields=["until"], name="suspension_to_end"
            ),
        ),
        migrations.AddConstraint(
            model_name="suspension",
            constraint=models.UniqueConstraint(
                condition=models.Q(("ended_at__isnull", True)), fields=("user",), name="suspension_one_at_a_time"
            ),
        ),
        migrations.AddConstraint(
            model_name="suspension",
            constraint=models.CheckConstraint(
                condition=models.Q(("until__isnull", True), ("until__gt", models.F("since")), _connector="OR"),
                name="suspension_until_later",
            ),
        ),
        migrations.AddConstraint(
            model_name="suspension",
            constraint=models.CheckConstraint(
                condition=models.Q(("reason", ""), _negated=True), name="suspension_with_a_reason"
            ),
        ),
        migrations.AddField(
            model_name="auditperson",
            name="why",
            field=models.CharField(
                verbose_name="why", blank=True, help_text="In the words of whoever did it", max_length=500
            ),
        ),
        append_only("accounts_platformsettingchange"),
        migrations.RunSQL(SIGN_INS, migrations.RunSQL.noop),
        migrations.AddField(
            model_name="signin", name="is_look", field=models.BooleanField(verbose_name="an admin who looks")
        ),
    ]
