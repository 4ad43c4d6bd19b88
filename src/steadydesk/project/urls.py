"""Every address."""

from allauth.account import views as accounts
from allauth.mfa.base import views as factors
from allauth.mfa.webauthn import views as passkeys
from django.contrib import admin
from django.urls import include, path, re_path
from django.views.decorators.http import require_GET, require_POST

from steadydesk.api.v1.api import api, not_found
from steadydesk.screens import own_password, single_sign_on
from steadydesk.screens.factors import stage

# Of allauth's pages those that are used here. Its pages for e-mail addresses and passwords would write past the
# actions, and its password reset would send mail past the outbox: an administrator sets a new password instead.
signing_in = [
    path("login/", accounts.login, name="account_login"),
    path("logout/", accounts.logout, name="account_logout"),
    path("inactive/", accounts.account_inactive, name="account_inactive"),
    path("reauthenticate/", accounts.reauthenticate, name="account_reauthenticate"),
    path("second-factor/", factors.authenticate, name="mfa_authenticate"),
    path("second-factor/confirm/", factors.reauthenticate, name="mfa_reauthenticate"),
    path("second-factor/app/", stage.add_app, name="account_add_factor"),
    path("second-factor/passkey/", stage.add_passkey, name="account_add_passkey"),
    path("passkey/", passkeys.login_webauthn, name="mfa_login_webauthn"),
    path("passkey/confirm/", passkeys.reauthenticate_webauthn, name="mfa_reauthenticate_webauthn"),
    path("single-sign-on/", require_GET(single_sign_on.begin), name="single_sign_on"),
    path("single-sign-on/done/", require_GET(single_sign_on.finish), name="single_sign_on_done"),
    path("password/change/", own_password.change, name="account_change_password"),
    path("password/new/", own_password.renew, name="account_new_password"),
]

urlpatterns = [
    # Reading the stream never comes here: it is served before Django. Any other method is refused.
    path("api/v1/stream", require_GET(not_found)),
    path("api/v1/", api.urls),
    re_path(r"^api/(?P<rest>.*)$", not_found),
    path("accounts/", include(signing_in)),
    # Django's own way out would leave the token of the browser good.
    path("set-up/logout/", require_POST(accounts.logout)),
    path("set-up/", admin.site.urls),
    path("", include("steadydesk.screens.urls")),
]
