"""A procedure is written, authorised, published, amended and reviewed."""

import hashlib
from datetime import UTC, date, datetime

import pytest

from steadydesk.documents import actions, queries
from steadydesk.documents.models import Version
from steadydesk.documents.rules import Authorisation
from steadydesk.journal import queries as journal
from steadydesk.kernel.actor import Actor, system
from steadydesk.kernel.errors import NotAllowed, NotFound, Refusal
from steadydesk.protocol import shipped
from steadydesk.protocol.codec import ProtocolFaults
from steadydesk.sites.models import Site

pytestmark = pytest.mark.django_db

NOW = datetime(2026, 3, 2, 9, tzinfo=UTC)
TODAY = date(2026, 3, 2)
SETUP = system("test")
WRITER = Actor("person", "1", "Writer", roles=frozenset({("safety_lead", None)}))
HEAD = Actor("person", "2", "Head", roles=frozenset({("safety_lead", None)}))
DESK = Actor("person", "3", "Desk", roles=frozenset({("reception", None)}))
DECISION = Authorisation(TODAY, "Head of service", date(2027, 3, 2), "Minute 4")
TEXT = shipped.load("exchange")


def changed(text=TEXT, attend_within="PT12M"):
    return text.replace("attend_within: PT10M", f"attend_within: {attend_within}")


def draft(document="desk"):
    return actions.create_document(document, TEXT, by=WRITER, now=NOW)


def final(document="desk"):
    return actions.authorise(draft(document), DECISION, by=HEAD, now=NOW)


def labels(document="desk"):
    return [version.label for version in queries.versions(document)]


@pytest.fixture
def site():
    return Site.objects.create(id="exchange", name="Exchange").pk


@pytest.mark.clause("D2")
def test_d2_every_saved_state_has_one_number_and_no_two_share_one():
    final()
    for _ in range(12):
        actions.save_amendment("desk", changed(), by=WRITER, now=NOW)
    actions.complete_review(queries.versions("desk")[-1], DECISION, by=HEAD, now=NOW)
    actions.import_document("desk", TEXT, by=WRITER, now=NOW)
    assert len(set(labels())) == len(labels()) == 16


@pytest.mark.clause("D2")
def test_d2_a_number_that_a_later_state_has_passed_is_refused():
    first = draft()
    actions.authorise(first, DECISION, by=HEAD, now=NOW)
    with pytest.raises(Refusal):
        actions.authorise(first, DECISION, by=HEAD, now=NOW)
    assert labels() == ["v0.01", "v1"]


@pytest.mark.clause("D2a")
def test_d2a_a_new_document_begins_at_v0_01_and_counts_on():
    assert draft().label == "v0.01"
    newest = actions.save_amendment("desk", changed(), by=WRITER, now=NOW)
    assert (newest.label, newest.state) == ("v0.02", "draft")
    actions.import_document("long", TEXT.replace("version: v1.1", "version: v0.98"), by=SETUP, now=NOW)
    for _ in range(2):
        actions.save_amendment("long", changed(), by=WRITER, now=NOW)
    assert labels("long") == ["v0.98", "v0.99", "v0.100"]


@pytest.mark.clause("D2b")
def test_d2b_an_authorised_draft_becomes_v1_and_nothing_else_does():
    version = final()
    assert (version.label, version.state) == ("v1", "final")
    assert queries.row("desk", "v0.01").state == "draft"
    amendment = actions.save_amendment("desk", changed(), by=WRITER, now=NOW)
    assert actions.authorise(amendment, DECISION, by=HEAD, now=NOW).label == "v1.1"


@pytest.mark.clause("D2c")
def test_d2c_amendments_of_v1_are_v1_1_and_on_and_v1_stays_readable():
    final()
    for _ in range(10):
        actions.save_amendment("desk", changed(), by=WRITER, now=NOW)
    assert labels()[1:3] == ["v1", "v1.1"]
    assert labels()[-2:] == ["v1.9", "v1.10"]
    assert queries.version("desk", "v1").protocol.waiting.attend_within.seconds == 600
    assert queries.version("desk", "v1.10").protocol.waiting.attend_within.seconds == 720


@pytest.mark.clause("D2d")
def test_d2d_a_completed_review_gives_v2_and_says_when():
    final()
    amendment = actions.save_amendment("desk", changed(), by=WRITER, now=NOW)
    version = actions.complete_review(amendment, DECISION, by=HEAD, now=NOW)
    assert (version.label, version.state) == ("v2", "final")
    assert queries.control_form(queries.row("desk", "v1.1")).review_completed_on == TODAY
    assert queries.control_form(version).review_completed_on is None
    assert actions.save_amendment("desk", changed(), by=WRITER, now=NOW).label == "v2.1"


@pytest.mark.clause("D2e")
def test_d2e_an_imported_document_keeps_its_label_and_goes_on_from_there():
    assert actions.import_document("exchange", TEXT, by=SETUP, now=NOW).label == "v1.1"
    assert actions.save_amendment("exchange", changed(), by=WRITER, now=NOW).label == "v1.2"
    reviewed = actions.complete_review(queries.row("exchange", "v1.2"), DECISION, by=HEAD, now=NOW)
    assert reviewed.label == "v2"


@pytest.mark.clause("D0-fix")
def test_d0_fix_the_imported_form_keeps_every_filled_value_and_every_blank():
    form = queries.control_form(actions.import_document("exchange", TEXT, by=SETUP, now=NOW))
    assert form.title == "Protocol for customers in the reception and interview rooms at the Exchange"
    assert form.version.lower() == "v1.1"
    assert "agitated" in form.keywords
    assert [author.post for author in form.authors] == ["Exchange building manager"]
    assert form.authorised_on == date(2010, 9, 2)
    assert form.authority == "Head of service, children's services"
    assert form.review_on == date(2011, 9, 1)
    assert form.location == "Publication awaited"
    assert (form.date_published, form.authorisation_information, form.review_completed_on) == (
        None,
        None,
        None,
    )


@pytest.mark.clause("D6")
@pytest.mark.parametrize("day", [date(2026, 3, 3), date(2026, 12, 1)])
def test_d6_a_day_that_is_still_to_come_authorises_nothing(day):
    decision = Authorisation(day, "Head of service", date(2028, 1, 1))
    with pytest.raises(Refusal, match="still to come") as refused:
        actions.authorise(draft(), decision, by=HEAD, now=NOW)
    assert refused.value.code == "incomplete"
    assert labels() == ["v0.01"]


@pytest.mark.clause("D6")
def test_d6_an_import_without_the_authorised_date_cannot_be_published(site):
    text = TEXT.replace("authorised_on: 2010-09-02", "authorised_on: null")
    version = actions.import_document("exchange", text, by=SETUP, now=NOW)
    with pytest.raises(Refusal, match="not authorised"):
        actions.publish(version, [site], by=SETUP, now=NOW)


@pytest.mark.clause("D7")
def test_d7_the_author_cannot_authorise_alone_by_person_else_by_post():
    with pytest.raises(Refusal, match="somebody else must"):
        actions.authorise(draft(), DECISION, by=WRITER, now=NOW)
    posted = Authorisation(TODAY, "exchange building manager", date(2027, 3, 2))
    with pytest.raises(Refusal, match="somebody else must"):
        actions.authorise(queries.row("desk", "v0.01"), posted, by=SETUP, now=NOW)
    assert labels() == ["v0.01"]


@pytest.mark.clause("D7")
def test_d7_whoever_wrote_the_text_stays_its_author_and_cannot_complete_its_review_alone():
    version = final()
    assert (version.created_by, version.authorised_by) == (WRITER.ref, HEAD.ref)
    with pytest.raises(Refusal, match="somebody else must"):
        actions.complete_review(version, DECISION, by=WRITER, now=NOW)
    second = actions.complete_review(version, DECISION, by=HEAD, now=NOW)
    assert (second.label, second.created_by) == ("v2", WRITER.ref)
    assert actions.complete_review(second, DECISION, by=HEAD, now=NOW).label == "v3"


@pytest.mark.clause("D2")
def test_d2_a_draft_of_a_text_that_was_replaced_meanwhile_is_not_authorised():
    final()
    late = actions.save_amendment("desk", changed(), by=WRITER, now=NOW)
    actions.complete_review(late, DECISION, by=HEAD, now=NOW)
    with pytest.raises(Refusal, match=r"v2 is final already, and came after v1\.1"):
        actions.authorise(late, DECISION, by=HEAD, now=NOW)


@pytest.mark.clause("D9")
@pytest.mark.parametrize("day", [TODAY, date(2026, 3, 1)])
def test_d9_the_review_date_must_come_after_the_authorised_date(day):
    with pytest.raises(Refusal, match="must come after"):
        actions.authorise(draft(), Authorisation(TODAY, "Head of service", day), by=HEAD, now=NOW)
    assert labels() == ["v0.01"]


def test_a_form_signed_this_morning_where_the_day_is_further_on_is_not_from_the_future():
    Site.objects.create(id="east", name="East", time_zone="Pacific/Auckland")
    decision = Authorisation(date(2026, 3, 3), "Head of service", date(2027, 3, 3))
    late = datetime(2026, 3, 2, 20, tzinfo=UTC)
    assert actions.authorise(draft(), decision, by=HEAD, now=late).label == "v1"


def test_publishing_puts_a_version_in_force_and_dates_its_form(site):
    with pytest.raises(NotFound):
        queries.in_force(site)
    version = final()
    assert queries.control_form(version).date_published is None
    actions.publish(version, [site], by=HEAD, now=NOW)
    assert (queries.in_force(site).document, queries.in_force(site).version) == ("desk", "v1")
    assert queries.control_form(queries.row("desk", "v1")).date_published == TODAY
    entry = journal.of_subject("protocol:desk")[-1]
    assert (entry.type, entry.site, entry.facts) == (
        "protocol:published",
        "exchange",
        {"document": "desk", "version": "v1"},
    )


def test_the_newest_publication_binds_and_the_older_version_still_reads_the_same(site):
    version = final()
    actions.publish(version, [site], by=HEAD, now=NOW)
    before = queries.in_force(site)
    amendment = actions.save_amendment("desk", changed(attend_within="PT3S"), by=WRITER, now=NOW)
    actions.publish(actions.authorise(amendment, DECISION, by=HEAD, now=NOW), [site], by=HEAD, now=NOW)
    assert queries.in_force(site).protocol.waiting.attend_within.seconds == 3
    assert queries.version(before.document, before.version) == before


def test_a_draft_is_not_published_and_a_final_version_is_not_authorised_again(site):
    with pytest.raises(Refusal, match="not authorised"):
        actions.publish(draft(), [site], by=HEAD, now=NOW)
    actions.import_document("other", TEXT, by=SETUP, now=NOW)
    with pytest.raises(Refusal, match="never edited"):
        actions.authorise(queries.row("other", "v1.1"), DECISION, by=HEAD, now=NOW)


def test_a_selected_risk_model_that_nobody_confirmed_stops_publishing(site):
    text = TEXT.replace("selected: pop", "selected: aeps")
    assert text != TEXT
    version = actions.import_document("exchange", text, by=SETUP, now=NOW)
    with pytest.raises(Refusal, match="confirm"):
        actions.publish(version, [site], by=SETUP, now=NOW)


def test_an_unknown_site_stops_the_publication_as_a_whole(site):
    with pytest.raises(NotFound):
        actions.publish(final(), [site, "nowhere"], by=HEAD, now=NOW)
    with pytest.raises(NotFound):
        queries.in_force(site)


def test_a_desk_cannot_write_or_publish(site):
    with pytest.raises(NotAllowed):
        actions.create_document("desk", TEXT, by=DESK, now=NOW)
    with pytest.raises(NotAllowed):
        actions.publish(final(), [site], by=DESK, now=NOW)


def test_whoever_edits_at_another_site_alone_begins_no_document_in_the_name_of_this_one(site):
    elsewhere = Actor("person", "4", "Elsewhere", roles=frozenset({("safety_lead", "library")}))
    with pytest.raises(NotAllowed):
        actions.create_document(site, TEXT, by=elsewhere, now=NOW)
    assert actions.create_document("of-the-library", TEXT, by=elsewhere, now=NOW).label == "v0.01"


def test_a_document_is_not_begun_a_second_time_nor_under_the_title_of_another():
    draft()
    for name, reason in (("desk", "There is a document “desk” already"), ("other", "has this title already")):
        with pytest.raises(Refusal, match=reason):
            draft(name)
    assert queries.titles().keys() == {"desk"}


def test_a_version_given_away_and_taken_in_again_says_the_same():
    text = queries.as_yaml(final())
    actions.import_document("copy", text, by=SETUP, now=NOW)
    assert labels("copy") == ["v1"]
    assert queries.version("copy", "v1").protocol == queries.version("desk", "v1").protocol
    assert queries.control_form(queries.row("copy", "v1")) == queries.control_form(queries.row("desk", "v1"))


def test_an_unknown_version_is_not_found():
    with pytest.raises(NotFound):
        queries.version("desk", "v9")


def test_a_version_from_before_a_bound_or_a_check_stays_readable_and_is_not_taken_in_again(site):
    version = actions.import_document("exchange", TEXT, by=SETUP, now=NOW)
    actions.publish(version, [site], by=SETUP, now=NOW)
    wider = changed(attend_within="P2D").replace("repeat_when_nobody: PT20S", "repeat_when_nobody: PT10M")
    older = wider.replace("id: speak_by_phone", "id: speak_by_letter")
    digest = hashlib.sha256(older.encode()).hexdigest()
    Version.objects.filter(pk=version.pk).update(text=older, digest=digest)
    found = queries.in_force(site).protocol
    assert (found.waiting.attend_within.days, found.alarms.repeat_when_nobody.seconds) == (2, 600)
    assert found == queries.version("exchange", "v1.1").protocol
    stored = queries.row("exchange", "v1.1")
    for refused in (
        lambda: actions.publish(stored, [site], by=SETUP, now=NOW),
        lambda: actions.import_document("other", older, by=SETUP, now=NOW),
        lambda: actions.save_amendment("exchange", older, by=WRITER, now=NOW),
    ):
        with pytest.raises(ProtocolFaults):
            refused()
    with pytest.raises(ProtocolFaults) as faults:
        queries.read(older)
    assert len(faults.value.faults) == 3
