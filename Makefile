# Everything runs from here. `make run` and `make test` need only Python 3.11, pip and a package index.
PYTHON ?= python3
VENV := .venv
PY := $(VENV)/bin/python
STAMP := $(VENV)/.installed
TEST_STAMP := $(VENV)/.installed-test
PACKAGES := bot community handlers learning parsing scheduler storage templates web content benchmarks

.PHONY: run test check transcripts bench burst docs learn screenshots clean help

help: ## this list
	@grep -E '^[a-z]+:.*##' $(MAKEFILE_LIST) | sed 's/:.*##/\t/'

$(STAMP): pyproject.toml constraints.txt
	test -x $(PY) || $(PYTHON) -m venv $(VENV)
	$(PY) -m pip install --quiet --disable-pip-version-check --constraint constraints.txt --editable .
	touch $@

$(TEST_STAMP): $(STAMP)
	$(PY) -m pip install --quiet --disable-pip-version-check --constraint constraints.txt --editable '.[test]'
	touch $@

run: $(STAMP) ## start the program with the sandbox page
	$(VENV)/bin/lianfang run

test: $(TEST_STAMP) ## install what the tests need and run them all
	$(PY) -m pytest

check: $(TEST_STAMP) ## style, types, the direction of imports
	$(VENV)/bin/ruff check .
	$(VENV)/bin/ruff format --check .
	$(VENV)/bin/mypy $(PACKAGES)
	$(VENV)/bin/lint-imports

transcripts: $(TEST_STAMP) ## play transcripts: make transcripts DIR=path
	@$(PY) -m tests.runner $(or $(DIR),tests/transcripts)

bench: $(TEST_STAMP) ## measure: understanding messages and questions; check-ins over the OneBot socket, memory, start
	$(PY) -m benchmarks.parsing
	$(PY) -m benchmarks.checkins

burst: $(TEST_STAMP) ## measure: 5,000 check-ins on one socket while a broadcast of 10,000 goes out
	$(PY) -m benchmarks.burst

learn: $(TEST_STAMP) ## learn the weights of messages and questions anew, after examples or forms have changed
	OPENBLAS_NUM_THREADS=1 $(PY) -m learning

docs: $(STAMP) ## write docs/commands.md from the registration
	$(PY) -m docs.commands

screenshots: $(TEST_STAMP) ## pictures for the README from a sandbox of its own (needs Chromium)
	$(PY) -m docs.screenshots

clean: ## remove the environment and caches, not the data
	rm -rf $(VENV) build *.egg-info .pytest_cache .mypy_cache .ruff_cache
