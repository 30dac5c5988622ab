# `make demo` and `make test` set up everything they need, in a virtual environment of their own.
PYTHON ?= $(shell command -v python3.11 || command -v python3)
VENV := .venv
PLAIN := .venv-plain
BIN := $(VENV)/bin

.PHONY: demo test test-without-rjieba check format cluster cluster-down bench bench-cluster bench-web eval clean

$(BIN)/wensou: pyproject.toml
	$(PYTHON) -m venv $(VENV)
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --editable .
	@touch $@

$(VENV)/.dev: $(BIN)/wensou
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --editable '.[dev]'
	@touch $@

$(VENV)/.bench: $(VENV)/.dev
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --editable '.[dev,bench]'
	@touch $@

$(PLAIN)/.dev: pyproject.toml
	$(PYTHON) -m venv $(PLAIN)
	$(PLAIN)/bin/python -m pip install --quiet --disable-pip-version-check --editable '.[dev]'
	$(PLAIN)/bin/python -m pip uninstall --quiet --yes rjieba
	@touch $@

demo: $(BIN)/wensou
	$(BIN)/wensou index seeds
	$(BIN)/wensou search 习近平 特朗普 通话 --limit 3
	@echo 'Now try: $(BIN)/wensou search 川普 TikTok'

# In two processes what can be; a cluster and a browser take the machine for themselves.
test: $(VENV)/.dev
	$(BIN)/python -m pytest -n 2 -m 'not cluster and not browser'
	$(BIN)/python -m pytest -m 'cluster or browser'

# The core tests on jieba itself, which runs where rjieba has no wheel. Commands, each of which loads it anew for two
# seconds, are left to the tests with rjieba, all but one.
test-without-rjieba: $(PLAIN)/.dev
	$(PLAIN)/bin/python -m pytest -n 2 tests/unit tests/contract tests/cli/test_cli.py::test_jieba_says_nothing -m 'not cluster'

# Three OpenSearch nodes that tests and benchmarks find and use; without them each run of the tests starts its own.
cluster:
	$(PYTHON) -m benchmarks.cluster up

cluster-down:
	$(PYTHON) -m benchmarks.cluster down

check: $(VENV)/.dev
	$(BIN)/ruff format --check .
	$(BIN)/ruff check .
	$(BIN)/mypy
	$(BIN)/python -m pytest tests/unit/test_architecture.py

format: $(VENV)/.dev
	$(BIN)/ruff format .
	$(BIN)/ruff check --fix .

# ARTICLES is a folder of articles to measure on; analysis by itself, then everything beside other engines.
bench: $(VENV)/.bench
	@test -d '$(ARTICLES)' || { echo 'Name a folder of articles: make bench ARTICLES=folder' >&2; exit 2; }
	$(BIN)/python benchmarks/analysis.py '$(ARTICLES)'
	$(BIN)/python -m benchmarks.speed '$(ARTICLES)'

# On a cluster of three nodes of its own, with an index of the whole folder; SCALE may name options, as `--files 2000`.
bench-cluster: $(VENV)/.dev
	@test -d '$(ARTICLES)' || { echo 'Name a folder of articles: make bench-cluster ARTICLES=folder' >&2; exit 2; }
	$(BIN)/python -m benchmarks.scale '$(ARTICLES)' $(SCALE)

# INDEX is the folder of an index; WEB may name options, as `--parts rate --seconds 60`.
bench-web: $(VENV)/.dev
	@test -d '$(INDEX)' || { echo 'Name the folder of an index: make bench-web INDEX=folder' >&2; exit 2; }
	$(BIN)/python -m benchmarks.web '$(INDEX)' $(WEB)

# SETS is the folder of the judged sets that benchmarks/floors.toml was measured on.
eval: $(VENV)/.dev
	@test -d '$(SETS)' || { echo 'Name the folder of the judged sets: make eval SETS=folder' >&2; exit 2; }
	$(BIN)/python -m benchmarks.floors '$(SETS)'

clean:
	rm -rf $(VENV) $(PLAIN) build dist
