"""The real leaflets say what the facts say, and a reader learns whether the paper is still the current one."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from playwright.sync_api import Browser, expect
from pypdf import PdfReader

from build_tools.comparison import compare_options
from build_tools.facts import Facts, load
from build_tools.figure_text import finding, join, notice, plain
from build_tools.leaflets import MOST_PAGES
from build_tools.records import Figure, entries
from build_tools.sections import GLANCE
from build_tools.templates import day
from tests.conftest import ROOT

PAGE = "procedures/percutaneous-cordotomy.html"
OWN = sorted(
    file.stem for folder in ("procedures", "comparisons") for file in (ROOT / "data" / folder).glob("*.yml")
)


@pytest.fixture(scope="module")
def facts() -> Facts:
    """The real facts."""
    return load(ROOT / "data")[0]


def bare(text: str) -> str:
    """A text without white space, because a line may end anywhere."""
    return re.sub(r"\s+", "", text)


def text_of(file: Path) -> str:
    """What a leaflet says, without white space and what stands at the foot of each page."""
    pdf = PdfReader(file)
    assert pdf.metadata
    foot = re.compile(rf"({re.escape(bare(pdf.metadata.title or ''))},v|V)ersion[0-9a-f]{{12}}Page\d+of\d+$")
    return "".join(foot.sub("", bare(page.extract_text())) for page in pdf.pages)


def missing(wanted: list[str], text: str) -> list[str]:
    """Which texts cannot be read. A word may be followed by what explains it, and the beginning may be small."""
    explained = r"(?:\((?:[^()]|\([^()]*\))*\)|[,;][^()]{1,90}(?=\)))?"
    return [
        words
        for words in wanted
        if bare(words).lower() not in text.lower()
        and not re.search(explained.join(map(re.escape, re.findall(r"\w+|[^\w\s]", words))), text, re.IGNORECASE)
    ]


@pytest.mark.parametrize("edition", ["a4", "letter"])
def test_a_leaflet_has_two_to_four_pages_or_one_more_where_its_signs_need_it(site: Path, edition: str) -> None:
    pages = {id: len(PdfReader(site / f"leaflets/{id}-{edition}.pdf").pages) for id in OWN}
    assert {id: number for id, number in pages.items() if not 2 <= number <= MOST_PAGES + 1} == {}


@pytest.mark.parametrize("id", [id for id in OWN if (ROOT / f"data/procedures/{id}.yml").exists()])
def test_the_leaflet_of_a_procedure_says_what_its_facts_say(site: Path, facts: Facts, id: str) -> None:
    procedure = facts.procedures[id]
    text = text_of(site / f"leaflets/{id}-a4.pdf")
    message = procedure.main_message
    wanted = [procedure.names.name, message.helps.says, message.harms.says, procedure.summary.says]
    wanted += procedure.questions
    wanted += [plain(next(iter(entries(procedure, field).values()))) for field in (*GLANCE, "benefits")]
    wanted += [notice(sign, facts.for_child(id)) for sign in facts.signs_of(id).values()]
    for sign in facts.signs_of(id).values():
        wanted += [sign.do] if sign.do else []
        said = (sign.when or "").rstrip(".").split(". ")
        wanted += [words for words in said if sign.level == "emergency" or "emergency" in words]
    wanted += [here.here for here in procedure.signs.values()]
    wanted += [f"Facts last checked: {day(procedure.facts_checked)}", "Not yet reviewed by a clinician."]
    wanted += serious_harms(facts, id)
    for harm in procedure.harms.values():
        often = next(iter(harm.how_often.values()), None)
        if harm.serious and isinstance(often, Figure):
            wanted.append(join(finding(often)))
    assert missing(wanted, text) == []
    for citation in message.helps.sources[:1]:
        source = facts.sources[citation.source]
        assert bare(f"{source.by}. {source.published_in}") in text


@pytest.mark.parametrize("id", [id for id in OWN if (ROOT / f"data/comparisons/{id}.yml").exists()])
def test_the_leaflet_of_a_comparison_names_every_serious_harm_of_every_option(
    site: Path, facts: Facts, id: str
) -> None:
    comparison = facts.comparisons[id]
    # A name that the end of a page tears apart on one paper is whole on the other.
    text = " ".join(text_of(site / f"leaflets/{id}-{paper}.pdf") for paper in ("a4", "letter"))
    message = comparison.main_message
    wanted = [comparison.question, message.helps.says, message.harms.says, "Not yet reviewed by a clinician."]
    wanted += [weighing.says for weighing in comparison.weighing.values()]
    grid = compare_options(comparison, facts)
    wanted += [name for _, name in grid.columns]
    effects = facts.vocabulary["effects"]
    for option in comparison.options:
        if facts.procedures[option].kind != "no-procedure":  # of whose harms only those of this pain count
            harms = facts.procedures[option].harms.values()
            serious = {harm.effect for harm in harms if harm.serious} - {"any-complication"}
            wanted += [effects[effect].plain for effect in sorted(serious)]
    assert missing(wanted, text) == []


def serious_harms(facts: Facts, id: str) -> list[str]:
    """What people would call a procedure's serious harms."""
    return [facts.harm_name(harm) for harm in facts.procedures[id].harms.values() if harm.serious]


def test_who_scans_the_current_leaflet_comes_to_its_line_also_without_scripts(
    browser: Browser, address: str
) -> None:
    context = browser.new_context(java_script_enabled=False)
    page = context.new_page()
    page.goto(f"{address}/{PAGE}")
    version = str(page.locator(".paper").get_attribute("id"))
    page.goto(f"{address}/{PAGE}#{version}")
    expect(page.locator(".paper:target")).to_be_in_viewport()
    expect(page.get_by_text("Your leaflet is older than this page.")).to_be_hidden()
    context.close()


def test_who_scans_an_older_leaflet_reads_what_was_corrected_also_without_scripts(
    browser: Browser, address: str
) -> None:
    context = browser.new_context(java_script_enabled=False)
    page = context.new_page()
    page.goto(f"{address}/{PAGE}#paper-0123456789ab")
    expect(page.locator("h1")).to_be_in_viewport()
    expect(page.locator("h1 ~ .corrected summary")).to_contain_text("Corrected on November 29, 2026:")
    page.get_by_text("Leaflets to print").click()
    page.locator(".paper a").click()
    box = page.locator("#corrected")
    expect(box).to_be_in_viewport()
    expect(box).to_contain_text("People have died in their sleep")
    expect(box).to_contain_text("do not stop or start any on your own")
    context.close()


def test_who_scans_an_older_leaflet_is_told_so(browser: Browser, address: str) -> None:
    context = browser.new_context()
    page = context.new_page()
    page.goto(f"{address}/{PAGE}#paper-0123456789ab")
    expect(page.get_by_text("Your leaflet is older than this page.")).to_be_in_viewport()
    expect(page.get_by_text("it was corrected on November 29, 2026")).to_be_in_viewport()
    expect(page.locator(".paper")).to_be_focused()
    page.goto(f"{address}/take-along/percutaneous-cordotomy.html#paper-0123456789ab")  # has no such line
    expect(page.locator("h1")).to_be_visible()
    context.close()
