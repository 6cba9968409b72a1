import django.db.models.deletion
import django.db.models.functions.text
import django.db.models.lookups
from django.db import migrations, models

from config.lib.constraints import append_only


class Migration(migrations.Migration):
    dependencies = [("accounts", "0005_privacy")]

    operations = [
        migrations.CreateModel(
            name="AuditSeal",
            fields=[
                (
                    "position",
                    models.PositiveBigIntegerField(
                        verbose_name="position", help_text="1, 2, 3, … without a gap", primary_key=True, serialize=False
                    ),
                ),
                (
                    "entry",
                    models.OneToOneField(
                        verbose_name="audit entry",
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="seal",
                        to="accounts.auditentry",
                    ),
                ),
                (
                    "hash",
                    models.BinaryField(verbose_name="hash", help_text="SHA-256 of the hash before it and the entry"),
                ),
                ("at", models.DateTimeField(verbose_name="sealed")),
            ],
            options={
                "verbose_name": "seal of an audit entry",
                "verbose_name_plural": "seals of audit entries",
                "constraints": [
                    models.CheckConstraint(condition=models.Q(("position__gte", 1)), name="audit_seal_from_one"),
                    models.CheckConstraint(
                        condition=django.db.models.lookups.Exact(django.db.models.functions.text.Length("hash"), 32),
                        name="audit_seal_is_sha256",
                    ),
                ],
            },
        ),
        append_only("accounts_auditseal"),
    ]
