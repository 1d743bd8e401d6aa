"""A leaflet says in print what the page says, whoever reads it, and looks the same on any day."""

from __future__ import annotations

import io
import re
import shutil
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import pairwise
from pathlib import Path
from typing import Any

import pytest
import segno
from pypdf import PdfReader
from pypdf.generic import DictionaryObject, PdfObject
from selectolax.lexbor import LexborHTMLParser

from build_tools.beside import with_leaflets
from build_tools.facts import Facts, load
from build_tools.leaflets import (
    EDITIONS,
    MOST_PAGES,
    TEMPLATE,
    Edition,
    Leaflet,
    leaflets,
    pages_in,
    set_leaflet,
    tree,
    write_leaflet,
)
from build_tools.records import QUESTIONS
from build_tools.rendering import Renderer
from build_tools.settings import Settings
from build_tools.site import prepare
from tests.conftest import ROOT, TODAY, edit, run

pytestmark = pytest.mark.slow

CONTENT = ROOT / "content"
SETTINGS = Settings("All about teapots", "https://clinic.example/teapots/", leaflets=True)
A4, _, A4_LARGE, _ = EDITIONS
POLISHING, LID, COMPARISON = "teapot-polishing", "teapot-lid-polishing", "squeaking-teapot"


def words_of(data: Path | Facts, id: str = POLISHING, room: int = 3, settings: Settings = SETTINGS) -> Leaflet:
    """What a leaflet says."""
    facts = load(data, settings.clinic)[0] if isinstance(data, Path) else data
    return write_leaflet(Renderer(facts, CONTENT, TODAY, settings), id, room)


def read(leaflet: Leaflet, edition: Edition = A4) -> PdfReader:
    """A leaflet, set and read back."""
    return PdfReader(io.BytesIO(set_leaflet(leaflet, edition, CONTENT / TEMPLATE, SETTINGS.site_name)))


def bare(text: str) -> str:
    """A text without white space, because a line may end anywhere."""
    return re.sub(r"\s+", "", text)


def text_in(pdf: PdfReader) -> str:
    """All that can be read in a PDF, without white space and what stands at the foot of each page."""
    assert pdf.metadata
    foot = re.compile(rf"({re.escape(bare(pdf.metadata.title or ''))},v|V)ersion[0-9a-f]{{12}}Page\d+of\d+$")
    return "".join(foot.sub("", bare(page.extract_text())) for page in pdf.pages)


@dataclass(frozen=True)
class Tag:
    """One element of a PDF's structure: its kind, its alternative text, and the scope of a table's head."""

    kind: str
    alt: str
    scope: str


def tags(pdf: PdfReader) -> list[Tag]:
    """The structure that a screen reader follows, in its order."""

    def each(node: Any) -> list[Any]:
        node = node.get_object() if isinstance(node, PdfObject) else node
        return [part for inner in node for part in each(inner)] if isinstance(node, list) else [node]

    def walk(node: Any) -> Iterator[Tag]:
        for element in each(node):
            if isinstance(element, DictionaryObject):
                scopes = [str(part["/Scope"]) for part in each(element.get("/A", {})) if "/Scope" in part]
                if "/S" in element:
                    yield Tag(str(element["/S"]), str(element.get("/Alt", "")), "".join(scopes))
                yield from walk(element.get("/K", []))

    return [*walk(root_of(pdf)["/StructTreeRoot"])]


def root_of(pdf: PdfReader) -> Any:
    """The catalog of a PDF."""
    return pdf.trailer["/Root"]


@pytest.fixture(scope="module")
def facts() -> Facts:
    return load(ROOT / "docs/example/data")[0]


@pytest.fixture(scope="module")
def made(facts: Facts) -> dict[str, bytes]:
    """Every leaflet of the example."""
    pdfs, problems = leaflets(Renderer(facts, CONTENT, TODAY, SETTINGS))
    assert problems == []
    return pdfs


# Which there are


def test_every_page_has_a_leaflet_in_every_edition(facts: Facts, made: dict[str, bytes]) -> None:
    assert set(made) == {
        f"leaflets/{id}-{edition}.pdf"
        for id in (*facts.procedures, *facts.comparisons)
        for edition in ("a4", "letter", "a4-large", "letter-large")
    }


def test_paper_has_the_size_that_its_name_says_and_large_print_takes_more_of_it(made: dict[str, bytes]) -> None:
    for name, (width, height) in {"a4": (595, 842), "letter": (612, 792)}.items():
        normal, large = (
            PdfReader(io.BytesIO(made[f"leaflets/{POLISHING}-{name}{ending}.pdf"])) for ending in ("", "-large")
        )
        for pdf in (normal, large):
            assert [round(float(side)) for side in pdf.pages[0].mediabox[2:]] == [width, height]
        assert 2 <= len(normal.pages) <= MOST_PAGES < len(large.pages)
        sizes = [size for page in large.pages for size in sizes_on(page)]
        assert min(sizes) >= 18, "in large print, something is small"


def sizes_on(page: Any) -> list[float]:
    """The sizes of all type on a page, without that of its pictures."""
    found: list[float] = []
    page.extract_text(visitor_text=lambda text, _, tm, font, size: found.append(size) if len(text) > 3 else None)
    return found


def test_the_same_facts_give_the_same_bytes(example: Path, made: dict[str, bytes], tmp_path: Path) -> None:
    content = shutil.copytree(CONTENT, tmp_path / "elsewhere")
    later = TODAY.replace(day=TODAY.day + 5)
    assert leaflets(Renderer(load(example)[0], content, later, SETTINGS)) == (made, [])


def test_a_preview_and_a_site_that_wants_no_leaflets_have_none(example: Path, content: Path) -> None:
    for settings, preview in ((SETTINGS, True), (Settings(), False)):
        site = with_leaflets(prepare(example, content, TODAY, settings, preview))
        assert site.leaflets == {}
        assert [page.path for page in site.pages if "leaflets/" in page.text or "paper-" in page.text] == []


# What they say


@pytest.mark.parametrize(("id", "edition"), [(POLISHING, A4), (COMPARISON, A4_LARGE)])
def test_what_is_written_can_be_read_in_the_pdf(facts: Facts, id: str, edition: Edition) -> None:
    leaflet = words_of(facts, id)
    text = text_in(read(leaflet, edition))
    runs = [*runs_of(tree(leaflet.html))]
    assert len(runs) > 80
    assert [run for run in runs if not stands_in(run, text) and run != "serious"] == []


def stands_in(words: str, text: str) -> bool:
    """Whether a text can be read, also in a cell of a table that goes on after other cells on the next page."""
    sought = bare(words)
    return any(sought[:end] in text and sought[end:] in text for end in range(len(sought) + 1))


def runs_of(blocks: list[dict[str, Any]]) -> Iterator[str]:
    for block in blocks:
        yield from (run["text"] for run in block.get("runs", ()))
        yield from runs_of(block.get("blocks", []))


@pytest.mark.parametrize("id", [POLISHING, COMPARISON])
def test_the_shortest_leaflet_has_every_serious_harm(example: Path, id: str) -> None:
    break_often(example, 20)
    facts, _ = load(example)
    name = "A spout that breaks off"
    for room in (3, 2, 1, 0):
        assert words_of(facts, id, room).html.count(name) >= 21


def break_often(data: Path, times: int) -> None:
    """Give a procedure its serious harm again, so many times."""
    file = data / "procedures/teapot-polishing.yml"
    text = file.read_text("utf-8")
    [harm] = re.findall(r"^  broken-spout:\n(?:    .*\n)+", text, re.MULTILINE)
    more = "".join(harm.replace("  broken-spout:", f"  broken-{number}:") for number in range(times))
    file.write_text(text.replace(harm, harm + more), "utf-8")


def test_a_harm_without_a_frequency_says_that_it_does_not_apply(example: Path) -> None:
    file = example / f"procedures/{POLISHING}.yml"
    old, _, rest = file.read_text("utf-8").partition("      registry:\n        counted: lost the spout\n")
    after = rest.partition("    sources: [saucer-2023]\n  scratches:")
    file.write_text(
        f"{old}      registry: {{does_not_apply: Spouts are not counted.}}\n{''.join(after[1:])}", "utf-8"
    )
    for room in (3, 0):
        html = words_of(example, room=room).html
        assert "Does not apply. Spouts are not counted." in LexborHTMLParser(html).text()


@pytest.mark.parametrize(
    ("reason", "said"),
    [("not-read", "What we read does not say how often:"), ("searched", "We searched for how often and found no")],
)
def test_a_leaflet_tells_what_was_searched_from_what_was_not_read(example: Path, reason: str, said: str) -> None:
    edit(
        example / f"procedures/{LID}.yml", "on the lid.\n    weight: passes", "on the lid.\n    weight: dangerous"
    )
    edit(
        example / f"procedures/{LID}.yml",
        "gives a number.\n        reason: not-read",
        f"gives a number.\n        reason: {reason}",
    )
    words = " ".join(LexborHTMLParser(words_of(example, LID, room=0).html).text().split())
    assert said in words


def test_a_leaflet_gets_shorter_until_it_fits_on_four_pages(example: Path) -> None:
    break_often(example, 50)
    whole = set_leaflet(words_of(example), A4, CONTENT / TEMPLATE, "")
    pdfs, problems = leaflets(Renderer(load(example)[0], CONTENT, TODAY, SETTINGS))
    assert problems == []
    assert pages_in(whole) > MOST_PAGES >= pages_in(pdfs[f"leaflets/{POLISHING}-a4.pdf"])


HOSTILE = (
    "<b>Bold</b> *star* _line_ #set text(size: 99pt) #{1 + 1} @ref {{ 7 * 7 }} $x^2$ `code` // no "
    r"\ ~ -- ''' \" [a](b) <script>alert(1)</script> &amp; = head".replace(r"\"", '"')
)


def test_what_looks_like_markup_is_text(example: Path) -> None:
    file = example / "procedures/teapot-polishing.yml"
    quoted = HOSTILE.replace("\\", "\\\\").replace('"', '\\"')
    edit(file, "says: The spout can break off if the teapot falls.", f'says: "{quoted}"')
    text = file.read_text("utf-8")
    name = re.search(r"^  name: (.*)$", text, re.MULTILINE)
    assert name
    file.write_text(text.replace(name[0], f'  name: "{quoted}"', 1), "utf-8")
    pdf = read(words_of(example))
    assert text_in(pdf).count(bare(HOSTILE)) == 2
    assert pdf.metadata
    assert pdf.metadata.title == HOSTILE
    assert bare(HOSTILE) in text_in(read(words_of(example, COMPARISON), A4_LARGE))


def test_a_letter_that_the_typeface_lacks_is_a_problem_of_its_file(example: Path) -> None:
    edit(example / "procedures/teapot-polishing.yml", "if the teapot falls.", "if the teapot \U0001fad6 falls.")
    pdfs, problems = leaflets(Renderer(load(example)[0], CONTENT, TODAY, SETTINGS))
    assert {problem.place.path for problem in problems} == {"data/procedures/teapot-polishing.yml"}
    assert all("cannot be set" in problem.message for problem in problems)
    assert f"leaflets/{POLISHING}-a4.pdf" not in pdfs


# Whether it is the current one


def test_the_code_leads_to_the_version_on_paper(example: Path) -> None:
    leaflet = words_of(example)
    address = "https://clinic.example/teapots/procedures/teapot-polishing.html"
    code = segno.make(f"{address}#paper-{leaflet.version}", micro=False).svg_inline(border=0)
    assert code in leaflet.html
    pdf = read(leaflet)
    assert bare(address) in text_in(pdf)
    assert bare(f"This is version {leaflet.version}") in text_in(pdf)
    edit(example / "procedures/teapot-polishing.yml", "if the teapot falls.", "if the teapot tips over.")
    assert words_of(example).version != leaflet.version
    assert words_of(example, COMPARISON).version != words_of(ROOT / "docs/example/data", COMPARISON).version


def test_without_an_address_there_is_no_code_and_readers_ask_the_clinic(facts: Facts) -> None:
    leaflet = words_of(facts, settings=Settings(leaflets=True))
    pdf = read(leaflet)
    assert "Ask the clinic that gave it to you which version is the current one." in leaflet.html
    assert not [tag for tag in tags(pdf) if "code to scan" in tag.alt]


# Who reads it with a screen reader


@pytest.mark.parametrize(("id", "edition"), [*zip([POLISHING, COMPARISON] * 2, EDITIONS, strict=True)])
def test_it_is_tagged_and_names_its_title_and_language(made: dict[str, bytes], id: str, edition: Edition) -> None:
    pdf = PdfReader(io.BytesIO(made[f"leaflets/{id}-{edition.id}.pdf"]))
    root = root_of(pdf)
    assert bool(root["/MarkInfo"]["/Marked"].value)
    assert root["/Lang"] == "en-US"
    assert bool(root["/ViewerPreferences"]["/DisplayDocTitle"].value)
    assert pdf.metadata
    assert pdf.metadata.title
    assert pdf.metadata.author == SETTINGS.site_name
    assert b"<pdfuaid:part>1</pdfuaid:part>" in bytes(root["/Metadata"].get_data())
    found = tags(pdf)
    levels = [int(tag.kind[2:]) for tag in found if re.fullmatch(r"/H\d", tag.kind)]
    assert levels[0] == 1
    assert levels.count(1) == 1
    assert all(below - above <= 1 for above, below in pairwise(levels))
    assert len(levels) > 5


def test_every_picture_says_what_it_shows(facts: Facts) -> None:
    leaflet = words_of(facts)
    pictures = [tag.alt for tag in tags(read(leaflet)) if tag.kind == "/Figure"]
    drawn = leaflet.html.count("<svg")
    assert len(pictures) == drawn > 3
    assert all(pictures)
    assert any("Treated here: " in alt for alt in pictures)
    assert any(re.fullmatch(r"Dots: .* of .*", alt) for alt in pictures)
    assert any(
        alt.startswith("A code to scan with a phone. It leads to https://clinic.example/") for alt in pictures
    )


@pytest.mark.parametrize("edition", [A4, A4_LARGE], ids=lambda edition: edition.id)
def test_a_table_has_heads_that_say_what_they_are_for(facts: Facts, edition: Edition) -> None:
    found = tags(read(words_of(facts, COMPARISON), edition))
    heads = [tag for tag in found if tag.kind == "/TH"]
    options, rows = facts.comparisons[COMPARISON].options, len(QUESTIONS) + 1  # and one harm
    assert sum(tag.kind == "/Table" for tag in found) == 2
    assert len(heads) == 2 * len(options) + rows
    assert {head.scope for head in heads} == {"/Column"}
    assert sum(tag.kind == "/TD" for tag in found) == len(options) * rows


@pytest.mark.parametrize("id", [POLISHING, COMPARISON])
def test_every_font_is_embedded(made: dict[str, bytes], id: str) -> None:
    pdf = PdfReader(io.BytesIO(made[f"leaflets/{id}-a4.pdf"]))
    names = set()
    for page in pdf.pages:
        resources: Any = page["/Resources"]
        for font in resources.get("/Font", {}).values():
            [below] = font.get_object()["/DescendantFonts"]
            about = below.get_object()["/FontDescriptor"].get_object()
            assert about.keys() & {"/FontFile2", "/FontFile3"}
            names.add(str(about["/FontName"]).partition("+")[2])
    assert names == {"AtkinsonHyperlegible-Regular", "AtkinsonHyperlegible-Bold"}


# Where they are built


def test_a_build_has_leaflets_and_its_pages_lead_to_them(project: Path) -> None:
    edit(project / "mkdocs.yml", "leaflets: false", "leaflets: true")
    done = run(project, "mkdocs", "--quiet", "build", "--strict")
    assert done.returncode == 0, done.stderr
    site = project / "site"
    assert (site / "leaflets/teapot-polishing-letter-large.pdf").read_bytes().startswith(b"%PDF-")
    assert run(project, "build_tools", "verify", "site").returncode == 0
    (site / "leaflets/teapot-polishing-letter-large.pdf").unlink()
    missing = run(project, "build_tools", "verify", "site")
    assert 'leaflets/teapot-polishing-letter-large.pdf" leads to no file of the site.' in missing.stderr
    assert missing.stderr.startswith("content/templates/parts/leaflets.html:")


def test_a_leaflet_that_cannot_be_set_leaves_the_last_good_site(project: Path) -> None:
    edit(project / "mkdocs.yml", "leaflets: false", "leaflets: true")
    (project / "site").mkdir()
    (project / "site/index.html").write_text("The last good one", "utf-8")
    edit(
        project / "data/procedures/teapot-polishing.yml", "if the teapot falls.", "if the teapot \U0001fad6 falls."
    )
    done = run(project, "mkdocs", "--quiet", "build", "--strict")
    assert done.returncode == 1
    assert "data/procedures/teapot-polishing.yml" in done.stderr
    assert "Traceback" not in done.stderr
    assert (project / "site/index.html").read_text("utf-8") == "The last good one"
