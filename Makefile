# Simpul. `make help` lists what there is.
PY ?= python3
BIN := .venv/bin
PORT ?= 8000
PG_DEFAULT := postgresql+psycopg://postgres@127.0.0.1:5432/test
JOBS ?= 2
.DEFAULT_GOAL := help
.PHONY: help run demo test check bench system system-test translations clean-demo

help: ## list these commands
	@grep -hE '^[a-z-]+:.*##' $(MAKEFILE_LIST) | sed -E 's/^([a-z-]+):.*## /\1|/' | column -t -s '|'

.venv/installed: setup.cfg constraints.txt
	@test -x $(BIN)/python || $(PY) -m venv .venv
	$(BIN)/pip install --quiet --disable-pip-version-check -c constraints.txt -e .
	@touch $@

.venv/installed-test: .venv/installed
	$(BIN)/pip install --quiet --disable-pip-version-check -c constraints.txt -e '.[test,check]'
	@touch $@

system: ## see that Pango and the fonts of certificates are there
	@sh bench/system.sh libpango-1.0-0 libpangoft2-1.0-0 libharfbuzz-subset0 fontconfig fonts-noto-core fonts-droid-fallback fonts-dejavu-core

system-test: ## see that Chromium, Poppler, npm, Java and what veraPDF needs are there
	@command -v npm >/dev/null || sh bench/system.sh npm
	@sh bench/system.sh chromium poppler-utils default-jdk-headless libjaxb-java libjaxb-api-java zbar-tools fiu-utils fonts-noto-core fonts-droid-fallback fonts-dejavu-core libpango-1.0-0 libpangoft2-1.0-0 libharfbuzz-subset0 fontconfig

run: .venv/installed system ## install what is missing and serve: the demo city, or the installation that `lms init` made
	@if [ -f "$${LMS_INSTANCE_DIR:-instance}/settings.env" ]; then exec $(BIN)/lms serve --port $(PORT); else exec $(BIN)/lms demo --port $(PORT); fi

demo: .venv/installed system ## throw the demo city away and load it anew
	@exec $(BIN)/lms demo --fresh --port $(PORT)

test: .venv/installed-test system-test ## run every test, on SQLite and, where there is a server, on PostgreSQL
	@sh bench/test.sh $(BIN) $(JOBS) "$${LMS_TEST_DATABASE_URL:-$(PG_DEFAULT)}"

check: .venv/installed-test system ## ruff, mypy, floors, content, translations, migrations
	$(BIN)/ruff check .
	$(BIN)/mypy
	$(BIN)/lint-imports
	$(BIN)/lms content check
	$(BIN)/python -m pytest -q tests/house

bench: .venv/installed-test system ## measure speed and memory beside a reference program, and write bench/README.md
	$(BIN)/python -m bench
	LMS_TEST_DATABASE_URL="$${LMS_TEST_DATABASE_URL-}" $(BIN)/python -m bench.people

translations: .venv/installed-test ## collect the program's sentences and compile the catalogue
	$(BIN)/pybabel -q extract -F babel.cfg -k _l -k lazy_gettext -k N_ --omit-header --sort-by-file --no-location -o lms/translations/messages.pot .
	$(BIN)/pybabel -q update -N --no-wrap -i lms/translations/messages.pot -d lms/translations -l id
	$(BIN)/pybabel -q compile -d lms/translations -l id
