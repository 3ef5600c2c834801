# PicoPanel's commands. `make` alone lists them; each sets up what it needs and says what it does.
SHELL := bash
.SHELLFLAGS := -eu -o pipefail -c
ifndef CHECKING
.NOTPARALLEL:
endif
.DELETE_ON_ERROR:
.DEFAULT_GOAL := help
.PHONY: help demo test check bench build docs screenshots clean system-packages soak chip windows mutants \
	check-style check-types check-imports check-front-end check-forge check-vulnerabilities test-front-end

BIN := .venv/bin
PIP := $(BIN)/python -m pip install --quiet --disable-pip-version-check
NODE_MODULES := js/node_modules/.package-lock.json
FRONT_END := src/picopanel/static/panel.js.gz
JS_SOURCES := $(shell find js -name node_modules -prune -o -type f -print)

help: ## List these commands
	@awk -F ':.*## ' '/^[a-z]+:.*## / { printf "make %-11s %s\n", $$1, $$2 }' Makefile

demo: $(FRONT_END) .venv/.demo ## Open JupyterLab on the start notebook, with a virtual Pico
	@$(BIN)/python tools/demo.py examples/00-start-here.ipynb

CHECKS := check-types check-style check-imports check-front-end check-forge check-vulnerabilities
TOGETHER = $(MAKE) --no-print-directory --jobs=3 $(filter --output-sync,$(.FEATURES:%=--%)) CHECKING=yes

test: system-packages .venv/.dev $(FRONT_END) ## Run every check and every test
	@$(TOGETHER) $(CHECKS) test-front-end
	@$(BIN)/python -m tests.prepare
	@echo "== tests of the package"
	@$(BIN)/python -m pytest --cache-clear --numprocesses=3 --dist=loadscope --no-loadscope-reorder || { \
		[ $$? = 1 ] && \
		echo "== what failed on the crowded machine must pass alone" && \
		$(BIN)/python -m pytest --verbose --last-failed --last-failed-no-failures=none; }

check: .venv/.dev $(NODE_MODULES) ## Run the linters, the type checkers and the import rules; ask for known vulnerabilities
	@$(TOGETHER) $(CHECKS)

check-types:
	@echo "== mypy"
	@$(BIN)/mypy --no-error-summary

test-front-end:
	@echo "== tests of the front end"
	@cd js && npm test

check-vulnerabilities:
	@echo "== known vulnerabilities"
	@$(BIN)/python tools/audit.py

check-front-end:
	@echo "== tsc and biome"
	@tools/need-node.sh 20
	@cd js && npm run --silent check

check-style:
	@echo "== ruff"
	@$(BIN)/ruff check --quiet
	@$(BIN)/ruff format --check --quiet

check-imports:
	@echo "== import rules"
	@$(BIN)/lint-imports --no-logo

check-forge:
	@echo "== what the forge reads"
	@$(BIN)/python tools/check_forge.py

bench: system-packages $(FRONT_END) .venv/.dev ## Measure against the peers, into the table of docs/performance.md
	@echo "== benchmarks: about a quarter of an hour, on a machine with nothing else to do"
	@$(BIN)/python -m benchmarks --write

soak: system-packages $(FRONT_END) .venv/.dev ## Run the tests of reliability with their full counts (half an hour)
	@PICOPANEL_SOAK=1 $(BIN)/python -m pytest tests/reliability

chip: system-packages $(FRONT_END) .venv/.dev ## Run the firmware in a Pico W's own MicroPython, on an emulated chip
	@tools/system-packages.sh chip-packages.txt
	@PICOPANEL_CHIP=1 $(BIN)/python -m pytest tests/chip

windows: system-packages $(FRONT_END) .venv/.dev ## Run the unit tests in Windows's own Python, under Wine
	@tools/system-packages.sh windows-packages.txt
	@PICOPANEL_WINDOWS=1 $(BIN)/python -m pytest tests/windows

browsers: system-packages $(FRONT_END) .venv/.dev ## Try every behaviour in every host and browser, into the table of docs/hosts.md
	@echo "== every behaviour in every host and browser: about 20 minutes"
	@told=0; PICOPANEL_BROWSERS=1 $(BIN)/python -m pytest tests/hosts tests/lite tests/test_forge.py || told=$$?; \
		$(BIN)/python tools/hosts_table.py; exit $$told

mutants: system-packages $(FRONT_END) .venv/.dev ## Break each room on purpose, and see a test fail
	@$(BIN)/python tests/mutants.py

build: $(FRONT_END) .venv/.dev ## Make the wheel and the sdist in dist/
	@echo "== dist: wheel and sdist"
	@$(BIN)/python -m hatchling build

docs: .venv/.dev $(FRONT_END) ## Build the site in dist/docs with its JupyterLite, warnings being errors
	@echo "== dist/docs: the site"
	@$(BIN)/python tools/draw_rooms.py
	@$(BIN)/python -m sphinx -q -W --keep-going -d dist/trees docs dist/docs
	@echo "== dist/docs/try: the notebooks in JupyterLite"
	@$(BIN)/python tools/lite.py dist/docs/try

screenshots: system-packages .venv/.dev ## Make the pictures in docs/pictures/ anew
	@tools/system-packages.sh picture-packages.txt
	@echo "== docs/pictures: screenshots of a real JupyterLab, and of clients of OPC UA and ROS 2"
	@$(BIN)/python -m tests.screenshots

clean: ## Remove what was built and installed
	rm -rf .venv dist js/node_modules src/picopanel/static .mypy_cache .ruff_cache .pytest_cache .import_linter_cache

system-packages:
	@tools/system-packages.sh

$(BIN)/python:
	@python=$$(tools/find-python.sh) && echo "== .venv: made with $$python" && "$$python" -m venv .venv

.venv/.demo: pyproject.toml | $(FRONT_END) $(BIN)/python
	@echo "== .venv: installing PicoPanel and JupyterLab"
	@$(PIP) --editable '.[pandas]' 'jupyterlab>=4.4'
	@# Its question about news would be the first thing on the screen.
	@$(BIN)/jupyter labextension disable --level=sys_prefix @jupyterlab/apputils-extension:announcements 2>/dev/null
	@touch $@

.venv/.dev: pyproject.toml | $(FRONT_END) $(BIN)/python
	@echo "== .venv: installing PicoPanel and what its tests and checks need"
	@$(PIP) --editable '.[dev]'
	@touch $@

$(NODE_MODULES): js/package-lock.json
	@tools/need-node.sh 18
	@echo "== js: installing what the front end is built from"
	@cd js && npm ci --no-fund --no-audit --loglevel=error
	@touch $@

$(FRONT_END): $(NODE_MODULES) $(JS_SOURCES)
	@echo "== js: building the front end"
	@cd js && npm run --silent build
	@touch $@
