"""Signatures: a change invalidates them, and the log is append-only."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable
from dataclasses import replace
from datetime import date, timedelta
from pathlib import Path
from typing import Any

import pytest
import yaml

from build_tools.edit.signing import sign
from build_tools.load.facts import Facts
from build_tools.load.loader import load
from build_tools.model.lines import compute_digests
from build_tools.model.reviews import (
    check_logs,
    compute_leaflet_version,
    compute_version,
    describe_statuses,
    find_statuses,
    find_unsigned,
)
from build_tools.pipeline import prepare
from build_tools.records.problems import Problem, filter_errors
from build_tools.records.sections import LAYERS
from build_tools.render.rendering import Site
from tests.conftest import TODAY, edit, loaded, page_text, run, visible_text

ID = "teapot-polishing"
LID = "teapot-lid-polishing"
ALONE = "teapot-leave-alone"
PROCEDURES = (ID, LID, ALONE, "teapot-care")
FILE = f"procedures/{ID}.yml"
NEXT = date(2027, 11, 30)
REVIEWER = ("Dr. Teapot Lid", "Potter at the Clinic of Crockery", "None")


def signed(
    data: Path, id: str = ID, day: date = TODAY, due: date = NEXT, layers: Iterable[str] = tuple(LAYERS)
) -> None:
    """Let the invented Dr. Teapot Lid sign a procedure of the example."""
    assert sign(data, loaded(data), id, [*layers], *REVIEWER, day, due) == []


def version(data: Path) -> str:
    """The version of the example's procedure."""
    return compute_version(loaded(data), ID)


def problems_in_log(data: Path, content: Path) -> list[Problem]:
    """The errors of a whole check, all of which are in the log."""
    problems = prepare(data, content, TODAY).errors
    assert {problem.place.path for problem in problems} <= {"data/reviews.yml"}
    assert all(problem.hint for problem in problems)
    return problems


def review_lines(site: Site, path: str) -> list[str]:
    """What a page says about its review: at the top and, on the page of the evidence, also with the dates."""
    lines = re.findall(r'<p class="review">.*?</p>', page_text(site, f"procedures/{path}.md"), re.DOTALL)
    return [visible_text(line) for line in lines]


def review_line(site: Site, id: str = ID) -> str:
    """What the page of the evidence says about the reviews of all layers."""
    _, line = review_lines(site, f"{id}/evidence")
    return line


def top_line(site: Site, detail: str = "") -> str:
    """What the short page, or a detail page, says at the top about its review."""
    return review_lines(site, f"{ID}{detail}")[0]


# Digests


def test_formatting_and_dates_do_not_change_a_digest(example: Path) -> None:
    before = version(example)
    edit(example / FILE, "facts_checked: 2026-11-22", "facts_checked: 2026-11-23")
    edit(example / FILE, "next_check: 2027-11-22", "next_check: 2027-11-23")
    for name in (FILE, "sources.yml", "vocabulary/effects.yml"):
        value = yaml.load((example / name).read_text("utf-8"), Loader=yaml.BaseLoader)
        text = yaml.safe_dump(value, sort_keys=True, width=40, default_style='"', indent=4)
        (example / name).write_text("# another comment\n" + text, "utf-8")
    assert version(example) == before


def test_a_clinic_changes_only_the_version_of_leaflets(example: Path) -> None:
    facts, clinic_facts = load(example)[0], load(example, "teapot-house")[0]
    assert compute_leaflet_version(clinic_facts, ID) != compute_leaflet_version(facts, ID)
    assert compute_digests(clinic_facts, ID) == compute_digests(facts, ID)


@pytest.mark.parametrize(("file", "old", "new", "changed"), [
    (FILE, "    count: 18\n", "    count: 19\n", {"benefits", "short", "asked"}),
    (FILE, "Nothing is cut.", "Nothing is torn.", {"what-it-is", "short"}),
    (FILE, "{source: spout-2019, at: page 12}", "{source: spout-2019, at: page 13}", {"what-it-is"}),
    (FILE, "{source: spout-2019, at: page 12}", "{source: kettle-2021, at: page 12}", {"what-it-is"}),
    (FILE, "role: guides", "role: plans", {"what-it-is"}),
    (FILE, "A slight roughness", "Some roughness", {"signs"}),
    ("signs.yml", "level: urgent", "level: ask", {"signs"}),
    ("signs.yml", "notice: the lid is bent", "notice: the lid has a bend", {"signs"}),
    (FILE, "  plain: Rubbing a teapot", "  plain: Stroking a teapot", {"top"}),
    (FILE, "- What happens if I do nothing?", "- What happens if I do it?", {"questions"}),
    ("sources.yml", "year: 2023", "year: 2022", {"signs", "short", "asked", "benefits", "harms", "evidence"}),
    ("vocabulary/effects.yml", "name: spout fracture", "name: spout breakage", {"short", "harms"}),
    (FILE, "from: 5\n", "from: 6\n", {"harms"}),
    (FILE, "very-low\n    # Optional. A w", "low\n    # Optional. A w", {"short", "asked", "benefits"}),
    (FILE, "  quiet:\n", "  quieter:\n", {"short", "asked", "benefits"}),
])  # fmt: skip
def test_a_change_counts_in_every_layer_that_shows_it(
    example: Path, file: str, old: str, new: str, changed: set[str]
) -> None:
    before = compute_digests(loaded(example), ID)
    edit(example / file, old, new)
    after = compute_digests(load(example)[0], ID)
    assert {layer for layer in before if before[layer] != after[layer]} == changed


def test_an_uncited_source_does_not_change_a_digest(example: Path) -> None:
    facts, _ = load(example)
    other = facts.sources["spout-2019"].model_copy(update={"title": "Something else"})
    more_facts = replace(facts, sources=facts.sources | {"other": other})
    assert compute_digests(more_facts, ID) == compute_digests(facts, ID)


# Pages


def test_a_page_describes_its_review(example: Path, content: Path) -> None:
    signed(example)
    site = prepare(example, content, TODAY)
    assert site.problems == []
    line = review_line(site)
    assert "Reviewed by Dr. Teapot Lid, Potter at the Clinic of Crockery on December 1, 2026." in line
    assert "Next review before November 30, 2027." in line
    assert "conflicts of interest: None." in line
    assert "Not yet reviewed" not in line
    assert "Not yet reviewed by a clinician." in review_line(site, LID)


def test_a_page_lists_the_layers_changed_since_its_review(example: Path, content: Path) -> None:
    signed(example)
    edit(example / FILE, "    count: 18\n", "    count: 19\n")
    edit(example / FILE, "  plain: Rubbing a teapot", "  plain: Stroking a teapot")
    edit(example / FILE, "  helps:\n    says: ", "  helps:\n    says: So. ")
    site = prepare(example, content, TODAY)
    assert site.problems == []
    line = review_line(site)
    assert "Changed since the review on December 1, 2026 by Dr. Teapot Lid" in line
    changed = "Short page; What people ask, and lines of comparisons; Names, summary, and main message"
    assert f"What changed: {changed}" in line
    assert "How well it works: reviewed" not in line
    assert "Danger signs; What it is, and what it is not; Who it may help" in line
    assert "reviewed by Dr. Teapot Lid" in line


def test_a_page_describes_only_its_own_layers(example: Path, content: Path) -> None:
    signed(example, layers=["signs"])
    signed(example, layers=["short"])
    site = prepare(example, content, TODAY)
    assert "Danger signs; Short page: reviewed by Dr. Teapot Lid" in review_line(site)
    assert "Not yet reviewed by a clinician: What people ask" in review_line(site)
    for detail in ("", "/when-to-get-help"):
        assert "Reviewed by Dr. Teapot Lid" in top_line(site, detail)
        assert "Not yet reviewed" not in top_line(site, detail)
    for detail in ("/results", "/risks", "/evidence"):
        assert "Not yet reviewed by a clinician." in top_line(site, detail)
    edit(example / "signs.yml", "notice: the lid is bent", "notice: the lid has a bend")
    line = top_line(prepare(example, content, TODAY))
    assert "Changed since the review on December 1, 2026 by Dr. Teapot Lid" in line
    assert "What changed: Danger signs." in line
    assert "Short page: reviewed by Dr. Teapot Lid" in line


def test_a_comparison_lists_the_reviewed_short_pages(example: Path, content: Path) -> None:
    signed(example, layers=["short"])
    text = visible_text(page_text(prepare(example, content, TODAY), "comparisons/squeaking-teapot.md"))
    assert "Not yet reviewed by a clinician. Lines here come from short pages." in text
    assert "A clinician has reviewed these: Teapot polishing (Dr. Teapot Lid, Potter" in text


@pytest.mark.parametrize(("day", "overdue"), [(NEXT - timedelta(days=1), False), (NEXT, True)])
def test_a_review_is_overdue_on_the_day_it_is_due(example: Path, content: Path, day: date, overdue: bool) -> None:
    edit(example / FILE, "next_check: 2027-11-22", "next_check: 2027-11-23")
    signed(example)
    line = review_line(prepare(example, content, day))
    assert ("The review is overdue: it was due on November 30, 2027." in line) == overdue
    assert ("Reviewed by" in line) != overdue


def test_the_latest_signature_counts_in_any_order(example: Path, content: Path) -> None:
    signed(example, day=TODAY - timedelta(days=2))
    edit(example / FILE, "    count: 18\n", "    count: 19\n")
    signed(example)
    signed(example, day=TODAY - timedelta(days=1), due=NEXT - timedelta(days=9))
    site = prepare(example, content, TODAY)
    assert site.problems == []
    assert "Reviewed by Dr. Teapot Lid, Potter at the Clinic of Crockery on December 1, 2026" in review_line(site)


def test_markup_in_names_is_escaped(example: Path, content: Path) -> None:
    reviewer = ("<b>Lid</b> & *Söhne*: {{ 7 }}", "- # Potter", "[]")
    assert sign(example, loaded(example), ID, ["signs", "short"], *reviewer, TODAY, NEXT) == []
    text = page_text(prepare(example, content, TODAY), f"procedures/{ID}.md")
    assert "<span data-verbatim>&lt;b&gt;Lid&lt;/b&gt; &amp; *Söhne*: {{ 7 }}, - # Potter</span>" in text


def test_reviews_are_counted(example: Path, content: Path) -> None:
    (content / "about.md").write_text("# About\n\n{{ review_status() }}\n\n{{ dates_of_facts() }}\n", "utf-8")
    unsigned = find_statuses(loaded(example), TODAY)
    assert describe_statuses(unsigned) == "No clinician has reviewed these pages yet."
    signed(example)
    signed(example, LID)
    edit(example / f"procedures/{LID}.yml", "name: Lid polishing", "name: Polishing of lids")
    facts, _ = load(example)
    assert describe_statuses(find_statuses(facts, TODAY)) == (
        "Of 4 treatments, clinicians have reviewed the danger signs of 2, the short page of 2, "
        "and all parts of 1. On 1, something has changed since its review."
    )
    about = page_text(prepare(example, content, TODAY), "about.md")
    assert "clinicians have reviewed the danger signs of 2" in about
    assert "All parts: December 1, 2026, next review before November 30, 2027</td>" in about
    assert "Names, summary, and main message: changed since the review on December 1, 2026</td>" in about
    assert " Not yet</td>" in about


# Tests with readers

TRIED = "- tried: {}\n  readers: 5\n  pages: [{}]\n  changed: The signs come first now.\n"


def test_tests_with_readers_are_described(example: Path, content: Path) -> None:
    (content / "about.md").write_text("# About\n\n{{ reader_tests() }}\n", "utf-8")
    untested = "No readers from outside have tried the pages yet."
    assert untested in page_text(prepare(example, content, TODAY), "about.md")
    tried = TRIED.format("2026-11-30", f"{ID}, {LID}") + TRIED.format(TODAY, ID)
    (example / "reviews.yml").write_text(tried, "utf-8")
    signed(example)
    site = prepare(example, content, TODAY)
    assert site.problems == []
    assert (
        "10 readers have tried 2 of the 4 pages about treatments, last on December 1, 2026. "
        "After that: The signs come first now."
    ) in page_text(site, "about.md")


@pytest.mark.parametrize(("day", "id", "line", "message"), [
    ("2026-12-02", ID, 3, "2026-12-02 has not come yet"),
    ("2026-12-01", "kettle", 5, '"kettle" was tried on 2026-12-01, but there is no longer such a procedure.'),
])  # fmt: skip
def test_an_impossible_test_with_readers_is_a_problem(
    example: Path, content: Path, day: str, id: str, line: int, message: str
) -> None:
    (example / "reviews.yml").write_text(f"# Log\n\n{TRIED.format(day, id)}", "utf-8")
    [problem] = problems_in_log(example, content)
    assert problem.message.startswith(message)
    assert problem.place.line == line


# Appending to the log


@pytest.mark.parametrize("convert", [
    pytest.param(lambda raw: raw, id="as it is"),
    pytest.param(lambda raw: raw.replace(b"\n", b"\r\n"), id="line ends of Windows"),
    pytest.param(lambda raw: b"\xef\xbb\xbf" + raw, id="a byte order mark"),
    pytest.param(lambda raw: raw + b"# a last comment without line end", id="no last line end"),
])  # fmt: skip
def test_appending_keeps_every_byte(example: Path, convert: Callable[[bytes], bytes]) -> None:
    log = example / "reviews.yml"
    signed(example)
    log.write_bytes(convert(log.read_bytes()))
    before = log.read_bytes()
    signed(example, LID)
    signed(example, day=TODAY + timedelta(days=1))
    assert log.read_bytes().startswith(before)
    facts = loaded(example)
    assert [review.procedure for review in facts.reviews] == [ID, LID, ID]
    assert not list(example.glob(".reviews*"))


@pytest.mark.parametrize("below", ["", "# a note\n"])
def test_the_first_entry_replaces_only_the_brackets(example: Path, below: str) -> None:
    log = example / "reviews.yml"
    above = log.read_text("utf-8").removesuffix("[]\n")
    log.write_text(f"{above}[]\n{below}", "utf-8")
    signed(example)
    assert log.read_text("utf-8").startswith(f"{above}{below}- procedure: {ID}\n")


def test_nothing_is_appended_to_an_unreadable_file(example: Path) -> None:
    facts, _ = load(example)
    log = example / "reviews.yml"
    log.write_text("- procedure: [\n", "utf-8")
    assert sign(example, facts, ID, ["signs"], *REVIEWER, TODAY, NEXT)
    assert log.read_text("utf-8") == "- procedure: [\n"


# Errors in the log


@pytest.mark.parametrize(("text", "message"), [
    ("teapot: signed\n", "This file must hold a list."),
    ("- signed\n", "An entry must hold fields."),
    ("- procedure: “teapot”\n", '"procedure" cannot be "“teapot”".'),
])  # fmt: skip
def test_a_malformed_log_is_a_problem(example: Path, content: Path, text: str, message: str) -> None:
    (example / "reviews.yml").write_text(text, "utf-8")
    assert any(problem.message.startswith(message) for problem in problems_in_log(example, content))


def test_a_signature_for_a_missing_procedure_is_a_problem(example: Path, content: Path) -> None:
    signed(example, LID)
    (example / f"procedures/{LID}.yml").rename(example / "procedures/teapot-lid-rubbing.yml")
    for file in (file for file in example.rglob("*.yml") if file.name != "reviews.yml"):
        file.write_text(file.read_text("utf-8").replace(LID, "teapot-lid-rubbing"), "utf-8")
    [problem] = problems_in_log(example, content)
    assert problem.message == f'"{LID}" was signed on 2026-12-01, but there is no longer such a procedure.'
    assert f"put data/procedures/{LID}.yml back" in problem.hint
    assert problem.place.line == 5


def test_a_signature_from_the_future_is_a_problem(example: Path, content: Path) -> None:
    signed(example, day=TODAY + timedelta(days=3))
    [problem] = problems_in_log(example, content)
    assert problem.message == "2026-12-04 has not come yet; by this computer's clock today is 2026-12-01."
    assert "Correct the clock" in problem.hint


@pytest.mark.parametrize("due", [TODAY, TODAY - timedelta(days=1), TODAY + timedelta(days=367)])
def test_an_impossible_next_review_is_a_problem(example: Path, content: Path, due: date) -> None:
    signed(example, due=due)
    [problem] = problems_in_log(example, content)
    assert problem.message == f"The next review, {due}, must be within a year after 2026-12-01."


# The command


def run_sign(project: Path, *arguments: str, days: int = 300, name: str = REVIEWER[0]) -> Any:
    due = str(TODAY + timedelta(days=days))
    reviewer = ("--name", name, "--role", REVIEWER[1], "--conflicts", REVIEWER[2], "--next", due)
    return run(project, "build_tools", "sign", *arguments, "all", *reviewer)


def test_signing_asks_before_it_writes(project: Path) -> None:
    before = (project / "data/reviews.yml").read_bytes()
    done = run_sign(project, ID)
    assert done.returncode == 1
    assert "Nobody has signed these before" in done.stdout
    assert "Nothing was signed." in done.stderr
    assert (project / "data/reviews.yml").read_bytes() == before


def test_a_release_needs_every_signature(project: Path) -> None:
    done = run(project, "build_tools", "check", "--release")
    assert done.returncode == 1
    assert done.stderr.count("No clinician has reviewed these facts yet.") == len(PROCEDURES)
    assert f"data/procedures/{ALONE}.yml:" in done.stderr
    for id in PROCEDURES:
        done = run_sign(project, id, "--yes")
        assert (done.stderr, done.returncode) == ("", 0)
    assert run(project, "build_tools", "check", "--release").returncode == 0
    edit(project / f"data/{FILE}", "    count: 18\n", "    count: 19\n")
    assert run(project, "build_tools", "check").returncode == 0
    done = run(project, "build_tools", "check", "--release")
    assert done.returncode == 1
    assert f"Changed since Dr. Teapot Lid reviewed it on {TODAY}: short, asked, benefits." in done.stderr


def test_an_overdue_review_is_a_notice(example: Path) -> None:
    for id in PROCEDURES:
        signed(example, id)
    facts: Facts = load(example)[0]
    assert list(find_unsigned(facts, NEXT - timedelta(days=1))) == []
    problems = list(find_unsigned(facts, NEXT))
    assert len(problems) == len(PROCEDURES)
    assert all("is overdue: it was due on 2027-11-30" in problem.message for problem in problems)
    assert filter_errors(problems) == []
    assert {*problems} <= {*check_logs(facts, NEXT)}


def test_signing_again_lists_changed_layers(project: Path) -> None:
    run_sign(project, ID, "--yes")
    edit(project / f"data/{FILE}", "    count: 18\n", "    count: 19\n")
    done = run_sign(project, ID, "--yes")
    assert done.returncode == 0
    assert "Changed since then: short, asked, benefits." in done.stdout
    assert "Git does not have the facts as they were signed" in done.stdout
    done = run_sign(project, ID, "--yes")
    assert "Nothing changed since then." in done.stdout


@pytest.mark.parametrize(("procedure", "days", "name", "message"), [
    ("teapot-polish", 300, "Lid", f'There is no procedure called "teapot-polish".\n    Did you mean "{ID}"?'),
    (ID, 0, "Lid", "must be after today"),
    (ID, 367, "Lid", "at most a year later"),
    (ID, 300, "  ", "is not readable text"),
    (ID, 300, "Lid\u202e", "is not readable text"),
])  # fmt: skip
def test_invalid_arguments_exit_with_2(project: Path, procedure: str, days: int, name: str, message: str) -> None:
    done = run_sign(project, procedure, "--yes", days=days, name=name)
    assert done.returncode == 2
    assert message in done.stderr


def test_facts_with_a_problem_cannot_be_signed(project: Path) -> None:
    edit(project / f"data/{FILE}", "out_of: 24", "out_of: 12")
    done = run_sign(project, ID, "--yes")
    assert done.returncode == 1
    assert "Nothing can be signed as long as there are problems." in done.stderr
    assert "18 out of 12 teapots." in done.stderr
