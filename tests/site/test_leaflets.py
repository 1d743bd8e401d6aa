"""The real leaflets: their length and content, and the check whether a printed copy is current."""

from __future__ import annotations

from functools import cache
from io import BytesIO
from pathlib import Path

import pytest
from playwright.sync_api import expect
from pypdf import PdfReader
from selectolax.lexbor import LexborHTMLParser

from build_tools.load.facts import Facts
from build_tools.load.loader import load
from build_tools.load.settings import Settings
from build_tools.model.comparison import compare_options
from build_tools.model.figure_text import join
from build_tools.render.leaflets import EDITIONS, Edition, set_leaflets
from build_tools.render.rendering import Renderer
from tests.conftest import LATEST, ROOT
from tests.pdf import bare, headers_of_cells, pages_of, sizes, tags
from tests.site.conftest import Reader

PAGE = "procedures/percutaneous-cordotomy.html"
PROCEDURES = sorted(file.stem for file in (ROOT / "data/procedures").glob("*.yml"))
COMPARISONS = sorted(file.stem for file in (ROOT / "data/comparisons").glob("*.yml"))
EDITION_IDS = [edition.id for edition in EDITIONS]
MOST_PAGES = {False: 2, True: 5}
"""Page limits for normal and large print (BAR-16)."""
LONGER = {("one-sided-cancer-pain", False): 3}
"""The sources of five options do not fit on two pages."""


@pytest.fixture(scope="module")
def clinic_leaflets() -> dict[str, bytes]:
    """All leaflets with the example clinic's box and a QR code."""
    settings = Settings("Pain", "https://pain-clinic.teapot-hill.example/", leaflets=True, clinic="example")
    facts, _ = load(ROOT / "data", settings.clinic)
    return set_leaflets(Renderer(facts, ROOT / "content", LATEST, settings))[0]


@cache
def texts_of(file: Path) -> list[str]:
    """The text of each page of a leaflet."""
    return pages_of(PdfReader(file))


@pytest.mark.parametrize("edition", EDITIONS, ids=EDITION_IDS)
def test_leaflets_have_two_pages_and_large_print_up_to_five(
    site: Path, clinic_leaflets: dict[str, bytes], edition: Edition
) -> None:
    for id in PROCEDURES + COMPARISONS:
        path = f"leaflets/{id}-{edition.id}.pdf"
        for pdf in (site / path, BytesIO(clinic_leaflets[path])):
            assert 2 <= len(PdfReader(pdf).pages) <= LONGER.get((id, edition.large), MOST_PAGES[edition.large]), id


@pytest.mark.parametrize(("edition", "least", "least_of_sources"), [("letter", 12, 10), ("letter-large", 18, 15)])
def test_type_is_large_enough(site: Path, edition: str, least: int, least_of_sources: int) -> None:
    small = {}
    for id in PROCEDURES + COMPARISONS:
        text_sizes = sizes(PdfReader(site / f"leaflets/{id}-{edition}.pdf"))
        sources = [text for text, _ in text_sizes].index("Sources")
        if (
            min(size for _, size in text_sizes[:sources]) < least
            or min(s for _, s in text_sizes) < least_of_sources
        ):
            small[id] = sorted({size for _, size in text_sizes})
    assert small == {}


@pytest.mark.parametrize("id", PROCEDURES)
def test_a_leaflet_has_every_line_of_the_short_page(site: Path, facts: Facts, id: str) -> None:
    page = LexborHTMLParser((site / f"procedures/{id}.html").read_text("utf-8"))
    text = "".join(texts_of(site / f"leaflets/{id}-a4.pdf")).lower()
    lines = page.css(".lead, article h2, article [data-brief], article [data-sign], .questions li")
    assert len(lines) > 20
    for line in lines:
        for mark in line.css(".mark"):
            mark.decompose()
    assert [line.text() for line in lines if bare(line.text()).lower() not in text] == []
    harms = (harm for harm in facts.procedures[id].harms.values() if harm.effect != "any-complication")
    dangerous = [facts.harm_name(harm) for harm in harms if harm.weight == "dangerous"]
    assert [name for name in dangerous if bare(name).lower() not in text] == []


@pytest.mark.parametrize("edition", ["a4", "letter"])
@pytest.mark.parametrize("id", PROCEDURES)
def test_page_1_has_the_review_status_and_every_emergency_sign(
    site: Path, facts: Facts, id: str, edition: str
) -> None:
    front, back = texts_of(site / f"leaflets/{id}-{edition}.pdf")
    child = facts.for_child(id)
    signs = [sign for sign in facts.signs_of(id).values() if sign.level == "emergency"]
    expected = ["clinician", "Facts checked", *((child and sign.child_brief) or sign.brief for sign in signs)]
    assert len(expected) > 10
    assert [words for words in expected if bare(words) not in front] == []
    assert bare("What could go wrong?") in back
    first_sign = min(front.index(bare(words)) for words in expected[2:])
    assert front.index("Factschecked") < front.index(bare("Get help")) < first_sign


@pytest.mark.parametrize("id", COMPARISONS)
def test_a_leaflet_has_every_answer_and_serious_harm_of_the_grid(site: Path, id: str) -> None:
    page = LexborHTMLParser((site / f"comparisons/{id}.html").read_text("utf-8"))
    _, *harms = page.css("table.comparison")
    names = [head.text() for table in harms for head in table.css("tbody th")]
    for edition in EDITION_IDS:
        text = "".join(texts_of(site / f"leaflets/{id}-{edition}.pdf")).lower()
        both = "dl [data-brief]" + (" b" if edition.endswith("large") else "")  # the grid has the numbers
        answers = [
            cell.text().removesuffix(" people")
            for cell in page.css(f"#table [data-brief], p[data-row] [data-brief], {both}")
        ]
        assert len(answers) >= 20
        assert [words for words in answers + names if bare(words).lower() not in text] == []


@pytest.mark.parametrize("id", COMPARISONS)
def test_each_answer_has_its_question_and_option_as_headers(site: Path, facts: Facts, id: str) -> None:
    file = site / f"leaflets/{id}-letter.pdf"
    tables = [*tags(PdfReader(file)).all("/Table")]
    grid = compare_options(facts.comparisons[id], facts)
    rows = [row for row in grid.rows if not row.once]
    assert len(tables) == (len(rows) if len(grid.columns) <= 3 else 0)
    for table in tables:
        question, names = ([*row.all("/TH")] for row in [*table.all("/TR")][:2])
        assert len(names) == len(grid.columns)
        assert headers_of_cells(table) == [[[name.id, question[0].id] for name in names]]
    if not tables:  # more columns would be too narrow, so answers are listed
        text, columns = "".join(texts_of(file)).lower(), dict(grid.columns)
        for row in rows:
            answers = "".join(f"{columns[cell.option]}:{join(cell.sentence)}" for cell in row.cells)
            assert bare(f"{row.asks}{answers}").lower() in text


def test_the_code_of_a_current_leaflet_opens_its_line_without_scripts(reader: Reader) -> None:
    page = reader.open(PAGE, java_script_enabled=False)
    page.goto(f"{PAGE}#{page.locator('.paper').get_attribute('id')}")
    expect(page.locator(".paper:target")).to_be_in_viewport()
    expect(page.get_by_text("Your leaflet is older than this page.")).to_be_hidden()


def test_the_code_of_an_old_leaflet_shows_corrections_without_scripts(reader: Reader) -> None:
    page = reader.open(f"{PAGE}#paper-0123456789ab", java_script_enabled=False)
    expect(page.locator("h1")).to_be_in_viewport()
    expect(page.locator("h1 ~ .corrected summary")).to_contain_text("Corrected on November 29, 2026:")
    page.get_by_text("Leaflets to print").click()
    page.locator(".paper a").click()
    box = page.locator("#corrected")
    expect(box).to_be_in_viewport()
    expect(box).to_contain_text("People have died in their sleep")
    expect(box).to_contain_text("do not stop or start any on your own")


def test_the_code_of_an_old_leaflet_says_that_it_is_old(reader: Reader) -> None:
    page = reader.open(f"{PAGE}#paper-0123456789ab")
    expect(page.get_by_text("Your leaflet is older than this page.")).to_be_in_viewport()
    expect(page.get_by_text("it was corrected on November 29, 2026")).to_be_in_viewport()
    expect(page.locator(".paper")).to_be_focused()
    page.goto("take-along/percutaneous-cordotomy.html#paper-0123456789ab")  # has no such line
    expect(page.locator("h1")).to_be_visible()
