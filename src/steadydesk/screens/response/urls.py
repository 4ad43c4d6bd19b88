"""Addresses of the response pages."""

from django.urls import path
from django.views.decorators.http import require_GET, require_POST

from steadydesk.screens.response import alarm, asked, desks, documents, duty, manage, me, reports, respond, withdrawals

urlpatterns = [
    path("respond", require_GET(respond.respond), name="respond"),
    path("respond/calls", require_GET(respond.open_calls), name="respond-calls"),
    path("respond/asked", require_GET(asked.asked_part), name="respond-asked"),
    path("respond/asked/<int:id>", require_POST(asked.answer_asked), name="respond-asked-answer"),
    path("alarms/<uuid:id>", require_GET(alarm.alarm), name="alarm"),
    path("alarms/<uuid:id>/part", require_GET(alarm.part), name="alarm-part"),
    path("alarms/<uuid:id>/<slug:verb>", require_POST(alarm.answer), name="alarm-answer"),
    path("manage", require_GET(manage.manage), name="manage"),
    path("manage/part", require_GET(manage.manage_part), name="manage-part"),
    path("manage/drill", require_POST(manage.start_drill), name="manage-drill"),
    path("manage/people", require_GET(manage.manage_people), name="manage-people"),
    path("manage/people/<int:person>", require_POST(manage.set_presence), name="manage-presence"),
    path("manage/desks", require_GET(desks.manage_desks), name="manage-desks"),
    path("manage/desks/<int:device>", require_POST(desks.change_desk), name="manage-desk"),
    path("manage/passes", require_POST(desks.give_pass), name="manage-passes"),
    path("manage/passes/<int:id>/end", require_POST(desks.end_pass), name="manage-pass-end"),
    path("manage/withdrawals", require_GET(withdrawals.withdrawals), name="withdrawals"),
    path("manage/withdrawals/new", withdrawals.withdraw, name="withdraw"),
    path("manage/withdrawals/<int:id>", require_GET(withdrawals.withdrawal), name="withdrawal"),
    path("manage/withdrawals/<int:id>/<slug:verb>", require_POST(withdrawals.change), name="withdrawal-change"),
    path("documents", require_GET(documents.documents), name="documents"),
    path("documents/<slug:document>/<str:label>", require_GET(documents.version), name="document-version"),
    path("reports/", require_GET(reports.reports), name="reports"),
    path("reports/<slug:report>", require_GET(reports.report_file), name="report-file"),
    path("documents/<slug:document>/<str:label>/public", require_GET(documents.public), name="document-public"),
    path("me", require_GET(me.me), name="me"),
    path("me/language", require_POST(me.choose_language), name="me-language"),
    path("me/pin", require_POST(me.choose_pin), name="me-pin"),
    path("me/sign-out-everywhere", require_POST(me.sign_out_everywhere), name="me-sign-out-everywhere"),
    path("me/duty", require_POST(duty.change), name="me-duty"),
    path("me/tokens/<int:token>/revoke", require_POST(me.revoke), name="me-revoke"),
]
