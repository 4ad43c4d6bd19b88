"""Addresses of the desk."""

from django.urls import path
from django.views.decorators.http import require_POST, require_safe

from steadydesk.screens.desk import kinds, news, outside, room, signing, views, visiting

urlpatterns = [
    path("", require_safe(views.start), name="start"),
    path("desk", require_safe(views.console), name="desk"),
    path("desk/enrol", signing.enrol, name="desk-enrol"),
    path("desk/place", signing.place, name="desk-place"),
    path("desk/tap", signing.tap, name="desk-tap"),
    path("desk/lock", signing.lock, name="desk-lock"),
    path("desk/unlock", signing.unlock, name="desk-unlock"),
    path("desk/take-over", signing.take_over, name="desk-take-over"),
    path("desk/start", views.start_desk, name="desk-start"),
    path("desk/board", require_safe(views.board), name="desk-board"),
    path("desk/arrivals", views.arrive, name="desk-arrive"),
    path("desk/next", visiting.call_next, name="desk-next"),
    path("desk/gone", require_safe(views.gone), name="desk-gone"),
    path("desk/tell", room.tell_room, name="desk-tell"),
    path("desk/room", require_safe(room.room_list), name="desk-room"),
    path("desk/prompts/<int:id>", views.answer, name="desk-answer"),
    path("desk/call", kinds.call, name="desk-call"),
    path("desk/help", kinds.help_from_nothing, name="desk-help"),
    path("calls/outside", require_safe(outside.outside), name="call-outside"),
    path("calls/<uuid:id>/card", require_safe(kinds.call_card), name="call-card"),
    path("calls/<uuid:id>/form", kinds.save_form, name="call-form"),
    path("visits/<int:id>", require_safe(visiting.visit_page), name="visit"),
    path("visits/<int:id>/card", require_safe(visiting.card), name="visit-card"),
    path("visits/<int:id>/asking", require_safe(visiting.asking_part), name="visit-asking"),
    path("visits/<int:id>/<slug:action>", require_POST(visiting.act), name="visit-act"),
    path("screens/news", news.news, name="news"),
    path("screens/used", news.used, name="used"),
    path("sw.js", news.service_worker, name="service-worker"),
]
