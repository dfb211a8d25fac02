# Everything one does with a checkout. `make help` lists it.
SHELL := /bin/bash
.SHELLFLAGS := -euo pipefail -c
.DEFAULT_GOAL := help
MAKEFLAGS += --no-print-directory --no-builtin-rules

SIZE ?= run
VENV := .venv
BIN := $(VENV)/bin
# The programs of Node: those of the machine from version 20 on, otherwise those of the wheel.
NODE := $(VENV)/node
WITH_NODE := PATH="$(CURDIR)/$(NODE):$$PATH"
FRONTEND := $(shell find frontend -type f 2>/dev/null) $(wildcard package.json tsconfig.json)
CATALOGUES := $(shell find mikage/locale -name '*.po' 2>/dev/null)
DEBIAN := chromium fonts-noto-cjk gettext nginx-light postgresql

.PHONY: help run test check fix messages demo bench assets browsers requirements pins

help: ## list the targets
	@grep -hE '^[a-z]+:.*## ' $(MAKEFILE_LIST) | sed -E 's/^([a-z]+):.*## (.*)/  make \1\t\2/' | expand -t 22

run: $(VENV)/.run $(VENV)/.package assets $(VENV)/.catalogues ## install what is missing and serve on http://127.0.0.1:8000 (PORT=…)
	@exec $(BIN)/mikage serve

test: $(VENV)/.test $(VENV)/.package browsers assets $(VENV)/.catalogues ## run every test
	@echo "every test but those in a browser"
	@$(BIN)/pytest -q -n auto --dist loadfile -m "not browser"
	@echo "every test in a browser"
	@$(BIN)/pytest -q -n auto --dist loadfile -m browser

check: $(VENV)/.test $(VENV)/.package browsers assets $(VENV)/.catalogues ## format, lint, types, import laws, migrations, messages
	@echo "format" && $(BIN)/ruff format --quiet --check .
	@echo "lint" && $(BIN)/ruff check --quiet .
	@echo "import laws" && $(BIN)/lint-imports --no-logo >$(VENV)/imports.log || { cat $(VENV)/imports.log; exit 1; }
	@echo "types (Python)" && $(BIN)/mypy --no-error-summary
	@echo "types (TypeScript)" && $(WITH_NODE) npm run --silent types
	@echo "migrations" && $(BIN)/mikage makemigrations --check --dry-run --verbosity 1
	@echo "messages" && $(BIN)/mikage messages --check

fix: $(VENV)/.test ## format and repair what a tool can repair
	@$(BIN)/ruff check --quiet --fix . || true
	@$(BIN)/ruff format --quiet .

messages: $(VENV)/.test $(VENV)/.package ## collect the messages of the sources into the Japanese catalogue
	@$(BIN)/mikage messages --collect

demo: $(VENV)/.run $(VENV)/.package ## fill an empty database with the demonstration city (SIZE=tests|run|full)
	@$(BIN)/mikage demo --size $(SIZE)

bench: $(VENV)/.test $(VENV)/.package assets $(VENV)/.catalogues ## measure pages and streams against the goals
	@$(BIN)/python -m bench

assets: node_modules/.built ## build what the browser loads

browsers: ## install the Debian packages the tests need
	@missing=""; for package in $(DEBIAN); do \
		dpkg -s $$package 2>/dev/null | grep -q '^Status: .* installed$$' || missing="$$missing $$package"; done; \
	if [ -z "$$missing" ]; then exit 0; fi; \
	if [ "$$(id -u)" != 0 ]; then \
		echo "The tests need the Debian packages$$missing. Install them: sudo apt-get install$$missing" >&2; exit 1; fi; \
	echo "installing$$missing"; \
	export DEBIAN_FRONTEND=noninteractive; \
	apt-get update -qq && apt-get install -qq -y --no-install-recommends $$missing >/dev/null

requirements: $(VENV)/.test $(VENV)/.package browsers assets $(VENV)/.catalogues ## write docs/requirements.md: id, tests, outcome
	@$(BIN)/pytest -q -n auto --dist loadfile -m "requirement and not browser" --requirements docs/requirements.md

pins: $(VENV)/.test ## pin the newest allowed versions with their hashes
	@cd requirements && for name in run test; do \
		../$(BIN)/uv pip compile --quiet --upgrade --generate-hashes --no-emit-index-url --python-version 3.11 \
			--custom-compile-command "make pins" $$name.in --output-file $$name.lock; done

# The virtual environment. Stamps make the second start quick.
$(BIN)/python:
	@bash deploy/make-venv $(VENV)

$(VENV)/.run: requirements/run.lock | $(BIN)/python
	@echo "installing Python packages"
	@$(BIN)/python -m pip install --quiet --disable-pip-version-check --require-hashes -r $<
	@touch $@

$(VENV)/.test: requirements/test.lock requirements/run.lock | $(BIN)/python
	@echo "installing Python packages for the tests"
	@$(BIN)/python -m pip install --quiet --disable-pip-version-check --require-hashes -r $<
	@touch $@ $(VENV)/.run

$(VENV)/.package: pyproject.toml mikage/__init__.py | $(VENV)/.run
	@$(BIN)/python -m pip install --quiet --disable-pip-version-check --no-index --no-deps --no-build-isolation -e .
	@touch $@

$(VENV)/.catalogues: $(CATALOGUES) | $(VENV)/.package
	@$(BIN)/mikage messages --compile
	@touch $@

$(NODE)/node: | $(VENV)/.run
	@bash deploy/find-node $(VENV) $(NODE)

node_modules/.installed: package.json package-lock.json | $(NODE)/node
	@echo "installing packages for the browser's files"
	@$(WITH_NODE) npm ci --no-audit --no-fund --no-update-notifier --loglevel=error >/dev/null
	@touch $@

node_modules/.built: node_modules/.installed $(FRONTEND)
	@echo "building the browser's files"
	@$(WITH_NODE) npm run --silent build
	@touch $@
