"""Every address."""

from django.contrib import admin
from django.urls import include, path, re_path

from steadydesk.api.v1.api import api, not_found

urlpatterns = [
    path("api/v1/", api.urls),
    re_path(r"^api/(?P<rest>.*)$", not_found),
    path("accounts/", include("allauth.account.urls")),
    path("set-up/", admin.site.urls),
    path("", include("steadydesk.screens.urls")),
]
