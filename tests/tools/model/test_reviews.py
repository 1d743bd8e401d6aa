"""A signature is bound to what was signed: no change goes unnoticed, and an older entry stays as it was."""

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
from tests.conftest import TODAY, edit, loaded, page_text, run, without_marks

ID = "teapot-polishing"
LID = "teapot-lid-polishing"
ALONE = "teapot-leave-alone"
EVERY = (ID, LID, ALONE, "teapot-care")
FILE = f"procedures/{ID}.yml"
NEXT = date(2027, 11, 30)
WHO = ("Dr. Teapot Lid", "Potter at the Clinic of Crockery", "None")


def signed(
    data: Path, id: str = ID, day: date = TODAY, due: date = NEXT, layers: Iterable[str] = tuple(LAYERS)
) -> None:
    """Let the plainly invented Dr. Teapot Lid sign a procedure of the example."""
    assert sign(data, loaded(data), id, [*layers], *WHO, day, due) == []


def version(data: Path) -> str:
    """The version of the example's procedure."""
    return compute_version(loaded(data), ID)


def problems_in_ledger(data: Path, content: Path, today: date = TODAY) -> list[Problem]:
    """The problems that the whole check finds, all of which are in the ledger."""
    problems = prepare(data, content, today).errors
    assert {problem.place.path for problem in problems} <= {"data/reviews.yml"}
    assert all(problem.hint for problem in problems)
    return problems


def review_lines(site: Site, path: str) -> list[str]:
    """What a page says about its review: at its top and, on that of the evidence, also with the dates."""
    found = re.findall(r'<p class="review">.*?</p>', page_text(site, f"procedures/{path}.md"), re.DOTALL)
    return [without_marks(line) for line in found]


def review_line(site: Site, id: str = ID) -> str:
    """What a procedure's page of evidence says about the reviews of all layers."""
    _, line = review_lines(site, f"{id}/evidence")
    return line


def short_line(site: Site, behind: str = "") -> str:
    """What the short page, or a page behind it, says at its top about its review."""
    return review_lines(site, f"{ID}{behind}")[0]


# What a digest notices


def test_order_of_keys_comments_and_formatting_do_not_count(example: Path) -> None:
    before = version(example)
    for name in (FILE, "sources.yml", "vocabulary/effects.yml"):
        value = yaml.load((example / name).read_text("utf-8"), Loader=yaml.BaseLoader)
        text = yaml.safe_dump(value, sort_keys=True, width=40, default_style='"', indent=4)
        (example / name).write_text("# another comment\n" + text, "utf-8")
    assert version(example) == before


def test_a_leaflet_of_another_clinic_has_another_version(example: Path) -> None:
    assert compute_leaflet_version(load(example, "teapot-house")[0], ID) != compute_leaflet_version(
        load(example)[0], ID
    )


def test_the_dates_of_the_facts_do_not_count(example: Path) -> None:
    before = version(example)
    edit(example / FILE, "facts_checked: 2026-11-22", "facts_checked: 2026-11-23")
    edit(example / FILE, "next_check: 2027-11-22", "next_check: 2027-11-23")
    assert version(example) == before


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
])  # fmt: skip
def test_a_change_counts_in_every_layer_that_shows_it(
    example: Path, file: str, old: str, new: str, changed: set[str]
) -> None:
    whole, before = version(example), compute_digests(loaded(example), ID)
    edit(example / file, old, new)
    after = compute_digests(loaded(example), ID)
    assert version(example) != whole
    assert {layer for layer in before if before[layer] != after[layer]} == changed


@pytest.mark.parametrize(("file", "old", "new"), [
    ("sources.yml", "title: The n", "title: A n"),
    ("sources.yml", "year: 2023", "year: 2022"),
    ("vocabulary/effects.yml", "name: spout fracture", "name: spout breakage"),
    (FILE, "from: 5\n", "from: 6\n"),
    (FILE, "very-low\n    # Optional. A warning", "low\n    # Optional. A warning"),
    (FILE, "  quiet:\n", "  quieter:\n"),
])  # fmt: skip
def test_a_change_of_a_source_a_word_or_a_value_counts(example: Path, file: str, old: str, new: str) -> None:
    before = compute_digests(load(example)[0], ID)
    text = (example / file).read_text("utf-8")
    (example / file).write_text(text.replace(old, new), "utf-8")
    assert compute_digests(load(example)[0], ID) != before


def test_a_source_that_this_procedure_does_not_cite_does_not_count(example: Path) -> None:
    facts, _ = load(example)
    other = facts.sources["spout-2019"].model_copy(update={"title": "Something else"})
    assert compute_digests(replace(facts, sources=facts.sources | {"other": other}), ID) == compute_digests(
        facts, ID
    )


def test_a_clinic_changes_no_layer(example: Path) -> None:
    assert compute_digests(load(example, "teapot-house")[0], ID) == compute_digests(load(example)[0], ID)


# What a page says


def test_a_signed_page_names_the_reviewer_the_days_and_the_conflicts(example: Path, content: Path) -> None:
    signed(example)
    site = prepare(example, content, TODAY)
    assert site.problems == []
    line = review_line(site)
    assert "Reviewed by Dr. Teapot Lid, Potter at the Clinic of Crockery on December 1, 2026." in line
    assert "Next review before November 30, 2027." in line
    assert "conflicts of interest: None." in line
    assert "Not yet reviewed" not in line
    assert "Not yet reviewed by a clinician." in review_line(site, LID)


def test_a_page_changed_since_its_review_says_which_sections(example: Path, content: Path) -> None:
    signed(example)
    edit(example / FILE, "    count: 18\n", "    count: 19\n")
    edit(example / FILE, "  plain: Rubbing a teapot", "  plain: Stroking a teapot")
    edit(example / FILE, "  helps:\n    says: ", "  helps:\n    says: So. ")
    site = prepare(example, content, TODAY)
    assert site.problems == []
    line = review_line(site)
    assert "Changed since the review on December 1, 2026 by Dr. Teapot Lid" in line
    assert (
        "What changed: Short page; What people ask, and lines of comparisons; Names, summary, and main message"
        in line
    )
    assert "How well it works: reviewed" not in line
    assert "Danger signs; What it is, and what it is not; Who it may help" in line
    assert "reviewed by Dr. Teapot Lid" in line


def test_a_page_speaks_of_its_own_layers_alone(example: Path, content: Path) -> None:
    signed(example, layers=["signs"])
    signed(example, layers=["short"])
    site = prepare(example, content, TODAY)
    assert "Danger signs; Short page: reviewed by Dr. Teapot Lid" in review_line(site)
    assert "Not yet reviewed by a clinician: What people ask" in review_line(site)
    for behind in ("", "/when-to-get-help"):
        assert "Reviewed by Dr. Teapot Lid" in short_line(site, behind)
        assert "Not yet reviewed" not in short_line(site, behind)
    for behind in ("/results", "/risks", "/evidence"):
        assert "Not yet reviewed by a clinician." in short_line(site, behind)
    edit(example / "signs.yml", "notice: the lid is bent", "notice: the lid has a bend")
    line = short_line(prepare(example, content, TODAY))
    assert "Changed since the review on December 1, 2026 by Dr. Teapot Lid" in line
    assert "What changed: Danger signs." in line
    assert "Short page: reviewed by Dr. Teapot Lid" in line


def test_a_comparison_names_the_reviewers_of_the_short_pages_it_takes_lines_from(
    example: Path, content: Path
) -> None:
    signed(example, layers=["short"])
    said = without_marks(page_text(prepare(example, content, TODAY), "comparisons/squeaking-teapot.md"))
    assert "Not yet reviewed by a clinician. Lines here come from short pages." in said
    assert "A clinician has reviewed these: Teapot polishing (Dr. Teapot Lid, Potter" in said


@pytest.mark.parametrize(("day", "overdue"), [(NEXT - timedelta(days=1), False), (NEXT, True)])
def test_a_review_is_overdue_on_the_day_it_is_due(example: Path, content: Path, day: date, overdue: bool) -> None:
    edit(example / FILE, "next_check: 2027-11-22", "next_check: 2027-11-23")
    signed(example)
    line = review_line(prepare(example, content, day))
    assert ("The review is overdue: it was due on November 30, 2027." in line) == overdue
    assert ("Reviewed by" in line) != overdue


def test_the_last_signature_counts_in_whatever_order_they_were_typed_in(example: Path, content: Path) -> None:
    signed(example, day=TODAY - timedelta(days=2))
    edit(example / FILE, "    count: 18\n", "    count: 19\n")
    signed(example)
    signed(example, day=TODAY - timedelta(days=1), due=NEXT - timedelta(days=9))
    site = prepare(example, content, TODAY)
    assert site.problems == []
    assert "Reviewed by Dr. Teapot Lid, Potter at the Clinic of Crockery on December 1, 2026" in review_line(site)


def test_names_are_shown_as_they_are_typed(example: Path, content: Path) -> None:
    who = ("<b>Lid</b> & *Söhne*: {{ 7 }}", "- # Potter", "[]")
    assert sign(example, loaded(example), ID, ["signs", "short"], *who, TODAY, NEXT) == []
    text = page_text(prepare(example, content, TODAY), f"procedures/{ID}.md")
    assert "<span data-verbatim>&lt;b&gt;Lid&lt;/b&gt; &amp; *Söhne*: {{ 7 }}, - # Potter</span>" in text


def test_lists_and_reports_say_how_many_are_reviewed(example: Path, content: Path) -> None:
    (content / "about.md").write_text("# About\n\n{{ review_status() }}\n\n{{ dates_of_facts() }}\n", "utf-8")
    none = prepare(example, content, TODAY)
    assert "No clinician has reviewed these pages yet." in describe_statuses(find_statuses(none.facts, TODAY))
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


# Readers who tried it

TRIED = "- tried: {}\n  readers: 5\n  pages: [{}]\n  changed: The signs come first now.\n"


def test_about_says_whether_readers_have_tried_the_pages(example: Path, content: Path) -> None:
    (content / "about.md").write_text("# About\n\n{{ reader_tests() }}\n", "utf-8")

    none = "No readers from outside have tried the pages yet."
    assert none in page_text(prepare(example, content, TODAY), "about.md")
    tried = TRIED.format("2026-11-30", f"{ID}, {LID}") + TRIED.format(TODAY, ID)
    (example / "reviews.yml").write_text(tried, "utf-8")
    signed(example)
    site = prepare(example, content, TODAY)
    assert site.problems == []
    assert (
        "10 readers have tried 2 of the 4 pages about treatments, last on December 1, 2026. "
        "After that: The signs come first now."
    ) in page_text(site, "about.md")


@pytest.mark.parametrize(("day", "id", "place", "said"), [
    ("2026-12-02", ID, 3, "2026-12-02 has not come yet"),
    ("2026-12-01", "kettle", 5, '"kettle" was tried on 2026-12-01, and there is no such procedure any more.'),
])  # fmt: skip
def test_a_test_with_readers_is_of_a_page_and_of_the_past(
    example: Path, content: Path, day: str, id: str, place: int, said: str
) -> None:
    (example / "reviews.yml").write_text(f"# Log\n\n{TRIED.format(day, id)}", "utf-8")
    [problem] = problems_in_ledger(example, content)
    assert problem.message.startswith(said)
    assert problem.place.line == place


# The ledger only grows


@pytest.mark.parametrize("prepared", [
    pytest.param(lambda raw: raw, id="as it is"),
    pytest.param(lambda raw: raw.replace(b"\n", b"\r\n"), id="line ends of Windows"),
    pytest.param(lambda raw: b"\xef\xbb\xbf" + raw, id="a byte order mark"),
    pytest.param(lambda raw: raw + b"# a last comment without line end", id="no last line end"),
])  # fmt: skip
def test_an_older_byte_is_never_touched(example: Path, prepared: Callable[[bytes], bytes]) -> None:
    ledger = example / "reviews.yml"
    signed(example)
    ledger.write_bytes(prepared(ledger.read_bytes()))
    before = ledger.read_bytes()
    signed(example, LID)
    signed(example, day=TODAY + timedelta(days=1))
    assert ledger.read_bytes().startswith(before)
    facts = loaded(example)
    assert [review.procedure for review in facts.reviews] == [ID, LID, ID]
    assert not list(example.glob(".reviews*"))


@pytest.mark.parametrize("below", ["", "# a note\n"])
def test_the_first_signature_keeps_comments_around_the_brackets(example: Path, below: str) -> None:
    ledger = example / "reviews.yml"
    above = ledger.read_text("utf-8").removesuffix("[]\n")
    ledger.write_text(f"{above}[]\n{below}", "utf-8")
    signed(example)
    assert ledger.read_text("utf-8").startswith(f"{above}{below}- procedure: {ID}\n")


def test_nothing_is_appended_to_a_file_that_cannot_be_read(example: Path) -> None:
    facts, _ = load(example)
    ledger = example / "reviews.yml"
    ledger.write_text("- procedure: [\n", "utf-8")
    assert sign(example, facts, ID, ["signs"], *WHO, TODAY, NEXT)
    assert ledger.read_text("utf-8") == "- procedure: [\n"


# The ledger edited by hand


@pytest.mark.parametrize(("text", "said"), [
    ("teapot: signed\n", "This file must hold a list."),
    ("- signed\n", "An entry must hold fields."),
    ("- procedure: “teapot”\n", '"procedure" cannot be "“teapot”".'),
])  # fmt: skip
def test_a_ledger_that_is_no_ledger_is_explained(example: Path, content: Path, text: str, said: str) -> None:
    (example / "reviews.yml").write_text(text, "utf-8")
    assert any(problem.message.startswith(said) for problem in problems_in_ledger(example, content))


def test_a_signature_for_a_procedure_that_is_gone_is_named(example: Path, content: Path) -> None:
    signed(example, LID)
    (example / f"procedures/{LID}.yml").rename(example / "procedures/teapot-lid-rubbing.yml")
    for file in (file for file in example.rglob("*.yml") if file.name != "reviews.yml"):
        file.write_text(file.read_text("utf-8").replace(LID, "teapot-lid-rubbing"), "utf-8")
    [problem] = problems_in_ledger(example, content)
    assert problem.message == f'"{LID}" was signed on 2026-12-01, and there is no such procedure any more.'
    assert f"put data/procedures/{LID}.yml back" in problem.hint
    assert problem.place.line == 5


def test_a_clock_in_the_past_is_noticed(example: Path, content: Path) -> None:
    signed(example, day=TODAY + timedelta(days=3))
    [problem] = problems_in_ledger(example, content)
    assert problem.message == "2026-12-04 has not come yet; by this computer's clock today is 2026-12-01."
    assert "Set the clock right" in problem.hint


@pytest.mark.parametrize("due", [TODAY, TODAY - timedelta(days=1), TODAY + timedelta(days=367)])
def test_an_impossible_next_review_is_noticed(example: Path, content: Path, due: date) -> None:
    signed(example, due=due)
    [problem] = problems_in_ledger(example, content)
    assert problem.message == f"The next review, {due}, must be within a year after 2026-12-01."


# The command


def sign_command(project: Path, *more: str, days: int = 300, name: str = WHO[0]) -> Any:
    who = ("--name", name, "--role", WHO[1], "--conflicts", WHO[2], "--next", str(TODAY + timedelta(days=days)))
    return run(project, "build_tools", "sign", *more, "all", *who)


def test_signing_asks_before_it_writes(project: Path) -> None:
    before = (project / "data/reviews.yml").read_bytes()
    done = sign_command(project, ID)
    assert done.returncode == 1
    assert "Nobody has signed these before" in done.stdout
    assert "Nothing was signed." in done.stderr
    assert (project / "data/reviews.yml").read_bytes() == before


def test_a_release_needs_every_signature(project: Path) -> None:
    done = run(project, "build_tools", "check", "--release")
    assert done.returncode == 1
    assert done.stderr.count("No clinician has reviewed these facts yet.") == len(EVERY)
    assert f"data/procedures/{ALONE}.yml:" in done.stderr
    for id in EVERY:
        done = sign_command(project, id, "--yes")
        assert (done.stderr, done.returncode) == ("", 0)
    assert run(project, "build_tools", "check", "--release").returncode == 0
    edit(project / f"data/{FILE}", "    count: 18\n", "    count: 19\n")
    assert run(project, "build_tools", "check").returncode == 0
    done = run(project, "build_tools", "check", "--release")
    assert done.returncode == 1
    assert f"Changed since Dr. Teapot Lid reviewed it on {TODAY}: short, asked, benefits." in done.stderr


def test_an_overdue_review_fails_a_release_and_is_a_notice_for_editors(example: Path) -> None:
    for id in EVERY:
        signed(example, id)
    facts: Facts = load(example)[0]
    assert list(find_unsigned(facts, NEXT - timedelta(days=1))) == []
    problems = list(find_unsigned(facts, NEXT))
    assert len(problems) == len(EVERY)
    assert all("is overdue: it was due on 2027-11-30" in problem.message for problem in problems)
    assert filter_errors(problems) == []
    assert {*problems} <= {*check_logs(facts, NEXT)}


def test_signing_again_says_what_changed_even_without_git(project: Path) -> None:
    sign_command(project, ID, "--yes")
    edit(project / f"data/{FILE}", "    count: 18\n", "    count: 19\n")
    done = sign_command(project, ID, "--yes")
    assert done.returncode == 0
    assert "Changed since then: short, asked, benefits." in done.stdout
    assert "Git does not have the facts as they were signed" in done.stdout
    done = sign_command(project, ID, "--yes")
    assert "Nothing changed since then." in done.stdout


@pytest.mark.parametrize(("procedure", "due", "said"), [
    ("teapot-polish", 300, f'There is no procedure called "teapot-polish".\n    Did you mean "{ID}"?'),
    (ID, 0, "must be after today"),
    (ID, 367, "at most a year later"),
])  # fmt: skip
def test_wrong_use_ends_with_2(project: Path, procedure: str, due: int, said: str) -> None:
    done = sign_command(project, procedure, "--yes", days=due)
    assert done.returncode == 2
    assert said in done.stderr
    assert "Traceback" not in done.stderr


@pytest.mark.parametrize("name", ["", "  ", "Lid\u202e"])
def test_a_name_is_a_text_that_can_be_read(project: Path, name: str) -> None:
    done = sign_command(project, ID, name=name)
    assert done.returncode == 2
    assert "is not readable text" in done.stderr


def test_facts_with_a_problem_cannot_be_signed(project: Path) -> None:
    edit(project / f"data/{FILE}", "out_of: 24", "out_of: 12")
    done = sign_command(project, ID, "--yes")
    assert done.returncode == 1
    assert "Nothing can be signed as long as there are problems." in done.stderr
    assert "18 out of 12 teapots." in done.stderr
