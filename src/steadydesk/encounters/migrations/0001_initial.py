from django.db import migrations, models


class Migration(migrations.Migration):
    initial = True

    dependencies = []

    operations = [
        migrations.CreateModel(
            name="Judgement",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("subject", models.CharField(db_index=True, max_length=60)),
                ("site", models.CharField(max_length=60)),
                ("appears", models.CharField(max_length=20)),
                ("at", models.DateTimeField()),
                ("by", models.CharField(max_length=80)),
            ],
        ),
        migrations.CreateModel(
            name="SupportCall",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("subject", models.CharField(db_index=True, max_length=60)),
                ("site", models.CharField(max_length=60)),
                ("service", models.CharField(max_length=60)),
                ("called_at", models.DateTimeField()),
                ("by", models.CharField(max_length=80)),
                ("reference", models.BigIntegerField(null=True)),
                ("outcome", models.CharField(blank=True, max_length=60)),
                ("arrived_at", models.DateTimeField(null=True)),
            ],
        ),
        migrations.CreateModel(
            name="Tick",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("subject", models.CharField(db_index=True, max_length=60)),
                ("site", models.CharField(max_length=60)),
                ("card", models.CharField(max_length=60)),
                ("step", models.CharField(max_length=60)),
                ("outcome", models.CharField(max_length=40)),
                ("words", models.BigIntegerField(null=True)),
                ("until", models.DateTimeField(null=True)),
                ("at", models.DateTimeField()),
                ("by", models.CharField(max_length=80)),
            ],
        ),
        migrations.CreateModel(
            name="Encounter",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("subject", models.CharField(max_length=60, unique=True)),
                ("site", models.CharField(max_length=60)),
                ("place", models.CharField(blank=True, max_length=60)),
                ("document", models.CharField(max_length=60)),
                ("version", models.CharField(max_length=20)),
                ("started_at", models.DateTimeField()),
                ("by", models.CharField(max_length=80)),
                ("offered_at", models.DateTimeField(null=True)),
                ("asked_at", models.DateTimeField(null=True)),
                ("way", models.CharField(blank=True, max_length=40)),
                ("alarm", models.UUIDField(null=True)),
                ("prompted_at", models.DateTimeField(null=True)),
                ("passed_at", models.DateTimeField(null=True)),
                ("ended_at", models.DateTimeField(null=True)),
            ],
            options={
                "indexes": [
                    models.Index(fields=["site", "started_at"], name="encounter_started"),
                    models.Index(
                        condition=models.Q(("prompted_at__isnull", False)), fields=["site"], name="encounter_prompted"
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="FormText",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("subject", models.CharField(max_length=60)),
                ("site", models.CharField(max_length=60)),
                ("field", models.CharField(max_length=40)),
                ("words", models.BigIntegerField(null=True)),
                ("started_at", models.DateTimeField()),
                ("saved_at", models.DateTimeField()),
                ("by", models.CharField(max_length=80)),
            ],
            options={
                "constraints": [models.UniqueConstraint(fields=("subject", "field"), name="form_text_once")],
            },
        ),
    ]
