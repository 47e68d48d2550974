# What people and machines run here; `make help` lists it.
#
# PYTHON       the Python that makes .venv (3.11 or newer)
# TORCH_INDEX  an index with a smaller build of torch, for instance one without CUDA; empty: pip's own
# HOST, PORT   where `make run` serves; empty: the settings

PYTHON ?= python3
TORCH_INDEX ?=
TORCH = 2.13.0

BIN = .venv/bin
DATA = $${EXCHANGE_DATA_DIR:-var}
PIP = $(BIN)/python -m pip install --quiet --disable-pip-version-check

POSTGRES_OUT = $(if $(EXCHANGE_TEST_POSTGRES),,; those on PostgreSQL: no EXCHANGE_TEST_POSTGRES, see .ci/postgres)
ELASTICSEARCH_OUT = $(if $(EXCHANGE_TEST_ELASTICSEARCH),,; those on Elasticsearch: no EXCHANGE_TEST_ELASTICSEARCH)

.DEFAULT_GOAL := help
.NOTPARALLEL:
.PHONY: help run setup assets postcodes test test-browser check bench bench-elastic faults clean chromium

help:  ## list these commands
	@echo "Innovation Exchange: make COMMAND"
	@sed -n 's/^\([a-z-]*\):.*  ## \(.*\)/\1\t\2/p' Makefile | while IFS="$$(printf '\t')" read -r name text; do \
		printf '  %-14s %s\n' "$$name" "$$text"; done

run: setup  ## set up what is missing, load the demonstration listings the first time, and serve the site
	@echo "==> Database and demonstration listings"
	@$(BIN)/exchange load-fixtures --if-empty --no-wait
	@echo "==> Site (Ctrl-C stops it)"
	@exec $(BIN)/exchange serve $(if $(HOST),--host $(HOST)) $(if $(PORT),--port $(PORT))

setup: .venv/.packages assets  ## install everything that the site needs; quick the second time
	@echo "==> Postcodes"
	@$(BIN)/python -m exchange.place.postcodes "$(DATA)/postcodes" || true

.venv/.made:
	@command -v $(PYTHON) >/dev/null 2>&1 || { \
		echo "There is no $(PYTHON) here: install Python 3.11 or newer, or name it: make run PYTHON=python3.12" >&2; exit 1; }
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' || { \
		echo "$(PYTHON) is older than 3.11: name a newer one, for instance make run PYTHON=python3.12" >&2; exit 1; }
	@echo "==> Virtual environment in .venv"
	@$(PYTHON) -m venv .venv || { \
		echo "$(PYTHON) cannot make a virtual environment: install its venv package (on Debian: python3-venv)" >&2; exit 1; }
	@touch $@

.venv/.packages: pyproject.toml .venv/.made
	@echo "==> Python packages: torch $(TORCH) and what it needs (first time: a few minutes)"
	@$(PIP) $(if $(TORCH_INDEX),--extra-index-url $(TORCH_INDEX)) "torch==$(TORCH)"
	@echo "==> Python packages: the others (first time: a minute or two)"
	@$(PIP) $(if $(TORCH_INDEX),--extra-index-url $(TORCH_INDEX)) "torch==$(TORCH)" -e ".[dev]"
	@touch $@

assets: .venv/.packages  ## build styles and scripts (with npm, from PyPI where it is missing)
	@echo "==> Styles and scripts"
	@$(BIN)/python -m web.assets

postcodes: .venv/.packages  ## compile the table of postcodes and districts
	@$(BIN)/python -m exchange.place.postcodes "$(DATA)/postcodes"

test: setup  ## run the tests, without those of the browser
	@echo "==> Tests (left out: those in a real browser, which make test-browser runs$(POSTGRES_OUT)$(ELASTICSEARCH_OUT))"
	@$(BIN)/pytest

test-browser: setup chromium  ## run the tests that drive a real browser
	@$(BIN)/python -m web.assets --dev
	@echo "==> Tests in a browser (left out: all others, which make test runs)"
	@$(BIN)/pytest -m browser

chromium:
	@if [ ! -x /usr/bin/chromium ]; then \
		command -v apt-get >/dev/null 2>&1 || { \
			echo "The browser tests need Chromium at /usr/bin/chromium: install it, then run make test-browser" >&2; exit 1; }; \
		if [ "$$(id -u)" = 0 ]; then root=env; \
		elif command -v sudo >/dev/null 2>&1; then root="sudo env"; \
		else echo "The browser tests need Chromium: have root run apt-get install chromium" >&2; exit 1; fi; \
		echo "==> Chromium, from Debian's packages (first time: a minute or two)"; \
		$$root apt-get -qq update && $$root DEBIAN_FRONTEND=noninteractive apt-get -qq -y install chromium >/dev/null || { \
			echo "apt-get could not install Chromium: mend what it says above, then run make test-browser" >&2; exit 1; }; \
	fi

check: .venv/.packages  ## lint, check the format, check the types
	@echo "==> ruff"
	@$(BIN)/ruff check .
	@$(BIN)/ruff format --check .
	@echo "==> mypy"
	@$(BIN)/mypy

bench: setup  ## measure speed and memory with 10,000 and 100,000 listings, and alerts (long)
	@$(BIN)/python -m benchmarks.embedded
	@$(BIN)/python -m benchmarks.alerts

bench-elastic: setup  ## measure the Elasticsearch engine beside the bare client (long)
	@$(BIN)/python -m benchmarks.elastic

faults: setup  ## break workers and servers on purpose and see that nothing is lost (10 minutes)
	@$(BIN)/python -m benchmarks.faults $(if $(SEED),--seed $(SEED))

clean:  ## remove what can be made again; the data in var/ stays
	rm -rf .venv web/static build dist *.egg-info .mypy_cache .ruff_cache .pytest_cache .hypothesis
