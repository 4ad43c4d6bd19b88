from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("buttons", "0001_buttons"),
    ]

    operations = [
        migrations.AddField(
            model_name="button",
            name="tested_at",
            field=models.DateTimeField(editable=False, null=True),
        ),
        migrations.AddField(
            model_name="button",
            name="trial_until",
            field=models.DateTimeField(editable=False, null=True),
        ),
        migrations.AddField(
            model_name="button",
            name="zone_at",
            field=models.DateTimeField(editable=False, null=True),
        ),
    ]
