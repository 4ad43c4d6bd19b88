"""Sites, their places and how these lie to each other."""

from django.db import models
from django.utils.translation import gettext_lazy as _


class Site(models.Model):
    """A building with a front desk. Its id is readable and stands in addresses and tokens."""

    class State(models.TextChoices):
        """What the site is doing as a whole."""

        OPEN = "open", _("open")
        CLOSING = "closing", _("closing")
        CLOSED = "closed", _("closed")
        EMPTIED = "emptied", _("emptied")
        LOCKED_DOWN = "locked_down", _("locked down")

    id = models.SlugField(primary_key=True, max_length=60)
    name = models.CharField(_("name"), max_length=120)
    country = models.CharField(_("country"), max_length=2, default="GB", help_text=_("two letters, ISO 3166"))
    time_zone = models.CharField(_("time zone"), max_length=60, default="Europe/London")
    state = models.CharField(_("state"), max_length=20, choices=State.choices, default=State.OPEN)
    off_since = models.DateTimeField(null=True, editable=False)
    """The server was off from here to ``off_until``, and nobody has looked through what fell due meanwhile."""
    off_until = models.DateTimeField(null=True, editable=False)
    ring_instead = models.CharField(
        _("number to ring"), max_length=40, blank=True, help_text=_("shown when the link is lost")
    )
    way_out = models.CharField(_("way out"), max_length=200, blank=True)
    outside_line = models.CharField(
        _("digits for an outside line"),
        max_length=4,
        blank=True,
        help_text=_("what is dialled before a number outside"),
    )

    def __str__(self) -> str:
        return self.name


class Place(models.Model):
    """Somewhere at a site: a desk, a room, a door."""

    class Kind(models.TextChoices):
        """What the place is."""

        RECEPTION = "reception", _("reception")
        DESK = "desk", _("desk")
        BACK_OFFICE = "back_office", _("back office")
        INTERVIEW_ROOM = "interview_room", _("interview room")
        STACKS = "stacks", _("stacks")
        SAFE_ROOM = "safe_room", _("safe room")
        RESTRICTED = "restricted", _("restricted area")
        DOOR = "door", _("door")

    site = models.ForeignKey(Site, models.CASCADE, related_name="places")
    slug = models.SlugField(_("id"), max_length=60)
    name = models.CharField(_("name"), max_length=120)
    kind = models.CharField(_("kind"), max_length=20, choices=Kind.choices)
    earshot = models.CharField(
        _("earshot group"),
        max_length=60,
        blank=True,
        help_text=_("places with the same word hear each other; screens there stay silent"),
    )
    staff_only = models.BooleanField(_("staff only"), default=False, help_text=_("no customer can read a screen here"))
    public = models.BooleanField(_("public area"), default=False)
    extension = models.CharField(
        _("extension"),
        max_length=20,
        blank=True,
        help_text=_("of the telephone that stands here; a comma between two. A call from it for help names this place"),
    )
    barrier = models.CharField(_("barrier"), max_length=120, blank=True)
    way_in = models.CharField(_("way in for helpers"), max_length=200, blank=True)
    silent_key = models.CharField(_("silent key"), max_length=40, default="Ctrl+Shift+9")
    phrase_key = models.CharField(
        _("key beside the phrase"),
        max_length=40,
        default="Ctrl+Shift+8",
        help_text=_("pages the duty manager when the phrase is said; it does nothing else"),
    )

    class Meta:
        constraints = [models.UniqueConstraint(fields=["site", "slug"], name="place_once_per_site")]
        ordering = ["site", "id"]

    def __str__(self) -> str:
        return self.name


class Telephone(models.Model):
    """A number that somebody who needs help can ring from this site."""

    site = models.ForeignKey(Site, models.CASCADE, related_name="telephones")
    use = models.SlugField(
        _("what for"), max_length=60, help_text=_("an id of the protocol's list, such as help_extension or emergency")
    )
    number = models.CharField(_("number"), max_length=40)
    tested_at = models.DateTimeField(
        _("tried at"), null=True, blank=True, help_text=_("a number that was not tried lately is not offered")
    )

    class Meta:
        constraints = [models.UniqueConstraint(fields=["site", "use"], name="telephone_once_per_use")]
        ordering = ["site", "id"]

    def __str__(self) -> str:
        return self.number


class Asset(models.Model):
    """Something at the site that is needed in an emergency, and where it is."""

    class Kind(models.TextChoices):
        """What it is."""

        DEFIBRILLATOR = "defibrillator", _("defibrillator")
        AMBULANCE_DOOR = "ambulance_door", _("door for the ambulance")

    site = models.ForeignKey(Site, models.CASCADE, related_name="assets")
    kind = models.CharField(_("kind"), max_length=20, choices=Kind.choices)
    place = models.ForeignKey(Place, models.SET_NULL, null=True, blank=True, related_name="+")
    where = models.CharField(_("where it is"), max_length=200, help_text=_("as you would tell it to a stranger"))

    class Meta:
        ordering = ["site", "id"]

    def __str__(self) -> str:
        return self.where


class Connection(models.Model):
    """Two places lie ``metres`` of walking apart."""

    a = models.ForeignKey(Place, models.CASCADE, related_name="+")
    b = models.ForeignKey(Place, models.CASCADE, related_name="+")
    metres = models.PositiveIntegerField(default=10)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["a", "b"], name="connection_once")]


class Standing(models.Model):
    """Since when the site is in its state, and who said so."""

    site = models.OneToOneField(Site, models.CASCADE, primary_key=True, related_name="+")
    since = models.DateTimeField()
    by = models.CharField(max_length=80)
    by_hours = models.BooleanField(default=False)
    reason = models.CharField(max_length=20, blank=True)
    closed_at = models.DateTimeField(null=True)
    """When the hours last closed it."""
    emptied_at = models.DateTimeField(null=True)
    """When it was last emptied."""
    stopped_at = models.DateTimeField(null=True)
    """When waits last stopped, whoever closed or emptied it first; what came on top of that changed nothing."""
    reopened_at = models.DateTimeField(null=True)
    """When waits could last begin again, after it had been closed or emptied."""


class OpeningHours(models.Model):
    """When a site is open, by its own clocks. A site without a row is opened and closed by hand alone."""

    site = models.OneToOneField(Site, models.CASCADE, primary_key=True, related_name="+")
    weekly = models.JSONField(default=dict)
    """Weekday (“0” is Monday) → “09:00-12:30, 13:30-17:00”."""
    closing_minutes = models.PositiveSmallIntegerField(default=15)


class SpecialDay(models.Model):
    """A day that has hours of its own, or none."""

    site = models.ForeignKey(Site, models.CASCADE, related_name="+")
    day = models.DateField()
    name = models.CharField(max_length=120)
    spans = models.CharField(max_length=200, blank=True)
    """As in ``OpeningHours``; empty when the site is closed that day."""

    class Meta:
        constraints = [models.UniqueConstraint(fields=["site", "day"], name="special_day_once")]
        ordering = ["day"]


class Inspection(models.Model):
    """What a named inspector found of one item of a safe room. Rows are added, never changed (L2d-ii(2))."""

    place = models.ForeignKey(Place, models.CASCADE, related_name="+")
    item = models.SlugField(max_length=60)
    """An id of the protocol's ``safe_room.items``."""
    good = models.BooleanField()
    at = models.DateTimeField()
    by = models.CharField(max_length=80)

    class Meta:
        indexes = [models.Index(fields=["place", "item", "-at"], name="inspection_latest")]


class PoliceRoute(models.Model):
    """How a site is connected to the police, and who accepted that it is not (L2d-conn)."""

    site = models.OneToOneField(Site, models.CASCADE, primary_key=True, related_name="+")
    provider = models.CharField(max_length=120, blank=True)
    reference = models.CharField(max_length=120, blank=True)
    verification = models.CharField(max_length=400, blank=True)
    """How the police, or whoever receives the call for them, make sure that it is true."""
    tested_at = models.DateTimeField(null=True)
    test_passed = models.BooleanField(default=False)
    tested_by = models.CharField(max_length=80, blank=True)
    accepted_by = models.CharField(max_length=80, blank=True)
    accepted_until = models.DateTimeField(null=True)
