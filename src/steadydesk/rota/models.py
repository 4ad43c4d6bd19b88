"""What a rota is made of before it is true, and what takes somebody's time besides.

Shifts, duties and absences are rows of people. Here is the plan that they come from: nothing here says who is at work.
"""

from django.db import models
from django.utils.translation import gettext_lazy as _


class Pattern(models.Model):
    """Somebody, or everybody of a team, works at these times each week; from a day to the same day it is once."""

    class Kind(models.TextChoices):
        """What they do."""

        WORK = "work", _("at work")
        DUTY = "duty", _("on the duty rota")

    kind = models.CharField(max_length=10, choices=Kind.choices)
    site = models.ForeignKey("sites.Site", models.CASCADE, related_name="+")
    team = models.ForeignKey("people.Team", models.CASCADE, null=True, related_name="+")
    """Of a duty rota, the team; at work without a person, everybody of this team."""
    person = models.ForeignKey("people.Person", models.CASCADE, null=True, related_name="+")
    place = models.ForeignKey("sites.Place", models.SET_NULL, null=True, related_name="+")
    days = models.CharField(max_length=7)
    """Digits; Monday is 0."""
    starts = models.TimeField()
    ends = models.TimeField()
    """By the site's clocks; no later than it starts is the next day."""
    every_weeks = models.PositiveSmallIntegerField(default=1)
    from_day = models.DateField()
    until_day = models.DateField(null=True)

    class Meta:
        indexes = [models.Index(fields=["site", "from_day"], name="pattern_of_site")]


class Planned(models.Model):
    """One time of a pattern was published as a row of people. It stays when that row is taken: it is not made again."""

    pattern = models.ForeignKey(Pattern, models.CASCADE, related_name="planned")
    day = models.DateField(db_index=True)
    person = models.ForeignKey("people.Person", models.CASCADE, related_name="+")
    """Whose turn it was by the pattern, whoever works it now."""
    row = models.BigIntegerField(db_index=True)
    """The id of the shift, or of the duty."""
    starts_at = models.DateTimeField()
    ends_at = models.DateTimeField()
    place = models.BigIntegerField(null=True)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["pattern", "day", "person"], name="planned_once")]


class Publication(models.Model):
    """Up to this day people may rely on the site's rota."""

    site = models.ForeignKey("sites.Site", models.CASCADE, related_name="+")
    first = models.DateField()
    last = models.DateField()
    at = models.DateTimeField()
    by = models.CharField(max_length=80)
    words = models.BigIntegerField(null=True)
    """Why somebody is left alone, where it leaves somebody alone (L2d-i)."""

    class Meta:
        indexes = [models.Index(fields=["site", "-last"], name="publication_last")]


class Swap(models.Model):
    """Somebody asks who would work a shift of theirs."""

    class State(models.TextChoices):
        """How far it is."""

        OFFERED = "offered", _("offered")
        TAKEN = "taken", _("taken")
        WITHDRAWN = "withdrawn", _("withdrawn")

    shift = models.BigIntegerField(db_index=True)
    site = models.ForeignKey("sites.Site", models.CASCADE, related_name="+")
    giver = models.ForeignKey("people.Person", models.CASCADE, related_name="+")
    taker = models.ForeignKey("people.Person", models.CASCADE, null=True, related_name="+")
    """Who is asked; nobody in particular until somebody takes it."""
    state = models.CharField(max_length=10, choices=State.choices, default=State.OFFERED)
    starts_at = models.DateTimeField()
    ends_at = models.DateTimeField()
    offered_at = models.DateTimeField()
    settled_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["shift"], condition=models.Q(state="offered"), name="swap_offered_once")
        ]


class Calendar(models.Model):
    """A person's own calendar, read for when they are busy and for nothing else."""

    person = models.ForeignKey("people.Person", models.CASCADE, related_name="+")
    label = models.CharField(max_length=60)
    address = models.CharField(max_length=1000, blank=True)
    """Where it is fetched; empty for an uploaded file. Whoever has it can read the calendar, so it is never shown."""
    added_at = models.DateTimeField()
    read_at = models.DateTimeField(null=True)
    """When it was last read well; what it said then stays in force."""
    read_until = models.DateTimeField(null=True)
    next_at = models.DateTimeField(null=True, db_index=True)
    """When it is fetched again."""
    fault = models.CharField(max_length=40, blank=True)
    """Why the last try failed."""
    failed_since = models.DateTimeField(null=True)


class Busy(models.Model):
    """A span of a calendar: when, and never what."""

    calendar = models.ForeignKey(Calendar, models.CASCADE, related_name="spans")
    starts_at = models.DateTimeField(db_index=True)
    ends_at = models.DateTimeField()


class Feed(models.Model):
    """A secret address under which a person's own programs read their shifts. Only its hash is kept."""

    person = models.ForeignKey("people.Person", models.CASCADE, related_name="+")
    hash = models.CharField(max_length=64, unique=True)
    made_at = models.DateTimeField()
    revoked_at = models.DateTimeField(null=True)
