PY ?= python3
BIN := .venv/bin

.PHONY: install install-dev run demo test check bench lock messages

install: $(BIN)/okienko
install-dev: .venv/.dev

$(BIN)/okienko: requirements.txt pyproject.toml
	$(PY) -m venv .venv
	$(BIN)/pip install -q --disable-pip-version-check --require-hashes -r requirements.txt
	$(BIN)/pip install -q --disable-pip-version-check --no-build-isolation --no-deps -e .
	touch $@

.venv/.dev: $(BIN)/okienko requirements-dev.txt
	$(BIN)/pip install -q --disable-pip-version-check --require-hashes -r requirements-dev.txt
	touch $@

run: install
	$(BIN)/okienko run

demo: install
	$(BIN)/okienko demo

test: install-dev
	$(BIN)/pytest -n 2 $(ARGS)

check: install-dev
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/lint-imports
	$(BIN)/mypy
	$(BIN)/djlint --lint okienko --quiet

bench: install-dev
	$(BIN)/python -m bench

lock:
	uv pip compile -q --universal --generate-hashes --no-emit-index-url --no-header --python-version 3.11 requirements.in -o requirements.txt
	uv pip compile -q --universal --generate-hashes --no-emit-index-url --no-header --python-version 3.11 requirements-dev.in -o requirements-dev.txt

messages: install-dev
	cd okienko && ../$(BIN)/python -m django makemessages -l pl --no-location --no-wrap --no-obsolete -i static
	cd okienko && ../$(BIN)/python -m django compilemessages -l pl
