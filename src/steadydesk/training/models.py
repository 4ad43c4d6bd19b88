"""What was rehearsed: by whom, when and with whom (L3b-ii(3), LT3)."""

from django.db import models


class Rehearsal(models.Model):
    """Somebody rehearsed something. Rows are added; a wrong one is taken back and stays on record."""

    site = models.CharField(max_length=60)
    person = models.PositiveBigIntegerField(db_index=True)
    partner = models.PositiveBigIntegerField()
    """With whom."""
    what = models.CharField(max_length=40)
    held_on = models.DateField()
    recorded_at = models.DateTimeField()
    recorded_by = models.CharField(max_length=80)
    taken_back_at = models.DateTimeField(null=True)
    taken_back_by = models.CharField(max_length=80, blank=True)

    class Meta:
        indexes = [models.Index(fields=["site", "held_on"], name="rehearsal_held")]

    @property
    def subject(self) -> str:
        """How the journal names it."""
        return f"rehearsal:{self.pk}"
