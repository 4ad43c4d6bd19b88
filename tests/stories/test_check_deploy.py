"""``check --deploy``: what an operator is told, and how to mend it."""

from datetime import timedelta
from pathlib import Path

import pytest

from steadydesk.pages import safekeeping
from steadydesk.project import deploying
from steadydesk.project.commands.main import main
from steadydesk.project.tls import folder
from steadydesk.project.tls.authority import Names
from steadydesk.project.tls.pair import own_pair
from steadydesk.sites.models import Site


@pytest.fixture
def sound(world, settings, tmp_path, monkeypatch):
    """An installation with which nothing is wrong."""
    tmp_path.chmod(0o700)
    folder.make(tmp_path, Names.read(["desk.example.gov"]), world.now)
    settings.DATA, settings.TLS, settings.HTTPS = tmp_path, own_pair(tmp_path), True
    settings.ALLOWED_HOSTS = ["desk.example.gov"]
    settings.SECRET_KEY = "a1B2c3D4e5F6g7H8" * 4
    settings.WEBHOOK_URL = settings.WATCHED_BY = "https://watch.example.gov/"
    safekeeping.note_backup(tmp_path, safekeeping.Kept(world.now, "/b"))
    safekeeping.note_rehearsal(tmp_path, safekeeping.Kept(world.now, "/b"))
    monkeypatch.setenv("STEADYDESK_BACKUP_KEY", "a long passphrase")
    monkeypatch.setenv("STEADYDESK_SECRET_KEY", settings.SECRET_KEY)
    monkeypatch.setattr(deploying, "_is_synchronised", lambda: True)
    monkeypatch.setattr(deploying, "_file_system", lambda path: "ext4")
    return world


def said(world, later=timedelta(0)):
    return list(deploying.findings(world.now + later))


def test_a_sound_installation_has_no_finding(sound):
    assert said(sound) == []


@pytest.mark.parametrize(
    ("setting", "value", "words"),
    [
        ("ALLOWED_HOSTS", ["*"], "STEADYDESK_HOSTS is not set"),
        ("ALLOWED_HOSTS", ["front.example.gov"], "not for front.example.gov"),
        ("HTTPS", False, "travel readably"),
        ("SECRET_KEY", "short", "secret key is short"),
        ("WATCHED_BY", "", "nobody outside notices"),
        ("WEBHOOK_URL", "", "open screens alone"),
    ],
)
def test_a_setting_that_harms_is_said(sound, settings, setting, value, words):
    setattr(settings, setting, value)
    assert any(words in finding for finding in said(sound))


def test_a_certificate_a_backup_and_a_rehearsal_grow_old(sound):
    found = " ".join(said(sound, timedelta(days=370)))
    for words in ("The certificate ends on", "The last backup is of", "The last rehearsal of a restore was on"):
        assert words in found


def test_a_failed_rehearsal_is_said(sound, settings):
    safekeeping.note_rehearsal(settings.DATA, safekeeping.Kept(sound.now, "/b", well=False, detail="cut off"))
    assert any("The rehearsal of /b failed (cut off)" in finding for finding in said(sound))


def test_an_open_folder_a_full_disk_a_far_disk_and_a_free_running_clock_are_said(sound, settings, monkeypatch):
    Path(settings.DATA).chmod(0o755)
    monkeypatch.setattr(deploying, "_file_system", lambda path: "nfs4")
    monkeypatch.setattr(deploying, "_is_synchronised", lambda: False)
    monkeypatch.setattr(deploying, "ROOM_BYTES", 1 << 60)
    monkeypatch.setattr(deploying, "FILES", 1 << 40)
    monkeypatch.delenv("DATABASE_URL", raising=False)
    found = " ".join(said(sound))
    for words in ("chmod 700", "over a network (nfs4)", "not synchronised", "MB are free", "files may be open"):
        assert words in found


def test_a_site_at_which_nobody_could_answer_is_said(sound, monkeypatch):
    monkeypatch.setattr(deploying.people, "available", lambda site, now: frozenset())
    assert any("exchange: nobody is on shift" in finding for finding in said(sound))


def test_findings_are_printed_a_line_each_and_refused(world, capsys):
    assert main(["check", "--deploy"]) == 1
    assert "STEADYDESK_HTTPS" in capsys.readouterr().out


def test_backups_that_anybody_could_read_are_said(sound, monkeypatch):
    monkeypatch.delenv("STEADYDESK_BACKUP_KEY")
    assert any("Backups are not sealed" in finding for finding in said(sound))


def test_several_machines_without_one_key_are_said(sound, monkeypatch):
    monkeypatch.setenv("DATABASE_URL", "postgresql://somewhere/steadydesk")
    monkeypatch.delenv("STEADYDESK_SECRET_KEY")
    assert any("each machine on this database would make its own" in finding for finding in said(sound))


def test_a_time_zone_that_is_unknown_or_of_another_country_is_said(sound, monkeypatch, tmp_path):
    monkeypatch.setattr(deploying, "ZONES", tmp_path)
    (tmp_path / "zone.tab").write_text("# a comment\nGB\t+513030-0000731\tEurope/London\nNZ\t-3652\tPacific/Auckland\n")
    assert not [f for f in said(sound) if "time zone" in f]
    Site.objects.filter(pk="exchange").update(country="NZ")
    [found] = [f for f in said(sound) if "time zone" in f]
    assert "exchange: its clocks go by Europe/London, which is no time zone of its country NZ" in found
    Site.objects.filter(pk="exchange").update(time_zone="Europe/Atlantis")
    assert any("does not know the time zone Europe/Atlantis" in finding for finding in said(sound))
