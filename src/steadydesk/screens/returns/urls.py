"""Addresses of the pages about times that customers are given."""

from django.urls import path
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from steadydesk.screens.returns import giving, views, warnings

either = require_http_methods(["GET", "HEAD", "POST"])

urlpatterns = [
    path("visits/<int:id>/return", either(giving.book_return), name="visit-return"),
    path("expected", require_safe(views.day_list), name="expected"),
    path("expected/new", either(giving.book_appointment), name="expected-new"),
    path("expected/warn", either(warnings.forewarn), name="forewarn"),
    path("expected/warnings/<int:id>/<slug:verb>", require_POST(warnings.act), name="forewarning-act"),
    path("expected/told/<int:prompt>", require_POST(views.told), name="expected-told"),
    path("expected/<int:id>", require_safe(views.one), name="expected-one"),
    path("expected/<int:id>/slip", require_safe(views.slip), name="expected-slip"),
    path("expected/<int:id>/confirm", require_POST(views.confirm), name="expected-confirm"),
    path("expected/<int:id>/<slug:verb>", require_POST(views.act), name="expected-act"),
]
