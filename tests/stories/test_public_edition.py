"""The edition of a protocol for everybody has no number at which somebody of the organisation is rung."""

import re

import pytest
import yaml
from django.apps import apps
from django.db.models import CharField

from steadydesk.documents import actions as documents
from steadydesk.documents import queries as in_documents
from steadydesk.loneworking.models import Mobile
from steadydesk.privacy.queries import public_edition
from steadydesk.protocol import shipped

RUNG = (
    "contacts.Contact.phone", "loneworking.Mobile.number", "people.Person.phone", "people.Team.phone",
    "sites.Place.extension", "sites.Site.ring_instead", "sites.Telephone.number",
)  # fmt: skip
"""Every field that holds a number to ring."""
NOT_RUNG = {
    "sites.Site.outside_line": "what is dialled before a number",
    "visits.Prompt.phone": "a copy of a person's or a team's, as it was asked",
}
LIKE_A_NUMBER = re.compile(r"phone|number|extension|_line|ring_|mobile|dial")


def test_every_field_that_could_hold_a_number_is_decided():
    found = {
        f"{model._meta.label}.{field.name}"
        for model in apps.get_models()
        if model.__module__.startswith("steadydesk.")
        for field in model._meta.get_fields()
        if isinstance(field, CharField) and LIKE_A_NUMBER.search(field.name) and not field.name.endswith("_key")
    }
    assert found == {*RUNG, *NOT_RUNG}


@pytest.mark.parametrize("where", RUNG)
def test_no_number_that_is_set_up_is_in_the_public_edition_however_it_is_written(world, where):
    label, _dot, field = where.rpartition(".")
    model = apps.get_model(label)
    Mobile.objects.get_or_create(site_id="exchange", name="Mobile 1", defaults={"number": "1"})
    row = model._default_manager.order_by("pk").first()
    assert row is not None
    number = "01632 960 417, 8861" if field == "extension" else "01632 960 417"
    model._default_manager.filter(pk=row.pk).update(**{field: number})
    sections = yaml.safe_load(shipped.load("exchange"))
    sections["cards"][0]["steps"][0]["text"] = "Ring 01632 960417, (01632) 960-417 or 999."
    text = yaml.safe_dump(sections, allow_unicode=True, sort_keys=False)
    version = documents.import_document("exchange", text, by=world.person("morgan"), now=world.now)
    edition = public_edition(in_documents.row("exchange", version.label))
    step = yaml.safe_load(edition)["cards"][0]["steps"][0]["text"]
    gone = "[not in this edition]"
    assert step.count(gone) == 2 and step.endswith("or 999."), step
    assert not re.search(r"960\W*417", edition)
