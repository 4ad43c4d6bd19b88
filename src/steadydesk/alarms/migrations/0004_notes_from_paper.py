"""What was written of a call on paper stood under its site: it becomes a record of its own, which is found (E8a)."""

from uuid import NAMESPACE_OID, uuid5

from django.apps.registry import Apps
from django.db import migrations
from django.db.backends.base.schema import BaseDatabaseSchemaEditor


def name_each(apps: Apps, _editor: BaseDatabaseSchemaEditor) -> None:
    """The words alone: an entry of the journal is never changed."""
    words = apps.get_model("journal", "Words").objects
    entries = apps.get_model("journal", "Entry").objects
    for entry in entries.filter(type="paper:call-entered", subject__startswith="site:").only("pk", "subject", "facts"):
        if kept := entry.facts.get("note_words"):
            subject = f"paper-call:{uuid5(NAMESPACE_OID, f'paper call {entry.pk}')}"
            words.filter(pk=kept, subject=entry.subject).update(subject=subject)


class Migration(migrations.Migration):
    dependencies = [
        ("journal", "0002_withdrawn"),
        ("alarms", "0003_left_out"),
    ]

    operations = [migrations.RunPython(name_each, migrations.RunPython.noop, elidable=True)]
