# make run: the product, against the local GitHub (ARGS=--once to exit) or, with APP_ID set, the real one.
# make test: every test but the slow ones (make test-slow). Each sets up what it needs.

PYTHON ?= $(shell for python in python3 python3.14 python3.13 python3.12 python3.11; do \
	$$python -c 'import sys, venv; sys.exit(sys.version_info < (3, 11))' 2>/dev/null && echo $$python && break; done)
UV ?= uv
BIN := .venv/bin
PIP := $(BIN)/python -m pip --disable-pip-version-check --quiet install --require-hashes
COMPILE := $(UV) pip compile pyproject.toml --universal --generate-hashes --python-version 3.11 --no-annotate --quiet
ARGS ?=

.PHONY: run test test-slow test-install test-public lint format requirements bench images clean

run: $(BIN)/.sandbox
	@if [ -n "$$APP_ID" ]; then exec $(BIN)/python -m bot.cli.main serve; else exec $(BIN)/python -m sandbox.demo $(ARGS); fi

test: $(BIN)/.dev lint
	$(BIN)/python -m pytest -n 2 -m "not slow" $(ARGS)

test-slow: $(BIN)/.dev
	$(BIN)/python -m pytest -m slow $(ARGS)

# Needs a package registry: the wheel as a user would install it, in an environment of its own.
test-install: $(BIN)/.dev
	$(BIN)/python tests/install.py

# Needs a package registry: three public projects, each broken in one way and mended by the patch that it is told.
test-public: $(BIN)/.dev
	$(BIN)/python tests/public.py

lint: $(BIN)/.dev
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy
	$(BIN)/lint-imports
	$(BIN)/codespell

format: $(BIN)/.dev
	$(BIN)/ruff check --fix .
	$(BIN)/ruff format .

bench: $(BIN)/.dev
	$(BIN)/python -m bench.webhook_to_comment $(ARGS)
	$(BIN)/python -m bench.week
	$(BIN)/python -m bench.probes
	$(BIN)/python -m bench.engine

# Takes the README's pictures anew, with Chromium.
images: $(BIN)/.dev
	$(BIN)/python -m sandbox.gallery docs/images

# Writes the pinned requirements anew; add e.g. COMPILE_ARGS=--upgrade.
requirements:
	$(COMPILE) $(COMPILE_ARGS) --extra dev --output-file requirements/dev.txt
	$(COMPILE) --constraints requirements/dev.txt --extra postgresql --extra sandbox --output-file requirements/sandbox.txt
	$(COMPILE) --constraints requirements/dev.txt --extra postgresql --output-file requirements/run.txt

clean:
	rm -rf .venv build dist .mypy_cache .ruff_cache .pytest_cache .import_linter_cache

$(BIN)/python:
	@test -n "$(PYTHON)" || { echo "whyred needs Python 3.11 or newer, with venv" >&2; exit 1; }
	$(PYTHON) -m venv .venv

$(BIN)/.sandbox: requirements/sandbox.txt | $(BIN)/python
	$(PIP) --requirement requirements/sandbox.txt
	@touch $@

$(BIN)/.dev: requirements/dev.txt pyproject.toml | $(BIN)/python
	$(PIP) --requirement requirements/dev.txt
	$(BIN)/python -m pip --disable-pip-version-check --quiet install --no-deps --no-build-isolation --editable .
	@touch $@ $(BIN)/.sandbox
