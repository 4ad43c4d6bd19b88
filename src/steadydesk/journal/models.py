"""The journal: append-only, ids and facts only; and the rows that hold what people typed."""

from django.db import models


class Entry(models.Model):
    """One thing that happened. Written by ``journal.actions`` alone, never changed, never deleted.

    Ids rise in the order of commit: on SQLite there is one writer, on PostgreSQL the insert is the last
    statement of its transaction, under one advisory lock.
    """

    id = models.BigAutoField(primary_key=True)
    type = models.CharField(max_length=40)
    at = models.DateTimeField()
    site = models.CharField(max_length=60, blank=True)
    subject = models.CharField(max_length=80)
    facts = models.JSONField(default=dict)
    by = models.CharField(max_length=80)

    class Meta:
        indexes = [
            models.Index(fields=["subject", "id"], name="journal_subject"),
            models.Index(fields=["site", "id"], name="journal_site"),
        ]
        verbose_name_plural = "entries"


class Words(models.Model):
    """What a person typed. The journal points here, so that the text can go while the journal stays whole."""

    subject = models.CharField(max_length=80, db_index=True)
    site = models.CharField(max_length=60, blank=True, db_default="")
    retention = models.CharField(max_length=40)
    text = models.TextField()
    by = models.CharField(max_length=80)
    written_at = models.DateTimeField()
    expires_at = models.DateTimeField(null=True, db_index=True)
    withdrawn_at = models.DateTimeField(null=True)
    """Since when nobody is shown it any more; it is still there, and can still be erased."""

    class Meta:
        indexes = [models.Index(fields=["retention", "site", "written_at"], name="words_age")]
        verbose_name_plural = "words"


class Sent(models.Model):
    """That something was sent and done, for a day: sent again it is not done again. Holds neither words nor names."""

    id = models.CharField(max_length=64, primary_key=True)
    """Made of who sent it and the key that they gave it."""
    said = models.CharField(max_length=64)
    """Made of all that was said."""
    made = models.CharField(max_length=80, blank=True)
    """The id of what came of it."""
    at = models.DateTimeField(db_index=True)

    class Meta:
        verbose_name_plural = "sent"
