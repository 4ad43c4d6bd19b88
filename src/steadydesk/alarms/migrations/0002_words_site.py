"""What was typed about a call belongs to the call's site, as every other typed text belongs to its own."""

from typing import Any

from django.db import migrations


def fill(apps: Any, schema: Any) -> None:
    """Earlier releases left the site of these rows empty."""
    words = apps.get_model("journal", "Words").objects.filter(retention="alarm_note", site="")
    sites = {f"alarm:{id}": site for id, site in apps.get_model("alarms", "Alarm").objects.values_list("pk", "site")}
    for subject in words.values_list("subject", flat=True).distinct():
        if subject in sites:
            words.filter(subject=subject).update(site=sites[subject])


class Migration(migrations.Migration):
    """Rows only."""

    dependencies = [("alarms", "0001_initial"), ("journal", "0002_withdrawn")]

    operations = [migrations.RunPython(fill, migrations.RunPython.noop, elidable=True)]
