"""The emergency contact list: whom each site calls from outside."""

from django.db import models
from django.utils.translation import gettext_lazy as _


class Contact(models.Model):
    """A service outside, or a person there, and how to reach them."""

    site = models.ForeignKey("sites.Site", models.CASCADE, related_name="+")
    kind = models.SlugField(_("what kind"), max_length=60, help_text=_("an id of the protocol's kinds, such as police"))
    name = models.CharField(_("who"), max_length=120)
    phone = models.CharField(_("number"), max_length=40)
    email = models.EmailField(_("e-mail"), blank=True)
    by_chain = models.BooleanField(
        _("told by a call for help"),
        default=False,
        help_text=_(
            "Rung and mailed by itself, once, when a real call comes to the step “contacts” of its chain; "
            "nobody speaks. Choose only those who agreed to it, such as a security company."
        ),
    )
    reached = models.CharField(_("when reached"), max_length=120, blank=True, help_text=_("such as by day on weekdays"))
    owner = models.CharField(_("who keeps it right"), max_length=120, blank=True, help_text=_("a post, not a person"))
    verified_at = models.DateTimeField(_("last found to be right"), null=True, blank=True)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["site", "kind", "name"], name="contact_once")]
        ordering = ["site", "id"]

    def __str__(self) -> str:
        return self.name
