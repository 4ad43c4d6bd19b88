"""People, their teams and roles, when they are there; and the devices, which are actors too."""

from typing import ClassVar

from django.contrib.auth.base_user import AbstractBaseUser, BaseUserManager
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from steadydesk.kernel.actor import ROLES


class Accounts(BaseUserManager["Person"]):
    """Django's way to look an account up by its login."""


class Person(AbstractBaseUser):
    """A member of staff: the account they sign in with and the name colleagues see."""

    login = models.CharField(_("login"), max_length=60, unique=True)
    name = models.CharField(_("display name"), max_length=120)
    email = models.EmailField(_("e-mail"), blank=True)
    phone = models.CharField(_("phone"), max_length=40, blank=True)
    language = models.CharField(
        _("language"), max_length=20, blank=True, help_text=_("empty for the one that the browser asks for")
    )
    duty_phone_confirmed_at = models.DateTimeField(null=True, blank=True, editable=False)
    is_active = models.BooleanField(_("active"), default=True)
    left_at = models.DateTimeField(null=True, blank=True, editable=False)
    """Since when the account is not active; it is forgotten when the protocol's time for that is over."""
    is_staff = models.BooleanField(_("may open set-up"), default=False)
    subject = models.CharField(
        _("account at the organisation's sign-in"),
        max_length=600,
        blank=True,
        default="",
        help_text=_("its issuer and subject there, as in iss|sub; fills itself at the first sign-in by e-mail address"),
    )
    password_is_given = models.BooleanField(default=False, editable=False)
    """Somebody else set the password: it is changed at the first sign-in."""

    USERNAME_FIELD = "login"
    REQUIRED_FIELDS: ClassVar[list[str]] = ["name"]
    EMAIL_FIELD = "email"
    objects = Accounts()

    class Meta:
        verbose_name_plural = "people"
        constraints = [
            models.UniqueConstraint(fields=["subject"], condition=~models.Q(subject=""), name="subject_once")
        ]

    def __str__(self) -> str:
        return self.name

    def has_perm(self, perm: str, obj: object = None) -> bool:
        """Django's admin asks this; set-up is one permission, held with the role."""
        return self.is_active and self.is_staff

    def has_module_perms(self, app_label: str) -> bool:
        """As ``has_perm``."""
        return self.is_active and self.is_staff


class Team(models.Model):
    """A service area: who deals with an enquiry."""

    id = models.SlugField(primary_key=True, max_length=60)
    site = models.ForeignKey("sites.Site", models.CASCADE, related_name="teams")
    name = models.CharField(_("name"), max_length=120)
    phone = models.CharField(_("team's line"), max_length=40, blank=True)
    runs_duty_rota = models.BooleanField(_("runs a duty rota"), default=False)

    def __str__(self) -> str:
        return self.name


class Membership(models.Model):
    """A person's post in a team."""

    class Post(models.TextChoices):
        """What they are to the team."""

        MEMBER = "member", _("member")
        MANAGER = "manager", _("manager")
        DEPUTY = "deputy", _("deputy")

    team = models.ForeignKey(Team, models.CASCADE, related_name="memberships")
    person = models.ForeignKey(Person, models.CASCADE, related_name="memberships")
    post = models.CharField(_("post"), max_length=20, choices=Post.choices, default=Post.MEMBER)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["team", "person"], name="member_once")]


ROLE_NAMES = {
    "reception": _("reception"),
    "team_member": _("team member"),
    "manager": _("manager"),
    "deputy": _("deputy"),
    "duty_manager": _("duty manager"),
    "security": _("security"),
    "lone_worker": _("lone worker"),
    "safety_lead": _("safety lead"),
    "data_protection": _("data protection"),
    "administrator": _("administrator"),
    "safety_representative": _("safety representative"),
    "first_aider": _("first aider"),
    "day_pass": _("day pass"),
}


class Role(models.Model):
    """What a person may do, at one site or (no site) at all of them."""

    person = models.ForeignKey(Person, models.CASCADE, related_name="roles")
    role = models.CharField(_("role"), max_length=30, choices=[(r, ROLE_NAMES[r]) for r in ROLES])
    site = models.ForeignKey("sites.Site", models.CASCADE, null=True, blank=True, related_name="+")

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["person", "role", "site"], name="role_once", nulls_distinct=False)
        ]


class Shift(models.Model):
    """A person is at work at a site; without an end until somebody ends it."""

    person = models.ForeignKey(Person, models.CASCADE, related_name="shifts")
    site = models.ForeignKey("sites.Site", models.CASCADE, related_name="+")
    place = models.ForeignKey("sites.Place", models.SET_NULL, null=True, blank=True, related_name="+")
    starts_at = models.DateTimeField(_("starts"), db_index=True)
    ends_at = models.DateTimeField(_("ends"), null=True, blank=True, db_index=True)


class Absence(models.Model):
    """A person is not there although the shift says so; no reason is asked, and no more than a kind is kept."""

    class Kind(models.TextChoices):
        """What a manager plans by. Colleagues read that somebody is away."""

        AWAY = "away", _("away")
        ILL = "ill", _("ill")
        LEAVE = "leave", _("on leave")

    person = models.ForeignKey(Person, models.CASCADE, related_name="absences")
    starts_at = models.DateTimeField(db_index=True)
    ends_at = models.DateTimeField(null=True, blank=True)
    kind = models.CharField(max_length=10, choices=Kind.choices, default=Kind.AWAY)


class Duty(models.Model):
    """A person answers for a team on its duty rota."""

    team = models.ForeignKey(Team, models.CASCADE, related_name="duties")
    person = models.ForeignKey(Person, models.CASCADE, related_name="+")
    starts_at = models.DateTimeField(_("starts"), db_index=True)
    ends_at = models.DateTimeField(_("ends"), null=True, blank=True)

    class Meta:
        verbose_name_plural = "duties"


class Designation(models.Model):
    """Customers who come for this are referred to this person: a line of a designated list (E3b)."""

    site = models.ForeignKey("sites.Site", models.CASCADE, related_name="+")
    person = models.ForeignKey(Person, models.CASCADE, related_name="designations")
    service = models.CharField(
        _("enquiry type"), max_length=60, blank=True, default="", help_text=_("its id in the protocol")
    )
    team = models.ForeignKey(
        Team,
        models.CASCADE,
        related_name="+",
        null=True,
        blank=True,
        help_text=_("for every enquiry type of the team that has no list of its own"),
    )

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["site", "service", "person"], name="designated_once", condition=Q(team=None)
            ),
            models.UniqueConstraint(fields=["team", "person"], name="designated_for_team_once"),
            models.CheckConstraint(
                condition=Q(service="", team__isnull=False) | (~Q(service="") & Q(team__isnull=True)),
                name="designated_for_one_thing",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.service or self.team}: {self.person}"


class Device(models.Model):
    """A desk station or another thing that acts from one place."""

    class Kind(models.TextChoices):
        """What it is."""

        DESK = "desk", _("desk")
        WALL = "wall", _("wall board")
        PHONES = "phones", _("telephone system")
        GATEWAY = "gateway", _("gateway of buttons")
        BOARD = "board", _("public board")
        KIOSK = "kiosk", _("check-in kiosk")

    name = models.CharField(_("name"), max_length=60, unique=True)
    site = models.ForeignKey("sites.Site", models.CASCADE, related_name="devices")
    place = models.ForeignKey("sites.Place", models.CASCADE, related_name="devices")
    kind = models.CharField(
        _("kind"),
        max_length=10,
        choices=Kind.choices,
        default=Kind.DESK,
        help_text=_(
            "a wall board is read only and stands where no customer can see it; "
            "a telephone system only tells of calls, a gateway only of buttons, and their places do not matter; "
            "a public board shows called tickets, a kiosk lets customers take one, and neither shows anything else"
        ),
    )
    started_at = models.DateTimeField(null=True, blank=True, editable=False)

    def __str__(self) -> str:
        return self.name


class Token(models.Model):
    """A credential of a person or a device. Only its hash is kept; it is shown once, when it is made."""

    hash = models.CharField(max_length=64, unique=True)
    person = models.ForeignKey(Person, models.CASCADE, null=True, blank=True, related_name="tokens")
    device = models.ForeignKey(Device, models.CASCADE, null=True, blank=True, related_name="tokens")
    label = models.CharField(max_length=80, blank=True)
    session = models.CharField(max_length=40, blank=True)
    """The browser's session that began with it."""
    created_at = models.DateTimeField()
    created_by = models.CharField(max_length=80)
    revoked_at = models.DateTimeField(null=True, blank=True)
    ends_at = models.DateTimeField(null=True, blank=True)
    """By the time outside, which a demonstration does not speed up; a browser's has an end, a program's has none."""


class Tries(models.Model):
    """How often something was tried of late, for every process; Django's cache reads and writes it."""

    cache_key = models.CharField(max_length=255, primary_key=True)
    value = models.TextField()
    expires = models.DateTimeField(db_index=True)


class Screen(models.Model):
    """A browser that a person uses: where it stands and when it was last used, for "someone can answer"."""

    key = models.CharField(max_length=64, primary_key=True)
    person = models.ForeignKey(Person, models.CASCADE, related_name="screens")
    place = models.ForeignKey("sites.Place", models.CASCADE, null=True, related_name="+")
    unlocked = models.BooleanField(default=True)
    used_at = models.DateTimeField(db_index=True)
