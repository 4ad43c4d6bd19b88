"""The one table of due times."""

from django.db import models


class Deadline(models.Model):
    """Something must be decided again at ``due_at``. The row is a hint when to look; the subject is the truth."""

    class Lane(models.IntegerChoices):
        """Alarms before the rest."""

        ALARM = 0
        REST = 1

    kind = models.CharField(max_length=40)
    subject = models.CharField(max_length=80)
    due_at = models.DateTimeField()
    generation = models.PositiveIntegerField(default=1)
    lane = models.PositiveSmallIntegerField(choices=Lane.choices, default=Lane.REST)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["kind", "subject"], name="deadline_once")]
        indexes = [models.Index(fields=["lane", "due_at"], name="deadline_due")]
