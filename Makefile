# make install   prepares .venv, nothing else          make test    every test, with a browser of its own
# make demo      installs and starts the demo city     make check   style, types, the import arrow, generated docs
# make clean     removes all that make made
# make pictures   takes the handbook's pictures anew
# make constraints, make npm-locks   renew the pinned versions of Python packages, of npm packages
#
# Needs python3 (3.11 or newer) with venv, and make. No root, no Node, no PostgreSQL.

SHELL := /bin/bash
.SHELLFLAGS := -eu -o pipefail -c
.DEFAULT_GOAL := install
.NOTPARALLEL:
.PHONY: install dev browser demo test engines check clean pictures constraints npm-locks

PYTHON ?= python3
WORKERS ?= auto
TESTS ?=
TYPED := src/jiesu/domain src/jiesu/workflow src/jiesu/assessment src/jiesu/foresight src/jiesu/language

BIN := .venv/bin
INSTALLED_BY := pyproject.toml constraints.txt package.json package-lock.json .npmrc hatch_build.py

# Relative, because pip splits this variable at spaces; it holds for the build environment too.
export PIP_CONSTRAINT := constraints.txt
export PIP_BUILD_CONSTRAINT := constraints.txt
export PIP_DISABLE_PIP_VERSION_CHECK := 1
export PYTHONUTF8 := 1

install: .venv/.installed

dev: .venv/.installed-dev

.venv/.installed: $(INSTALLED_BY) | .venv/.made
	$(BIN)/python -m pip install --quiet --editable .
	touch $@

.venv/.installed-dev: $(INSTALLED_BY) | .venv/.made
	$(BIN)/python -m pip install --quiet --editable '.[dev]'
	touch .venv/.installed $@

.venv/.made:
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' || { \
	  echo "接诉需要 Python 3.11 或更新的版本；请安装后重试，或用 make PYTHON=/路径/python3.11 指明。" >&2; exit 1; }
	@$(PYTHON) -c 'import ensurepip, venv' 2>/dev/null || { \
	  echo "这台机器的 Python 缺少 venv 模块；Debian 和 Ubuntu 上请先安装 python3-venv。" >&2; exit 1; }
	$(PYTHON) -m venv .venv
	touch $@

browser: dev
	@$(BIN)/python -m tests.chromium.install
	@$(BIN)/python -m tests.axe.install

demo: install
	@$(BIN)/jiesu demo

# Stories in a browser go by themselves, unmeasured: to trace calls beside the browser's greenlets can end in a loop
# inside of Python 3.11 that no timeout reaches. A part of the tests (TESTS=...) is not measured either.
test: dev browser
ifdef TESTS
	$(BIN)/python -m pytest -n $(WORKERS) --durations=20 $(TESTS)
else
	@failed=0; \
	set -x; \
	$(BIN)/python -m pytest -n $(WORKERS) --cov --cov-report=term --durations=20 -m 'not browser' tests || failed=1; \
	$(BIN)/python -m pytest -n $(WORKERS) --dist loadfile --durations=20 -m browser tests || failed=1; \
	exit $$failed
endif

# Spark weighs 500 MB: only who asks for it has it, and the run before a change is taken.
engines: dev
	$(BIN)/python -m pip install --quiet --editable '.[dev,spark]'
	$(BIN)/python -m benchmarks.engines --work .cache/engines --facts 100000

pictures: dev browser
	$(BIN)/python docs/take_pictures.py

check: dev
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/python -m mypy $(TYPED)
	$(BIN)/lint-imports
	$(BIN)/jiesu docs --check

clean:
	rm -rf .venv .cache .pytest_cache .mypy_cache .ruff_cache .import_linter_cache .hypothesis .coverage .coverage.*
	rm -rf build dist htmlcov screenshots src/jiesu/web/static/vendor
	find src tests -name __pycache__ -type d -prune -exec rm -rf {} +

constraints: | .venv/.made
	rm -rf .cache/fresh
	$(PYTHON) -m venv .cache/fresh
	PIP_CONSTRAINT= PIP_BUILD_CONSTRAINT= .cache/fresh/bin/python -m pip install --quiet --editable '.[dev,bench]' editables
	{ sed '/^[^#]/,$$d' constraints.txt; .cache/fresh/bin/python -m pip freeze --exclude-editable; } > .cache/constraints
	mv .cache/constraints constraints.txt
	rm -rf .cache/fresh

npm-locks: dev
	for at in . tests/chromium tests/axe; do $(BIN)/python hatch_build.py "$$at"; done
