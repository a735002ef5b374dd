# What this project can do. `make` alone shows this list.

PYTHON ?= $(shell command -v python3.11 || command -v python3)
VENV := .venv
BIN := $(VENV)/bin
BASE ?= main
READY := $(VENV)/ready
CHECKOV := .venv-checkov
CDK := benchmarks/cdk_diff/node_modules
COMPILE := $(VENV)-lock/bin/uv pip compile --quiet --universal --python-version 3.11 --upgrade \
	--generate-hashes --no-emit-index-url --no-header

.DEFAULT_GOAL := help
.PHONY: help templates check diff rehearse release test slow bench mutate rules lint lock clean

help: ## Show this list
	@sed -n 's/^\([a-z]*\):.*## \(.*\)/  make \1\t\2/p' $(MAKEFILE_LIST) | expand -t 20

templates: $(READY) ## Render every template into templates/
	@$(BIN)/python generate.py render

check: $(READY) ## Compare templates/ with its sources, lint it for every region, and judge it by our rules
	@$(BIN)/python generate.py check

diff: $(READY) ## Say what this branch does to callers and running stacks: make diff BASE=main
	@$(BIN)/python generate.py diff "$(BASE)" --merge-base

rehearse: $(READY) ## Run every pipeline in an embedded AWS, with no account, and say what came of it
	@$(BIN)/python generate.py rehearse

release: $(READY) ## Test, publish and promote this version: make release BUCKET=launch-example
	@$(BIN)/python generate.py release --bucket "$(BUCKET)"

test: $(READY) lint ## Run the linters and every test but the slow ones
	@$(BIN)/python -m pytest -m 'not slow'

slow: $(READY) $(CHECKOV)/ready ## Run the slow tests: checkov, Maven, Tomcat and a browser, all real
	@$(BIN)/python -m pytest -m slow

bench: $(READY) ## Measure rendering, reviewing and rehearsing: time, memory, and how they grow
	@$(BIN)/python benchmarks/rendering.py
	@$(BIN)/python -m benchmarks.gate
	@$(BIN)/python -m benchmarks.rehearsals
	@$(MAKE) --no-print-directory $(CDK)
	@$(BIN)/python -m benchmarks.comparing
	@$(BIN)/python -m benchmarks.cdk_pairs

mutate: $(READY) ## Rehearse without one statement, action or output at a time: what goes unseen?
	@$(BIN)/python -m benchmarks.mutation

rules: $(READY) ## Write docs/rules.md, the page of the rules, anew
	@$(BIN)/python -m review.rules_page >docs/rules.md.part && mv docs/rules.md.part docs/rules.md

lint: $(READY) ## Check the code with ruff and mypy
	@$(BIN)/ruff check --quiet .
	@$(BIN)/ruff format --quiet --check . || { echo 'mend: $(BIN)/ruff format .'; exit 1; }
	@$(BIN)/mypy

lock: ## Choose the newest dependencies anew and write the locks
	@echo "choosing dependencies ..."
	@$(PYTHON) -m venv $(VENV)-lock && $(VENV)-lock/bin/pip --quiet install uv
	@$(COMPILE) --extra rehearse --extra test setup.cfg requirements.in --output-file requirements.lock
	@$(COMPILE) requirements-checkov.in --output-file requirements-checkov.lock
	@rm -rf $(VENV)-lock

clean: ## Remove what the other targets made here, but not templates/
	@rm -rf $(VENV) $(CHECKOV) $(CDK) build *.egg-info src/*.egg-info
	@rm -rf .mypy_cache .ruff_cache .pytest_cache .hypothesis
	@find . -name __pycache__ -type d -prune -exec rm -rf {} +

$(VENV)/installed: requirements.lock
	@"$(PYTHON)" -c 'import sys; sys.exit(sys.version_info < (3, 11))' || \
		{ echo "Python 3.11 or newer is needed; install it, or say make PYTHON=/path/to/it" >&2; exit 1; }
	@echo "setting up $(VENV) from requirements.lock (once, about half a minute) ..." >&2
	@"$(PYTHON)" -m venv --clear $(VENV)
	@$(BIN)/pip -qq --disable-pip-version-check install --require-hashes --requirement requirements.lock
	@touch $@

$(READY): $(VENV)/installed setup.cfg
	@$(BIN)/pip -qq --disable-pip-version-check install --no-deps --no-build-isolation --editable .
	@touch $@

# checkov pins what we do not, so it has an environment of its own.
$(CHECKOV)/ready: requirements-checkov.lock | $(VENV)/installed
	@echo "setting up $(CHECKOV) from $< (once, about a minute) ..." >&2
	@"$(PYTHON)" -m venv --clear $(CHECKOV)
	@$(CHECKOV)/bin/pip -qq --disable-pip-version-check install --require-hashes --requirement $<
	@touch $@

# AWS CDK's own comparison, which ours is measured beside.
$(CDK): benchmarks/cdk_diff/package-lock.json
	@command -v npm >/dev/null || { echo "npm is missing; install Node.js 20 or newer" >&2; exit 1; }
	@npm ci --prefix $(@D) --no-audit --no-fund --loglevel=error >/dev/null
	@touch $@
