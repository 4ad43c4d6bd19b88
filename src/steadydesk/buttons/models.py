"""Personal safety devices, wall buttons and pedals; and the zones in which gateways find those that are worn."""

from django.core.validators import RegexValidator
from django.db import models
from django.utils.translation import gettext_lazy as _

from steadydesk.buttons.rules import NAME

PLAIN = RegexValidator(NAME, _("Use letters, digits, dots, dashes and colons."))


class Button(models.Model):
    """A thing to press for help that is no desk: worn by a person, or fixed at a place."""

    class Kind(models.TextChoices):
        """Where it is."""

        WORN = "worn", _("worn by a person")
        WALL = "wall", _("on a wall")
        PEDAL = "pedal", _("a pedal or a hidden button at a desk")

    name = models.CharField(
        _("name"), max_length=60, unique=True, validators=[PLAIN], help_text=_("the name that it gives itself")
    )
    kind = models.CharField(_("kind"), max_length=10, choices=Kind.choices, default=Kind.WORN)
    site = models.ForeignKey("sites.Site", models.CASCADE, related_name="+")
    place = models.ForeignKey(
        "sites.Place",
        models.CASCADE,
        null=True,
        blank=True,
        related_name="+",
        help_text=_("empty for one that is worn"),
    )
    every_minutes = models.PositiveIntegerField(
        _("is heard of every"),
        null=True,
        blank=True,
        help_text=_(
            "minutes; when it is silent for longer the duty manager is told. Empty: it speaks when pressed only"
        ),
    )
    salt = models.CharField(max_length=64, blank=True, editable=False)
    """What its secret is made from, with the key of the installation; empty while it has none."""
    person = models.ForeignKey(
        "people.Person", models.SET_NULL, null=True, blank=True, related_name="+", editable=False
    )
    assigned_at = models.DateTimeField(null=True, editable=False)
    confirmed_at = models.DateTimeField(null=True, editable=False)
    battery = models.PositiveSmallIntegerField(null=True, editable=False)
    """Per cent."""
    heard_at = models.DateTimeField(null=True, editable=False)
    zone = models.CharField(max_length=60, blank=True, editable=False)
    """Where it was heard last, in a gateway's word."""
    zone_at = models.DateTimeField(null=True, editable=False)
    trial_until = models.DateTimeField(null=True, editable=False)
    """Until when its next press is a test, and calls nobody."""
    tested_at = models.DateTimeField(null=True, editable=False)
    is_low = models.BooleanField(default=False, editable=False)
    is_silent = models.BooleanField(default=False, editable=False)
    retired_at = models.DateTimeField(null=True, editable=False)

    def __str__(self) -> str:
        return self.name


class Zone(models.Model):
    """The place that a gateway means by its word for where a worn button is."""

    name = models.CharField(_("zone"), max_length=60, unique=True, help_text=_("the word of the gateway"))
    place = models.ForeignKey("sites.Place", models.CASCADE, related_name="+")

    def __str__(self) -> str:
        return self.name
