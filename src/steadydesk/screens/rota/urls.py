"""Addresses of the rota."""

from django.urls import path
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from steadydesk.screens.rota import mine, plan, turns, week

turn = require_http_methods(["GET", "HEAD", "POST"])(turns.turn)

urlpatterns = [
    path("rota", require_GET(week.week), name="rota"),
    path("rota/file.csv", require_GET(week.export), {"form": "csv"}, name="rota-csv"),
    path("rota/file.ics", require_GET(week.export), {"form": "ics"}, name="rota-ics"),
    path("rota/plan", require_GET(plan.plan), name="rota-plan"),
    path("rota/plan/save", require_POST(plan.save), name="rota-plan-save"),
    path("rota/plan/file", require_POST(plan.take_file), name="rota-plan-file"),
    path("rota/plan/<int:id>/end", require_POST(plan.end), name="rota-plan-end"),
    path("rota/publish", require_POST(plan.publish), name="rota-publish"),
    path("rota/work/<int:id>", turn, {"kind": "work"}, name="rota-work"),
    path("rota/duty/<int:id>", turn, {"kind": "duty"}, name="rota-duty"),
    path("rota/taken-out/<int:planned>", require_POST(turns.restore), name="rota-restore"),
    path("rota/mine", require_GET(mine.mine), name="my-shifts"),
    path("rota/mine/ill", require_POST(mine.say_ill), name="my-ill"),
    path("rota/mine/away", require_POST(mine.plan_away), name="my-away"),
    path("rota/mine/away/<int:id>/end", require_POST(mine.end_away), name="my-away-end"),
    path("rota/mine/offer/<int:shift>", require_POST(mine.offer), name="my-offer"),
    path("rota/mine/swaps/<int:id>", require_POST(mine.answer), name="my-swap"),
    path("rota/mine/calendars", require_POST(mine.add_address), name="my-calendars"),
    path("rota/mine/calendars/file", require_POST(mine.add_file), name="my-calendar-file"),
    path("rota/mine/calendars/<int:id>", require_POST(mine.change_calendar), name="my-calendar"),
    path("rota/mine/feed", require_POST(mine.change_feed), name="my-feed"),
    path("rota/feed/<str:secret>.ics", require_GET(mine.feed), name="rota-feed"),
]
