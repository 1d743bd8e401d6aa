"""What only time has changed stops editors, and never a host."""

from __future__ import annotations

from datetime import timedelta
from pathlib import Path

import pytest

from build_tools.__main__ import main
from build_tools.problems import errors_in, summarize_notices
from build_tools.site import prepare
from tests.conftest import LATEST, ROOT, TODAY, clock, edit, run

POLISHING = "procedures/teapot-polishing.yml"
THREE_YEARS, SIX_YEARS = timedelta(days=3 * 365), timedelta(days=6 * 365)


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
    assert "data/procedures/teapot-polishing.yml:51:1: These facts were due for a check" in capsys.readouterr().err


@pytest.mark.parametrize("later", [THREE_YEARS, SIX_YEARS], ids=["three years", "six years"])
def test_a_host_builds_years_later_and_sees_one_line(
    project: Path, monkeypatch: pytest.MonkeyPatch, later: timedelta
) -> None:
    monkeypatch.setenv(*clock(TODAY + later).popitem())
    done = run(project, "build_tools", "build")
    assert done.returncode == 0, done.stdout + done.stderr
    [line] = done.stderr.splitlines()
    assert line.startswith("Overdue in 4 files, such as data/comparisons/")
    assert (project / "site/procedures/teapot-polishing.html").is_file()


def test_notices_are_summarized_in_one_line(example: Path, content: Path) -> None:
    assert summarize_notices(prepare(example, content, TODAY).problems) == ""
    late = prepare(example, content, TODAY + THREE_YEARS).problems
    assert len(late) > 3
    assert errors_in(late) == []
    assert "\n" not in summarize_notices(late)
