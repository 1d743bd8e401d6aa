"""Leaflets print the text of pages as accessible, reproducible PDFs."""

from __future__ import annotations

import io
import json
import re
import shutil
from collections.abc import Iterator
from dataclasses import replace
from itertools import pairwise
from pathlib import Path
from typing import Any

import pytest
import segno
from pypdf import PdfReader
from selectolax.lexbor import LexborHTMLParser

from build_tools.load.facts import Facts
from build_tools.load.loader import load
from build_tools.load.settings import Settings
from build_tools.model.comparison import compare_options
from build_tools.model.figure_text import join
from build_tools.model.short_page import ShortPage
from build_tools.pipeline import prepare
from build_tools.release.site_files import add_leaflets
from build_tools.render.leaflets import (
    EDITIONS,
    TEMPLATE,
    Edition,
    Leaflet,
    build_blocks,
    set_leaflet,
    set_leaflets,
    write_leaflet,
)
from build_tools.render.rendering import Renderer
from tests.conftest import ROOT, TODAY, edit, run
from tests.pdf import bare, headers_of_cells, pages_of, root_of, sizes, tags

pytestmark = pytest.mark.slow

CONTENT = ROOT / "content"
SETTINGS = Settings("All about teapots", "https://clinic.example/teapots/", leaflets=True)
A4, _, A4_LARGE, _ = EDITIONS
POLISHING, LID, COMPARISON = "teapot-polishing", "teapot-lid-polishing", "squeaking-teapot"


def write(data: Path | Facts, id: str = POLISHING, settings: Settings = SETTINGS) -> Leaflet:
    """A leaflet, not yet typeset."""
    facts = load(data, settings.clinic)[0] if isinstance(data, Path) else data
    return write_leaflet(Renderer(facts, CONTENT, TODAY, settings), id)


def typeset(leaflet: Leaflet, edition: Edition = A4) -> PdfReader:
    """A leaflet as PDF."""
    template = (CONTENT / TEMPLATE).read_bytes()
    return PdfReader(io.BytesIO(set_leaflet(leaflet, edition, template, SETTINGS.site_name)))


def text_in(pdf: PdfReader) -> str:
    """The text of a leaflet without white space and page footers."""
    return "".join(pages_of(pdf))


@pytest.fixture(scope="module")
def facts() -> Facts:
    return load(ROOT / "docs/example/data")[0]


@pytest.fixture(scope="module")
def pdfs(facts: Facts) -> dict[str, bytes]:
    """Every leaflet of the example as PDF."""
    pdfs, problems = set_leaflets(Renderer(facts, CONTENT, TODAY, SETTINGS))
    assert problems == []
    return pdfs


# Editions


def test_every_record_has_a_leaflet_in_every_edition(facts: Facts, pdfs: dict[str, bytes]) -> None:
    assert set(pdfs) == {
        f"leaflets/{id}-{edition}.pdf"
        for id in (*facts.procedures, *facts.comparisons)
        for edition in ("a4", "letter", "a4-large", "letter-large")
    }


def test_edition_has_its_paper_size(pdfs: dict[str, bytes]) -> None:
    for name, size in {"a4": (595, 842), "letter": (612, 792)}.items():
        for large in ("", "-large"):
            pdf = PdfReader(io.BytesIO(pdfs[f"leaflets/{POLISHING}-{name}{large}.pdf"]))
            assert tuple(round(float(side)) for side in pdf.pages[0].mediabox[2:]) == size


@pytest.mark.parametrize(("edition", "minimum"), [("letter", 10), ("letter-large", 15)])
def test_edition_has_its_minimum_font_size(pdfs: dict[str, bytes], edition: str, minimum: int) -> None:
    pdf = PdfReader(io.BytesIO(pdfs[f"leaflets/{POLISHING}-{edition}.pdf"]))
    assert min(size for _, size in sizes(pdf)) >= minimum


def test_leaflets_are_reproducible(example: Path, pdfs: dict[str, bytes], tmp_path: Path) -> None:
    content = shutil.copytree(CONTENT, tmp_path / "elsewhere")
    later = TODAY.replace(day=TODAY.day + 5)
    assert set_leaflets(Renderer(load(example)[0], content, later, SETTINGS)) == (pdfs, [])


def test_previews_and_sites_without_leaflets_have_none(example: Path, content: Path) -> None:
    for settings, preview in ((SETTINGS, True), (Settings(), False)):
        site = add_leaflets(prepare(example, content, TODAY, settings, preview))
        assert site.leaflets == {}
        assert [page.path for page in site.pages if "leaflets/" in page.text or "paper-" in page.text] == []


# Text


@pytest.mark.parametrize(("id", "edition"), [(POLISHING, A4), (COMPARISON, A4_LARGE)])
def test_pdf_has_all_text_of_the_html(facts: Facts, id: str, edition: Edition) -> None:
    leaflet = write(facts, id)
    text = text_in(typeset(leaflet, edition))
    runs = [*runs_of(build_blocks(leaflet.html))]
    assert len(runs) > 60
    assert [run for run in runs if not is_in(run, text)] == []


def is_in(run: str, text: str) -> bool:
    """Whether a run is in a text, in up to two pieces: a table cell can continue after others on the next page."""
    run = bare(run)
    return any(run[:end] in text and run[end:] in text for end in range(len(run) + 1))


def runs_of(blocks: list[dict[str, Any]]) -> Iterator[str]:
    for block in blocks:
        yield from (run["text"] for run in block.get("runs", ()))
        yield from runs_of(block.get("blocks", []))


def test_review_date_and_emergencies_are_before_the_results(facts: Facts) -> None:
    front = pages_of(typeset(write(facts)))[0]
    expected = ["Not yet reviewed by a clinician. Facts checked November 22, 2026.", "Get help"]
    emergencies = [sign for sign in facts.signs_of(POLISHING).values() if sign.level == "emergency"]
    expected += [sign.brief for sign in sorted(emergencies, key=lambda sign: not sign.ambulance)]
    assert len(expected) > 3
    places = [front.index(bare(words)) for words in expected]
    assert places == sorted(places)
    assert bare("How well does it work?") not in front[: places[-1]]


def test_serious_harms_are_listed_with_and_without_counts(example: Path) -> None:
    harm = serious_harm(example)
    for name, entry in ((LID, harm), ("teapot-leave-alone", harm.replace("    lead: registry\n", ""))):
        edit(example / f"procedures/{name}.yml", "\nharms:\n", f"\nharms:\n{entry}")
    text = LexborHTMLParser(write(example, COMPARISON).html).text()
    often = "Fewer than 1 out of 100 teapots."
    assert f"A broken spout: Teapot polishing: {often} Lid polishing: {often}" in text
    assert "Leave it alone: a broken spout." in text


def serious_harm(data: Path) -> str:
    text = (data / "procedures/teapot-polishing.yml").read_text("utf-8")
    [harm] = re.findall(r"^  broken-spout:\n(?:    .*\n)+", text, re.MULTILINE)
    return str(harm)


def test_long_leaflet_has_more_pages_and_all_serious_harms(example: Path) -> None:
    file, harm = example / "procedures/teapot-polishing.yml", serious_harm(example)
    copies = (harm.replace("  broken-spout:", f"  broken-{number}:") for number in range(300))
    edit(file, harm, harm + "".join(copies))
    pdf = typeset(write(example))
    assert len(pdf.pages) > 2
    assert text_in(pdf).count(bare("spout that breaks off")) >= 301


@pytest.mark.parametrize(("approved", "later"), [("2026-11-20", True), ("2026-11-30", False)])
@pytest.mark.parametrize("id", [POLISHING, COMPARISON])
def test_leaflet_of_a_clinic_has_its_document_control(example: Path, id: str, approved: str, later: bool) -> None:
    edit(example / "clinics/teapot-house/clinic.yml", "approved_on: 2026-11-20", f"approved_on: {approved}")
    text = text_in(typeset(write(example, id, replace(SETTINGS, clinic="teapot-house"))))
    day = f"November {approved[-2:]}, 2026"
    assert bare(f"Document TH-17, {id}. Approved by the House Council on {day}.") in text
    assert (bare("Its facts were checked or changed after that day.") in text) == later


def test_sources_are_listed_with_their_titles(facts: Facts) -> None:
    back = pages_of(typeset(write(facts)))[-1]
    for source in ShortPage(facts, POLISHING).sources:
        assert bare(f"{facts.sources[source].title}. {facts.sources[source].by}.") in back


MARKUP = (
    "<b>Bold</b> *star* _line_ #set text(size: 99pt) #{1 + 1} @ref {{ 7 * 7 }} $x^2$ `code` // no "
    "\\ ~ -- ''' \" [a](b) <script>alert(1)</script> &amp; = head"
)


def test_markup_in_facts_is_text(example: Path) -> None:
    file = example / "procedures/teapot-polishing.yml"
    edit(file, "  - Which cloth do you use?", f"  - {json.dumps(MARKUP)}")
    edit(file, "  name: Teapot polishing", f"  name: {json.dumps(MARKUP)}")
    pdf = typeset(write(example))
    assert text_in(pdf).count(bare(MARKUP)) == 2
    assert pdf.metadata
    assert pdf.metadata.title == MARKUP
    assert bare(MARKUP) in text_in(typeset(write(example, COMPARISON), A4_LARGE))


def test_character_missing_in_the_font_is_an_error(example: Path, content: Path) -> None:
    edit(example / "procedures/teapot-polishing.yml", "Which cloth do you", "Which \U0001fad6 cloth do you")
    site = add_leaflets(prepare(example, content, TODAY, SETTINGS))
    assert {problem.place.path for problem in site.errors} == {"data/procedures/teapot-polishing.yml"}
    assert all("cannot be typeset" in problem.message for problem in site.errors)
    assert f"leaflets/{POLISHING}-a4.pdf" not in site.leaflets


# Version


def test_qr_code_links_to_the_version_on_paper(example: Path, facts: Facts) -> None:
    leaflet = write(example)
    address = "https://clinic.example/teapots/procedures/teapot-polishing.html"
    code = segno.make(f"{address}#paper-{leaflet.version}", micro=False).svg_inline(border=0)
    assert code in leaflet.html
    pdf = typeset(leaflet)
    assert bare(address) in text_in(pdf)
    assert bare(f"Version {leaflet.version}") in pages_of(pdf)[0]
    edit(example / "procedures/teapot-polishing.yml", "if the teapot falls.", "if the teapot tips over.")
    assert write(example).version != leaflet.version
    assert write(example, COMPARISON).version != write(facts, COMPARISON).version


@pytest.mark.parametrize("id", [POLISHING, COMPARISON])
def test_without_site_url_leaflets_mention_no_web_page(facts: Facts, id: str) -> None:
    leaflet = write(facts, id, Settings(leaflets=True))
    pdf = typeset(leaflet)
    assert bare("Ask the team that gave it to you whether there is a newer one.") in pages_of(pdf)[0]
    assert not [*tags(pdf).all("/Figure")]
    assert not re.search(r"\b(web|pages?|online|scan)\b", LexborHTMLParser(leaflet.html).text())


# Accessibility


@pytest.mark.parametrize(("id", "edition"), [*zip([POLISHING, COMPARISON] * 2, EDITIONS, strict=True)])
def test_pdf_has_tags_title_and_language(pdfs: dict[str, bytes], id: str, edition: Edition) -> None:
    pdf = PdfReader(io.BytesIO(pdfs[f"leaflets/{id}-{edition.id}.pdf"]))
    root = root_of(pdf)
    assert bool(root["/MarkInfo"]["/Marked"].value)
    assert root["/Lang"] == "en-US"
    assert bool(root["/ViewerPreferences"]["/DisplayDocTitle"].value)
    assert pdf.metadata
    assert pdf.metadata.title
    assert pdf.metadata.author == SETTINGS.site_name
    assert b"<pdfuaid:part>1</pdfuaid:part>" in bytes(root["/Metadata"].get_data())
    levels = [int(tag.kind[2:]) for tag in tags(pdf).all() if re.fullmatch(r"/H\d", tag.kind)]
    assert levels[0] == 1
    assert levels.count(1) == 1
    assert all(below - above <= 1 for above, below in pairwise(levels))
    assert len(levels) > 3


def test_qr_code_has_alternative_text(facts: Facts) -> None:
    [figure] = tags(typeset(write(facts))).all("/Figure")
    assert figure.alt.startswith("A code to scan with a phone. It leads to https://clinic.example/")


def test_table_cells_have_their_question_and_option_as_headers(facts: Facts) -> None:
    tables = [*tags(typeset(write(facts, COMPARISON))).all("/Table")]
    assert tables
    for table in tables:
        [question], names = ([*row.all("/TH")] for row in [*table.all("/TR")][:2])
        assert headers_of_cells(table) == [[[name.id, question.id] for name in names]]


def test_columns_of_all_options_have_equal_width(facts: Facts) -> None:
    pdf = typeset(write(facts, COMPARISON))
    names = {bare(name) for _, name in compare_options(facts.comparisons[COMPARISON], facts).columns}
    edges: set[int] = set()

    def visit(text: str, place: list[float], *_: object) -> None:
        if bare(text) in names:
            edges.add(round(place[4]))

    for page in pdf.pages:
        page.extract_text(visitor_text=visit)
    widths = [right - left for left, right in pairwise(sorted(edges))]
    assert len(widths) == len(names) - 1
    assert max(widths) - min(widths) <= 1


def test_large_print_names_the_option_before_each_answer(facts: Facts) -> None:
    pdf = typeset(write(facts, COMPARISON), A4_LARGE)
    grid = compare_options(facts.comparisons[COMPARISON], facts)
    names = dict(grid.columns)
    text = text_in(pdf)
    assert not [*tags(pdf).all("/Table")]
    for row in grid.rows:
        answers = "".join(f"{names[cell.option]}: {join(cell.sentence)}" for cell in row.cells)
        assert bare(f"{row.asks}{answers}").lower() in text.lower()


@pytest.mark.parametrize("is_repeated", [True, False])
def test_large_print_leaves_out_repeated_results(example: Path, is_repeated: bool) -> None:
    words = "{says: It can help., facts: [benefits.quiet]}"
    results = "" if is_repeated else f"grid:\n  works: {{{POLISHING}: {words}, teapot-leave-alone: {words}}}\n"
    text = f"with_and_without: [{POLISHING}.benefits.quiet]\n{results}conditions:"
    edit(example / f"comparisons/{COMPARISON}.yml", "conditions:", text)
    text = text_in(typeset(write(example, COMPARISON), A4_LARGE))
    assert (bare("With and without it, in one study") in text) == (not is_repeated)


# Builds


def test_build_has_leaflets_and_links_to_them(project: Path) -> None:
    edit(project / "mkdocs.yml", "leaflets: false", "leaflets: true")
    done = run(project, "mkdocs", "--quiet", "build", "--strict")
    assert done.returncode == 0, done.stderr
    site = project / "site"
    assert (site / "leaflets/teapot-polishing-letter-large.pdf").read_bytes().startswith(b"%PDF-")
    assert run(project, "build_tools", "verify", "site").returncode == 0
    (site / "leaflets/teapot-polishing-letter-large.pdf").unlink()
    missing = run(project, "build_tools", "verify", "site")
    assert 'leaflets/teapot-polishing-letter-large.pdf" is not a file of the site.' in missing.stderr
    assert missing.stderr.startswith("content/templates/")
