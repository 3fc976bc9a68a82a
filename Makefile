# ChargeNet. `make run` and `make test` work on a fresh machine with Python 3.11 or newer.
SHELL := /bin/bash
PYTHON ?= python3
BIN := .venv/bin
export PYTHON

.DEFAULT_GOAL := help
.PHONY: help setup run test lint format lock bench clean stop doctor

help:  ## list the commands
	@grep -hE '^[a-z]+:.*##' $(MAKEFILE_LIST) | sed -E 's/^([a-z]+):[^#]*## */\1\t/' | expand -t 10

setup:  ## install the system libraries and the locked requirements into .venv
	@scripts/setup.sh run

run:  ## install what is missing, start everything, print the address; Ctrl-C stops it
	@scripts/setup.sh run
	@exec $(BIN)/python -m chargenet.supervisor

test:  ## lint, import order, types, migrations and all tests on throw-away servers
	@scripts/setup.sh test
	@exec scripts/test.sh $(ARGS)

lint:  ## the checks of `make test` that need no servers
	@scripts/setup.sh test
	@exec scripts/lint.sh

format:  ## bring Python files into the house format
	@scripts/setup.sh test
	@$(BIN)/ruff check --fix .
	@$(BIN)/ruff format .

lock:  ## write requirements*.txt anew from requirements*.in
	@scripts/lock.sh

bench:  ## measure against the floors of docs/performance.md
	@scripts/setup.sh test
	@exec scripts/bench.sh $(ARGS)

doctor:  ## the state of every part of the running installation
	@exec $(BIN)/python manage.py doctor

stop:  ## stop embedded servers that a killed run left behind
	@exec $(BIN)/python -m chargenet.embedded stop

clean:  ## remove the environment, caches and built files; data in var/ stays
	rm -rf .venv .mypy_cache .ruff_cache .pytest_cache .hypothesis .import_linter_cache .coverage htmlcov var/static
	find . -name __pycache__ -type d -prune -exec rm -rf {} +
