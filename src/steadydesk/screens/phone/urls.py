"""Addresses of the phone app."""

from django.urls import path
from django.views.decorators.http import require_GET

from steadydesk.screens.phone import install, views

urlpatterns = [
    path("phone", require_GET(views.phone), name="phone"),
    path("phone/numbers", require_GET(views.numbers), name="phone-numbers"),
    path("phone/cards", require_GET(views.cards), name="phone-cards"),
    path("phone.webmanifest", require_GET(install.manifest), name="phone-manifest"),
]
