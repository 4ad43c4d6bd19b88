"""Tests of the chain: who was asked to answer, and who did."""

from django.db import models


class ChainTest(models.Model):
    """One test at one site."""

    site = models.CharField(max_length=60)
    why = models.CharField(max_length=10)
    """``asked`` for by a person, or ``due``."""
    started_by = models.CharField(max_length=80)
    started_at = models.DateTimeField()
    answer_by = models.DateTimeField()
    ended_at = models.DateTimeField(null=True)
    stopped = models.BooleanField(default=False)
    """It was ended before its time and counts for nothing."""
    told = models.PositiveIntegerField(default=0)
    missed = models.PositiveIntegerField(default=0)
    """How many had not answered when it ended."""

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["site"], condition=models.Q(ended_at__isnull=True), name="chain_test_one_open"
            )
        ]
        indexes = [models.Index(fields=["site", "started_at"], name="chain_test_newest")]


class Asked(models.Model):
    """Somebody who was asked to answer."""

    test = models.ForeignKey(ChainTest, models.CASCADE, related_name="asked")
    person = models.ForeignKey("people.Person", models.CASCADE, related_name="+")
    answered_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["test", "person"], name="chain_test_asked_once")]
