"""Addresses of the pages about a site as a whole."""

from datetime import date

from django.urls import path, register_converter
from django.views.decorators.http import require_POST, require_safe

from steadydesk.screens.site import access, hours, views


class Day:
    """``2026-12-25``."""

    regex = r"\d{4}-(?:0[1-9]|1[0-2])-(?:0[1-9]|[12]\d|3[01])"

    def to_python(self, value: str) -> date:
        """The day; a day that there is not matches no page."""
        return date.fromisoformat(value)

    def to_url(self, value: date) -> str:
        """The same as text."""
        return value.isoformat()


register_converter(Day, "day")

urlpatterns = [
    path("site", require_safe(views.state), name="site-state"),
    path("site/change", require_POST(views.change), name="site-change"),
    path("site/here", require_safe(views.here), name="site-here"),
    path("site/here/looked-through", require_POST(views.look_through), name="site-looked-through"),
    path("site/here/all", require_POST(views.answer_all), name="site-answer-all"),
    path("site/here/<int:id>", require_POST(views.answer), name="site-answer"),
    path("site/closing/desks/<int:device>", require_POST(views.send_home), name="site-send-home"),
    path("site/closing/passes/<int:id>", require_POST(views.end_pass), name="site-end-pass"),
    path("site/closing/<int:visit>", require_POST(views.answer_closing), name="site-answer-closing"),
    path("site/access", require_safe(access.access), name="site-access"),
    path("site/access/doors/<slug:place>", require_safe(access.door), name="site-door"),
    path("site/access/met", require_POST(access.met), name="site-met"),
    path("site/access/met/<int:id>", require_POST(access.account), name="site-account"),
    path("site/access/visitors", require_POST(access.come), name="site-visitor"),
    path("site/access/badges", require_POST(access.colleague), name="site-colleague"),
    path("site/access/badges/<int:id>", require_POST(access.badge), name="site-badge"),
    path("manage/hours", require_safe(hours.hours), name="manage-hours"),
    path("manage/hours/days/<day:day>/delete", require_POST(hours.delete_day), name="manage-hours-delete"),
    *(
        path(f"manage/hours/{part}", require_POST(hours.save), {"part": part}, name=f"manage-hours-{part}")
        for part in hours.FORMS
    ),
]
