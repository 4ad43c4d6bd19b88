"""Addresses of the pages about data of people. What is searched for never stands in one."""

from django.urls import path
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from steadydesk.screens.privacy import exports, holds, own, papers, views, wording

urlpatterns = [
    path("privacy", require_http_methods(["GET", "POST"])(views.home), name="privacy"),
    path("privacy/records/<str:subject>", require_GET(views.record), name="privacy-record"),
    path("privacy/views", require_GET(views.view_log), name="privacy-views"),
    path("privacy/words/<int:id>", require_http_methods(["GET", "POST"])(wording.words), name="privacy-words"),
    path("privacy/holds/on/<str:subject>", require_POST(holds.place), name="privacy-hold"),
    path("privacy/holds/<int:id>/lift", require_POST(holds.lift), name="privacy-lift"),
    path("privacy/exports", require_POST(exports.decide), name="privacy-export"),
    path("privacy/exports/<int:id>", require_GET(exports.made), name="privacy-made"),
    path("privacy/exports/<int:id>/file", require_GET(exports.file), name="privacy-file"),
    path("privacy/assessment", require_GET(papers.assessment), name="privacy-assessment"),
    path("privacy/notice", require_GET(papers.notice), name="privacy-notice"),
    path("me/data", require_GET(own.own), name="me-data"),
]
