# Needs Python 3.11 or newer and make; everything else is brought in under .venv.
#   make demo    a playground with invented customers      make check   style, types, layers, generated papers
#   make run     the real thing                            make fix     mend style where that is mechanical
#   make test    every test                                make bench   measured figures (bench/results.md)
#   make soak    the long versions of the tests, an hour   make lock    pin the requirements anew
#   make messages  every sentence for translators, and the catalogues compiled
SHELL := /bin/bash
.SHELLFLAGS := -eu -o pipefail -c
.DEFAULT_GOAL := help

PYTHON ?= python3
BIN := .venv/bin
PY := $(BIN)/python
LOCKED := $(wildcard requirements/*.txt) pyproject.toml package-lock.json build_frontend.py
STAMP := .venv/.requirements-$(shell cat $(LOCKED) 2>/dev/null | cksum | cut -d' ' -f1)
PYTEST := $(PY) -m pytest
# A worker that has nothing left to do takes over from the other.
PARALLEL := -n 2 --dist worksteal
# Real processes and browsers wait for the machine they share: what fails there is tried again, twice at most, and the summary names it.
# A test in process waits for nothing, and fails the first time.
AGAIN := --reruns 2 -raR
# Reading it takes each process two seconds, and the API's own tests alone use it.
NO_FUZZ := -p no:schemathesis
# A test of a real server starts three processes: what Python has compiled once is kept.
unexport PYTHONDONTWRITEBYTECODE
# Folders of tests that hold a test: pytest calls an empty one a failure.
holding = $(foreach folder,$(1),$(if $(wildcard tests/$(folder)/test_*.py),tests/$(folder)))
SERVERLESS := $(call holding,architecture rules stories api)
ON_POSTGRES := $(call holding,stories api)
FAULTS := $(call holding,faults)
SCREENS := $(call holding,screens)
BROWSER = $(shell command -v chromium || command -v chromium-browser || command -v google-chrome)

.PHONY: help setup demo run test test-sqlite test-postgres test-faults test-screens test-scale browser telephones broker desktops check docs-check fix bench soak messages lock

help:
	@sed -n 's/^#   //p' Makefile

setup: $(STAMP)

$(STAMP):
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11) and "Steadydesk needs Python 3.11 or newer: make PYTHON=/path/to/python3.11 ...")'
	@test -x $(PY) || $(PYTHON) -m venv .venv
	@echo "Fetching what it needs; the first time this takes a few minutes."
	$(PY) -m pip install --quiet --disable-pip-version-check --require-hashes -r requirements/build.txt -r requirements/dev.txt
	$(PY) -m pip install --quiet --disable-pip-version-check --no-deps --no-build-isolation --editable .
	@rm -f .venv/.requirements-*
	@touch $@

demo: setup
	$(BIN)/steadydesk demo $(ARGS)

run: setup
	$(BIN)/steadydesk run $(ARGS)

# Every part runs, whatever the ones before it gave; the first failure still fails the whole.
parts = failed=; for part in $(1); do \
		echo "== test-$$part, $$(date +%T)"; $(MAKE) --no-print-directory test-$$part $(2) || failed="$$failed $$part"; \
	done; \
	test -z "$$failed" || { echo "FAILED:$$failed"; exit 1; }

test: setup
	@$(call parts,sqlite postgres faults screens)

test-sqlite: setup
	$(if $(SERVERLESS),$(PYTEST) $(PARALLEL) -m "not postgres and not browser" $(SERVERLESS) $(ARGS))

test-postgres: setup
	$(if $(ON_POSTGRES),STEADYDESK_TEST_POSTGRES=1 $(PYTEST) $(PARALLEL) -m "not browser" $(ON_POSTGRES) $(ARGS))

test-faults: setup telephones broker desktops
	$(if $(FAULTS),$(PYTEST) $(PARALLEL) $(AGAIN) $(NO_FUZZ) $(FAULTS) $(ARGS))

test-screens: setup browser
	@if [ -z "$(SCREENS)" ]; then exit 0; \
	elif [ -n "$(BROWSER)" ]; then STEADYDESK_TEST_BROWSER="$(BROWSER)" $(PYTEST) $(PARALLEL) $(AGAIN) $(NO_FUZZ) $(SCREENS) $(ARGS); \
	else echo "NOT RUN: the screen tests need Chromium, which is neither here nor may be installed"; \
		test "$${CI:-}" != true; fi

# Chromium comes from the system; Playwright's own download is not used.
browser:
	@test -n "$(BROWSER)" || test "$$(id -u)" != 0 || ! command -v apt-get >/dev/null || { \
		apt-get update -qq && DEBIAN_FRONTEND=noninteractive apt-get install -y -qq chromium >/dev/null; } || true

# sipp plays the telephones and the telephone system, Kamailio is one; curl tells us of calls for another.
telephones:
	@(command -v sipp && command -v kamailio && command -v curl) >/dev/null || test "$$(id -u)" != 0 || ! command -v apt-get >/dev/null || { \
		apt-get update -qq; for package in sip-tester curl kamailio kamailio-utils-modules; do \
			DEBIAN_FRONTEND=noninteractive apt-get install -y -qq --no-install-recommends $$package >/dev/null; done; } || true

# mosquitto is the broker of buttons that speak MQTT.
broker:
	@command -v mosquitto >/dev/null || test "$$(id -u)" != 0 || ! command -v apt-get >/dev/null || { \
		apt-get update -qq && DEBIAN_FRONTEND=noninteractive apt-get install -y -qq mosquitto >/dev/null; } || true

# Xvfb is the desktop without a screen, and xdotool whoever sits there.
desktops:
	@(command -v Xvfb && command -v xdotool) >/dev/null || test "$$(id -u)" != 0 || ! command -v apt-get >/dev/null || { \
		apt-get update -qq && DEBIAN_FRONTEND=noninteractive apt-get install -y -qq xvfb xdotool >/dev/null; } || true

check: setup docs-check
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy
	$(BIN)/lint-imports

docs-check: setup
	$(if $(wildcard tests/architecture/docs.py),$(PY) -m tests.architecture.docs --check)

fix: setup
	$(BIN)/ruff check --fix .
	$(BIN)/ruff format .

bench: setup
	$(PY) -m bench $(ARGS)

# Each test has its line, so that one sees how far it is.
soak: setup browser
	@$(call parts,scale faults sqlite postgres screens,ARGS="--soak -v $(ARGS)")

test-scale: setup browser
	STEADYDESK_TEST_BROWSER="$(BROWSER)" $(PYTEST) $(PARALLEL) tests/scale --soak $(ARGS)

messages: setup
	$(PY) -m tests.architecture.messages

LOCK := $(BIN)/uv pip compile --quiet --universal --python-version 3.11 --generate-hashes --no-header --no-emit-index-url --no-annotate
lock: setup
	$(LOCK) --output-file requirements/app.txt pyproject.toml
	$(LOCK) --output-file requirements/dev.txt --constraint requirements/app.txt --group dev pyproject.toml
	$(LOCK) --output-file requirements/build.txt --constraint requirements/dev.txt --group build
	npm_config_update_notifier=false PATH="$(CURDIR)/$(BIN):$$PATH" $(BIN)/npm install --package-lock-only --ignore-scripts
	@# Where to thank the authors of a part is no business of the lock, and names addresses.
	$(PY) -c 'import json, pathlib; file = pathlib.Path("package-lock.json"); lock = json.loads(file.read_text()); \
		[part.pop("funding", None) for part in lock["packages"].values()]; file.write_text(json.dumps(lock, indent=2) + "\n")'
