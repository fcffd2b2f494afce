# `make` lists the targets. PYTHON=… names the Python to make the environment with, PORT=… where to listen.
.DEFAULT_GOAL := help
.PHONY: help run test test-fast check bench soak screenshots corpus messages sbom lock clean env

# Named by a person: an environment of another version is made anew. Otherwise the first of these that runs.
PYTHON_NAMED := $(if $(filter undefined,$(origin PYTHON)),no,yes)
export PYTHON_NAMED
ifeq ($(PYTHON_NAMED),no)
PYTHON := $(shell for python in python3.13 python3.12 python3.11 python3; do \
	if $$python -c 'import sys' >/dev/null 2>&1; then echo $$python; break; fi; done)
endif
BIN := .venv/bin

help:
	@echo 'make run       start everything on this machine (ARGS="--no-demo", PORT=8010)'
	@echo 'make test      run all tests, the browser'"'"'s too (ARGS="-k words")'
	@echo 'make test-fast  the quick ones: no browser, no services, no started portal, nothing slow'
	@echo 'make check     formatting, lint, types, layers, migrations, settings: what runs before the tests'
	@echo 'make bench     measure, beside peers in environments of their own (ARGS="drift detection", --quick, --write)'
	@echo 'make soak      kill, stop, starve and lie to everything for an hour, then count ids on both sides (ARGS="--minutes 5");'
	@echo '               the schema against the API, and its clients in two languages: ARGS="--minutes 0 --schema-minutes 10 --clients"'
	@echo 'make screenshots  make the pictures of the docs from the running portal'
	@echo 'make corpus    good and bad exports for whoever writes a verifier (OUT=folder)'
	@echo 'make messages  bring the translation catalogs up to the texts in the code'
	@echo 'make sbom      what a release brings along (CycloneDX), below dist/ (ARGS="--out FOLDER")'
	@echo 'make lock      resolve pyproject.toml into requirements.lock (ARGS=--upgrade)'
	@echo 'make clean     remove the environment and what tools left behind; var/ stays'

env:
	@if [ -z "$(PYTHON)" ]; then echo 'No Python 3 was found: install Python 3.11 or newer, or name it: make PYTHON=/path/to/python3.12' >&2; exit 1; fi
	@"$(PYTHON)" deploy/bootstrap.py

run: env
	@exec $(BIN)/python manage.py serve $(ARGS)

test: env
	@exec $(BIN)/python deploy/run_tests.py $(ARGS)

test-fast: env
	@exec $(BIN)/python deploy/run_tests.py --fast $(ARGS)

check: env
	@exec $(BIN)/python deploy/run_checks.py

bench: env
	@exec $(BIN)/python -m benchmarks.run $(ARGS)

soak: env
	@exec $(BIN)/python deploy/soak.py $(ARGS)

screenshots: env
	@exec $(BIN)/python deploy/screenshots.py

corpus: env
	@EXPORT_CORPUS=$(or $(OUT),var/export-corpus) $(BIN)/python -m pytest -q -n 0 tests/approvals/test_verify.py

messages: env
	@$(BIN)/python manage.py messages $(ARGS)

sbom: env
	@$(BIN)/python deploy/sbom.py $(ARGS)

lock: env
	@[ -x $(BIN)/uv ] || $(BIN)/python -m pip install --quiet uv
	@$(BIN)/uv pip compile pyproject.toml --all-extras --universal \
		--python-version 3.11 --generate-hashes --no-emit-index-url --no-header --quiet $(ARGS) \
		--output-file requirements.lock
	@{ echo '# Made by: make lock'; cat requirements.lock; } > requirements.lock.new && mv requirements.lock.new requirements.lock

clean:
	rm -rf .venv benchmarks/.venvs benchmarks/results .mypy_cache .ruff_cache .pytest_cache .hypothesis .import_linter_cache build dist ./*.egg-info
	find . -name __pycache__ -type d -prune -exec rm -rf {} +
	find locale -name '*.mo' -delete
