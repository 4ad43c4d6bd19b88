"""The author of a final text is who wrote it, and not who authorised it."""

from typing import Any

from django.db import migrations
from django.db.models import F


def name_the_author(apps: Any, _editor: Any) -> None:
    """Until now whoever finalised a draft was written down as the one who made the final version."""
    versions = apps.get_model("documents", "Version").objects
    for final in versions.filter(state="final", created_by=F("authorised_by"), created_at=F("authorised_at")):
        drafts = versions.filter(document=final.document_id, digest=final.digest, pk__lt=final.pk)
        written = drafts.order_by("-pk").first()
        if written is not None:
            versions.filter(pk=final.pk).update(created_by=written.created_by)


class Migration(migrations.Migration):
    """From the newest draft of the same text; an imported one has none, and keeps whoever brought it in."""

    dependencies = [("documents", "0002_reminders")]
    operations = [migrations.RunPython(name_the_author, migrations.RunPython.noop)]
