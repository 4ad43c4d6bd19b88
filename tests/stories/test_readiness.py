"""One page says what a site lacks, from what its records hold."""

from datetime import timedelta

import pytest

from steadydesk.contacts.models import Contact
from steadydesk.readiness.queries import gaps
from steadydesk.sites.models import Asset, Place, Telephone
from steadydesk.sites.queries import site


def found(world, name="exchange"):
    return [g.sentence for g in gaps(site(name), world.now)]


@pytest.mark.clause("L3b-v")
def test_l3b_v_a_desk_without_a_recorded_barrier_is_a_gap_on_the_readiness_page(world):
    page = world.client("helen").get("/manage/readiness?site=exchange")
    assert page.status_code == 200
    assert "Reception: nothing solid to keep in between is written down." in page.text
    assert "Desk 1: nothing solid" not in page.text
    Place.objects.filter(site="exchange", slug="desk-1").update(barrier="")
    Place.objects.filter(site="exchange", slug="reception").update(barrier="the counter")
    barriers = [sentence for sentence in found(world) if "solid" in sentence]
    assert barriers == ["Desk 1: nothing solid to keep in between is written down."]


def test_each_part_of_the_records_shows_its_own_gaps(world):
    assert "No safe room is set up." in found(world)
    assert "No safe room is set up." not in found(world, "branch")
    assert "Minister of religion: nobody is on the list." in found(world)
    assert "Chaplaincy office: nobody has found it to be right lately." in found(world, "branch")
    before = found(world)
    Asset.objects.filter(site="exchange", kind="defibrillator").delete()
    Telephone.objects.filter(site="exchange", use="help_extension").update(tested_at=world.now - timedelta(days=30))
    Contact.objects.filter(site="exchange", kind="fire").delete()
    fresh = [sentence for sentence in found(world) if sentence not in before]
    assert len(fresh) == 3
    for part in ("not tried lately", "defibrillator", "Fire service"):
        assert any(part in sentence for sentence in fresh), part


def test_the_page_is_for_those_who_read_reports_and_leads_to_set_up_for_an_administrator(world):
    assert world.client("amira").get("/manage/readiness").status_code == 403
    assert "/set-up/sites/place/" not in world.client("robin").get("/manage/readiness?site=exchange").text
    assert "/set-up/sites/place/" in world.client("sasha").get("/manage/readiness?site=exchange").text
