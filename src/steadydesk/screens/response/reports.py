"""Reports: made by the child process, shown as a plain table, given away as a file."""

import csv
from datetime import timedelta
from http import HTTPStatus
from zoneinfo import ZoneInfo

from django.http import HttpRequest, HttpResponse
from django.utils.dateparse import parse_date
from django.utils.formats import date_format
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as lazy

from steadydesk.kernel.actor import Actor, Permission
from steadydesk.kernel.clock import clock
from steadydesk.kernel.errors import Invalid, NotFound, StorageUnavailable
from steadydesk.reports.asking import ask
from steadydesk.reports.table import File
from steadydesk.screens.response.forms import Span
from steadydesk.screens.response.page import choose_site, page, show
from steadydesk.sites.models import Site

A_FORTNIGHT = timedelta(days=13)
NEEDS = {
    "waits": Permission.REPORT_READ,
    "kept": Permission.REPORT_READ,
    "triggers": Permission.REPORT_READ,
    "contact": Permission.REPORT_READ,
    "calls": Permission.REPORT_READ,
    "lone": Permission.REPORT_READ,
    "doors": Permission.REPORT_READ,
    "along": Permission.REPORT_READ,
    "interpreters": Permission.REPORT_READ,
    "journal": Permission.JOURNAL_READ,
}
FIGURES = ("kept", "triggers", "contact", "calls", "lone", "doors", "along", "interpreters")
"""What stands above the table of days."""
TITLES = (
    lazy("How it was kept"),
    lazy("What sets people off"),
    lazy("The first word to somebody agitated"),
    lazy("Calls for help"),
    lazy("Working alone"),
    lazy("Without a badge"),
    lazy("Who came along"),
    lazy("Interpreters"),
)


@page(Permission.REPORT_READ)
def reports(request: HttpRequest, by: Actor) -> HttpResponse:
    """How the waits of E1 were kept, a line a day."""
    site = choose_site(request, by, Permission.REPORT_READ)
    span = _span(request, site)
    rows: list[list[str]] = []
    figures: list[list[list[str]]] = []
    away = ""
    if span.is_valid():
        try:
            rows = read_table(ask("waits", site.pk, by, **_days(span)))
            figures = [read_table(ask(report, site.pk, by, **_days(span))) for report in FIGURES]
        except Invalid as error:
            for fault in error.faults:
                span.add_error(fault.field, fault.reason)
        except StorageUnavailable as error:
            away = str(error.sentence)
    status = HTTPStatus.OK if span.is_valid() else HTTPStatus.UNPROCESSABLE_ENTITY
    journal = by.may(Permission.JOURNAL_READ, site.pk)
    return show(
        request,
        by,
        "response/reports.html",
        HTTPStatus.SERVICE_UNAVAILABLE if away else status,
        site=site,
        span=span,
        head=rows[:1],
        rows=[[_day(row[0]), *row[1:]] for row in rows[1:]],
        figures=zip(TITLES, figures, strict=False),
        away=away,
        journal=journal,
    )


@page(Permission.REPORT_READ)
def report_file(request: HttpRequest, by: Actor, report: str) -> HttpResponse:
    """The same as a file, or the record itself."""
    if report not in NEEDS:
        raise NotFound(_("There is no such report."))
    site = choose_site(request, by, Permission.REPORT_READ)
    by.check(NEEDS[report], site.pk)
    span = _span(request, site)
    if not span.is_valid():
        raise NotFound(_("Choose a first and a last day for the report."))
    try:
        file = ask(report, site.pk, by, **_days(span))
    except Invalid as error:
        raise NotFound("; ".join(fault.reason for fault in error.faults)) from error
    name = {"Content-Disposition": f'attachment; filename="{file.name}"'}
    return HttpResponse(file.content, content_type=file.kind, headers=name)


def read_table(file: File) -> list[list[str]]:
    """The rows of a report, its head first."""
    return list(csv.reader(file.content.decode("utf-8-sig").splitlines()))


def _day(written: str) -> str:
    """A day as people write it; in the file it is as programs do."""
    day = parse_date(written)
    return date_format(day, "D j M Y").replace(" ", "\N{NO-BREAK SPACE}") if day else written


def _span(request: HttpRequest, site: Site) -> Span:
    today = clock.now().astimezone(ZoneInfo(site.time_zone)).date()
    asked = {name: request.GET[name] for name in ("first", "last") if name in request.GET}
    return Span({"first": today - A_FORTNIGHT, "last": today} | asked)


def _days(span: Span) -> dict[str, str]:
    return {name: span.cleaned_data[name].isoformat() for name in ("first", "last")}
