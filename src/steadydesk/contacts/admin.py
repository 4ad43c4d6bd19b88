"""Set-up of the emergency contact list."""

from django.contrib import admin

from steadydesk.contacts import actions
from steadydesk.contacts.models import Contact
from steadydesk.pages.setup import ActionAdmin


@admin.register(Contact)
class ContactAdmin(ActionAdmin):
    """Whom the site calls from outside, each with when it was last found to be right."""

    save_row = staticmethod(actions.save_row)
    delete_row = staticmethod(actions.delete_row)
    list_display = ("name", "kind", "phone", "site", "by_chain", "verified_at")
    list_filter = ("site", "kind")
