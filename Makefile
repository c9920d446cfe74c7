# One verb per act; `make help` lists them. `make check` is what CI runs, nothing more and nothing less.
.DEFAULT_GOAL := help
.DELETE_ON_ERROR:
SHELL := /bin/sh

PEOPLE ?= 2000
SEED ?= 7
EXIT ?=
STAGE ?= dev
PARAMETERS ?=
JOBS ?= 2
RUNS ?= 20000

OURS := .venv/.installed
SAM := .venv-sam/.installed
CLOUD := .venv-cloud/.installed

python := .venv/bin/python
pytest := $(python) -m pytest
machine_of_tests := PYTHONPATH=functions:layers/lockstep:. $(python) -m tests.simulation.machine
runtime = $(shell $(python) -c 'import sys; print("python%d.%d" % sys.version_info[:2])')
machine = $(shell $(python) -c 'import platform; print("arm64" if platform.machine() in ("arm64", "aarch64") else "x86_64")')
sam = SAM_CLI_TELEMETRY=0 LAYER_PYTHON="$(CURDIR)/.venv-cloud/bin/python" PATH="$(CURDIR)/.venv-cloud/bin:$$PATH" \
    "$(CURDIR)/.venv-sam/bin/python" -m samcli
parameters = $(shell $(python) -c 'import tomllib; stage = tomllib.load(open("samconfig.toml", "rb"))["$(STAGE)"]; \
    print(*stage["deploy"]["parameters"]["parameter_overrides"])') $(PARAMETERS)
for_account = PythonRuntime=$(runtime) Architecture=arm64
code := $(wildcard functions layers/lockstep/lockstep local cli tests)
lock := .venv/bin/uv pip compile --quiet --universal --python-version 3.11 --generate-hashes --no-emit-index-url --no-emit-find-links --no-header

.PHONY: help setup demo test fmt lint types unit laws contract integration sim soak replay deployed witnesses check build deploy bench bench-check acceptance docs lock clean

help: ## this list
	@awk -F ':.*## ' '/^[a-z-]+:.*## / { printf "  make %-13s %s\n", $$1, $$2 }' Makefile

# --- the two commands -------------------------------------------------------------------------------------------------

demo: $(OURS) $(SAM) $(CLOUD) ## the whole product on this machine: PEOPLE=2000 SEED=7, EXIT=1 to end when the books are done
	@$(python) -m local.demo --people $(PEOPLE) --seed $(SEED) $(if $(EXIT),--exit)

test: $(OURS) $(CLOUD) ## every test but `deployed` and `witnesses`
	@$(pytest) -q -n $(JOBS) --dist loadgroup --ignore=tests/deployed --ignore=tests/witnesses tests

# --- environments -----------------------------------------------------------------------------------------------------

setup: $(OURS) $(SAM) $(CLOUD) ## make the three locked environments; instant when nothing changed

.venv/.installed: requirements/dev.txt .ci/environment
	@.ci/environment .venv requirements/dev.txt

.venv-sam/.installed: requirements/sam.txt .ci/environment
	@.ci/environment .venv-sam requirements/sam.txt

.venv-cloud/.installed: requirements/cloud.txt .ci/environment
	@.ci/environment .venv-cloud requirements/cloud.txt

lock: $(OURS) ## write the locks anew from the .in files (make lock UPGRADE=1 takes newer versions)
	@for set in layers/dependencies/requirements requirements/dev requirements/sam requirements/cloud; do \
	    $(lock) $(if $(UPGRADE),--upgrade) $$set.in --output-file $$set.txt || exit 1; done

# --- checks -----------------------------------------------------------------------------------------------------------

check: ## all of it, as CI runs it: lint, types, laws, test, deployed
	@$(MAKE) --no-print-directory lint
	@$(MAKE) --no-print-directory types
	@$(MAKE) --no-print-directory laws
	@$(MAKE) --no-print-directory test
	@$(MAKE) --no-print-directory deployed

fmt: $(OURS) ## put the code in order, and mend what can be mended
	@$(python) -m ruff check --quiet --fix-only .
	@$(python) -m ruff format --quiet .

lint: $(OURS) ## ruff: rules, security, banned calls
	@$(python) -m ruff check .

types: $(OURS) ## mypy, strict
	@$(python) -m mypy $(code)

unit: $(OURS) ## decisions: values in, values out
	@$(pytest) -q tests/unit

laws: $(OURS) ## the repository's promises: imports, shape, catalogue, template, requirements
	@$(pytest) -q tests/laws

contract: $(OURS) $(CLOUD) ## the store on its backends, the simulators under other people's clients
	@$(pytest) -q tests/contract

integration: $(OURS) ## real handlers and clients, simulated vendors, moto
	@$(pytest) -q tests/integration

sim: $(OURS) ## seeded stories with faults and crashes
	@$(pytest) -q -n $(JOBS) tests/simulation

soak: $(OURS) ## 20,000 random stories, and the random machine against every planted defect (RUNS=20000)
	@$(machine_of_tests) --from 0 --to $(RUNS)
	@$(machine_of_tests) --defects

replay: $(OURS) ## one random story again: SEED=7
	@$(machine_of_tests) --seed $(SEED)

deployed: $(OURS) $(SAM) $(CLOUD) ## the stack that `sam deploy` made on the embedded AWS
	@$(pytest) -q tests/deployed

witnesses: $(OURS) ## foreign clients, in environments of their own (made once), drive the simulators; says what each did
	@tests/witnesses/install
	@$(pytest) -v --durations=5 tests/witnesses

acceptance: $(OURS) $(SAM) $(CLOUD) ## run the tests that carry marks, foreign clients included; writes build/proofs.json
	@tests/witnesses/install
	@$(pytest) -q -n $(JOBS) --dist loadgroup --proofs build/proofs.json tests

bench: $(OURS) $(CLOUD) ## measure; writes build/bench.jsonl (CASE=first_load for one)
	@$(python) -m tests.bench $(CASE)

bench-check: $(OURS) ## counts of every flow against tests/bench/recorded.json: worse by 5 % fails (RECORD=1 records anew)
	@$(python) -m tests.bench.check $(CASE) $(if $(RECORD),--record)

docs: $(OURS) ## write docs/openapi*.json and docs/runbook.md anew from the code
	@$(python) -m cli.openapi
	@$(python) -m local.runbook

# --- the stack --------------------------------------------------------------------------------------------------------

build: $(OURS) $(SAM) $(CLOUD) ## validate and build for this machine, then call each handler as built
	@$(sam) validate --lint
	@$(sam) build --parameter-overrides PythonRuntime=$(runtime) Architecture=$(machine) JwtIssuer=http://localhost
	@$(python) -m local.cloud.built .aws-sam/build

deploy: $(OURS) $(SAM) $(CLOUD) ## build for an account and deploy: STAGE=dev|staging|prod, PARAMETERS="JwtIssuer=https://..."
	@case "$(parameters)" in *JwtIssuer=?*) ;; *) \
	    echo "deploy: the API needs the issuer of its tokens; name it in samconfig.toml or type make deploy STAGE=$(STAGE) PARAMETERS=\"JwtIssuer=https://...\"." >&2; exit 1 ;; esac
	@LAYER_PLATFORM="--platform manylinux2014_aarch64 --implementation cp --python-version $(subst python,,$(runtime))" \
	    $(sam) build --build-dir build/account --parameter-overrides $(parameters) $(for_account)
	@$(sam) deploy --template-file build/account/template.yaml --config-env $(STAGE) --parameter-overrides $(parameters) $(for_account)

clean: ## forget what was built (not the environments)
	@rm -rf build .aws-sam .mypy_cache .pytest_cache .ruff_cache .import_linter_cache
