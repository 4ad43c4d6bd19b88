from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("people", "0005_first_aider")]

    operations = [
        migrations.AddField(
            model_name="device",
            name="kind",
            field=models.CharField(
                choices=[("desk", "desk"), ("wall", "wall board")],
                default="desk",
                help_text="a wall board is read only and stands where no customer can see it",
                max_length=10,
                verbose_name="kind",
            ),
        ),
    ]
