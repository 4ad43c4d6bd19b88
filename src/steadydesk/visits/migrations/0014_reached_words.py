"""Who was reached is typed: it stands among the typed words alone, where it can be withdrawn and erased (E8a)."""

from django.apps.registry import Apps
from django.db import migrations, models
from django.db.backends.base.schema import BaseDatabaseSchemaEditor

GONE = 0
"""Somebody was reached, and the words that said who are not there any more."""


def point_at_words(apps: Apps, _editor: BaseDatabaseSchemaEditor) -> None:
    """From the copy in the prompt to the words that were kept beside it."""
    words = apps.get_model("journal", "Words").objects
    for prompt in apps.get_model("visits", "Prompt").objects.exclude(reached="").only("pk", "reached"):
        kept = words.filter(subject=f"prompt:{prompt.pk}", text=prompt.reached).order_by("pk").first()
        prompt.reached_words = kept.pk if kept else GONE
        prompt.save(update_fields=["reached_words"])


class Migration(migrations.Migration):
    dependencies = [
        ("journal", "0002_withdrawn"),
        ("visits", "0013_entered_once"),
    ]

    operations = [
        migrations.AddField(
            model_name="prompt",
            name="reached_words",
            field=models.BigIntegerField(null=True),
        ),
        migrations.RunPython(point_at_words, migrations.RunPython.noop, elidable=True),
        migrations.RemoveField(
            model_name="prompt",
            name="reached",
        ),
    ]
