# Two commands do everything: `make warehouse` and `make test`. Nothing is needed but python3 (3.11 or later) and make.
PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin
export PIP_DISABLE_PIP_VERSION_CHECK := 1

.PHONY: warehouse test ui bench bench-scale bench-bulk fuzz lint dictionary lock clean

warehouse: $(VENV)/.installed
	$(BIN)/chipflows build

test: $(VENV)/.installed-dev
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy
	$(BIN)/python -m pytest -n auto --dist loadfile --no-loadscope-reorder

# Parsers of live sources on 2,000 mutated bodies each, where `make test` takes 100, and ten times the examples of every property.
fuzz: $(VENV)/.installed-dev
	CHIPFLOWS_FUZZ=2000 $(BIN)/python -m pytest tests/live/test_fuzz.py tests/sources tests/properties -n auto --dist worksteal

ui: $(VENV)/.installed
	$(BIN)/chipflows ui

bench: $(VENV)/.installed
	$(BIN)/python benchmarks/bench.py

# Two sizes of a made-up world; hours and tens of gigabytes of disk. A quick check: make bench-scale SCALE="--rows 200000"
bench-scale: $(VENV)/.installed-dev
	$(BIN)/python benchmarks/bench_scale.py $(SCALE)

bench-bulk: $(VENV)/.installed
	$(BIN)/python benchmarks/bench_bulk.py

lint: $(VENV)/.installed-dev
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy

dictionary: $(VENV)/.installed
	$(BIN)/python -m tools.make_dictionary

# Rewrite the lock files (needs uv; hashes of every platform, no index addresses).
lock:
	uv pip compile --universal --generate-hashes --no-emit-index-url --no-strip-extras --no-header -q pyproject.toml -o requirements.lock
	uv pip compile --universal --generate-hashes --no-emit-index-url --no-strip-extras --no-header -q --extra dev pyproject.toml -o requirements-dev.lock

$(VENV)/bin/python:
	$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11) and "chipflows needs Python 3.11 or later; set PYTHON=...")'
	$(PYTHON) -m venv $(VENV)

$(VENV)/.installed: requirements.lock pyproject.toml | $(VENV)/bin/python
	$(BIN)/python -m pip install -q --require-hashes -r requirements.lock
	$(BIN)/python -m pip install -q --no-deps --no-build-isolation -e .
	touch $@

$(VENV)/.installed-dev: requirements-dev.lock $(VENV)/.installed
	$(BIN)/python -m pip install -q --require-hashes -r requirements-dev.lock
	touch $@

clean:
	rm -rf $(VENV) warehouse
