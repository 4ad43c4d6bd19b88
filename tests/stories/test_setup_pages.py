"""An administrator sets things up in the browser; the pages only pass on to the actions."""

import pytest
from django.contrib import admin
from django.contrib.admin.models import LogEntry
from django.test import Client

from steadydesk.journal import queries as journal
from steadydesk.pages.setup import ActionAdmin, ReadOnlyAdmin
from steadydesk.people.models import Person, Role, Token
from steadydesk.sites.models import Place, Site, Telephone


def signed_in(login):
    client = Client()
    client.force_login(Person.objects.get(login=login))
    return client


def fields_of(client, address):
    """What the form holds when it is opened, as it would be sent back."""
    form = client.get(address).context["adminform"].form
    return {bound.html_name: bound.value() for bound in form if bound.value() not in (None, False)}


def rows(**prefixes):
    management = {}
    for prefix, initial in prefixes.items():
        management |= {f"{prefix}-TOTAL_FORMS": initial, f"{prefix}-INITIAL_FORMS": initial}
    return management


def test_only_who_may_set_up_gets_in(world):
    assert signed_in("sasha").get("/set-up/").status_code == 200
    for login in ("helen", "morgan", "amira"):
        assert signed_in(login).get("/set-up/").status_code == 302
    helen = Person.objects.get(login="helen")
    helen.is_staff = True
    helen.save()
    assert signed_in("helen").get("/set-up/sites/site/").status_code == 403


def test_every_page_of_the_set_up_opens(world):
    client = signed_in("sasha")
    for model, page in admin.site._registry.items():
        address = f"/set-up/{model._meta.app_label}/{model._meta.model_name}/"
        if not isinstance(page, ActionAdmin | ReadOnlyAdmin):
            continue
        assert client.get(address).status_code == 200, address
        row = model._default_manager.first()
        if row is not None:
            assert client.get(f"{address}{row.pk}/change/").status_code == 200, address


def test_a_place_is_changed_by_the_action(world):
    client = signed_in("sasha")
    place = Place.objects.get(slug="desk-1")
    address = f"/set-up/sites/place/{place.pk}/change/"
    sent = {**fields_of(client, address), "name": "Desk one"}
    assert client.post(address, sent).status_code == 302
    assert Place.objects.get(pk=place.pk).name == "Desk one"
    entry = journal.of_subject(f"place:{place.pk}")[-1]
    assert (entry.type, entry.by) == ("set-up:changed", f"person:{Person.objects.get(login='sasha').pk}")
    assert not LogEntry.objects.exists()


def test_a_site_is_made_and_taken_away(world):
    client = signed_in("sasha")
    sent = {"id": "annexe", "name": "Annexe", "country": "GB", "time_zone": "Europe/London"}
    assert client.post("/set-up/sites/site/add/", sent).status_code == 302
    assert Site.objects.get(pk="annexe").state == "open"
    assert client.post("/set-up/sites/site/annexe/delete/", {"post": "yes"}).status_code == 302
    assert not Site.objects.filter(pk="annexe").exists()


def test_a_person_is_made_with_a_password_and_a_role(world):
    client = signed_in("sasha")
    sent = {"login": "noor", "name": "Noor Said", "is_active": "on", "new_password": "weather-glass-9"}
    sent |= rows(roles=0, memberships=0) | {
        "roles-TOTAL_FORMS": 1,
        "roles-0-role": "reception",
        "roles-0-site": "exchange",
    }
    assert client.post("/set-up/people/person/add/", sent).status_code == 302
    noor = Person.objects.get(login="noor")
    assert noor.check_password("weather-glass-9")
    assert Role.objects.get(person=noor).site_id == "exchange"


def test_a_weak_password_is_refused_with_a_reason(world):
    sent = {"login": "noor", "name": "Noor", "is_active": "on", "new_password": "short", **rows(roles=0, memberships=0)}
    answer = signed_in("sasha").post("/set-up/people/person/add/", sent)
    assert "new_password" in answer.context["adminform"].form.errors
    assert not Person.objects.filter(login="noor").exists()


def test_deleting_a_person_keeps_the_row_and_ends_their_tokens(world):
    world.token("lucy")
    lucy = Person.objects.get(login="lucy")
    client = signed_in("sasha")
    assert client.post(f"/set-up/people/person/{lucy.pk}/delete/", {"post": "yes"}).status_code == 302
    assert not Person.objects.get(pk=lucy.pk).is_active
    assert Token.objects.get(person=lucy).revoked_at == world.now


def test_deleting_a_token_revokes_it(world):
    world.token("lucy")
    token = Token.objects.get(person__login="lucy")
    client = signed_in("sasha")
    for _ in range(2):
        assert client.post(f"/set-up/people/token/{token.pk}/delete/", {"post": "yes"}).status_code == 302
    assert Token.objects.get(pk=token.pk).revoked_at == world.now


@pytest.mark.parametrize("block", ["alarms", "visits", "journal", "deadlines", "delivery"])
def test_the_set_up_never_shows_alarms_visits_or_the_journal(world, block):
    assert not [model for model in admin.site._registry if model._meta.app_label == block]


def test_a_code_that_would_hold_up_an_emergency_call_is_refused_beside_its_field_and_stays_typed(world):
    client = signed_in("sasha")
    row = Telephone.objects.get(site="exchange", use="help_extension")
    address = f"/set-up/sites/telephone/{row.pk}/change/"
    sent = {"site": "exchange", "use": "help_extension", "number": "999"}
    page = client.post(address, sent)
    assert page.status_code == 200
    form = page.context["adminform"].form
    assert "999 is a public number" in str(form.errors["number"])
    assert form["number"].value() == "999"
    assert Telephone.objects.get(pk=row.pk).number == "555"
    assert client.post(address, {**sent, "number": "556"}).status_code == 302
    assert Telephone.objects.get(pk=row.pk).number == "556"
