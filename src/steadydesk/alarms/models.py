"""Alarms, and everything that was done to each."""

from django.db import models


class Alarm(models.Model):
    """One call for help. Columns are what a list or a rule looks for; ``body`` is the state the rules decide on."""

    id = models.UUIDField(primary_key=True)
    site = models.CharField(max_length=60)
    place = models.CharField(max_length=60, blank=True)
    mode = models.CharField(max_length=10)
    kind = models.CharField(max_length=40)
    state = models.CharField(max_length=12)
    raised_at = models.DateTimeField()
    closed_at = models.DateTimeField(null=True)
    generation = models.PositiveIntegerField(default=1)
    body = models.JSONField()

    class Meta:
        indexes = [
            models.Index(fields=["raised_at"], name="alarm_open", condition=models.Q(closed_at__isnull=True)),
            models.Index(fields=["raised_at"], name="alarm_raised"),
        ]


class LeftOut(models.Model):
    """Somebody for whom this alarm does not exist: it is about them, or about somebody of their line (ruling 16)."""

    alarm = models.ForeignKey(Alarm, models.CASCADE, related_name="left_out")
    person = models.PositiveBigIntegerField(db_index=True)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["alarm", "person"], name="left_out_once")]


class Act(models.Model):
    """A press or an answer, by its own id, so that recording it twice is harmless."""

    id = models.UUIDField(primary_key=True)
    alarm = models.ForeignKey(Alarm, models.CASCADE, related_name="acts")
    verb = models.CharField(max_length=20)
    at = models.DateTimeField()
    recorded_at = models.DateTimeField()
    by = models.CharField(max_length=80)
    facts = models.JSONField(default=dict)
