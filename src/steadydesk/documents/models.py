"""Controlled documents, their versions, and which version binds at which site."""

from django.db import models

from steadydesk.documents.rules import DRAFT, FINAL


class ControlledDocument(models.Model):
    """A document under control; what it says stands in its versions."""

    slug = models.SlugField(primary_key=True, max_length=60)
    title = models.CharField(max_length=300)

    def __str__(self) -> str:
        return self.title


class Version(models.Model):
    """One saved state. Its text is never edited; the control form is filled in as things happen to it."""

    document = models.ForeignKey(ControlledDocument, models.PROTECT, related_name="versions")
    label = models.CharField(max_length=20)
    text = models.TextField()
    digest = models.CharField(max_length=64, db_index=True)
    """SHA-256 of the text: what the parsed protocol is remembered under."""
    control = models.JSONField()
    """The control form as it stands now; the one inside ``text`` is as it stood when the text was saved."""
    state = models.CharField(max_length=10, choices=[(s, s) for s in (DRAFT, FINAL)], default=DRAFT)
    created_at = models.DateTimeField()
    created_by = models.CharField(max_length=80)
    authorised_at = models.DateTimeField(null=True)
    authorised_by = models.CharField(max_length=80, blank=True)
    published_at = models.DateTimeField(null=True)
    reviewed_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["document", "label"], name="version_once_per_document")]
        ordering = ["document", "id"]

    def __str__(self) -> str:
        return f"{self.document_id} {self.label}"


class Binding(models.Model):
    """From ``from_at`` this version is in force at the site; the newest row counts, older ones are past."""

    site = models.ForeignKey("sites.Site", models.CASCADE, related_name="+")
    version = models.ForeignKey(Version, models.PROTECT, related_name="bindings")
    from_at = models.DateTimeField()

    class Meta:
        indexes = [models.Index(fields=["site", "-id"], name="binding_newest")]
