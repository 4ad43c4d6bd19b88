from datetime import timedelta

from django.apps.registry import Apps
from django.db import migrations, models
from django.db.backends.base.schema import BaseDatabaseSchemaEditor
from django.db.models import F

LASTED = timedelta(hours=12)
"""So long a session lasts; the tokens of browsers that are there already get the same."""


def end_browsers(apps: Apps, editor: BaseDatabaseSchemaEditor) -> None:
    apps.get_model("people", "Token").objects.filter(label="browser").update(ends_at=F("created_at") + LASTED)


class Migration(migrations.Migration):
    dependencies = [
        ("people", "0009_single_sign_on"),
    ]

    operations = [
        migrations.AddField(
            model_name="token",
            name="ends_at",
            field=models.DateTimeField(blank=True, null=True),
        ),
        migrations.RunPython(end_browsers, migrations.RunPython.noop),
    ]
