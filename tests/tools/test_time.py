"""Dates that have passed are notices: they fail an editor's check, but never the build of a host."""

from __future__ import annotations

import re
from datetime import timedelta
from pathlib import Path

import pytest
from selectolax.lexbor import LexborHTMLParser

from build_tools.pipeline import prepare
from tests.conftest import LATEST, ROOT, TODAY, clock, edit, run

POLISHING = "procedures/teapot-polishing.yml"
YEARS = timedelta(days=6 * 365)


def test_expired_exception_and_overdue_check_are_notices(example: Path, content: Path) -> None:
    says = "says: It takes about ten minutes."
    edit(example / POLISHING, says, f"# allow: typed-number until 2027-06-30: It is a test.\n    {says} 9 people.")
    site = prepare(example, content, TODAY + YEARS)
    messages = {problem.message for problem in site.problems if problem.place.path == f"data/{POLISHING}"}
    assert messages == {"This exception ended on 2027-06-30.", "These facts were due for a check on 2027-11-22."}
    assert {problem.level for problem in site.problems} == {"notice"}
    assert site.errors == []


def test_real_site_can_be_built_years_later() -> None:
    site = prepare(ROOT / "data", ROOT / "content", LATEST + YEARS)
    assert site.errors == []
    assert len(site.problems) >= len(site.facts.procedures)


def test_notice_fails_the_check(project: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv(*clock(TODAY + YEARS).popitem())
    done = run(project, "build_tools", "check")
    assert done.returncode == 1
    assert re.search(r"data/procedures/teapot-polishing.yml:\d+:1: These facts were due for a check", done.stderr)


@pytest.mark.slow
def test_late_build_warns_in_one_line_and_on_each_page(project: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv(*clock(TODAY + YEARS).popitem())
    done = run(project, "build_tools", "build")
    assert done.returncode == 0, done.stdout + done.stderr
    [line] = done.stderr.splitlines()
    assert line.startswith("Overdue in 6 files, such as data/comparisons/")
    statuses = []
    for page in (project / "site").rglob("*.html"):
        html = LexborHTMLParser(page.read_text("utf-8"))
        if page.name == "404.html" or html.css_first("[http-equiv]"):
            continue
        status = html.css_first("p.due[role=status]")
        statuses.append(status.text(strip=True) if status else "no status")
        about = "Some facts on this site" if page.parent == project / "site" else "These facts"
        due = "were due for a check on November 22, 2027. Ask your team what has changed."
        assert statuses[-1] == f"{about} {due}", page
    assert len(statuses) > 20
