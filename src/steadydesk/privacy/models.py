"""Holds, the view log, what was given away, and each round of forgetting."""

from django.db import models


class Hold(models.Model):
    """Nothing about the subject is forgotten until somebody lifts this; its day only asks whether to."""

    subject = models.CharField(max_length=80, db_index=True)
    site = models.CharField(max_length=60, blank=True)
    reason = models.BigIntegerField()
    """The words that say why."""
    by = models.CharField(max_length=80)
    placed_at = models.DateTimeField()
    until = models.DateTimeField()
    lifted_at = models.DateTimeField(null=True)
    lifted_by = models.CharField(max_length=80, blank=True)

    class Meta:
        ordering = ["until"]
        indexes = [models.Index(fields=["until"], name="hold_open", condition=models.Q(lifted_at__isnull=True))]


class View(models.Model):
    """Somebody looked at personal data: who, at what, when, and from which screen."""

    at = models.DateTimeField(db_index=True)
    by = models.CharField(max_length=80, db_index=True)
    subject = models.CharField(max_length=80, db_index=True)
    screen = models.CharField(max_length=20)
    words = models.BigIntegerField(null=True)
    """What was typed into a search."""

    class Meta:
        ordering = ["-id"]


class Export(models.Model):
    """What is known about one person, made ready for a file: a person has decided what of others is taken out."""

    subjects = models.JSONField()
    staff_named = models.BooleanField()
    """Whether names of staff stay in; their posts always do."""
    taken_out = models.JSONField(default=list)
    """Parts of typed words: ``[id of the words, from, to]``."""
    by = models.CharField(max_length=80)
    made_at = models.DateTimeField(db_index=True)


class Purge(models.Model):
    """One round of forgetting; it goes on where it stood when the server was stopped."""

    started_at = models.DateTimeField()
    ended_at = models.DateTimeField(null=True)
    step = models.PositiveIntegerField(default=0)
    counts = models.JSONField(default=dict)

    class Meta:
        ordering = ["-id"]
