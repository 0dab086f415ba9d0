# Everything Kuvend needs is set up by the first target that runs; no other step.
SHELL := /bin/bash
# Compiled modules are kept, whatever the caller prefers: every worker process imports them again.
export PYTHONDONTWRITEBYTECODE :=
PYTHON ?= python3
VENV   := .venv
BIN    := $(VENV)/bin
READY  := $(VENV)/.ready

.PHONY: serve test check build bench lint types docs docs-check wheel-check clean

serve: $(READY)           ## build a release where needed and serve it on http://127.0.0.1:8000
	$(BIN)/kuvend serve

test: $(READY)            ## run the whole test suite
	$(BIN)/python -m pytest -n auto --maxprocesses 8 --dist loadfile

check: $(READY)           ## lint the knowledge: ontology, shapes, queries, statements
	$(BIN)/kuvend check

build: $(READY)           ## build a release and print the coverage of the documents
	$(BIN)/kuvend build --report

bench: $(READY)           ## measure speed and memory against peers
	$(BIN)/python -m benchmarks

lint: $(READY)
	$(BIN)/ruff check server tests benchmarks
	$(BIN)/ruff format --check server tests benchmarks

types: $(READY)
	$(BIN)/mypy

docs: $(READY)            ## write the reference pages from the code
	$(BIN)/python docs/generate.py

docs-check: $(READY)      ## the reference pages are those the code gives; links lead somewhere
	$(BIN)/python docs/generate.py --check

wheel-check: $(READY)     ## the wheel alone builds and serves in an empty folder
	$(BIN)/python tests/wheel_check.py

clean:
	rm -rf $(VENV) .kuvend build dist .mypy_cache .pytest_cache .ruff_cache .hypothesis

# Modules are compiled when they are first used: compiling all that is installed takes longer.
$(READY): pyproject.toml
	$(PYTHON) -m venv $(VENV)
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --no-compile --editable '.[dev]'
	touch $@
