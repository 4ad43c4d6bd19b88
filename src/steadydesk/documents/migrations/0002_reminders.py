"""Reviews of what is in force already are reminded of as well."""

from typing import Any

from django.db import migrations


def look_at_each(apps: Any, schema: Any) -> None:
    """Have the engine look once at every document that was published; it finds out by itself what is due."""
    bindings = apps.get_model("documents", "Binding").objects.order_by("pk")
    first = dict(reversed(bindings.values_list("version__document_id", "from_at")))
    deadline = apps.get_model("deadlines", "Deadline").objects
    for document, at in first.items():
        deadline.get_or_create(
            kind="document-review", subject=f"protocol:{document}", defaults={"due_at": at, "lane": 1}
        )


class Migration(migrations.Migration):
    """Rows only."""

    dependencies = [("documents", "0001_initial"), ("deadlines", "0001_initial")]

    operations = [migrations.RunPython(look_at_each, migrations.RunPython.noop, elidable=True)]
