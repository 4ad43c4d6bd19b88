"""Addresses of what goes onto paper and comes back from it."""

from django.urls import path
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from steadydesk.screens.paper import views
from steadydesk.screens.paper.pack import morning_pack, pack_printed

urlpatterns = [
    path("paper", require_http_methods(["GET", "HEAD", "POST"])(views.paper), name="paper"),
    path("paper/call", require_POST(views.paper_call), name="paper-call"),
    path("paper/pack", require_GET(morning_pack), name="morning-pack"),
    path("paper/pack/printed", require_POST(pack_printed), name="pack-printed"),
]
