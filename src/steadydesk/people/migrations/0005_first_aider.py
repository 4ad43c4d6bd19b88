"""First aiders, who come to a medical call."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("people", "0004_token_session")]

    operations = [
        migrations.AlterField(
            model_name="role",
            name="role",
            field=models.CharField(
                choices=[
                    ("reception", "reception"),
                    ("team_member", "team member"),
                    ("manager", "manager"),
                    ("deputy", "deputy"),
                    ("duty_manager", "duty manager"),
                    ("security", "security"),
                    ("lone_worker", "lone worker"),
                    ("safety_lead", "safety lead"),
                    ("data_protection", "data protection"),
                    ("administrator", "administrator"),
                    ("safety_representative", "safety representative"),
                    ("first_aider", "first aider"),
                    ("day_pass", "day pass"),
                ],
                max_length=30,
                verbose_name="role",
            ),
        ),
    ]
