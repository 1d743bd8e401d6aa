"""The report in the terminal and in the preview; the banner on each previewed page."""

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
from tests.conftest import ROOT, TODAY, edit, run

CARE = "procedures/teapot-care"
POLISHING = "procedures/teapot-polishing"
LID = "procedures/teapot-lid-polishing"
COMPARISON = "comparisons/squeaking-teapot"


def reported(data: Path, today: date = TODAY) -> Report:
    facts, problems = load(data)
    return build_report(facts, problems, 12, today)


def of(data: Path, id: str = "teapot-polishing", today: date = TODAY) -> Progress:
    return next(item for item in reported(data, today).procedures if item.id == id)


# What is counted


def test_the_example_is_counted_as_a_person_counts_it(example: Path) -> None:
    item = of(example)
    text = (example / f"{POLISHING}.yml").read_text("utf-8")
    text = "\n".join(line for line in text.splitlines() if not line.lstrip().startswith("#"))
    assert item.searched == text.count("reason: searched") == 1
    assert item.not_read == text.count("reason: not-read") == 1
    assert item.second_hand == text.count("reporting:") == 1
    facts = [fact for id, fact in load(example)[0].all() if id.startswith("teapot-polishing.")]
    assert item.facts == len(facts)
    assert item.figures == sum(isinstance(fact, Figure) for fact in facts) == text.count("counted:")
    assert item.next_check == date(2027, 11, 22)


@pytest.mark.parametrize(
    ("days", "due"), [(-61, None), (-60, "soon"), (-1, "soon"), (0, "soon"), (1, "overdue"), (400, "overdue")]
)
def test_a_check_is_due_sixty_days_ahead(example: Path, days: int, due: str | None) -> None:
    every = reported(example, date(2027, 11, 22) + timedelta(days=days))
    assert {item.due for item in (*every.procedures, *every.comparisons)} == {due}


def test_a_file_that_cannot_be_read_is_in_the_report_with_its_problems(example: Path) -> None:
    edit(example / f"{LID}.yml", "kind: can-be-undone", "kind: TO FILL")
    edit(example / f"{LID}.yml", "  plain: ", "  plan: ")
    item = of(example, "teapot-lid-polishing")
    assert (item.name, item.facts, len(item.gaps), item.problems) == ("teapot-lid-polishing", 0, 1, 1)
    assert (item.next_check, item.due) == (None, None)


# In the terminal


def test_each_procedure_has_a_line(example: Path) -> None:
    lines = list(format_table(reported(example, date(2027, 11, 1))))
    for item in reported(example).procedures:
        [line] = [line for line in lines if line.startswith(f"{item.id} ")]
        numbers = [str(item.facts), str(item.searched), str(item.not_read), str(item.second_hand)]
        assert line.split() == [item.id, *numbers, "2027-11-22", "-"]


def test_the_report_fits_a_screen() -> None:
    lines = "\n".join(format_table(reported(ROOT / "data", TODAY + timedelta(days=340)))).splitlines()
    assert len(lines) <= 30
    assert max(map(len, lines)) <= 100


def test_a_reader_who_stops_reading_gets_no_traceback(project: Path) -> None:
    command = f"{sys.executable} -m build_tools report | head -c 10"
    done = subprocess.run(command, shell=True, cwd=project, capture_output=True, text=True, check=False)
    assert (done.stdout, done.stderr) == ("What there", "")


def test_gaps_and_problems_are_named_below_the_table(example: Path) -> None:
    edit(example / f"{LID}.yml", "  plain: ", "  plain: TO FILL ")
    assert f"{LID}.yml: 1 gap" in format_table(reported(example))


def test_the_report_ends_with_the_sums(project: Path) -> None:
    lines = run(project, "build_tools", "report").stdout.splitlines()[-4:]
    assert lines[0].startswith("4 procedures and 1 comparison on ")
    assert lines[2] == "3 sources; no check is due within 60 days"
    assert lines[3] == "4 of 4 procedures are not yet reviewed by a clinician"


def test_the_report_lists_each_exception_with_its_reason(project: Path) -> None:
    edit(
        project / f"data/{LID}.yml",
        "  the-lid:\n    says:",
        "  the-lid:\n    # allow: typed-number until 2027-06-30: It is an invented example.\n    says:",
    )
    lines = run(project, "build_tools", "report").stdout.splitlines()
    [line] = [line for line in lines if "invented example" in line]
    assert line.endswith("typed-number until 2027-06-30: It is an invented example.")
    assert "1 exception from the rules of words" in lines


# In the preview


def previewed(data: Path, content: Path, today: date = TODAY) -> dict[str, Page]:
    return {page.path: page for page in prepare(data, content, today, preview=True).pages}


def banner(page: Page) -> str:
    found = re.search(r'<aside class="notice" aria-label="For editors">.*?</aside>', page.text, re.DOTALL)
    return found[0] if found else ""


def test_only_a_preview_has_banners_and_the_report(example: Path, content: Path) -> None:
    published = prepare(example, content, TODAY).pages
    assert not [page.path for page in published if banner(page) or "report" in page.path]
    pages = previewed(example, content)
    assert set(pages) == {page.path for page in published} | {"report.md"}
    for page in published:
        shown = pages[page.path]
        assert shown.text.replace(banner(shown), "", 1).split() == page.text.split()
    assert {path for path, page in pages.items() if banner(page)} == {
        f"{name}.md" for name in (CARE, POLISHING, LID, "procedures/teapot-leave-alone", COMPARISON)
    }


def test_the_banner_says_what_is_missing(example: Path, content: Path) -> None:
    edit(example / f"{POLISHING}.yml", "says: It takes about ten minutes.", "says: TO FILL")
    line = (example / f"{POLISHING}.yml").read_text("utf-8").splitlines().index("    says: TO FILL") + 1
    said = banner(previewed(example, content, date(2027, 11, 1))[f"{POLISHING}.md"])
    for sentence in (
        "1 gap to fill.",
        "1 question searched, with no answer found.",
        "1 question that what we read does not answer.",
        "1 fact only second-hand.",
        "Its facts must be checked by 2027-11-22: 21 days.",
        "Not reviewed by a clinician.",
        f"data/{POLISHING}.yml:{line}:5: &#34;says&#34; under &#34;duration&#34; is not filled in.",
        'href="../report.md"',
    ):
        assert sentence in said, sentence
    late = banner(previewed(example, content, date(2027, 11, 23))[f"{POLISHING}.md"])
    assert "These facts were due for a check on 2027-11-22." in late
    early = banner(previewed(example, content)[f"{LID}.md"])
    assert "gap" not in early
    assert "must be checked" not in early


def test_a_half_written_page_is_shown_in_a_preview_only(example: Path, content: Path) -> None:
    edit(example / f"{LID}.yml", "  plain: ", "  plain: TO FILL ")
    shown = previewed(example, content)[f"{LID}/evidence.md"]
    assert ": Lid polishing {: #top }" in shown.text
    assert "TO FILL" in shown.text
    site = prepare(example, content, TODAY)
    assert [problem.message for problem in site.problems] == ['"plain" under "names" is not filled in.']
    published = {page.path: page for page in site.pages}
    assert published[f"{LID}.md"].title == f"To fix: data/{LID}.yml"


def test_a_gap_that_keeps_a_page_from_being_made_is_listed_with_its_line(example: Path, content: Path) -> None:
    edit(example / f"{LID}.yml", "kind: can-be-undone", "kind: TO FILL")
    page = previewed(example, content)[f"{LID}.md"]
    assert page.title == f"To fix: data/{LID}.yml"
    assert "| kind: TO FILL\n" in page.text
    assert "One of: destroys-nerve-tissue, can-be-undone, no-procedure." in page.text
    assert "1 gap to fill." in banner(page)


def test_the_report_page_shows_the_same_numbers(example: Path, content: Path) -> None:
    page = previewed(example, content)["report.md"]
    every = reported(example)
    for item in every.procedures:
        row = next(line for line in page.text.splitlines() if f'href="procedures/{item.id}.md"' in line)
        cells = re.findall(r"<td>(.*?)</td>", row)
        numbers = (item.facts, item.searched, item.not_read, item.second_hand)
        assert cells[: len(numbers)] == [str(number) for number in numbers]
