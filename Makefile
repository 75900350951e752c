# Sans couture. `make demo` lives the product, `make test` proves it; `make help` lists the rest.

PYTHON ?= $(shell for p in python3.11 python3.12 python3.13 python3.14 python3; do \
	$$p -c 'import sys; sys.exit(sys.version_info < (3, 11))' >/dev/null 2>&1 && command -v $$p && break; done)
RUN := .venv/bin/python -m
CATALOGUES := $(wildcard src/sanscouture/locale/*/LC_MESSAGES/*.po)
section = @printf '\n── %s\n' '$(1)'

.PHONY: help demo test check fix e2e fuzz-forms fuzz-api fuzz-imports bench docs env env-dev clean
.DELETE_ON_ERROR:

help: ## Cette aide
	@sed -n 's/^\([a-z0-9-]*\):.*## /make \1\t/p' Makefile

demo: env .venv/.messages ## La démonstration sur cette machine (PORT=8000)
	@exec $(RUN) sanscouture demo

test: check ## Tout ce qui doit passer avant de livrer
	$(call section,Tests)
	@.venv/bin/python scripts/test.py

check: env-dev .venv/.messages ## Forme, types, contrats, migrations, gabarits
	$(call section,Forme du code)
	@$(RUN) ruff format --check .
	@$(RUN) ruff check .
	$(call section,Types)
	@$(RUN) mypy
	$(call section,Couches)
	@.venv/bin/lint-imports --no-logo
	$(call section,Migrations)
	@$(RUN) sanscouture makemigrations --check --dry-run
	@.venv/bin/python scripts/locks.py
	$(call section,Gabarits)
	@$(RUN) djlint src --lint --quiet

fix: env-dev ## Remettre le code en forme
	@$(RUN) ruff format .
	@$(RUN) ruff check --fix .
	@$(RUN) sanscouture.cli.typography

e2e: env-dev .venv/.messages ## Les parcours dans un vrai navigateur
	@.venv/bin/python scripts/test.py -m browser

fuzz-forms: env-dev .venv/.messages ## Tous les formulaires, remplis pour nuire (FUZZ_ROUNDS=60, FUZZ_SEED=1)
	@FUZZ_ROUNDS=$(or $(FUZZ_ROUNDS),60) .venv/bin/python scripts/test.py tests/test_hostile_forms.py

fuzz-api: env-dev .venv/.messages ## L’API publique, interrogée au hasard de sa description (FUZZ_ROUNDS=400, FUZZ_SEED=1)
	@FUZZ_ROUNDS=$(or $(FUZZ_ROUNDS),400) .venv/bin/python scripts/test.py -n 0 tests/api/test_drawn_requests.py

fuzz-imports: env-dev .venv/.messages ## Dix mille fichiers faits pour nuire aux imports (FUZZ_FILES=10000, FUZZ_SEED=1)
	@.venv/bin/python fuzz/imports.py $(or $(FUZZ_FILES),10000) $(or $(FUZZ_SEED),1)

bench: env-dev ## Les mesures de bench/
	@for program in $(filter-out bench/house.py,$(wildcard bench/*.py)); do echo "── $$program"; .venv/bin/python "$$program" || exit 1; done

faults: env-dev .venv/.messages ## Tuer le site au hasard sous charge (ARGS="--kills 200 --seed 1")
	@.venv/bin/python faults/run.py $(ARGS)

docs: env-dev ## Les documents faits du code
	@$(RUN) sanscouture write-docs

env:
	@$(if $(PYTHON),,echo 'Il faut Python 3.11 ou plus récent (python3.11 ou python3).' >&2; exit 1;) "$(PYTHON)" scripts/install.py base

env-dev:
	@$(if $(PYTHON),,echo 'Il faut Python 3.11 ou plus récent (python3.11 ou python3).' >&2; exit 1;) "$(PYTHON)" scripts/install.py dev

.venv/.messages: $(CATALOGUES) src/sanscouture/cli/messages.py | env
	@$(RUN) sanscouture.cli.messages compile
	@touch $@

clean: ## Retirer l’environnement et la base des tests (pas les données)
	rm -rf .venv .data/tests .mypy_cache .ruff_cache .pytest_cache

check test e2e fuzz-forms fuzz-api fuzz-imports bench docs: export DATA_DIR := .data/tests
check test e2e fuzz-forms fuzz-api fuzz-imports bench docs: export SANSCOUTURE_DB_FSYNC := off
