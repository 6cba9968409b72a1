# Everything a person types. `make` alone lists it.

PYTHON ?= python3
ARGS ?=
LOCKED ?= .
BIN := .venv/bin
EMBEDDED := $(BIN)/python -m config.embedded
COMPILE := $(BIN)/uv pip compile --quiet pyproject.toml --universal --python-version 3.11 --fork-strategy fewest \
	--generate-hashes --no-emit-index-url --no-header --no-annotate

.DEFAULT_GOAL := help
.PHONY: help run demo-crowd test check fmt bench audit screenshots picture shell migrate clean lock

help: ## list what there is
	@echo 'make <what> [ARGS="…"]'
	@awk -F ':.*## ' '/^[a-z-]+:.*## / { printf "  %-11s %s\n", $$1, $$2 }' $(MAKEFILE_LIST)

run: .venv/installed ## start Fanfare with its demo night (PORT=8001 for another port)
	@$(EMBEDDED) run

demo-crowd: export DEBUG ?= 1
demo-crowd: .venv/installed ## let a crowd play on the demo night while `make run` runs (ARGS="--rate 20 --minutes 5")
	@$(EMBEDDED) exec --beside-site -- $(BIN)/python manage.py demo_crowd $(ARGS)

test: export DEBUG := 1
test: .venv/installed ## run the tests, on servers of their own (ARGS="voting -x")
	@$(EMBEDDED) exec --throwaway -- $(BIN)/python -m pytest $(ARGS)

check: .venv/installed ## run every check that is not a test
	@$(EMBEDDED) exec --throwaway -- .ci/check

fmt: .venv/installed ## format the code
	@$(BIN)/ruff format . && $(BIN)/ruff check --fix --quiet .

bench: .venv/installed ## run the benchmarks (ARGS="votes")
	@$(EMBEDDED) exec --throwaway --durable -- $(BIN)/python -m bench $(ARGS)

audit screenshots picture: export DEBUG := 1
audit: .venv/installed config/audit/node_modules/.package-lock.json ## look at every page with axe, Lighthouse and the Nu HTML checker (needs npm; ARGS="looks home")
	@$(EMBEDDED) exec --throwaway -- $(BIN)/python -m config.audit $(ARGS)

screenshots: .venv/installed ## take pictures of every page into artefacts/screenshots (ARGS="home events")
	@$(EMBEDDED) exec --throwaway -- $(BIN)/python -m config.audit screenshots $(ARGS)

picture: .venv/installed ## film a crowd on the projector view into docs/pictures
	@$(EMBEDDED) exec --throwaway -- $(BIN)/python -m config.audit picture

shell: export DEBUG ?= 1
shell: .venv/installed ## open Django's shell on the data of `make run`
	@$(EMBEDDED) exec -- $(BIN)/python manage.py shell $(ARGS)

migrate: export DEBUG ?= 1
migrate: .venv/installed ## bring the database of `make run` to the present shape
	@$(EMBEDDED) exec -- $(BIN)/python manage.py migrate $(ARGS)

clean: ## delete the data of `make run` and what tools have cached
	@$(if $(wildcard $(BIN)/python),$(BIN)/python,$(PYTHON)) -m config.embedded clean
	@rm -rf .mypy_cache .ruff_cache .pytest_cache .import_linter_cache .hypothesis .coverage htmlcov artefacts staticfiles
	@find . -name __pycache__ -not -path './.venv/*' -prune -exec rm -rf {} +

lock: .venv/installed ## write requirements*.txt from pyproject.toml (ARGS="--upgrade" for newer versions)
	@$(COMPILE) $(ARGS) --output-file $(LOCKED)/requirements.txt
	@$(COMPILE) $(ARGS) --group dev --constraint $(LOCKED)/requirements.txt --output-file $(LOCKED)/requirements-dev.txt

config/audit/node_modules/.package-lock.json: config/audit/package-lock.json
	@command -v npm >/dev/null || { echo 'npm is missing; Lighthouse, axe and the Nu checker come through it. On Debian and Ubuntu: apt install nodejs npm'; exit 1; }
	@npm ci --prefix config/audit --ignore-scripts --no-audit --no-fund --loglevel=error
	@touch $@

# Also a reinstallation after requirements-dev.txt has changed.
.venv/installed: requirements-dev.txt config/embedded/install.py
	@command -v $(PYTHON) >/dev/null || { echo 'Python is missing. On Debian and Ubuntu: apt install python3-venv'; exit 1; }
	@$(PYTHON) -I config/embedded/install.py
	@touch $@
