"""Words of the pages about working alone."""

from django.utils.translation import gettext_lazy as _

ANSWERS = {"in_order": _("All in order"), "fine": _("Everything is fine"), "nothing_new": _("Nothing new")}
REASONS = {
    "child": _("A child is still here"),
    "customer": _("A customer is still here"),
    "waiting": _("I wait for somebody"),
    "other": _("Something else"),
}
WHY = {
    "no_device": _("no safety device is assigned"),
    "device_low": _("the battery of the device is low"),
    "device_silent": _("the device was not heard from lately"),
    "device_test_never": _("the device was never tried from end to end"),
    "device_test_not_good": _("the device failed its last trial"),
    "device_test_overdue": _("the device was tried too long ago"),
    "no_route": _("not connected to police"),
    "no_room": _("no safe room is set up"),
    "room_out_of_date": _("no safe room is in date"),
    "no_mobile": _("no telephone is held"),
    "speed_dial_never": _("the stored emergency number was never checked"),
    "speed_dial_not_good": _("the emergency number was found not to be stored"),
    "speed_dial_overdue": _("the stored emergency number was checked too long ago"),
    "battery_never": _("the battery of the telephone was never checked"),
    "battery_not_good": _("the battery of the telephone was found not to be good"),
    "battery_overdue": _("the battery of the telephone was checked too long ago"),
    "mobile_unsaid": _("it was not said that the telephone is on them"),
    "unsaid": _("nobody has said so"),
}
ITEMS = {
    "speed_dial": _("Emergency number on speed dial"),
    "battery": _("Battery"),
    "test": _("Tried from end to end"),
}
LOOKS = {
    "": _("in order"),
    "never": _("never looked at"),
    "not_good": _("not in order"),
    "overdue": _("looked at too long ago"),
}
SAID = {"stay": _("Stay until %(until)s."), "close": _("Close the branch.")}
