import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models

import config.lib.public_ids
from config.lib.constraints import append_only


class Migration(migrations.Migration):
    dependencies = [("accounts", "0007_analytics")]

    operations = [
        migrations.CreateModel(
            name="TrustedFlagger",
            fields=[
                (
                    "user",
                    models.OneToOneField(
                        verbose_name="account",
                        on_delete=django.db.models.deletion.CASCADE,
                        primary_key=True,
                        related_name="+",
                        serialize=False,
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                ("since", models.DateTimeField(verbose_name="since")),
            ],
            options={
                "verbose_name": "trusted flagger",
                "verbose_name_plural": "trusted flaggers",
            },
        ),
        migrations.AddField(
            model_name="upload",
            name="held_at",
            field=models.DateTimeField(
                verbose_name="hidden since", editable=False, help_text="Since when moderation hides it", null=True
            ),
        ),
        migrations.AddField(
            model_name="user",
            name="held_at",
            field=models.DateTimeField(
                verbose_name="hidden since",
                editable=False,
                help_text="Since when moderation hides name and face",
                null=True,
            ),
        ),
        migrations.CreateModel(
            name="Case",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("public_id", config.lib.public_ids.PublicIdField(verbose_name="public id", length=16)),
                ("subject_type", models.CharField(verbose_name="kind of subject", max_length=32)),
                ("subject_id", models.CharField(verbose_name="subject", max_length=64)),
                (
                    "state",
                    models.CharField(
                        choices=[
                            ("open", "Waiting"),
                            ("held", "Held"),
                            ("decided", "Removed"),
                            ("appealed", "Appealed"),
                            ("closed", "Closed"),
                        ],
                        default="open",
                        max_length=16,
                        verbose_name="state",
                    ),
                ),
                (
                    "priority",
                    models.PositiveSmallIntegerField(
                        choices=[(1, "Low"), (2, "Normal"), (3, "High"), (4, "Urgent")],
                        default=2,
                        verbose_name="priority",
                    ),
                ),
                ("version", models.PositiveIntegerField(verbose_name="version", default=1)),
                ("opened_at", models.DateTimeField(verbose_name="opened on")),
                ("closed_at", models.DateTimeField(null=True, verbose_name="closed on")),
                (
                    "owner",
                    models.ForeignKey(
                        verbose_name="owner",
                        null=True,
                        on_delete=django.db.models.deletion.SET_NULL,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
            ],
            options={
                "verbose_name": "moderation case",
                "verbose_name_plural": "moderation cases",
            },
        ),
        migrations.CreateModel(
            name="Decision",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("public_id", config.lib.public_ids.PublicIdField(verbose_name="public id", length=16)),
                (
                    "verdict",
                    models.CharField(
                        verbose_name="verdict",
                        choices=[("keep", "Keep"), ("hold", "Hold"), ("remove", "Remove"), ("restore", "Restore")],
                        max_length=16,
                    ),
                ),
                (
                    "reason",
                    models.CharField(
                        verbose_name="reason",
                        choices=[
                            ("spam", "Spam or a scam"),
                            ("hate", "Hate or harassment"),
                            ("sexual", "Sexual content"),
                            ("violence", "Violence or a threat"),
                            ("impersonation", "Pretends to be somebody else"),
                            ("illegal", "Against the law"),
                            ("other", "Something else"),
                        ],
                        max_length=16,
                    ),
                ),
                ("words", models.TextField(verbose_name="in their words", max_length=2000)),
                ("automatic", models.BooleanField(verbose_name="automatic", default=False)),
                ("at", models.DateTimeField(verbose_name="decided on")),
                (
                    "by",
                    models.ForeignKey(
                        verbose_name="decided by",
                        null=True,
                        on_delete=django.db.models.deletion.SET_NULL,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                (
                    "case",
                    models.ForeignKey(
                        verbose_name="moderation case",
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="decisions",
                        to="accounts.case",
                    ),
                ),
            ],
            options={
                "verbose_name": "decision",
                "verbose_name_plural": "decisions",
            },
        ),
        migrations.CreateModel(
            name="Appeal",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("public_id", config.lib.public_ids.PublicIdField(verbose_name="public id", length=16)),
                ("words", models.TextField(verbose_name="in their words", blank=True, max_length=2000)),
                ("at", models.DateTimeField(verbose_name="appealed on")),
                (
                    "outcome",
                    models.CharField(
                        verbose_name="outcome",
                        blank=True,
                        choices=[("upheld", "The decision stands"), ("overturned", "The decision is undone")],
                        max_length=16,
                    ),
                ),
                ("answer", models.TextField(verbose_name="answer", blank=True, max_length=2000)),
                ("answered_at", models.DateTimeField(verbose_name="answered on", null=True)),
                (
                    "answered_by",
                    models.ForeignKey(
                        verbose_name="answered by",
                        null=True,
                        on_delete=django.db.models.deletion.SET_NULL,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                (
                    "by",
                    models.ForeignKey(
                        verbose_name="appealed by",
                        null=True,
                        on_delete=django.db.models.deletion.SET_NULL,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                (
                    "decision",
                    models.OneToOneField(
                        verbose_name="decision",
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="appeal",
                        to="accounts.decision",
                    ),
                ),
            ],
            options={
                "verbose_name": "appeal",
                "verbose_name_plural": "appeals",
            },
        ),
        migrations.CreateModel(
            name="Report",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("public_id", config.lib.public_ids.PublicIdField(verbose_name="public id", length=16)),
                ("mark", models.CharField(verbose_name="visitor of the day", blank=True, max_length=32)),
                (
                    "reason",
                    models.CharField(
                        choices=[
                            ("spam", "Spam or a scam"),
                            ("hate", "Hate or harassment"),
                            ("sexual", "Sexual content"),
                            ("violence", "Violence or a threat"),
                            ("impersonation", "Pretends to be somebody else"),
                            ("illegal", "Against the law"),
                            ("other", "Something else"),
                        ],
                        max_length=16,
                        verbose_name="reason",
                    ),
                ),
                ("words", models.TextField(blank=True, max_length=2000, verbose_name="in their words")),
                ("points", models.PositiveSmallIntegerField(verbose_name="weight")),
                ("at", models.DateTimeField(verbose_name="reported on")),
                (
                    "case",
                    models.ForeignKey(
                        verbose_name="moderation case",
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="reports",
                        to="accounts.case",
                    ),
                ),
                (
                    "reporter",
                    models.ForeignKey(
                        verbose_name="reported by",
                        null=True,
                        on_delete=django.db.models.deletion.SET_NULL,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
            ],
            options={
                "verbose_name": "report",
                "verbose_name_plural": "reports",
            },
        ),
        migrations.AddIndex(
            model_name="case",
            index=models.Index(
                condition=models.Q(("state", "closed"), _negated=True),
                fields=["-priority", "opened_at"],
                name="case_queue",
            ),
        ),
        migrations.AddIndex(
            model_name="case",
            index=models.Index(fields=["subject_type", "subject_id", "-id"], name="case_by_subject"),
        ),
        migrations.AddIndex(
            model_name="case",
            index=models.Index(fields=["owner", "-id"], name="case_by_owner"),
        ),
        migrations.AddConstraint(
            model_name="case",
            constraint=models.CheckConstraint(
                condition=models.Q(("state__in", ["open", "held", "decided", "appealed", "closed"])),
                name="case_state_known",
            ),
        ),
        migrations.AddConstraint(
            model_name="case",
            constraint=models.CheckConstraint(
                condition=models.Q(("priority__in", [1, 2, 3, 4])), name="case_priority_known"
            ),
        ),
        migrations.AddConstraint(
            model_name="case",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(("closed_at__isnull", False), ("state", "closed")),
                    models.Q(models.Q(("state", "closed"), _negated=True), ("closed_at__isnull", True)),
                    _connector="OR",
                ),
                name="case_closed_at_some_time",
            ),
        ),
        migrations.AddConstraint(
            model_name="case",
            constraint=models.UniqueConstraint(
                condition=models.Q(("state", "closed"), _negated=True),
                fields=("subject_type", "subject_id"),
                name="case_open_once",
            ),
        ),
        migrations.AddConstraint(
            model_name="decision",
            constraint=models.CheckConstraint(
                condition=models.Q(("verdict__in", ["keep", "hold", "remove", "restore"])),
                name="decision_verdict_known",
            ),
        ),
        migrations.AddConstraint(
            model_name="decision",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    ("reason__in", ["spam", "hate", "sexual", "violence", "impersonation", "illegal", "other"])
                ),
                name="decision_reason_known",
            ),
        ),
        migrations.AddConstraint(
            model_name="decision",
            constraint=models.CheckConstraint(
                condition=models.Q(("words", ""), _negated=True), name="decision_says_why"
            ),
        ),
        migrations.AddConstraint(
            model_name="decision",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    ("automatic", False), models.Q(("by__isnull", True), ("verdict", "hold")), _connector="OR"
                ),
                name="decision_rules_only_hold",
            ),
        ),
        migrations.AddConstraint(
            model_name="appeal",
            constraint=models.CheckConstraint(
                condition=models.Q(("outcome__in", ["", "upheld", "overturned"])), name="appeal_outcome_known"
            ),
        ),
        migrations.AddConstraint(
            model_name="appeal",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(("answer", ""), ("answered_at__isnull", True), ("outcome", "")),
                    models.Q(
                        models.Q(("outcome", ""), _negated=True),
                        models.Q(("answer", ""), _negated=True),
                        ("answered_at__isnull", False),
                    ),
                    _connector="OR",
                ),
                name="appeal_answered_whole",
            ),
        ),
        migrations.AddIndex(
            model_name="report",
            index=models.Index(fields=["reporter", "-id"], name="report_by_reporter"),
        ),
        migrations.AddConstraint(
            model_name="report",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    ("reason__in", ["spam", "hate", "sexual", "violence", "impersonation", "illegal", "other"])
                ),
                name="report_reason_known",
            ),
        ),
        migrations.AddConstraint(
            model_name="report",
            constraint=models.UniqueConstraint(fields=("case", "reporter"), name="report_once_per_person"),
        ),
        migrations.AddConstraint(
            model_name="report",
            constraint=models.UniqueConstraint(
                condition=models.Q(("mark", ""), _negated=True), fields=("case", "mark"), name="report_once_per_address"
            ),
        ),
        migrations.AddConstraint(
            model_name="report",
            constraint=models.CheckConstraint(
                condition=models.Q(("reporter__isnull", True), ("mark", ""), _connector="OR"),
                name="report_one_kind_of_reporter",
            ),
        ),
        append_only("accounts_decision", erasable={"by_id": "NULL"}),
    ]
