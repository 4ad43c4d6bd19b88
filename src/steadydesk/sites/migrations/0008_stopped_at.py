"""When waits stopped at a site, whoever closed or emptied it first."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("sites", "0007_outages"),
    ]

    operations = [
        migrations.AddField(
            model_name="standing",
            name="stopped_at",
            field=models.DateTimeField(null=True),
        ),
    ]
