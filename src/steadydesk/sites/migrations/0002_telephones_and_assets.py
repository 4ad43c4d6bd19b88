"""Telephone numbers for getting help, and what is needed in an emergency."""

import django.db.models.deletion
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("sites", "0001_initial"),
    ]

    operations = [
        migrations.CreateModel(
            name="Telephone",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                (
                    "use",
                    models.SlugField(
                        help_text="an id of the protocol's list, such as help_extension or emergency",
                        max_length=60,
                        verbose_name="what for",
                    ),
                ),
                ("number", models.CharField(max_length=40, verbose_name="number")),
                (
                    "tested_at",
                    models.DateTimeField(
                        blank=True,
                        help_text="a number that was not tried lately is not offered",
                        null=True,
                        verbose_name="tried at",
                    ),
                ),
                (
                    "site",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE, related_name="telephones", to="sites.site"
                    ),
                ),
            ],
            options={
                "ordering": ["site", "id"],
                "constraints": [models.UniqueConstraint(fields=("site", "use"), name="telephone_once_per_use")],
            },
        ),
        migrations.CreateModel(
            name="Asset",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                (
                    "kind",
                    models.CharField(
                        choices=[("defibrillator", "defibrillator"), ("ambulance_door", "door for the ambulance")],
                        max_length=20,
                        verbose_name="kind",
                    ),
                ),
                (
                    "where",
                    models.CharField(
                        help_text="as you would tell it to a stranger", max_length=200, verbose_name="where it is"
                    ),
                ),
                (
                    "place",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.SET_NULL,
                        related_name="+",
                        to="sites.place",
                    ),
                ),
                (
                    "site",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE, related_name="assets", to="sites.site"
                    ),
                ),
            ],
            options={"ordering": ["site", "id"]},
        ),
    ]
