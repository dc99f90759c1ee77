# Everything for this repository. `make demo` and `make test` do all their set-up themselves.

PYTHON ?= $(shell for p in python3 python3.14 python3.13 python3.12 python3.11; do \
  command -v $$p >/dev/null 2>&1 && $$p -c 'import sys; sys.exit(sys.version_info < (3, 11))' 2>/dev/null \
  && { echo $$p; break; }; done)
VENV := .venv
BIN := $(VENV)/bin
INSTALL := $(BIN)/python -m pip install --quiet --disable-pip-version-check --no-input

# What is compiled once serves every process that the tests and the demo start.
unexport PYTHONDONTWRITEBYTECODE

.DEFAULT_GOAL := help
.PHONY: help demo drill test test-browser check bounces format lock messages clean

help: ## list these targets
	@awk -F ':.*## ' '/^[a-z-]+:.*## / { printf "make %-12s %s\n", $$1, $$2 }' $(MAKEFILE_LIST)

demo: $(VENV)/.runtime ## a whole month with made-up people, mails in demo/outbox
	@$(BIN)/distribution demo demo

drill: $(VENV)/.runtime ## 20,000 mails under 200 kills: nobody twice, nobody missed
	@timeout --foreground --signal=INT 1h $(BIN)/distribution drill --mails 20000 --kills 200

test: $(VENV)/.dev ## the whole test suite, against SQLite and PostgreSQL
	@$(BIN)/python -m pytest -n 3 --dist worksteal

test-browser: $(VENV)/.browser ## the pages in a real browser; PICTURES=folder keeps pictures of all
	@tests/browser/set_up.sh $(VENV)/axe/axe.min.js
	@$(BIN)/python -m pytest tests/browser $(if $(PICTURES),--pictures $(PICTURES))

check: $(VENV)/.dev ## format, lint, types, import contracts, schema against models
	@$(BIN)/ruff format --check .
	@$(BIN)/ruff check .
	@$(BIN)/mypy
	@$(BIN)/lint-imports --no-logo
	@$(BIN)/python -m pytest -q tests/test_schema.py -k "make_exactly_the_models or constant_names"

BOUNCES := ../shared/bounces
bounces: $(VENV)/.dev ## score the reading of bounces on real mails, where ../shared is present
	@test -d $(BOUNCES) || { echo "没有 $(BOUNCES)：真实退信不随本项目分发 (the real mails are kept apart)" >&2; exit 2; }
	@$(BIN)/distribution bounce read --score-lines $(BOUNCES)/mails/* \
	  | $(BIN)/python $(BOUNCES)/score.py /dev/stdin
	@$(BIN)/distribution bounce explain --replies $(BOUNCES)/chinese-replies.tsv --score-lines \
	  | $(BIN)/python $(BOUNCES)/score.py --replies /dev/stdin

format: $(VENV)/.dev ## let ruff put the code in order
	@$(BIN)/ruff format .
	@$(BIN)/ruff check --fix .

lock: $(VENV)/.dev ## resolve requirements/*.txt anew: versions and hashes, no addresses
	@$(INSTALL) uv
	@for set in "runtime --group build" "dev --group dev"; do set -- $$set; \
	  $(BIN)/uv pip compile --quiet --universal --python-version 3.11 --generate-hashes \
	    --no-header --no-annotate --no-emit-index-url --no-emit-find-links --extra postgres \
	    $$2 $$3 pyproject.toml --output-file requirements/$$1.txt || exit 1; done
	@$(BIN)/uv pip compile --quiet --universal --python-version 3.11 --generate-hashes \
	  --no-header --no-annotate --no-emit-index-url --no-emit-find-links \
	  --constraint requirements/dev.txt --group browser --output-file requirements/browser.txt

messages: $(VENV)/.dev ## compile the catalogues of the command line's words
	@$(BIN)/pybabel --quiet compile --directory distribution/cli/locale --domain messages

clean: ## remove what these targets made, the demo included
	@rm -rf $(VENV) demo build dist .mypy_cache .ruff_cache .pytest_cache .import_linter_cache .hypothesis

$(VENV)/.made:
	@test -n "$(PYTHON)" || { echo "distribution: 需要 Python 3.11 或更新版本，这台机器上没有：请先安装 python3 (need Python 3.11 or newer)" >&2; exit 2; }
	@$(PYTHON) -c 'import venv, ensurepip' 2>/dev/null || { echo "distribution: $(PYTHON) 没有 venv 模块：请先安装 python3-venv (its venv module is missing)" >&2; exit 2; }
	@$(PYTHON) -m venv --clear $(VENV)
	@touch $@

$(VENV)/.runtime: $(VENV)/.made requirements/runtime.txt pyproject.toml
	@echo "正在安装到 $(VENV) …"
	@$(INSTALL) --require-hashes -r requirements/runtime.txt
	@$(INSTALL) --no-deps --no-build-isolation --editable .
	@touch $@

$(VENV)/.dev: $(VENV)/.runtime requirements/dev.txt
	@$(INSTALL) --require-hashes -r requirements/dev.txt
	@touch $@

$(VENV)/.browser: $(VENV)/.dev requirements/browser.txt
	@$(INSTALL) --require-hashes -r requirements/browser.txt
	@touch $@
