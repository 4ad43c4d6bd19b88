"""The repository as a whole: one version, pinned parts, no addresses, every command in the manual."""

import re
import sys
import tomllib
from io import StringIO
from pathlib import Path

import pytest
from django.core.management import call_command

import steadydesk
from steadydesk.project.commands.main import COMMANDS
from tests.architecture.docs import PAPERS
from tests.architecture.source import PACKAGE, ROOT, lines, written_files

PROJECT = tomllib.loads((ROOT / "pyproject.toml").read_text())["project"]
PICTURES = re.compile(r"\]\(([^)]+\.png)\)")
CODE = re.compile(r"`[^`\n]+`")
LINK = re.compile(r"\]\((?!\w+:)([^)#\s]+)")
# Written in two parts, so that this file does not hold what it forbids.
REGISTRIES = tuple(
    "".join(parts)
    for parts in (
        ("pypi", ".org"), ("pythonhosted", ".org"), ("npmjs", ".org"), ("npmjs", ".com"), ("yarnpkg", ".com"),
        ("registry.", "npm"), ("unpkg", ".com"), ("jsdelivr", ".net"), ("cdnjs", "."), ("hub.", "docker"),
        ("ghcr", ".io"), ("github", ".com/"), ("githubusercontent", ".com"), ("crates", ".io"),
    )
)  # fmt: skip
PINNED = re.compile(r"^[A-Za-z0-9._-]+(\[[a-z,]+\])?==\S+")


def test_pyproject_package_and_changelog_agree_on_the_version() -> None:
    newest = re.search(r"^## (\d+\.\d+\.\d+)", (ROOT / "CHANGELOG.md").read_text(), re.MULTILINE)
    assert newest is not None
    assert steadydesk.__version__ == PROJECT["version"] == newest[1]


def test_the_licence_is_there() -> None:
    assert PROJECT["license"] == "Apache-2.0"
    assert "Apache License" in (ROOT / "LICENSE").read_text()


@pytest.mark.parametrize("path", sorted((ROOT / "requirements").glob("*.txt")), ids=lambda path: path.name)
def test_every_requirement_is_pinned_with_its_hashes(path: Path) -> None:
    entries = [e for e in path.read_text().replace("\\\n", " ").splitlines() if e.strip() and not e.startswith("#")]
    assert entries
    assert [e for e in entries if not PINNED.match(e) or "--hash=sha256:" not in e] == []


def test_no_file_names_a_registry_or_an_address_to_download_from() -> None:
    faults = [
        f"{path.relative_to(ROOT)} names {host}"
        for path in written_files()
        if path.suffix != ".png"
        for host in REGISTRIES
        if host in path.read_text(errors="ignore")
    ]
    assert not faults, lines(faults)


@pytest.mark.parametrize("folder", sorted(PACKAGE.glob("*/migrations")), ids=lambda path: path.parent.name)
def test_migrations_are_numbered_one_after_the_other(folder: Path) -> None:
    numbers = [int(path.name.split("_", 1)[0]) for path in sorted(folder.glob("[0-9]*.py"))]
    assert numbers == list(range(1, len(numbers) + 1))


@pytest.mark.django_db
def test_the_models_have_all_their_migrations() -> None:
    said = StringIO()
    try:
        call_command("makemigrations", check=True, dry_run=True, stdout=said)
    except SystemExit:
        pytest.fail(said.getvalue())


@pytest.mark.parametrize("command", COMMANDS)
def test_every_command_has_help_and_stands_in_the_operators_manual(command: str) -> None:
    module = sys.modules.get(f"steadydesk.project.commands.{command}") or __import__(
        f"steadydesk.project.commands.{command}", fromlist=["HELP"]
    )
    assert module.HELP.strip()
    assert f"`steadydesk {command}" in (ROOT / "docs/operate/commands.md").read_text()


def test_every_link_in_the_papers_leads_somewhere() -> None:
    faults = [
        f"{paper.relative_to(ROOT)} points at {target}"
        for paper in (*ROOT.glob("*.md"), *(ROOT / "docs").rglob("*.md"))
        for target in LINK.findall(CODE.sub("", paper.read_text()))
        if not target.endswith(".png") and not (paper.parent / target).exists()
    ]
    assert not faults, lines(faults)


def test_every_picture_of_the_manual_is_written_by_a_test() -> None:
    wanted = {
        Path(target).name
        for paper in (*ROOT.glob("*.md"), *(ROOT / "docs").rglob("*.md"))
        for target in PICTURES.findall(paper.read_text())
    }
    screens = "".join(path.read_text() for path in sorted((ROOT / "tests/screens").glob("*.py")))
    assert [name for name in sorted(wanted) if Path(name).stem not in screens] == []


@pytest.mark.parametrize("paper", PAPERS)
def test_a_generated_paper_is_what_the_code_gives(paper: str) -> None:
    assert (ROOT / "docs" / paper).read_text() == PAPERS[paper](), "run “python -m tests.architecture.docs”"
