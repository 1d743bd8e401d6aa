"""What only time has changed stops editors, and never a host."""

from __future__ import annotations

import re
from datetime import timedelta
from pathlib import Path

import pytest
from selectolax.lexbor import LexborHTMLParser

from build_tools.__main__ import main
from build_tools.site import prepare
from tests.conftest import LATEST, ROOT, TODAY, clock, edit, run

POLISHING = "procedures/teapot-polishing.yml"
THREE_YEARS, SIX_YEARS = timedelta(days=3 * 365), timedelta(days=6 * 365)


def pages_of(site: Path) -> list[Path]:
    """Every page but those that only redirect, and the one that says that there is none."""
    pages = {path: path.read_text("utf-8") for path in site.rglob("*.html") if path.name != "404.html"}
    return [path for path, text in pages.items() if "http-equiv" not in text]


def status_of(page: Path) -> str:
    """What a page says at its top about the age of its facts."""
    status = LexborHTMLParser(page.read_text("utf-8")).css_first("p.due[role=status]")
    return status.text(strip=True) if status else "no status"


def test_an_ended_exception_and_an_overdue_check_are_notices(example: Path, content: Path) -> None:
    says = "says: It takes about ten minutes."
    edit(example / POLISHING, says, f"# allow: typed-number until 2027-06-30: A test.\n    {says} 9 people.")
    site = prepare(example, content, TODAY + THREE_YEARS)
    found = {problem.message for problem in site.problems if problem.place.path == f"data/{POLISHING}"}
    assert found == {"This exception ended on 2027-06-30.", "These facts were due for a check on 2027-11-22."}
    assert {problem.level for problem in site.problems} == {"notice"}
    assert site.errors == []


@pytest.mark.parametrize("later", [THREE_YEARS, SIX_YEARS], ids=["three years", "six years"])
def test_time_alone_never_stops_the_real_site(later: timedelta) -> None:
    site = prepare(ROOT / "data", ROOT / "content", LATEST + later)
    assert site.errors == []
    assert len(site.problems) >= len(site.facts.procedures)


def test_a_notice_fails_the_check_of_an_editor(
    example: Path, content: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv(*clock(TODAY + THREE_YEARS).popitem())
    assert main(["--data", str(example), "--content", str(content), "check"]) == 1
    said = capsys.readouterr().err
    assert re.search(r"data/procedures/teapot-polishing.yml:\d+:1: These facts were due for a check", said)


@pytest.mark.parametrize("later", [THREE_YEARS, SIX_YEARS], ids=["three years", "six years"])
def test_a_build_years_later_warns_in_one_line(
    project: Path, monkeypatch: pytest.MonkeyPatch, later: timedelta
) -> None:
    monkeypatch.setenv(*clock(TODAY + later).popitem())
    done = run(project, "build_tools", "build")
    assert done.returncode == 0, done.stdout + done.stderr
    [line] = done.stderr.splitlines()
    assert line.startswith("Overdue in 4 files, such as data/comparisons/")
    pages = {path.relative_to(project / "site").as_posix(): status_of(path) for path in pages_of(project / "site")}
    sentence = " facts on this site were due for a check on November 22, 2027. Ask your team what has changed."
    assert len(pages) > 20
    for name, said in pages.items():
        assert said == ("These" + sentence.replace(" on this site", "") if "/" in name else "Some" + sentence), (
            name
        )


def test_a_site_in_time_says_nothing_of_it(project: Path) -> None:
    assert run(project, "mkdocs", "build", "--quiet", "--strict").returncode == 0
    assert {status_of(path) for path in pages_of(project / "site")} == {""}
