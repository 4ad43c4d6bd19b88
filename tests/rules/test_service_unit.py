"""The unit for systemd: what it may do, and that systemd itself understands it."""

import os
import pwd
import shutil
import socket
import subprocess
import sys
from pathlib import Path

import pytest

from steadydesk.kernel.processes import tell_service_manager
from steadydesk.project.commands import service
from steadydesk.project.commands.main import main
from steadydesk.project.unit import Service
from tests.peers import not_run


def unit(**changes):
    given = {"command": Path(sys.executable), "user": "root", "data": Path("/var/lib/steadydesk"), "host": "0.0.0.0"}
    return Service(**{**given, "environment": Path("/etc/steadydesk.env"), "port": 8443, **changes}).text


def test_it_comes_back_by_itself_and_may_write_only_its_data_folder():
    lines = unit().splitlines()
    for line in ("Restart=always", "WantedBy=multi-user.target", "ProtectSystem=strict", "LimitNOFILE=65536"):
        assert line in lines
    assert [line for line in lines if line.startswith("ReadWritePaths=")] == ["ReadWritePaths=/var/lib/steadydesk"]
    assert "EnvironmentFile=-/etc/steadydesk.env" in lines


def test_it_gets_a_privilege_only_for_a_port_that_needs_one():
    assert "CapabilityBoundingSet=\n" in unit()
    assert "AmbientCapabilities=CAP_NET_BIND_SERVICE" in unit(port=443)


def test_home_folders_are_hidden_unless_it_lies_in_one():
    assert "ProtectHome=yes" in unit(command=Path("/opt/steadydesk/bin/steadydesk"))
    assert "ProtectHome=read-only" in unit(data=Path("/home/desk/data"))


def test_systemd_understands_the_unit(tmp_path):
    if shutil.which("systemd-analyze") is None:
        not_run("whether systemd understands the unit (it needs systemd-analyze)")
    file = tmp_path / "steadydesk.service"
    file.write_text(unit(data=tmp_path / "a folder 100% full"))
    checked = subprocess.run(["systemd-analyze", "verify", file], capture_output=True, text=True, check=False)
    assert str(tmp_path / "steadydesk.service") not in checked.stderr and "steadydesk.service:" not in checked.stderr
    assert checked.returncode == 0, checked.stderr


def test_print_shows_the_unit_and_changes_nothing(capsys, tmp_path, monkeypatch):
    monkeypatch.setenv("STEADYDESK_DATA", str(tmp_path / "data"))
    assert main(["service", "install", "--print", "--user", "nobody", "--port", "443"]) == 0
    said = capsys.readouterr().out
    assert f"run --host 127.0.0.1 --port 443 --data {tmp_path / 'data'}" in said
    assert not (tmp_path / "data").exists()


def test_without_systemd_or_root_it_is_refused_with_a_sentence(capsys, monkeypatch):
    monkeypatch.setattr(service.shutil, "which", lambda name: None)
    assert main(["service", "install"]) == 1
    assert "systemd does not run here" in capsys.readouterr().err
    monkeypatch.setattr(service.shutil, "which", lambda name: "/bin/systemctl")
    monkeypatch.setattr(service.Path, "is_dir", lambda path: True)
    monkeypatch.setattr(service.os, "geteuid", lambda: 1000)
    assert main(["service", "remove"]) == 1
    assert "Only root" in capsys.readouterr().err


@pytest.fixture
def systemd(monkeypatch, tmp_path):
    told: list[tuple[str, ...]] = []
    monkeypatch.setattr(service, "_require_systemd", lambda: None)
    monkeypatch.setattr(service, "_systemctl", lambda *words: told.append(words))
    monkeypatch.setattr(service, "UNITS", tmp_path)
    monkeypatch.setenv("STEADYDESK_DATA", str(tmp_path / "data"))
    return told


def test_install_writes_the_unit_and_remove_takes_it_away_and_leaves_the_records(systemd, tmp_path, capsys):
    me = pwd.getpwuid(os.geteuid()).pw_name
    settings = tmp_path / "steadydesk.env"
    assert main(["service", "install", "--user", me, "--environment", str(settings)]) == 0
    assert (tmp_path / service.NAME).read_text().startswith("# Written by")
    assert settings.stat().st_mode & 0o077 == 0
    assert systemd == [("daemon-reload",), ("enable", service.NAME), ("restart", service.NAME)]
    assert main(["service", "remove"]) == 0
    assert not (tmp_path / service.NAME).exists() and (tmp_path / "data").is_dir()
    assert main(["service", "remove"]) == 1


def test_a_user_who_is_not_there_or_does_not_own_the_folder_is_refused_with_the_command_that_mends_it(systemd, capsys):
    assert main(["service", "install", "--user", "nobody-of-this-name"]) == 1
    assert "useradd --system" in capsys.readouterr().err
    Path(os.environ["STEADYDESK_DATA"]).mkdir()
    assert main(["service", "install", "--user", "nobody"]) == 1
    assert "chown -R nobody:" in capsys.readouterr().err


def test_the_service_manager_is_told_when_it_asked_and_otherwise_nobody(monkeypatch, tmp_path):
    monkeypatch.delenv("NOTIFY_SOCKET", raising=False)
    tell_service_manager("READY=1")
    with socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM) as manager:
        manager.bind(str(tmp_path / "notify"))
        monkeypatch.setenv("NOTIFY_SOCKET", str(tmp_path / "notify"))
        tell_service_manager("READY=1")
        assert manager.recv(64) == b"READY=1"
