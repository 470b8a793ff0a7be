# Everything runs in .venv, which is made on first use and filled again when its inputs change.
# On a new machine python3 (3.11 or newer), with pip and venv, is all that is needed.

PYTHON ?= python3
PYTEST_ARGS ?=
FUZZ_SECONDS ?= 60

RUN := .venv/bin/python
INSTALLED := .venv/.installed

.PHONY: help install demo test check lint types format bench fuzz

help:
	@echo "make demo    train a small language model on real text, every forward checked"
	@echo "make test    format and lint checks, strict types, tests"
	@echo "make check   the same"
	@echo "make lint    format and lint checks alone"
	@echo "make types   mypy --strict alone"
	@echo "make format  rewrite the sources in the project's format"
	@echo "make bench   run the benchmarks and print their tables"
	@echo "make fuzz    fuzz the reading of archives for a minute (FUZZ_SECONDS=60) with atheris"

install: $(INSTALLED)

$(INSTALLED): pyproject.toml constraints.txt
	@command -v $(PYTHON) > /dev/null || { echo "$(PYTHON) is not installed; or name another: make PYTHON=..." >&2; exit 1; }
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' || \
		{ echo "Python 3.11 or newer is needed, $(PYTHON) is `$(PYTHON) --version`; name another: make PYTHON=..." >&2; exit 1; }
	@$(PYTHON) -c 'import ensurepip, venv' 2> /dev/null || \
		{ echo "$(PYTHON) lacks the module venv or ensurepip; on Debian and Ubuntu: apt-get install python3-venv" >&2; exit 1; }
	$(PYTHON) -m venv .venv
	@# pip does not apply constraints to an isolated build, so the build tools are installed first and used as they are:
	@# ours, and the setuptools of a dependency that comes as sources alone (older ones cannot make a wheel by themselves).
	$(RUN) -m pip install --constraint constraints.txt hatchling editables setuptools
	$(RUN) -m pip install --constraint constraints.txt --no-build-isolation --editable '.[dev]'
	@touch $@

demo: $(INSTALLED)
	$(RUN) -m models.demo

test: lint types
	$(RUN) -m pytest $(PYTEST_ARGS)

check: test

lint: $(INSTALLED)
	$(RUN) -m ruff format --check .
	$(RUN) -m ruff check .

types: $(INSTALLED)
	$(RUN) -m mypy

format: $(INSTALLED)
	$(RUN) -m ruff check --fix .
	$(RUN) -m ruff format .

bench: $(INSTALLED)
	@set -e; for script in benchmarks/[!_]*.py; do echo "== $$script"; $(RUN) $$script; done

# atheris has wheels for some versions of Python only, so it is installed when it is needed.
fuzz: $(INSTALLED)
	@$(RUN) -c 'import atheris' 2> /dev/null || $(RUN) -m pip install --constraint constraints.txt atheris
	$(RUN) -m tests.archive.fuzz -max_total_time=$(FUZZ_SECONDS)
