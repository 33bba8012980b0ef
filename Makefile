# make demo   installs the service into .venv, loads the directory, routes a case, prints it, serves
# make test   everything that must hold before a change is taken
# make check  the fast part of it, without pytest
# make bench  the programs of benchmarks/; writes benchmarks/RESULTS.md
# make serve  the server alone
#
# PYTHON=/path/to/python3.12 make ... chooses the interpreter of a new .venv (3.11 or later).

VENV := .venv
BIN := $(VENV)/bin
WORKERS ?= 2
# pip's own imports warn; PYTHONWARNINGS=error of the caller is for the tests, not for pip.
PIP := PYTHONWARNINGS= $(BIN)/python -m pip --disable-pip-version-check install --quiet

# The first interpreter on the PATH that is new enough; empty when there is none.
PYTHON ?= $(shell for python in python3 python3.11 python3.12 python3.13 python3.14; do \
	"$$python" -c 'import sys; sys.exit(sys.version_info < (3, 11))' >/dev/null 2>&1 && { echo "$$python"; break; }; done)

.DEFAULT_GOAL := demo
.PHONY: demo test check lint drift bench serve venv clean

demo: $(VENV)/.installed
	$(BIN)/referral demo

serve: $(VENV)/.installed
	$(BIN)/referral serve --demo

test: check
	$(BIN)/python -m pytest -q -n $(WORKERS)

check: lint drift

lint: $(VENV)/.installed-dev
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy
	$(BIN)/lint-imports

# Files that are written from the code must say what the code says; data files must be sound.
drift: $(VENV)/.installed-dev
	$(BIN)/referral openapi --check
	$(BIN)/referral rules --check
	$(BIN)/referral schemas --check
	$(BIN)/referral validate

# BENCH="--quick" for a short run; BENCH="--folder DIR" keeps the registers for the next one. pgRouting takes part where
# Debian's package postgresql-*-pgrouting is installed.
bench: $(VENV)/.installed-bench
	$(BIN)/python -m benchmarks.run $(BENCH)

venv: $(VENV)/.made

# A .venv without pip is a failed attempt (Debian without python3-venv leaves one) and is made anew.
$(VENV)/.made:
	@test -n "$(PYTHON)" || { echo "Python 3.11 or later is needed: PYTHON=/path/to/python3.11 make ..." >&2; exit 1; }
	@test -x $(BIN)/pip || PYTHONWARNINGS= "$(PYTHON)" -m venv --clear $(VENV)
	@touch $@

$(VENV)/.installed: pyproject.toml | $(VENV)/.made
	$(PIP) -e .
	@touch $@

$(VENV)/.installed-dev: pyproject.toml | $(VENV)/.made
	$(PIP) -e ".[dev]"
	@touch $(VENV)/.installed $@

$(VENV)/.installed-bench: pyproject.toml | $(VENV)/.made
	$(PIP) -e ".[dev,bench]"
	@touch $(VENV)/.installed $(VENV)/.installed-dev $@

clean:
	rm -rf $(VENV) build dist .mypy_cache .pytest_cache .ruff_cache .import_linter_cache .hypothesis
