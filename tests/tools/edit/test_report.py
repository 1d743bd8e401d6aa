"""The report in the terminal and in the preview, and the banner on each previewed page."""

from __future__ import annotations

import re
import subprocess
import sys
from datetime import date, timedelta
from pathlib import Path

import pytest

from build_tools.edit.report import Progress, Report, build_report, format_table
from build_tools.load.loader import load
from build_tools.pipeline import prepare
from build_tools.records.entries import Figure
from build_tools.render.rendering import Page
from tests.conftest import ROOT, TODAY, edit, loaded, run

CARE = "procedures/teapot-care"
POLISHING = "procedures/teapot-polishing"
LID = "procedures/teapot-lid-polishing"
COMPARISON = "comparisons/squeaking-teapot"


def report_on(data: Path, today: date = TODAY) -> Report:
    facts, problems = load(data)
    return build_report(facts, problems, 12, today)


def progress_of(data: Path, file: str) -> Progress:
    return next(item for item in report_on(data).procedures if item.file == file)


# Counts


def test_counts_equal_those_in_the_file(example: Path) -> None:
    item = progress_of(example, POLISHING)
    text = (example / f"{POLISHING}.yml").read_text("utf-8")
    text = "\n".join(line for line in text.splitlines() if not line.lstrip().startswith("#"))
    assert item.searched == text.count("reason: searched") == 1
    assert item.not_read == text.count("reason: not-read") == 1
    assert item.second_hand == text.count("reporting:") == 1
    facts = [fact for id, fact in loaded(example).iter_facts() if id.startswith("teapot-polishing.")]
    assert item.facts == len(facts)
    assert item.figures == sum(isinstance(fact, Figure) for fact in facts) == text.count("counted:")
    assert item.next_check == date(2027, 11, 22)


@pytest.mark.parametrize(
    ("days", "due"), [(-61, None), (-60, "soon"), (-1, "soon"), (0, "soon"), (1, "overdue"), (400, "overdue")]
)
def test_check_is_due_sixty_days_ahead(example: Path, days: int, due: str | None) -> None:
    report = report_on(example, date(2027, 11, 22) + timedelta(days=days))
    assert {item.due for item in (*report.procedures, *report.comparisons)} == {due}


def test_unreadable_file_is_reported_with_its_problems(example: Path) -> None:
    edit(example / f"{LID}.yml", "kind: can-be-undone", "kind: TO FILL")
    edit(example / f"{LID}.yml", "  plain: ", "  plan: ")
    item = progress_of(example, LID)
    assert (item.name, item.facts, len(item.gaps), item.problems) == ("teapot-lid-polishing", 0, 1, 1)
    assert (item.next_check, item.due) == (None, None)


# In the terminal


def test_each_procedure_has_a_line(example: Path) -> None:
    lines = list(format_table(report_on(example, date(2027, 11, 1))))
    for item in report_on(example).procedures:
        [line] = [line for line in lines if line.startswith(f"{item.id} ")]
        counts = [str(item.facts), str(item.searched), str(item.not_read), str(item.second_hand)]
        assert line.split() == [item.id, *counts, "2027-11-22", "-"]


def test_report_fits_a_screen() -> None:
    lines = "\n".join(format_table(report_on(ROOT / "data", TODAY + timedelta(days=340)))).splitlines()
    assert len(lines) <= 30
    assert max(map(len, lines)) <= 100


def test_closed_pipe_gives_no_traceback(project: Path) -> None:
    command = f"{sys.executable} -m build_tools report | head -c 10"
    done = subprocess.run(command, shell=True, cwd=project, capture_output=True, text=True, check=False)
    assert (done.stdout, done.stderr) == ("What there", "")


def test_gaps_are_listed_below_the_table(example: Path) -> None:
    edit(example / f"{LID}.yml", "  plain: ", "  plain: TO FILL ")
    assert f"{LID}.yml: 1 gap" in format_table(report_on(example))


def test_report_ends_with_exceptions_and_totals(project: Path) -> None:
    reason = "typed-number until 2027-06-30: It is an invented example."
    edit(project / f"data/{LID}.yml", "  the-lid:\n    says:", f"  the-lid:\n    # allow: {reason}\n    says:")
    *_, count, exception, empty, procedures, _, sources, reviews = run(
        project, "build_tools", "report"
    ).stdout.splitlines()
    assert (count, empty) == ("1 exception from the rules of words", "")
    assert exception.endswith(reason)
    assert procedures.startswith("4 procedures and 1 comparison on ")
    assert sources == "3 sources; no check is due within 60 days"
    assert reviews == "4 of 4 procedures are not yet reviewed by a clinician"


# In the preview


def preview(data: Path, content: Path, today: date = TODAY) -> dict[str, Page]:
    return {page.path: page for page in prepare(data, content, today, preview=True).pages}


def banner(page: Page) -> str:
    match = re.search(r'<aside class="notice" aria-label="For editors">.*?</aside>', page.text, re.DOTALL)
    return match[0] if match else ""


def test_only_a_preview_has_banners_and_the_report(example: Path, content: Path) -> None:
    published = prepare(example, content, TODAY).pages
    assert not [page.path for page in published if banner(page) or "report" in page.path]
    pages = preview(example, content)
    assert pages.keys() == {page.path for page in published} | {"report.md"}
    for page in published:
        shown = pages[page.path]
        assert shown.text.replace(banner(shown), "", 1).split() == page.text.split()
    assert {path for path, page in pages.items() if banner(page)} == {
        f"{name}.md" for name in (CARE, POLISHING, LID, "procedures/teapot-leave-alone", COMPARISON)
    }


def test_banner_says_what_is_missing(example: Path, content: Path) -> None:
    edit(example / f"{POLISHING}.yml", "says: It takes about ten minutes.", "says: TO FILL")
    line = (example / f"{POLISHING}.yml").read_text("utf-8").splitlines().index("    says: TO FILL") + 1
    text = banner(preview(example, content, date(2027, 11, 1))[f"{POLISHING}.md"])
    for sentence in (
        "1 field to fill in.",
        "1 question searched, with no answer found.",
        "1 question that what we read does not answer.",
        "1 fact only second-hand.",
        "Its facts must be checked by 2027-11-22: 21 days.",
        "Not reviewed by a clinician.",
        f"data/{POLISHING}.yml:{line}:5: &#34;says&#34; under &#34;duration&#34; is not filled in.",
        'href="../report.md"',
    ):
        assert sentence in text, sentence
    late = banner(preview(example, content, date(2027, 11, 23))[f"{POLISHING}.md"])
    assert "These facts were due for a check on 2027-11-22." in late
    early = banner(preview(example, content)[f"{LID}.md"])
    assert "gap" not in early
    assert "must be checked" not in early


def test_half_written_page_is_shown_in_a_preview_only(example: Path, content: Path) -> None:
    edit(example / f"{LID}.yml", "  plain: ", "  plain: TO FILL ")
    text = preview(example, content)[f"{LID}/evidence.md"].text
    assert ": Lid polishing {: #top }" in text
    assert "TO FILL" in text
    site = prepare(example, content, TODAY)
    assert [problem.message for problem in site.problems] == ['"plain" under "names" is not filled in.']
    [page] = [page for page in site.pages if page.path == f"{LID}.md"]
    assert page.title == f"To fix: data/{LID}.yml"


def test_unreadable_page_lists_its_gap_with_the_line(example: Path, content: Path) -> None:
    edit(example / f"{LID}.yml", "kind: can-be-undone", "kind: TO FILL")
    page = preview(example, content)[f"{LID}.md"]
    assert page.title == f"To fix: data/{LID}.yml"
    assert "| kind: TO FILL\n" in page.text
    assert "One of: destroys-nerve-tissue, can-be-undone, no-procedure." in page.text
    assert "1 field to fill in." in banner(page)


def test_report_page_shows_the_same_counts(example: Path, content: Path) -> None:
    lines = preview(example, content)["report.md"].text.splitlines()
    for item in report_on(example).procedures:
        [row] = [line for line in lines if f'href="procedures/{item.id}.md"' in line]
        counts = (item.facts, item.searched, item.not_read, item.second_hand)
        assert re.findall(r"<td>(.*?)</td>", row)[:4] == [*map(str, counts)]
