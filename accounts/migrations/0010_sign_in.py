from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("accounts", "0009_administration")]

    operations = [
        migrations.AddField(
            model_name="user",
            name="second_factor_at",
            field=models.DateTimeField(
                verbose_name="second step since",
                blank=True,
                editable=False,
                help_text="Since when signing in takes a second step; empty: it does not",
                null=True,
            ),
        ),
    ]
