"""Documents and their versions, to look at: they change by import, authorisation, review and publication alone."""

from django.contrib import admin

from steadydesk.documents.models import Binding, ControlledDocument, Version
from steadydesk.pages.setup import ReadOnlyAdmin


@admin.register(ControlledDocument)
class DocumentAdmin(ReadOnlyAdmin):
    """A document under control."""

    list_display = ("title", "slug")


@admin.register(Version)
class VersionAdmin(ReadOnlyAdmin):
    """One saved state with its control form and its text."""

    list_display = ("document", "label", "state", "created_at", "published_at")
    list_filter = ("document", "state")


@admin.register(Binding)
class BindingAdmin(ReadOnlyAdmin):
    """Which version was in force where, from when."""

    list_display = ("site", "version", "from_at")
    list_filter = ("site",)
