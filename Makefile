# Every target makes .venv from the pinned requirements when it is missing or older than them.
PYTHON ?= $(shell command -v python3.11 || command -v python3)
BIN := .venv/bin

.PHONY: help demo test test-slow test-browser test-jupyterlab test-engines test-cuda-text test-docs docs check bench-accuracy bench-reading bench-text bench-ablation bench-linear bench-speed bench-solvers bench-intervals bench-quantiles bench-images onnx-table bench-onnx bench-bounds bench-gpu bench-commits digests clean wheel-check
help: ## what there is to type
	@grep -hE '^[a-z-]+:.*## ' $(MAKEFILE_LIST) | sed -E 's/^([a-z-]+):.*## /\1\t/' | expand -t 14

demo: .venv/ready ## train on a real table and print an honest report
	$(BIN)/glassnet demo

# Most of the time goes to compiling. XLA's older code generator at its first level of optimisation takes 0.4 of the
# time that the default one takes. The slow tests and the workflow files use the default one.
QUICK_COMPILING := XLA_FLAGS="--xla_cpu_use_fusion_emitters=false --xla_backend_optimization_level=1"

# Two processes test; threads of BLAS and scikit-learn in each would wait for each other (an eighth of the time).
ONE_THREAD := OMP_NUM_THREADS=1

test: .venv/ready ## all tests but the slow ones and those in a browser
	$(QUICK_COMPILING) $(ONE_THREAD) $(BIN)/python -m pytest -n 2 --dist worksteal -m "not slow and not browser and not jupyterlab and not cuda_text and not engines and not site"

test-slow: .venv/ready .venv/notebook ## the long tests: all cases of long families, killed fits, memory, code in README
	$(BIN)/python -m pytest -n 2 --dist worksteal -m slow

test-browser: .venv/browser ## pages in Chromium (Debian's package chromium): errors, requests, accessibility, print
	$(QUICK_COMPILING) $(ONE_THREAD) $(BIN)/python -m pytest -n 2 --dist loadfile -m browser tests/browser

test-jupyterlab: .venv/jupyterlab ## the viewer in JupyterLab, in Chromium, without a connection
	$(BIN)/python -m pytest -m jupyterlab tests/browser

test-engines: .venv/engines ## members that train on clusters of Dask and Ray on this machine
	$(QUICK_COMPILING) $(BIN)/python -m pytest -m engines tests/engines

# The plugin's compiler needs no driver; programs are compiled for a card that a test describes, and not run.
test-cuda-text: .venv-cuda/ready ## what epochs become on a graphics card, without one (2 GB in .venv-cuda)
	JAX_PLATFORMS=cpu JAX_SKIP_CUDA_CONSTRAINTS_CHECK=1 XLA_FLAGS=--xla_gpu_autotune_level=0 \
		.venv-cuda/bin/python -m pytest -m cuda_text tests/training/test_cuda_text.py

# Pages are executed; warnings are errors, all are printed. Nothing is kept from the build before.
docs: .venv/docs ## the site, in docs/_build/html: lecture, user guide and reference
	rm -rf docs/_build docs/reference/generated docs/reference/commands
	$(QUICK_COMPILING) $(BIN)/python -m sphinx -q -b html -d docs/_build/doctrees -j 8 -W --keep-going docs docs/_build/html
	@echo "open docs/_build/html/index.html"

test-docs: .venv/docs .venv/browser docs ## builds the site; examples of docstrings, links, and pages in Chromium
	$(QUICK_COMPILING) $(BIN)/python -m pytest -n 2 --dist loadfile -m site tests/docs tests/browser/test_site.py

check: .venv/ready ## style, banned names and types
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/pyright

wheel-check: .venv/ready ## the wheel alone, away from the repository (ARGS=--install for an environment of its own)
	$(BIN)/python tests/packaging/check_wheel.py $(ARGS)

# A folder of tables with splits: NAME.parquet with a last column target, NAME.splits.npz with test_mask.
TABLES ?= ../shared/data/open

bench-accuracy: .venv/peers ## errors and seconds of default fits beside peers, on TABLES (ARGS="--help" lists options)
	$(BIN)/python -W ignore benchmarks/accuracy.py $(TABLES) $(ARGS)

bench-reading: .venv/ready ## what reading dirtied files costs in test error, on TABLES and four made tables
	$(BIN)/python -W ignore benchmarks/reading.py $(TABLES) $(ARGS)

bench-text: .venv/peers ## what text of many values is worth beside skrub's encoders (ARGS="FILE TARGET" for your own)
	$(BIN)/python -W ignore benchmarks/text_columns.py $(ARGS)

bench-ablation: .venv/ready ## what each ingredient of the recipe brings, on TABLES
	$(BIN)/python -W ignore benchmarks/ablation.py $(TABLES) $(ARGS)

bench-linear: .venv/ready ## where the truth is a straight line: fits beside ridge regression (ARGS="--help" lists options)
	$(BIN)/python -W ignore benchmarks/linear.py $(ARGS)

bench-speed: .venv/peers ## microseconds a step, seconds of imports and fits, and single rows beside scikit-learn and torch
	$(BIN)/python benchmarks/speed.py --large

bench-solvers: .venv/ready ## Levenberg-Marquardt on NIST's problems beside SciPy, and on Higham's network
	$(BIN)/python benchmarks/solvers.py

# A folder with mnist.npz and fashion_mnist.npz.
IMAGES ?= ../shared/data/images

bench-images: .venv/peers ## accuracy and seconds on IMAGES beside torch, and attacks (ARGS="--parts speed" for a part)
	$(BIN)/python benchmarks/images.py $(IMAGES) $(ARGS)

onnx-table: .venv/ready ## ONNX's own cases of single operators against our layers, the table of docs/reference/onnx.md
	$(BIN)/python tests/oracle/test_onnx_nodes.py

bench-onnx: .venv/ready ## ONNX files beside their models, on TABLES and IMAGES: differences, and milliseconds of one row
	$(BIN)/python -W ignore benchmarks/onnx_export.py --tables $(TABLES) --images $(IMAGES) $(ARGS)

bench-intervals: .venv/ready ## coverage and width of intervals beside MAPIE's, on TABLES (ARGS="--help" lists options)
	$(BIN)/python -W ignore benchmarks/intervals.py $(TABLES) $(ARGS)

bench-quantiles: .venv/ready ## whether quantiles of predictions hold on a folder of tables, and how sharp they are (TABLES=FOLDER)
	$(BIN)/python -W ignore benchmarks/quantiles.py $(TABLES) $(ARGS)

bench-bounds: .venv/ready ## how tight certified bounds are, and how long they take
	$(BIN)/python -W ignore benchmarks/bounds.py

# Commits, as in `make digests OLD=main~1`.
NEW ?= HEAD

digests: .venv/ready ## whether commits OLD and NEW (HEAD) fit the same numbers to the bit (ARGS="--names 'lm-*'" for some)
	$(if $(OLD),,$(error say which commit to compare with $(NEW): make digests OLD=COMMIT))
	$(BIN)/python -W ignore benchmarks/digests.py commits $(OLD) $(NEW) $(ARGS)

bench-gpu: .venv/ready ## what a graphics card brings, where one is at hand: the table of docs/guide/scale.md
	$(BIN)/python -W ignore benchmarks/gpu.py $(ARGS)

bench-commits: .venv/ready ## whether NEW (HEAD) is slower than OLD: the least of runs that take turns (ARGS="--runs 10")
	$(if $(OLD),,$(error say which commit to compare with $(NEW): make bench-commits OLD=COMMIT))
	$(BIN)/python -W ignore benchmarks/speed_of_commits.py commits $(OLD) $(NEW) $(ARGS)

clean: ## remove the environment
	rm -rf .venv .venv-cuda docs/_build docs/reference/generated docs/reference/commands

.venv/ready: requirements.txt pyproject.toml
	$(PYTHON) -m venv .venv
	$(BIN)/python -m pip install --quiet --disable-pip-version-check -r requirements.txt
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --no-deps --no-build-isolation --editable .
	touch $@

.venv/peers: .venv/ready requirements-bench.txt
	$(BIN)/python -m pip install --quiet --disable-pip-version-check -r requirements-bench.txt
	touch $@

.venv/browser: .venv/ready requirements-browser.txt
	$(BIN)/python -m pip install --quiet --disable-pip-version-check -r requirements-browser.txt
	touch $@

.venv/notebook: .venv/ready requirements-notebook.txt
	$(BIN)/python -m pip install --quiet --disable-pip-version-check -r requirements-notebook.txt
	touch $@

.venv/docs: .venv/notebook requirements-docs.txt
	$(BIN)/python -m pip install --quiet --disable-pip-version-check -r requirements-docs.txt
	touch $@

.venv/engines: .venv/ready requirements-engines.txt
	$(BIN)/python -m pip install --quiet --disable-pip-version-check -r requirements-engines.txt
	touch $@

.venv/jupyterlab: .venv/notebook .venv/browser requirements-jupyterlab.txt
	$(BIN)/python -m pip install --quiet --disable-pip-version-check -r requirements-jupyterlab.txt
	touch $@

.venv-cuda/ready: requirements.txt requirements-cuda-text.txt pyproject.toml
	$(PYTHON) -m venv .venv-cuda
	.venv-cuda/bin/python -m pip install --quiet --disable-pip-version-check -r requirements.txt
	.venv-cuda/bin/python -m pip install --quiet --disable-pip-version-check --no-deps -r requirements-cuda-text.txt
	.venv-cuda/bin/python -m pip install --quiet --disable-pip-version-check --no-deps --no-build-isolation --editable .
	touch $@
