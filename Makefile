# make demo | test | bench | fuzz | lint | clean. Everything lives in .venv; a step runs again only when
# something it depends on has changed. Needs Python >= 3.11, a C++17 compiler and PyPI.

PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin
PIP := $(BIN)/python -m pip --disable-pip-version-check

# Directories are listed too: a removed file changes its directory and nothing else.
SOURCES := $(shell find src -not -name '*.so' -not -path '*/__pycache__*' 2>/dev/null)
PROJECT := CMakeLists.txt pyproject.toml README.md LICENSE

DEMO_REQUEST ?= maya-2024 studio_tools

# How long `make fuzz` runs, and the part of it in `make test`.
MINUTES ?= 5
SHORT_MINUTES ?= 0.6

# Requirement lists have one home, pyproject.toml: $(call requirements,EXPRESSION on the table `p`,NAME).
requirements = @echo "installing requirements: $(2)" && $(BIN)/python -c "import tomllib; p = tomllib.load(open('pyproject.toml', 'rb')); print(*($(1)), sep='\n')" > $@.txt && $(PIP) install -q -r $@.txt && touch $@

.PHONY: demo test bench fuzz sanitize lint check package clean
.DELETE_ON_ERROR:

demo: $(VENV)/.package
	$(BIN)/rezfast resolve --path examples/packages $(DEMO_REQUEST)
	$(BIN)/rezfast env --paths examples/packages $(DEMO_REQUEST) -- studio-where

# A browser is not among what set-up needs: without one its tests are left out, and that is said.
BROWSER := $(firstword $(foreach name,chromium chromium-browser google-chrome,$(shell command -v $(name))))

# Tests of shells run bash, dash, zsh, csh, tcsh and fish, and fail without them, each with a line that
# says what to install: apt-get install zsh csh tcsh fish.
test: check sanitize $(VENV)/.test
	$(if $(BROWSER),,@echo "no browser (chromium) here: the tests that look at pages are left out")
	$(BIN)/python -m pytest -p no:benchmark $(if $(BROWSER),,-m "not browser")

# Address and undefined behaviour sanitizers look on while generated inputs run.
fuzz: build/sanitize/.tree $(VENV)/.test
	PYTHONPATH=tests $(BIN)/python -m fuzz.run --minutes $(MINUTES)

sanitize: build/sanitize/.tree $(VENV)/.test
	PYTHONPATH=tests $(BIN)/python -m fuzz.run --minutes $(SHORT_MINUTES) --seed 1

# What reads the code without running it.
check: lint $(VENV)/.package
	$(BIN)/mypy
	$(BIN)/lint-imports

lint: $(VENV)/.test
	$(BIN)/ruff check
	$(BIN)/ruff format --check

build/sanitize/.tree: $(VENV)/.build $(SOURCES) CMakeLists.txt tests/fuzz/coverage.cpp
	@echo "building with sanitizers"
	@$(BIN)/cmake -S . -B build/sanitize -G Ninja -DCMAKE_BUILD_TYPE=None -DREZFAST_SANITIZE=ON \
	  -DCMAKE_MAKE_PROGRAM=$(abspath $(BIN))/ninja -DPython_EXECUTABLE=$(abspath $(BIN))/python > /dev/null
	@$(BIN)/cmake --build build/sanitize > build/sanitize/log.txt || { cat build/sanitize/log.txt; exit 1; }
	@rm -rf build/sanitize/tree && $(BIN)/cmake --install build/sanitize --prefix build/sanitize/tree > /dev/null
	@touch $@

bench: $(VENV)/.package $(VENV)/.bench
	$(BIN)/python -m bench $(BENCH)

package: $(VENV)/.package

$(VENV)/bin/python:
	@$(PYTHON) -c "import sys; sys.exit('rezfast needs Python 3.11 or later: make PYTHON=...' if sys.version_info < (3, 11) else 0)"
	$(PYTHON) -m venv $(VENV)

# cmake and ninja are build requirements of the back end; named here because the build below is not
# isolated, which is what makes a second build compile only what changed.
$(VENV)/.build: pyproject.toml | $(VENV)/bin/python
	$(call requirements,p['build-system']['requires'] + 'cmake ninja'.split() + p['project']['dependencies'],build)

$(VENV)/.test: pyproject.toml | $(VENV)/bin/python
	$(call requirements,p['project']['optional-dependencies']['test'],test)

$(VENV)/.bench: pyproject.toml | $(VENV)/bin/python
	$(call requirements,p['project']['optional-dependencies']['bench'],bench)

# Installed as users have it, not editable: an import hook would cost start-up time, and what is
# tested is then what is shipped.
$(VENV)/.package: $(VENV)/.build $(SOURCES) $(PROJECT)
	@echo "building and installing rezfast"
	@$(PIP) install -q --no-build-isolation --no-deps --force-reinstall -Cbuild-dir=build/make .
	@touch $@

clean:
	rm -rf $(VENV) build dist bench/out .mypy_cache .pytest_cache .ruff_cache .hypothesis .benchmarks
