# One command each; `make help` lists them. Everything happens in .venv, nothing outside this folder is touched.
PYTHON ?= python3
BIN := .venv/bin
READY := .venv/.ready
PREFECT := .venv/prefect/.ready
SPARK := .venv/spark/.ready

.DEFAULT_GOAL := help
.PHONY: help setup demo test check lab bench docs clean

help:  ## list what can be done
	@grep -E '^[a-z]+:.*##' $(MAKEFILE_LIST) | sed -E 's/:[^#]*## /\t/' | expand -t 10

setup: $(READY)  ## make .venv with the locked versions

$(READY): requirements.lock pyproject.toml
	$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11) and "cskit needs Python 3.11 or newer; found " + sys.version.split()[0] + ". Name one: make PYTHON=python3.12 ...")'
	$(PYTHON) -m venv .venv
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --require-hashes -r requirements.lock
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --no-deps --editable .
	@touch $(READY)

$(PREFECT): tests/prefect.lock | $(READY)  # for one recipe; a venv of its own, as Prefect holds back what is locked newer
	$(PYTHON) -m venv .venv/prefect
	.venv/prefect/bin/python -m pip install --quiet --disable-pip-version-check --no-compile --require-hashes -r tests/prefect.lock
	@touch $(PREFECT)

$(SPARK): tests/spark.lock requirements.lock | $(READY)  # beside .venv, whose packages it sees
	$(PYTHON) -m venv .venv/spark
	$(BIN)/python -c 'import site; print("import site; site.addsitedir(%r)" % site.getsitepackages()[0])' \
	  > "$$(.venv/spark/bin/python -c 'import site; print(site.getsitepackages()[0])')/beside.pth"
	.venv/spark/bin/python -m pip install --quiet --disable-pip-version-check --require-hashes -r tests/spark.lock
	@touch $(SPARK)

demo: $(READY)  ## make the demo data, run 2023Q2 into reports/, print the index
	$(BIN)/cskit demo data/demo
	$(BIN)/cskit run 2023Q2 --lang en,ja

test: check $(PREFECT) $(SPARK)  ## all tests: fast ones first, then browser and whole packs
	$(BIN)/python -m pytest -m "not slow" -n 2
	$(BIN)/python -m pytest -m "slow and not spark" -n 2 --dist loadfile --durations=5
	.venv/spark/bin/python -m pytest -m spark -p no:cacheprovider

check: $(READY)  ## format, lint, types, import direction
	$(BIN)/ruff format --check .
	$(BIN)/ruff check .
	$(BIN)/mypy
	$(BIN)/lint-imports

lab: $(READY)  ## open the notebooks in JupyterLab; lang=ja: in Japanese
	test -e data/demo || $(BIN)/cskit demo data/demo
	$(BIN)/cskit notebooks --lang ja
	JUPYTER_CONFIG_PATH="$(CURDIR)/.jupyter" JUPYTER_DEFAULT_PROVISIONER_NAME=cskit-warm \
	  $(BIN)/jupyter lab notebooks/$(if $(filter ja,$(lang)),ja/)README.ipynb --ServerApp.root_dir="$(CURDIR)"

bench: $(READY)  ## measure, and write benchmarks/RESULTS.md
	$(BIN)/python -m benchmarks

docs: $(READY)  ## write the pages that are made from data: docs/tables.md, docs/definitions.md, docs/plays.md
	$(BIN)/python -m cskit.data.page > docs/tables.md
	$(BIN)/python -m cskit.metrics > docs/definitions.md
	$(BIN)/python -m cskit.catalogue > docs/plays.md


lock:  ## resolve requirements.lock and tests/prefect.lock anew (needs uv)
	uv pip compile --quiet --universal --generate-hashes --no-emit-index-url --python-version 3.11 \
	  --extra lab --extra cluster --extra postgres --extra dev pyproject.toml -o requirements.lock --custom-compile-command "make lock"
	uv pip compile --quiet --universal --generate-hashes --no-emit-index-url --python-version 3.11 \
	  --group prefect -o tests/prefect.lock --custom-compile-command "make lock"
	uv pip compile --quiet --universal --generate-hashes --no-emit-index-url --python-version 3.11 \
	  --group spark -c requirements.lock -o tests/spark.lock --custom-compile-command "make lock"
clean:  ## remove .venv and caches; data and reports stay
	rm -rf .venv .ruff_cache .mypy_cache .pytest_cache .import_linter_cache
