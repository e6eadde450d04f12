# Every command of the project. `make help` lists them; each sets up what it needs first.
.DEFAULT_GOAL := help
.SUFFIXES:
MAKEFLAGS += --no-print-directory --no-builtin-rules
# Targets run one after another also under `make -j`: each one uses the cores by itself.
.NOTPARALLEL:

# The first interpreter that starts; it looks for a better one by itself. PYTHON=… overrides.
BOOT := $(or $(PYTHON),$(shell for name in python3.11 python3 python3.12 python3.13 python3.14 python; do \
	if $$name -c '' >/dev/null 2>&1; then echo $$name; break; fi; done))
ifeq ($(BOOT),)
BOOT := sh -c 'echo "Python 3.11 or newer is needed, found none: sudo apt-get install -y python3 python3-venv, then run this again." >&2; exit 1'
endif
UP := $(BOOT) -m deploy.local.bootstrap

.PHONY: help setup run test check golden schema bench lock doctor manage clean

help: ## List the commands
	@awk -F ':.*## ' '/^[a-z-]+:.*## /{printf "  make %-8s %s\n", $$1, $$2}' $(MAKEFILE_LIST)

setup: ## Install everything that running, checking and testing need (repeats only what changed)
	@$(UP) --need site,dev

run: ## Start the whole site and print its address; Ctrl+C stops it (PORT=8001 HOST=0.0.0.0)
	@$(UP) --need site --then deploy.local.run

test: ## Check, then run every test tier this machine can run, and summarise them
	@$(UP) --need site,dev,system,training --then deploy.checks.suite

check: ## Format, lint, types, import rules, templates, front end, generated files
	@$(UP) --need site,dev --then deploy.checks.run

# Their tests say "written" in their names.
golden: ## Rewrite the golden files of codec and tracer tests; review the diff
	@$(UP) --need site,dev --then pytest -- -q -k written --rewrite-golden tests/traces tests/workers

schema: ## Regenerate the JSON Schemas and the TypeScript types
	@$(UP) --need site,dev --then deploy.checks.generated

bench: ## Run the benchmarks that need no GPU; each prints JSON (BENCH=stream for one)
	@$(UP) --need site,dev --then deploy.checks.bench -- $(BENCH)

lock: ## Compile requirements/*.in to hashed, index-free requirements/*.txt (UPGRADE=1 for newest)
	@$(UP) --need site,dev --then deploy.checks.lock -- $(if $(UPGRADE),--upgrade)

doctor: ## Say what this machine can and cannot do, and how to change it
	@$(UP) --need site --then deploy.local.manage -- doctor

manage: ## Run a management command against this folder's data: make manage CMD="createsuperuser"
	@$(UP) --need site --then deploy.local.manage -- $(CMD)

clean: ## Remove what setup and the checks made; keeps the data in .local/data
	@rm -rf .venv node_modules static/dist staticfiles test-results .local/node .local/stamps .local/cache \
		.mypy_cache .ruff_cache .pytest_cache .hypothesis .import_linter_cache
	@find . -name __pycache__ -type d -prune -exec rm -rf {} +
