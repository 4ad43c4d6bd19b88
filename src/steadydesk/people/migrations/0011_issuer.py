"""A subject is kept with its issuer: those that are there already are of the one that the settings name."""

from django.apps.registry import Apps
from django.conf import settings
from django.db import migrations, models
from django.db.backends.base.schema import BaseDatabaseSchemaEditor


def name_issuers(apps: Apps, editor: BaseDatabaseSchemaEditor) -> None:
    if settings.SINGLE_SIGN_ON is None:
        return
    issuer = settings.SINGLE_SIGN_ON.url.partition("/.well-known/")[0].rstrip("/")
    for person in apps.get_model("people", "Person").objects.exclude(subject=""):
        person.subject = f"{issuer}|{person.subject}"
        person.save(update_fields=["subject"])


class Migration(migrations.Migration):
    dependencies = [
        ("people", "0010_token_ends"),
    ]

    operations = [
        migrations.AlterField(
            model_name="person",
            name="subject",
            field=models.CharField(
                blank=True,
                default="",
                help_text="its issuer and subject there, as in iss|sub; fills itself at the first sign-in by e-mail address",
                max_length=600,
                verbose_name="account at the organisation's sign-in",
            ),
        ),
        migrations.RunPython(name_issuers, migrations.RunPython.noop),
    ]
