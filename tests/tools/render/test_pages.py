"""Pages follow from data files, and show their facts."""

from __future__ import annotations

import json
import re
import shutil
from datetime import date
from pathlib import Path

import pytest

from build_tools.pipeline import prepare
from build_tools.records.problems import NO_FACT, Place
from build_tools.release.site_files import make_other_files
from build_tools.render.pages import quote
from build_tools.render.rendering import Site
from tests.conftest import ROOT, TODAY, edit
from tests.tools.model.test_reviews import signed

PROCEDURES = CARE, POLISHING, LID, ALONE = tuple(
    f"procedures/teapot-{name}" for name in ("care", "polishing", "lid-polishing", "leave-alone")
)
COMPARISON = "comparisons/squeaking-teapot"
EXAMPLE = ROOT / "docs/example"
LISTS = {
    "procedures.md", "comparisons.md", "glossary.md", "sources.md", "claims.md", "a-to-z.md", "changes.md",
    "infobutton.md", "signs.md",
}  # fmt: skip
DETAILS = (
    "results", "risks", "side-effects", "when-to-get-help", "when-to-call-your-team", "what-happens",
    "who-it-is-for", "what-people-ask", "evidence",
)  # fmt: skip
EVERY_PAGE = LISTS | {f"{COMPARISON}.md", "worksheets/squeaking-teapot.md"}
EVERY_PAGE |= {f"{name}.md" for name in PROCEDURES}
EVERY_PAGE |= {f"{name.replace('procedures', 'take-along')}.md" for name in PROCEDURES}
EVERY_PAGE |= {f"{name}/{detail}.md" for name in PROCEDURES for detail in DETAILS}
COMPANIONS = {f"{name}/for-the-person-with-you.md" for name in (CARE, POLISHING)}
"""Pages for the person with the patient: only if that person acts on a sign, and no child is treated."""
LONG = {f"{name}/{detail}.md" for name in PROCEDURES for detail in ("how-long-it-lasts", "new-pain")}
"""Pages for many results: the example has none, but a broken file has all pages."""


def pages_of(site: Site) -> dict[str, str]:
    """The text of each page by its path."""
    assert len({page.path for page in site.pages}) == len(site.pages), "two pages have the same path"
    return {page.path: page.text for page in site.pages}


def section(text: str, heading: str) -> str:
    """The text below a second-level heading, up to the next one."""
    parts = re.split(r"^## ", text, flags=re.MULTILINE)
    [match] = [part for part in parts if part.startswith(heading)]
    return match


# Pages follow from files


def test_example_has_no_problem_and_a_page_for_each_file(example: Path, content: Path) -> None:
    (content / "about.md").write_text("---\ntitle: About teapots\n---\n\n# About teapots\n", "utf-8")
    site = prepare(example, content, TODAY)
    assert site.problems == []
    assert set(pages_of(site)) == {*EVERY_PAGE, *COMPANIONS, "about.md"}
    edited = {page.path: page.edited_in for page in site.pages}
    assert edited[f"{LID}.md"] == f"data/{LID}.yml"
    assert edited[f"{COMPARISON}.md"] == f"data/{COMPARISON}.yml"
    assert edited["about.md"] == "content/about.md"
    assert edited["procedures.md"] == "content/templates/pages/procedures.md"


def test_new_file_is_a_new_page_in_all_lists(example: Path, content: Path) -> None:
    new = example / "procedures/teapot-handle-polishing.yml"
    shutil.copy(example / f"{LID}.yml", new)
    edit(new, "name: Lid polishing", "name: Handle polishing\n  also_called: [grip rubbing]")

    site = prepare(example, content, TODAY)
    pages = pages_of(site)

    assert site.problems == []
    assert "# Handle polishing\n" in pages["procedures/teapot-handle-polishing.md"]
    link = 'href="procedures/teapot-handle-polishing.md">'
    assert f"{link}Handle polishing</a>" in section(pages["procedures.md"], "Teapot care")
    assert f"{link}Handle polishing</a>" in section(pages["a-to-z.md"], "H ")
    assert f'{link}Grip rubbing <span class="meta">see Handle polishing' in section(pages["a-to-z.md"], "G ")
    for relative in (CARE, LID):
        family = pages[f"{relative}/evidence.md"].split('<nav class="relatives"')[1]
        assert 'href="../teapot-handle-polishing.md">Handle polishing</a>' in family


def test_new_family_changes_no_other_page(example: Path, content: Path, example_site: Site) -> None:
    before = pages_of(example_site)
    new = example / "procedures/teapot-singing.yml"
    shutil.copy(example / f"{LID}.yml", new)
    edit(new, "name: Lid polishing", "name: Teapot singing")
    edit(new, "Lid polishing is quick.", "Teapot singing is quick.")
    edit(new, "part_of: teapot-care\n", "")
    pages = pages_of(prepare(example, content, TODAY))
    assert "procedures/teapot-singing.md" in section(pages["procedures.md"], "Teapot singing {: #teapot-singing }")
    assert '<nav class="relatives"' not in pages["procedures/teapot-singing.md"]
    for path in (POLISHING, LID, ALONE, COMPARISON):
        assert pages[f"{path}.md"] == before[f"{path}.md"]


# Content of pages


def test_side_effects_are_on_their_own_page(example: Path, content: Path) -> None:
    file = example / f"{POLISHING}.yml"
    edit(file, "effect: scratch", "effect: broken-spout")
    edit(file, "effect: broken-spout\n    says: The spout", "effect: scratch\n    says: The spout")
    edit(file, "    weight: passes", "    weight: other")
    edit(file, "    weight: dangerous", "    weight: passes")
    edit(file, "weight: other", "weight: dangerous")
    edit(file, "can leave fine scratches", "can leave the spout in pieces")
    edit(file, "    signs: [rough]", "    signs: [pieces]")
    site = prepare(example, content, TODAY)
    assert site.problems == []
    pages = pages_of(site)
    assert 'data-fact="teapot-polishing.harms.scratches" id=' in pages[f"{POLISHING}/risks.md"]
    assert 'data-fact="teapot-polishing.harms.broken-spout" id=' in pages[f"{POLISHING}/side-effects.md"]
    assert ".harms.broken-spout" not in pages[f"{POLISHING}/risks.md"].partition("## ")[2]


def test_overdue_review_is_in_the_list_of_dates(example: Path, content: Path) -> None:
    signed(example)
    (content / "about.md").write_text("# About\n\n{{ dates_of_facts() }}\n", "utf-8")
    about = {day: pages_of(prepare(example, content, day))["about.md"] for day in (TODAY, date(2027, 11, 30))}
    assert "All parts: December 1, 2026, next review before November 30, 2027</td>" in about[TODAY]
    assert "All parts: overdue since November 30, 2027</td>" in about[date(2027, 11, 30)]


# Broken files


def test_broken_file_has_a_page_that_quotes_its_line(example: Path, content: Path, example_site: Site) -> None:
    edit(example / f"{LID}.yml", "kind: can-be-undone", "kind: can-be-undnoe # <why>")
    line = (example / f"{LID}.yml").read_text("utf-8").splitlines().index("kind: can-be-undnoe # <why>") + 1

    (content / "about.md").write_text('# About\n\n{{ fact("teapot-lid-polishing.summary") }}\n', "utf-8")
    site = prepare(example, content, TODAY)
    before, after = pages_of(example_site), pages_of(site)

    [problem] = site.problems
    assert (problem.place.path, problem.place.line) == (f"data/{LID}.yml", line)
    margin = " " * len(str(line))
    assert f"\n{line} | kind: can-be-undnoe # &lt;why&gt;\n{margin} | ^</pre>" in after[f"{LID}.md"]
    assert "can-be-undone" in after[f"{LID}.md"]
    assert set(after) - LONG == {*before, "about.md"}
    for path in (f"{ALONE}/results.md", f"{POLISHING}/risks.md"):
        facts = re.findall(r'data-fact="([^"]+)"', before[path])
        assert facts == re.findall(r'data-fact="([^"]+)"', after[path])
    assert "This page waits for data/procedures/teapot-lid-polishing.yml." in after[f"{COMPARISON}.md"]
    assert "This fact waits until data/procedures/teapot-lid-polishing.yml is fixed." in after["about.md"]


def test_form_of_a_broken_family_is_listed(example: Path, content: Path) -> None:
    edit(example / f"{CARE}.yml", "kind: can-be-undone", "kind: can-be-undnoe")
    pages = pages_of(prepare(example, content, TODAY))
    assert f'href="{LID}.md"' in pages["procedures.md"]
    assert "# Lid polishing\n" in pages[f"{LID}.md"]


@pytest.mark.parametrize("file", sorted(str(path.relative_to(EXAMPLE)) for path in EXAMPLE.glob("data/**/*.yml")))
def test_unreadable_file_breaks_no_other_page(example: Path, content: Path, file: str) -> None:
    (example.parent / file).write_text('broken: "\n', "utf-8")
    site = prepare(example, content, TODAY)
    assert {problem.place.path for problem in site.problems} == {file}
    assert set(pages_of(site)) - COMPANIONS - LONG == EVERY_PAGE
    index = json.loads(str(dict(make_other_files(site))["api/v1/index.json"]))
    assert index["procedures"] or "sources" in file or "effects" in file


@pytest.mark.parametrize(("line", "column", "expected"), [
    (1, 1, "1 | names:\n  | ^"),
    (2, 3, "1 | names:\n2 |   name: x\n  |   ^"),
    (4, 2, "4 |  y\n  |  ^"),
    (10, 1, " 9 | i\n10 | j\n   | ^"),
    (11, 1, ""),
])  # fmt: skip
def test_quotation_has_the_line_before_and_a_caret(line: int, column: int, expected: str) -> None:
    lines = ["names:", "  name: x", "", "\ty", "e", "f", "g", "h", "i", "j"]
    assert quote(lines, Place("data/x.yml", line, column)) == expected


def test_page_waits_for_a_broken_source(example: Path, content: Path) -> None:
    sources = example / "sources.yml"
    text = sources.read_text("utf-8")
    misspelled = text.split("spout-2019:\n")[1].replace("  title:", "  titel:")
    sources.write_text(f"{text}lone-2020:\n{misspelled}", "utf-8")
    for page in (CARE, COMPARISON):
        text = (example / f"{page}.yml").read_text("utf-8")
        text = re.sub(r"sources: \[.*\]", "sources: [lone-2020]", text, count=1)
        (example / f"{page}.yml").write_text(text, "utf-8")
    site = prepare(example, content, TODAY)
    assert {problem.place.path for problem in site.problems} == {"data/sources.yml"}
    for page in (CARE, COMPARISON):
        assert "This page waits for data/sources.yml." in pages_of(site)[f"{page}.md"]


# Hand-written pages


def test_hand_written_page_quotes_facts_with_their_sources(example: Path, content: Path) -> None:
    (content / "about.md").write_text(
        '# About\n\n{{ figure("teapot-polishing.benefits.quiet") }}\n\n{{ fact("teapot-leave-alone.summary") }}\n',
        "utf-8",
    )
    (content / "privacy.md").write_text("# Privacy\n", "utf-8")
    site = prepare(example, content, TODAY)
    page = pages_of(site)["about.md"]
    assert site.problems == []
    assert pages_of(site)["privacy.md"] == "# Privacy\n"
    assert "18 of 24 teapots" in page
    assert 'data-fact="teapot-leave-alone.summary"' in page
    assert 'href="sources.md#kettle-2021"' in page
    assert 'href="sources.md#spout-2019"' in page


def test_quotation_of_an_unknown_fact_is_a_problem(example: Path, content: Path) -> None:
    (content / "about.md").write_text(
        '# About\n\nText.\n\n{{ fact("teapot-polishing.benefits.quite") }}\n\n{{ fact("zzz") }}\n', "utf-8"
    )
    first, second = prepare(example, content, TODAY).problems
    assert (first.place.path, first.place.line) == ("content/about.md", 5)
    assert first.message == 'There is no fact called "teapot-polishing.benefits.quite".'
    assert first.hint == NO_FACT
    assert (second.place.line, second.message) == (7, 'There is no fact called "zzz".')


def test_malformed_quotation_is_a_problem(example: Path, content: Path) -> None:
    malformed = [
        '{{ fact("teapot-leave-alone.summary" }}', "{{ fact(teapot.summary) }}", "{{ fact() }}", "{{ fact(3) }}",
        "{{ facd('x') }}", "{% include 'nothing.html' %}", "{% for x in y %}", "{{",
    ]  # fmt: skip
    valid = '{{ fact("teapot-leave-alone.summary") }}'
    for number, quotation in enumerate(malformed):
        (content / f"page-{number}.md").write_text(f"# About\n\n{valid}\n\n{quotation}\n", "utf-8")
    (content / "privacy.md").write_text("# Privacy\n", "utf-8")
    site = prepare(example, content, TODAY)
    pages = pages_of(site)
    for number, problem in zip(range(len(malformed)), site.problems, strict=True):
        assert (problem.place.path, problem.place.line) == (f"content/page-{number}.md", 5)
        assert "fact" in problem.hint
        assert f"To fix: content/page-{number}.md" in pages[f"page-{number}.md"]
    assert "privacy.md" in pages


def test_sheet_lists_only_unknowns_that_were_searched_for(example_site: Site) -> None:
    sheet = pages_of(example_site)["take-along/teapot-leave-alone.md"]
    unknowns = sheet.split('<h3 id="about-unknowns">')[1].split("</ul>")[0]
    assert "Nobody has watched a squeaking teapot for years." in unknowns
    assert "that we read" not in unknowns


def test_page_has_the_date_of_the_last_search_once(example: Path, content: Path, example_site: Site) -> None:
    text = pages_of(example_site)[f"{CARE}/evidence.md"]
    assert text.count("We last searched on November 22, 2026.") == 1
    edit(
        example / f"{CARE}.yml",
        "all forms.\n    reason: searched\n    searched: 2026-11-22",
        "all forms.\n    reason: searched\n    searched: 2026-11-20",
    )
    text = pages_of(prepare(example, content, TODAY))[f"{CARE}/evidence.md"]
    assert text.count("We last searched on November 22, 2026.") == 1
    assert 'all forms.</span> <span class="meta">We last searched on November 20, 2026.</span>' in text


def test_risks_page_counts_open_questions(example: Path, content: Path, example_site: Site) -> None:
    sentence = (
        "For 1 of 3 harms, what we read does not clearly say how long it lasts; for 1, what is done about it."
    )
    assert sentence not in pages_of(example_site)[f"{LID}/risks.md"]
    edit(example / f"{LID}.yml", "    lasts: Until the next polishing.\n", "")
    assert sentence in pages_of(prepare(example, content, TODAY))[f"{LID}/risks.md"]
