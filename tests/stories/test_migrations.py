"""What a migration makes of records that an earlier version has written."""

from datetime import UTC, datetime
from importlib import import_module

import pytest
from django.apps import apps
from django.db import connection
from django.db.migrations.executor import MigrationExecutor

from steadydesk.journal.models import Entry, Words
from steadydesk.kernel.actor import RESTORE
from steadydesk.privacy.again import Gone, take_away_again
from steadydesk.privacy.rules import SUBJECT

NOW = datetime(2026, 3, 2, 9, tzinfo=UTC)


@pytest.fixture
def bring_to(transactional_db):
    """Bring the tables to an earlier migration, or to the next; afterwards they are of this version again."""

    def bring_to(*target):
        MigrationExecutor(connection).migrate([target])
        return MigrationExecutor(connection).loader.project_state([target]).apps

    yield bring_to
    executor = MigrationExecutor(connection)
    executor.migrate(executor.loader.graph.leaf_nodes())


def test_who_was_reached_stands_in_the_typed_words_alone_and_is_found_there(bring_to):
    before = bring_to("visits", "0013_entered_once")
    prompts, words = before.get_model("visits", "Prompt").objects, Words.objects
    asked = {"site": "exchange", "kind": "call_manager", "asked_at": NOW, "document": "a", "version": "1"}
    told, twice, erased, nobody = (
        prompts.create(**asked, reached=reached) for reached in ("Viktor", "Joan", "Helen", "")
    )

    def keep(prompt, text):
        return words.create(
            subject=f"prompt:{prompt.pk}", text=text, retention="visit_note", by="person:1", written_at=NOW
        ).pk

    keep(twice, "Joan")
    note, name = keep(told, "He comes at ten"), keep(told, "Viktor")
    first = words.get(subject=f"prompt:{twice.pk}").pk
    keep(twice, "Joan")
    after = bring_to("visits", "0014_reached_words").get_model("visits", "Prompt").objects
    assert after.get(pk=told.pk).reached_words == name != note
    assert after.get(pk=twice.pk).reached_words == first, "of two that say the same, what was said first"
    assert after.get(pk=erased.pk).reached_words == 0, "somebody was reached, and who is gone"
    assert after.get(pk=nobody.pk).reached_words is None
    assert words.count() == 4


@pytest.mark.clause("D7")
def test_d7_the_author_of_a_final_text_from_before_is_who_wrote_its_draft(bring_to):
    versions = bring_to("documents", "0002_reminders").get_model("documents", "Version").objects
    bring_to("documents", "0002_reminders").get_model("documents", "ControlledDocument").objects.create(slug="desk")
    final = {"state": "final", "authorised_by": "person:2", "authorised_at": NOW}

    def keep(label, by, **more):
        row = {"document_id": "desk", "label": label, "text": "", "control": {}, "digest": "a", "created_at": NOW}
        return versions.create(**row, created_by=by, **more).pk

    keep("v0.01", "person:3")
    keep("v0.02", "person:1")
    written, brought = keep("v1", "person:2", **final), keep("v2", "person:4", **final)
    after = bring_to("documents", "0003_author").get_model("documents", "Version").objects
    assert after.get(pk=written).created_by == "person:1"
    assert after.get(pk=brought).created_by == "person:4"


@pytest.mark.clause("E8a")
def test_e8a_a_note_of_a_call_on_paper_from_before_is_found_and_erased_and_stays_erased_after_a_restore(world):
    said = {"retention": "alarm_note", "site": "exchange", "by": "person:1", "written_at": NOW}
    old = Words.objects.create(subject="site:exchange", text="Mr Quillfeather, shouting", **said)
    other = Words.objects.create(subject="site:exchange", text="Mr Quillfeather, a reason", **said)
    facts = {"source": "paper", "called_at": NOW.isoformat(), "note_words": old.pk}
    entered = {"type": "paper:call-entered", "at": NOW, "site": "exchange", "by": "person:1"}
    Entry.objects.create(subject="site:exchange", facts=facts, **entered)
    Entry.objects.create(subject="site:exchange", facts={**facts, "note_words": None}, **entered)
    import_module("steadydesk.alarms.migrations.0004_notes_from_paper").name_each(apps, None)
    subject = Words.objects.get(pk=old.pk).subject
    assert SUBJECT.fullmatch(subject) and Words.objects.get(pk=other.pk).subject == "site:exchange"
    dana = world.client("dana")
    assert f"/privacy/records/{subject}" in dana.post("/privacy", {"text": "quillfeather"}).text
    assert "Mr Quillfeather, shouting" in dana.get(f"/privacy/records/{subject}").text
    before = Gone(old.pk, "site:exchange", "words:erased", "asked", world.now)
    assert take_away_again([before], by=RESTORE, now=world.now) == 1
    assert not Words.objects.filter(pk=old.pk).exists()
