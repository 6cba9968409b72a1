from django.db import migrations, models

TABLE = """
CREATE SEQUENCE accounts_analyticsevent_id_seq;
CREATE TABLE accounts_analyticsevent (
    at timestamptz NOT NULL,
    id bigint NOT NULL DEFAULT nextval('accounts_analyticsevent_id_seq'),
    kind varchar(16) NOT NULL,
    entity varchar(64) NOT NULL,
    visitor varchar(16) NOT NULL,
    data jsonb NOT NULL,
    CONSTRAINT accounts_analyticsevent_pkey PRIMARY KEY (at, id),
    CONSTRAINT analytics_event_kind_known CHECK (kind IN ('page_view', 'action', 'form_submit', 'share'))
) PARTITION BY RANGE (at);
ALTER SEQUENCE accounts_analyticsevent_id_seq OWNED BY accounts_analyticsevent.id;
-- For months that have no partition yet: nothing that happens is refused.
CREATE TABLE accounts_analyticsevent_rest PARTITION OF accounts_analyticsevent DEFAULT;
"""


class Migration(migrations.Migration):
    dependencies = [("accounts", "0006_audit_chain")]

    operations = [
        migrations.RunSQL(
            TABLE,
            "DROP TABLE accounts_analyticsevent",
            state_operations=[
                migrations.CreateModel(
                    name="AnalyticsEvent",
                    fields=[
                        (
                            "pk",
                            models.CompositePrimaryKey(
                                "at", "id", blank=True, editable=False, primary_key=True, serialize=False
                            ),
                        ),
                        ("at", models.DateTimeField(verbose_name="when")),
                        ("id", models.BigIntegerField()),
                        (
                            "kind",
                            models.CharField(
                                verbose_name="kind",
                                choices=[
                                    ("page_view", "Page looked at"),
                                    ("action", "Action"),
                                    ("form_submit", "Form sent"),
                                    ("share", "Came by a shared link"),
                                ],
                                max_length=16,
                            ),
                        ),
                        (
                            "entity",
                            models.CharField(
                                verbose_name="about",
                                help_text="What it was about, for example event:<id>; or nothing",
                                max_length=64,
                            ),
                        ),
                        ("visitor", models.CharField(verbose_name="visitor of the day", max_length=16)),
                        ("data", models.JSONField(verbose_name="details", default=dict)),
                    ],
                    options={
                        "verbose_name": "analytics event",
                        "verbose_name_plural": "analytics events",
                    },
                ),
            ],
        ),
        migrations.CreateModel(
            name="AnalyticsHandover",
            fields=[
                ("hour", models.DateTimeField(verbose_name="hour", primary_key=True, serialize=False)),
                ("events", models.PositiveIntegerField(verbose_name="events")),
                ("at", models.DateTimeField(verbose_name="when")),
            ],
            options={
                "verbose_name": "analytics hand-over",
                "verbose_name_plural": "analytics hand-overs",
            },
        ),
    ]
