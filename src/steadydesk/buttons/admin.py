"""Set-up of worn and wall buttons and of zones, by the actions."""

from django.contrib import admin
from django.db.models import QuerySet
from django.http import HttpRequest

from steadydesk.buttons import actions
from steadydesk.buttons.models import Button, Zone
from steadydesk.pages.setup import ActionAdmin


class SetUpAdmin(ActionAdmin):
    """Saves and deletes by the actions of buttons."""

    save_row = staticmethod(actions.save_row)
    delete_row = staticmethod(actions.delete_row)


@admin.register(Button)
class ButtonAdmin(SetUpAdmin):
    """A worn or wall button. Its secret and who wears it are on the page of buttons."""

    list_display = ("name", "kind", "site", "place", "heard_at")
    list_filter = ("site", "kind")

    def get_queryset(self, request: HttpRequest) -> QuerySet[Button]:
        """Those in use."""
        return super().get_queryset(request).filter(retired_at__isnull=True)


@admin.register(Zone)
class ZoneAdmin(SetUpAdmin):
    """Where a gateway's word is."""

    list_display = ("name", "place")
