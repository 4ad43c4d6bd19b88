"""Set-up of sites and places. Django's admin is a form on the actions here, nothing more."""

from django.contrib import admin

from steadydesk.pages.setup import ActionAdmin
from steadydesk.sites import actions
from steadydesk.sites.models import Asset, Connection, Place, Site, Telephone


class SetUpAdmin(ActionAdmin):
    """Saves and deletes by the actions of sites."""

    save_row = staticmethod(actions.save_row)
    delete_row = staticmethod(actions.delete_row)


@admin.register(Site)
class SiteAdmin(SetUpAdmin):
    """A building. What it is doing as a whole is said at the desk, not here."""

    list_display = ("name", "id", "country", "time_zone")
    exclude = ("state",)


@admin.register(Place)
class PlaceAdmin(SetUpAdmin):
    """A desk, a room, a door."""

    list_display = ("name", "site", "kind", "earshot", "staff_only")
    list_filter = ("site", "kind")
    search_fields = ("name", "slug")


@admin.register(Connection)
class ConnectionAdmin(SetUpAdmin):
    """Which places lie next to each other."""

    list_display = ("a", "b", "metres")
    list_filter = ("a__site",)


@admin.register(Telephone)
class TelephoneAdmin(SetUpAdmin):
    """Numbers for getting help, each with when it was last tried."""

    list_display = ("use", "number", "site", "tested_at")
    list_filter = ("site",)


@admin.register(Asset)
class AssetAdmin(SetUpAdmin):
    """What is needed in an emergency."""

    list_display = ("kind", "where", "site", "place")
    list_filter = ("site", "kind")
