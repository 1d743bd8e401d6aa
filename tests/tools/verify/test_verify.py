"""Verification of a built site: each fault of a template or a page is one problem, at the right line."""

from __future__ import annotations

import re
import shutil
from pathlib import Path

import pytest

from build_tools.load.settings import Settings
from build_tools.verify.verify import verify
from tests.conftest import ROOT, lay_out, loaded, run

pytestmark = pytest.mark.slow

PAGE = "procedures/teapot-polishing/results.html"
RISKS = "procedures/teapot-polishing/risks.html"
WHO = "procedures/teapot-polishing/who-it-is-for.html"
EVIDENCE = "procedures/teapot-polishing/evidence.html"
HELP = "procedures/teapot-polishing/when-to-get-help.html"
SHORT = "procedures/teapot-polishing.html"
ASKED = "procedures/teapot-polishing/what-people-ask.html"
TABLE = "comparisons/squeaking-teapot.html"
FACTS = "content/templates/parts/facts.html"
DETAIL = "content/templates/pages/detail.md"
POLISHING = "data/procedures/teapot-polishing.yml"


@pytest.fixture(scope="module")
def built(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The example project with the word list of the real site, built."""
    project = lay_out(tmp_path_factory.mktemp("example"))
    shutil.copy(ROOT / "data/wording.yml", project / "data")
    assert build(project) == []
    return project


def build(project: Path) -> list[str]:
    """Build the site, and return the reported problems without their hints."""
    done = run(project, "mkdocs", "--quiet", "build", "--strict")
    assert "Traceback" not in done.stderr
    return [line for line in done.stderr.splitlines() if re.match(r"\S+:\d+:\d+: ", line)]


def problems(project: Path) -> list[str]:
    settings = Settings.load(project / "data")
    facts = loaded(project / "data", settings.clinic)
    return [str(problem) for problem in verify(project / "site", facts, project / "content", settings)]


@pytest.fixture
def project(built: Path, tmp_path: Path) -> Path:
    """A copy whose templates or pages a test can change."""
    return shutil.copytree(built, tmp_path / "project")


def replace(file: Path, old: str, new: str) -> int:
    """Replace the first `old` with `new`, and return its line."""
    before, match, after = file.read_text("utf-8").partition(old)
    assert match, f"{old!r} is not in {file}"
    file.write_text(before + new + after, "utf-8")
    return before.count("\n") + 1


def test_example_has_no_problem_and_nothing_for_editors(built: Path) -> None:
    assert problems(built) == []
    assert not (built / "site/report.html").exists()
    assert [page for page in built.glob("site/**/*.html") if "For editors" in page.read_text("utf-8")] == []


def test_changed_label_and_suppressed_result_are_no_problems(project: Path) -> None:
    replace(project / FACTS, "<b>{{ label }}:</b>", "<b>{{ label }} is this:</b>")
    replace(project / FACTS, '("How long it lasts", fact.lasts)', '("For how long", fact.lasts)')
    comment = "<!-- allow: typed-number until 2027-11-01: Invented for this test alone. -->\n\n"
    replace(project / "content/privacy.md", "Nobody asks", f"{comment}It helps 8 out of 10 people. Nobody asks")
    assert build(project) == []


FIELDS = "for field in section.fields %"
MAIN = "content/templates/theme/main.html"
CSS, JS = "content/assets/site.css", "content/assets/site.js"


@pytest.mark.parametrize(("file", "old", "new", "pattern"), [
    (FACTS, "We last searched on {{ procedure.last_searched | day }}.", "",
     "It does not say that we last searched on November 22, 2026."),
    (DETAIL, FIELDS, f'{FIELDS[:-2]} if field.name != "imaging" %',
     r'No fact of "imaging" is on its page with its anchor\. \(procedures/.* and 3 more pages\)$'),
    (DETAIL, '<nav class="related"', '<p>It works for {{ 9 }} out of {{ 10 }} people.</p>\n\n<nav class="related"',
     r'LINE:\d+: "9 out of 10".*\(procedures/teapot-care/evidence.html and 35 more pages\)$'),
    (MAIN, "Talk with", "Most people say yes. Talk with",
     r'LINE:\d+: "Most people" is a word that this site avoids.* \(404\.html and \d\d more pages\)$'),
    (CSS, ":root {", '.lead::after { content: "Most people agree."; }\n:root {', 'LINE:.*"Most people'),
    (CSS, ":root {", '.lead { background: url("//a.example/x"); }\n:root {', 'LINE:.*"//'),
    (JS, "const make", "document.title = 'It helps 8 out of 10 people.';\nconst make", 'LINE:.*"8 out of 10'),
    (JS, "const make", 'fetch("x");\nconst make', r'LINE:.*"fetch\('),
])  # fmt: skip
def test_fault_of_a_template_style_or_script_is_one_problem(
    project: Path, file: str, old: str, new: str, pattern: str
) -> None:
    line = replace(project / file, old, new)
    [problem] = build(project)
    assert problem.startswith(file if file != FACTS else "content/templates/")
    assert re.search(pattern.replace("LINE", str(line)), problem), problem


@pytest.mark.parametrize("tag", ['<div class="fact figure"', '<span class="fact" data-fact="{{ id }}"'])
def test_missing_sources_are_reported_at_the_line_of_their_facts(project: Path, tag: str) -> None:
    text = (project / FACTS).read_text("utf-8")
    before, _, after = text.partition(tag)
    (project / FACTS).write_text(before + tag + after.replace("{{ sources(fact, id, where) }}", "", 1), "utf-8")
    [problem] = build(project)
    assert problem.startswith(f"{FACTS}:{before.count(chr(10)) + 1}:")
    assert "links to no source" in problem
    assert "more pages)" in problem


def test_words_of_a_template_are_reported_at_its_lines(project: Path) -> None:
    lines = {
        words: replace(project / DETAIL, '<nav class="related"', f'<p>{text}</p>\n\n<nav class="related"')
        for words, text in {
            "8 out of 10": "It helps 8 out of 10 people.",
            "are glad": "People are glad that they had it.",
            "should choose": "Everyone should choose polishing.",
            "Blood thinners must be stopped": "Blood thinners must be stopped.",
        }.items()
    }
    found = build(project)
    assert len(found) == len(lines)
    for words, line in lines.items():
        [problem] = [problem for problem in found if f'"{words}' in problem]
        assert re.match(rf"{DETAIL}:{line}:\d+: ", problem)


CRACKED = "teapot-polishing.contraindications.cracked"
QUIET, PLEASED = "teapot-polishing.benefits.quiet", "teapot-polishing.benefits.owners-pleased"
DRIPPING = "teapot-polishing.benefits.dripping-teapots"


@pytest.mark.parametrize(("page", "old", "new", "place", "message"), [
    (PAGE, '"number">18 of 24 teapots', '"number">19 of 24 teapots', POLISHING, f'"{QUIET}" should read "18 of'),
    (WHO, "It is rubbing with a cloth.", "It is not a cloth.", POLISHING, "what_it_is.a-cloth"),
    (PAGE, "24 teapots from one kitchen", "42 teapots", POLISHING, f'"{QUIET}" lacks "24 teapots'),
    (PAGE, f' id="{QUIET}"', "", POLISHING, f'The fact "{QUIET}" is not on its page'),
    (EVIDENCE, '<p class="plain-name"', '<p data-fact="teapot-polishing.benefits.new"', DETAIL, "no fact"),
    (RISKS, 'data-weight="dangerous"', 'data-weight="passes"', POLISHING, "is not called serious"),
    (RISKS, '<div class="fact harm"', '<details><div class="fact harm"', POLISHING, "closed"),
    (HELP, '<div class="urgency emergency">', '<div class="urgency ask">', "", 'the signs of "emergency"'),
    (HELP, '<li data-sign="pieces"', '<li data-other="pieces"', "", "It lacks a danger sign"),
    (HELP, "</b> the spout may have", "</b> it will have", "", 'The sign "pieces" lacks "the spout may'),
    (HELP, "<h4>Go to an", "<h4>Perhaps go to an", "", 'The sign "pieces" is not under "Go to an'),
    (SHORT, "18 of 24 teapots", "19 of 24 teapots", POLISHING, f'A line of "{QUIET}" should read "18 of'),
    (SHORT, "fewer than 1 out of 100 teapots", "fewer than 9", POLISHING, "harms.broken-spout.registry\" should"),
    (SHORT, f' data-brief="{CRACKED}"', "", POLISHING, f'The line of "{CRACKED}" is missing,'),
    (SHORT, '<li data-sign="pieces"', "<li", "content/templates/pages/short.md", "It lacks a danger sign"),
    (ASKED, "You can make tea again", "You can make soup", POLISHING, "next-cup\" should read"),
    (PAGE, "sources.html#kettle-2021", "sources.html#spout-2019", POLISHING, "links to spout-2019"),
    (TABLE, 'td data-option="teapot-polishing"', 'td data-option="teapot-lid-polishing"', "", "The cell of"),
    (TABLE, '<td data-option="teapot-leave-alone"', '<td data-option="other"', "", "The cell of"),
    ("claims.html", 'data-verdict="not-supported"', 'data-verdict="supported"', "data/claims.yml", "verdict"),
    (PAGE, 'href="../../sources.html"', 'href="../../source.html"', "content/templates/", "is not a file of"),
    (RISKS, '<a href="#dangerous">', '<a href="#danger">', "", "has no anchor on"),
    (TABLE, 'id="each-harm"', 'id="table"', "content/templates/pages/comp",
        'The id "table" is on this page twice'),
    (TABLE, "<caption", "<p", "content/templates/pages/comparison.md", "no caption"),
    (TABLE, ' scope="col" role="columnheader"', " role='columnheader'", "content/templates/pages/", "no scope"),
    (TABLE, 'role="cell"', "", "content/templates/pages/comparison.md", "role"),
    ("about.html", "Last checked</th>", "</th>", "content/templates/parts/dates.html", "empty cell"),
    ("privacy.html", "Nobody asks", "{{ nobody }}", "content/privacy.md", "of a template is on the page"),
    ("privacy.html", "Nobody asks", "<iframe></iframe>", "content/privacy.md", "iframe"),
    ("privacy.html", "Nobody asks", '<b onclick="x()">Nobody</b>', "content/privacy.md", "onclick"),
    ("procedures.html", 'href="procedures/teapot-polishing.html"', 'href="index.html"', "", "It does not list"),
    ("privacy.html", "Nobody asks", f'<i data-brief="{QUIET}">No</i>', "content/privacy.md", "not the brief"),
])  # fmt: skip
def test_each_fault_of_a_page_is_one_problem(
    project: Path, page: str, old: str, new: str, place: str, message: str
) -> None:
    replace(project / "site" / page, old, new)
    found = problems(project)
    assert [message in problem and problem.startswith(place) for problem in found] == [True], found


def html_of(text: str, id: str) -> str:
    """The HTML of a figure on its own page."""
    start = text.index(f'<div class="fact figure" data-fact="{id}" id')
    return text[start : text.index("</div>", start) + len("</div>\n")]


def test_facts_in_the_wrong_order_are_one_problem(project: Path) -> None:
    page = project / "site" / PAGE
    text = page.read_text("utf-8")
    first, second = html_of(text, PLEASED), html_of(text, DRIPPING)
    replace(page, first + second, second + first)
    [problem] = problems(project)
    assert problem.startswith(f"{POLISHING}:")
    assert f'"{DRIPPING}" comes before "{PLEASED}".' in problem


def test_fact_with_its_anchor_twice_is_one_problem(project: Path) -> None:
    page = project / "site" / PAGE
    figure = html_of(page.read_text("utf-8"), QUIET)
    replace(page, figure, figure + figure)
    [problem] = problems(project)
    assert f'The fact "{QUIET}" is on its page 2 times' in problem


def test_missing_page_is_reported_at_its_record(project: Path) -> None:
    (project / "site/take-along/teapot-polishing.html").unlink()
    (project / "site" / PAGE).unlink()
    assert [problem.partition(" (")[0] for problem in problems(project)] == [
        f"{POLISHING}:22:1: This page is missing.",
        f"{POLISHING}:22:1: This page is missing.",
    ]


def test_edit_link_to_another_fact_is_a_problem(project: Path) -> None:
    mkdocs = project / "mkdocs.yml"
    replace(mkdocs, 'repo_url: ""', "repo_url: https://git.example/o/tea")
    replace(mkdocs, 'edit_uri: ""', "edit_uri: _edit/main/")
    replace(mkdocs, "edit_on_site: false", "edit_on_site: true")
    assert build(project) == []
    page = project / "site" / PAGE
    assert '/_edit/main/data/procedures/teapot-polishing.yml">Edit this page</a>' in page.read_text("utf-8")
    link = re.search(r'class="report correct" href="([^"]*#L)(\d+)"', page.read_text("utf-8"))
    assert link
    replace(page, link[1] + link[2], f"{link[1]}1")
    [problem] = problems(project)
    assert "does not open the line of this fact" in problem


def test_problems_name_source_files_and_not_built_ones(project: Path) -> None:
    for page in project.glob("site/**/*.html"):
        page.write_text(page.read_text("utf-8").replace("teapot", "kettle").replace("<th scope", "<th"), "utf-8")
    found = problems(project)
    assert len(found) > 5
    assert [problem for problem in found if problem.startswith(("site/", "build/"))] == []
