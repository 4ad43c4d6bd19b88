"""Whether a day pass ends with the site's day; of those given before nobody knows it, so they end when was said."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("desks", "0003_at_opening"),
    ]

    operations = [
        migrations.AddField(
            model_name="daypass",
            name="until_closing",
            field=models.BooleanField(default=False),
        ),
    ]
