# Thin on purpose: README.md describes each target.
PYTHON := .venv/bin/python
.PHONY: site serve check release audit new report quick test test-browsers mutants fuzz bench screenshots schema lock clean

site: .venv/run            # check the facts, build into a new folder, verify it, then switch atomically
	@$(PYTHON) -m build_tools build
	@echo "The site is in site/. To look at it, open site/index.html or type: make serve"

serve: .venv/run           # live preview at http://127.0.0.1:8000
	@echo "Live preview: http://127.0.0.1:8000  (stop it with Ctrl+C)"
	@NO_MKDOCS_2_WARNING=1 $(PYTHON) -m mkdocs serve --quiet

check: .venv/run           # facts and words only
	@$(PYTHON) -m build_tools check

release: .venv/dev         # an archive of the last commit for a web server, into dist/
	@$(PYTHON) -m build_tools release

audit: .venv/dev           # known vulnerabilities and licenses of the locked packages
	@bin/audit

new: .venv/run             # start a file, as in: make new what="procedure some-name"
	@$(PYTHON) -m build_tools new $(what)

report: .venv/run          # what there is and what is missing
	@$(PYTHON) -m build_tools report

quick: .venv/dev           # format, lint, types, facts and tools, without a browser: a minute
	@.venv/bin/ruff format -q --check . && .venv/bin/ruff check -q . && .venv/bin/mypy
	@$(PYTHON) -m pytest -q -n auto --dist worksteal -m "not slow" tests/facts tests/tools

test: .venv/dev            # every test, with real browsers and real web servers
	@.venv/bin/ruff format -q --check . && .venv/bin/ruff check -q . && .venv/bin/mypy
	@bin/test-tools
	@CHROMIUM="$$(bin/chromium)" $(PYTHON) -m pytest -n auto --dist worksteal

test-browsers: .venv/dev   # the most common reader journeys, in Firefox
	@bin/test-tools
	@$(PYTHON) -m pytest -q tests/site/test_firefox.py

mutants: .venv/dev         # mutation testing of code, templates, styles and facts
	@CHROMIUM="$$(bin/chromium)" $(PYTHON) -m tests.mutants

fuzz: .venv/dev            # 10,000 malformed files, and never a traceback
	@$(PYTHON) -m pytest -q --hypothesis-profile=fuzz --timeout=0 tests/tools/test_fuzz.py

bench: .venv/dev           # benchmark speed and size
	@bin/test-tools
	@$(PYTHON) -m tests.bench
	@$(PYTHON) -m build_tools build build/bench/site
	@CHROMIUM="$$(bin/chromium)" $(PYTHON) -m tests.bench_served build/bench/site

screenshots: .venv/dev site # screenshots for the README, into docs/screenshots/
	@CHROMIUM="$$(bin/chromium)" $(PYTHON) -m tests.screenshots

schema: .venv/dev          # the schemas that editors use while typing, and the list of rules
	@$(PYTHON) -m build_tools schema
	@$(PYTHON) -m tests.rules_page

lock: .venv/dev            # upgrade the packages in requirements/; needs uv
	uv pip compile pyproject.toml --universal --python-version 3.11 --generate-hashes --no-header --upgrade -q -o requirements/run.txt
	uv pip compile pyproject.toml --extra dev --universal --python-version 3.11 --generate-hashes --no-header --upgrade -q -o requirements/dev.txt

clean:
	rm -rf .venv build site

.venv/run: requirements/run.txt bin/environment
	@bin/environment run
.venv/dev: requirements/dev.txt bin/environment
	@bin/environment dev
