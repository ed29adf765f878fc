# `make` alone says what there is. Everything happens in .venv, from the hash-locked requirements.
.DEFAULT_GOAL := help
.PHONY: help serve test docs reference fixtures lock bench bench-fixtures bench-check soak clean

PYTHON ?= python3
ARGS ?=
VENV := .venv
BIN := $(VENV)/bin
READY := $(VENV)/.ready

help: ## Say what there is.
	@awk -F ':.*## ' '/^[a-z-]+:.*## / { printf "  make %-15s %s\n", $$1, $$2 }' $(MAKEFILE_LIST)

serve: $(READY) ## Stand in for all three APIs; ARGS='thena --port 9000' passes options on.
	@$(BIN)/understudy serve $(ARGS)

test: $(READY) ## Check format, lint, types and run the suite; ARGS are passed to pytest.
	$(BIN)/ruff format --check .
	$(BIN)/ruff check .
	$(BIN)/mypy
	$(BIN)/pytest --numprocesses=auto --dist=worksteal $(ARGS)

docs: $(READY) ## Build the documentation as a site, in site/; a warning is a failure.
	NO_MKDOCS_2_WARNING=1 $(BIN)/mkdocs build --strict $(ARGS)

reference: $(READY) ## Write the pages of docs/reference/ anew that are made from code.
	$(BIN)/python docs/generate.py

bench: $(READY) ## Measure against other mock servers, side by side in one run.
	$(BIN)/python benchmarks/serve.py $(ARGS)

fixtures: $(READY) ## Write the sets in fixtures/ anew, after a change of contracts or generator.
	$(BIN)/python fixtures/regenerate.py

bench-fixtures: $(READY) ## Measure the making of fixtures against other generators.
	$(BIN)/python benchmarks/fixtures.py $(ARGS)

bench-check: $(READY) ## Measure the checks against Schemathesis; ARGS=--defects what they find.
	$(BIN)/python benchmarks/check.py $(ARGS)

soak: $(READY) ## Send many requests, good and bad, and see whether the server stays as it is.
	$(BIN)/python benchmarks/soak.py $(ARGS)

lock: $(READY) ## Choose versions anew and lock them (needs uv).
	uv pip compile --universal --python-version 3.11 --generate-hashes --no-header --no-annotate \
		--upgrade --group dev pyproject.toml --output-file requirements.txt
	echo 'hatchling==1.27.0' | uv pip compile --universal --python-version 3.11 --generate-hashes \
		--no-header --no-annotate --constraint requirements.txt --extra postgresql \
		pyproject.toml - --output-file requirements-image.txt

clean: ## Remove the virtual environment and all caches.
	rm -rf $(VENV) site .mypy_cache .pytest_cache .ruff_cache .hypothesis

$(READY): requirements.txt pyproject.toml
	@$(PYTHON) -c 'import sys; sys.exit(not (3, 11) <= sys.version_info[:2] <= (3, 13))' || \
		{ echo "Python 3.11 to 3.13 is needed; name one with PYTHON=python3.12" >&2; exit 1; }
	$(PYTHON) -m venv --clear $(VENV)
	$(BIN)/python -m pip install --quiet --disable-pip-version-check \
		--require-hashes --requirement requirements.txt
	$(BIN)/python -m pip install --quiet --disable-pip-version-check \
		--no-deps --no-build-isolation --editable .
	@touch $@
