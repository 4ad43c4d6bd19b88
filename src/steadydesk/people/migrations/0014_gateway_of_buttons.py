from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("people", "0013_designation"),
    ]

    operations = [
        migrations.AlterField(
            model_name="device",
            name="kind",
            field=models.CharField(
                choices=[
                    ("desk", "desk"),
                    ("wall", "wall board"),
                    ("phones", "telephone system"),
                    ("gateway", "gateway of buttons"),
                ],
                default="desk",
                help_text="a wall board is read only and stands where no customer can see it; a telephone system only tells of calls, a gateway only of buttons, and their places do not matter",
                max_length=10,
                verbose_name="kind",
            ),
        ),
    ]
