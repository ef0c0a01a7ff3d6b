# One command surface. Everything runs from .venv and keeps its state in .sandbox; Docker is not needed.
PYTHON ?= python3
RUN := .venv/bin/python
.DEFAULT_GOAL := help
.PHONY: help install tools demo demo-files up test soak guards bench lint clean

help: ## list the targets
	@sed -n 's/^\([a-z-]*\):.*## \(.*\)/  make \1\t\2/p' Makefile | expand -t 20

install: ## PostgreSQL with PostGIS (apt, if missing) and the locked Python packages (.venv, if changed)
	@$(PYTHON) -m sandbox install

tools: # what only the tests need: Chromium, and GDAL's programs (apt, if missing)
	@$(PYTHON) -m sandbox install-test-tools

demo: install ## load two vintages of real data, check every number; SIGNOFF=1: end with a batch to sign
	@exec $(RUN) -m sandbox demo $(if $(SIGNOFF),--signoff)

demo-files: install ## a partner hands files in: versions, lineage and pictures of them, and rows in core
	@exec $(RUN) -m sandbox demo-files

up: install ## start PostGIS, object store, Enverus API and Airflow; Ctrl-C stops them
	@exec $(RUN) -m sandbox up

test: install tools ## all tests; the ones that need services start their own
	@$(RUN) -m pytest -n auto --dist loadgroup $(ARGS)

soak: install ## loads that are broken at random, for as long as you like: RUNS=500 SEED=7
	@$(RUN) -m tests.faults.soak $(if $(RUNS),--runs $(RUNS)) $(if $(SEED),--seed $(SEED))

guards: install tools ## take each guard out of a copy of the repository: its test must notice
	@$(RUN) -m tests.guards

bench: install tools ## speed and memory beside COPY and other loaders; QUICK=1: within 5 minutes
	@$(RUN) -m benchmarks $(if $(QUICK),--quick)

lint: install ## style, types, SQL, import contracts and the catalog
	@$(RUN) -m ruff check .
	@$(RUN) -m ruff format --check .
	@$(RUN) -m mypy
	@$(RUN) -m tests.lint_sql
	@.venv/bin/lint-imports
	@.venv/bin/enverus check

clean: ## stop this clone's stack; remove .sandbox, .venv and caches
	@$(PYTHON) -m sandbox clean
