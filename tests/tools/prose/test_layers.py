"""A clinic's own layer: what it can say, what it cannot touch, and where it is shown."""

from __future__ import annotations

import re
import struct
import zlib
from datetime import date, timedelta
from pathlib import Path
from xml.etree import ElementTree

import pytest
from selectolax.lexbor import LexborHTMLParser

from build_tools.load.loader import load
from build_tools.load.logos import Logo, read_logo
from build_tools.load.settings import Settings
from build_tools.pipeline import prepare
from build_tools.prose import layers
from build_tools.records.clinic import Clinic, LocalProcedure
from build_tools.records.problems import Problem
from build_tools.records.procedure import Procedure
from build_tools.release.beside import make_files_for_pages
from build_tools.render.rendering import Site
from tests.conftest import ROOT, TODAY, detail_text, edit, loaded, run

CLINIC = "clinics/teapot-house/clinic.yml"
ID = "teapot-house"
STAY = "    stay: Plan for one hour.\n"
TEXTS = ["teapot-polishing", "teapot-lid-polishing"]
"""The procedures about which the clinic has a text."""


def problems_of(example: Path, content: Path) -> list[Problem]:
    return [p for p in prepare(example, content, TODAY).problems if p.place.path.startswith("data/clinics")]


def shown(example: Path, content: Path, clinic: str = ID) -> Site:
    return prepare(example, content, TODAY, Settings(clinic=clinic))


def page(site: Site, path: str) -> str:
    [text] = [page.text for page in site.pages if page.path == path]
    return text


# What a layer cannot say


@pytest.mark.parametrize("written", [
    "harms: {}", "benefits: {}", "weight: passes", "says: It is quick.", "hide: everything", "hospital_stay: {}",
])  # fmt: skip
def test_a_layer_that_touches_a_medical_fact_is_refused(example: Path, content: Path, written: str) -> None:
    edit(example / CLINIC, STAY, f"    {written}\n")
    line = (example / CLINIC).read_text("utf-8").splitlines().index(f"    {written}") + 1
    [problem] = problems_of(example, content)
    assert (problem.place.path, problem.place.line, problem.place.column) == (f"data/{CLINIC}", line, 5)
    assert problem.message.startswith(f'"{written.partition(":")[0]}" is not a field of a clinic\'s file')
    assert problem.hint.startswith("Medical facts are the same in every clinic")


def test_no_field_of_a_layer_has_the_name_of_a_fact() -> None:
    assert not LocalProcedure.model_fields.keys() & Procedure.model_fields.keys()
    assert layers.LABELS.keys() | {"offered", "referred_to"} == LocalProcedure.model_fields.keys()


def test_an_unknown_procedure_is_named_with_those_that_there_are(example: Path, content: Path) -> None:
    edit(example / CLINIC, "  teapot-lid-polishing:", "  teapot-lid-polising:")
    [problem] = problems_of(example, content)
    assert problem.message == 'There is no procedure called "teapot-lid-polising".'
    assert "It can be: teapot-care (Teapot care); " in problem.hint
    assert problem.place.column == 3


@pytest.mark.parametrize(("text", "said"), [
    ("Plan for one hour. There are no risks.", '"risks" speaks of what a procedure does to people'),
    ("Plan for one hour. Nobody here gets scratches.", "speaks of what a procedure does to people"),
    ("We rarely keep you here.", '"rarely" is a word that this site avoids'),
    ("It is safe here.", '"safe" is a word that this site avoids'),
    ("We recommend this to you.", '"We recommend" is a word that this site avoids'),
    ("9 out of 10 people go home at once.", '"9 out of 10" is a share that is typed by hand.'),
    ("In our study of 30 people all went home.", '"30 people" is a count of people that is typed by hand.'),
])  # fmt: skip
def test_a_layer_states_no_result_and_judges_nothing(example: Path, content: Path, text: str, said: str) -> None:
    wording = (ROOT / "data/wording.yml").read_text("utf-8")
    (example / "wording.yml").write_text(wording.replace("schema/", "../../../data/schema/"), "utf-8")
    edit(example / CLINIC, STAY, f"    stay: {text}\n")
    found = problems_of(example, content)
    assert [said in problem.message for problem in found] == [True], [str(problem) for problem in found]


def test_an_exception_with_a_reason_covers_a_word_of_a_layer(example: Path, content: Path) -> None:
    reason = "    # allow: medical-fact until 2027-06-30: It is the name of the leaflet.\n"
    edit(example / CLINIC, STAY, f'{reason}    stay: Bring the leaflet "Your risks".\n')
    assert problems_of(example, content) == []


def test_a_word_that_one_clinic_spells_so_is_right_there_alone(example: Path, content: Path) -> None:
    assert problems_of(example, content) == []
    edit(example / "procedures/teapot-polishing.yml", "with a soft cloth", "with an Exampleville cloth")
    found = prepare(example, content, TODAY).problems
    assert '"Exampleville" is not in the US English dictionary.' in {problem.message for problem in found}
    edit(example / CLINIC, "spelling: [Exampleville]\n", "")
    [problem] = problems_of(example, content)
    assert problem.place.line == 24
    assert '"spelling" of this file' in problem.hint


@pytest.mark.parametrize(("old", "new", "said"), [
    ("    offered: false\n", "    offered: true\n", "A procedure is either done at the clinic"),
    ("phone: 555-0100\n", "phone: ask at the desk\n", '"phone" cannot be "ask at the desk".'),
    ('emergency_number: "911"', "emergency_number: the desk", '"emergency_number" cannot be "the desk".'),
    ("email: ", "email: mailto:", '"email" cannot be "mailto:squeaks@teapot-house.example".'),
    ("approved_on: 2026-11-20", "approved_on: soon", '"soon" is not a date'),
    ("website: https:", "website: javascript:", '"website" cannot be "javascript://teapot-house.example/".'),
    ("mailto:squeaks@", "mailto:?to=squeaks@", '"report_to" cannot be'),
    ("logo: logo.svg", "logo: ../../drawings/teapot.svg", '"logo" cannot be "../../drawings/teapot.svg".'),
    ('light: "#1f4e2c"', "light: #1f4e2c", '"light" has no text.'),
    ("funding: The Teapot House pays for showing this site.\n", "", '"funding" is missing here.'),
])  # fmt: skip
def test_what_a_clinic_must_say_is_asked_for(example: Path, content: Path, old: str, new: str, said: str) -> None:
    edit(example / CLINIC, old, new)
    [problem] = problems_of(example, content)
    assert said in problem.message
    assert problem.hint


@pytest.mark.parametrize(("written", "printed", "dialed"), [
    ("(555) 014-2000", "(555) 014-2000", "555-014-2000"),
    ("020 7946 0018 ext 4", "020 7946 0018, extension 4", "020-7946-0018;ext=4"),
    ("020 7946 0018, ext. 4", "020 7946 0018, extension 4", "020-7946-0018;ext=4"),
    ("555.0142 x3", "555.0142, extension 3", "555-0142;ext=3"),
    ("555-0142, extension 3", "555-0142, extension 3", "555-0142;ext=3"),
    ("089/12345-0", "089/12345-0", "089-12345-0"),
    ("+44 (0)20 7946 0018", "+44 (0)20 7946 0018", "+44-20-7946-0018"),
])  # fmt: skip
def test_a_phone_number_is_dialed_as_people_write_it(
    project: Path, written: str, printed: str, dialed: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    edit(project / "data" / CLINIC, "phone: 555-0100\n", f'phone: "{written}"\n')
    made = page(shown(project / "data", project / "content"), "procedures/teapot-polishing.md")
    assert f'<a class="phone" href="tel:{dialed}">{printed}</a>' in made


@pytest.mark.parametrize(("old", "new", "message", "hint"), [
    ("phone: 555-0100\n", "phone: 555-0100 or 555-0199\n", '"phone" cannot be "555-0100 or 555-0199".',
     "(555) 014-2000"),
    ("https://teapot-house.example/", "https://bärental.example/",
     '"website" cannot be "https://bärental.example/".', "begins with xn--"),
])  # fmt: skip
def test_what_can_be_written_is_said(
    example: Path, content: Path, old: str, new: str, message: str, hint: str
) -> None:
    edit(example / CLINIC, old, new)
    [problem] = problems_of(example, content)
    assert problem.message == message
    assert hint in problem.hint


def test_every_emergency_number_can_be_dialed(example: Path, content: Path) -> None:
    edit(example / CLINIC, 'emergency_number: "911"', "emergency_number: 112 or 144")
    site = shown(example, content)
    assert site.problems == []
    links = '<a class="phone" href="tel:112">112</a> or <a class="phone" href="tel:144">144</a>'
    assert f"call {links}." in page(site, "procedures/teapot-polishing.md")
    assert links in page(site, "take-along/teapot-polishing.md")


def test_people_are_asked_to_ask_where_a_clinic_names_no_other_place(example: Path, content: Path) -> None:
    edit(example / CLINIC, "    referred_to: the Lid Workshop, 555-0102\n", "")
    site = shown(example, content)
    assert site.problems == []
    assert "No. Ask the team where to go for this." in page(site, "procedures/teapot-lid-polishing.md")


# Its color and its logo


def test_a_color_that_cannot_be_read_is_refused(example: Path, content: Path) -> None:
    edit(example / CLINIC, 'light: "#1f4e2c"', 'light: "#3b8f52"')
    [problem] = problems_of(example, content)
    assert re.search(r"contrast is 3\.\d+ to 1, and must be 7 to 1", problem.message)
    assert problem.hint == "Choose a darker one."


def chunk(kind: bytes, body: bytes) -> bytes:
    return struct.pack(">I", len(body)) + kind + body + struct.pack(">I", zlib.crc32(kind + body))


def png(width: int = 96, height: int = 48, extra: bytes = b"") -> bytes:
    header = chunk(b"IHDR", struct.pack(">IIBBBBB", width, height, 8, 0, 0, 0, 0))
    data = chunk(b"IDAT", zlib.compress(b"\0" * (width + 1) * height))
    return b"\x89PNG\r\n\x1a\n" + header + data + chunk(b"IEND", b"") + extra


def accepted(file: Path, content: bytes) -> Logo:
    """A logo in which reading finds nothing wrong."""
    file.write_bytes(content)
    logo, problems = read_logo(file, file.name)
    assert problems == []
    assert logo
    return logo


def test_a_logo_is_shown_as_high_as_all_and_as_wide_as_it_is(tmp_path: Path) -> None:
    logo = accepted(tmp_path / "sign.png", png(100, 50))
    assert (logo.name, logo.width, logo.height) == ("clinic-logo.png", 96, 48)


def test_a_png_tells_nothing_but_its_picture(tmp_path: Path) -> None:
    plain, kept = png(100, 50), chunk(b"tRNS", b"\0\0")
    notes = chunk(b"eXIf", b"GPS 51.5 N") + chunk(b"tEXt", b"Author\0Somebody") + kept
    logo = accepted(tmp_path / "photo.png", plain[:33] + notes + plain[33:])
    assert logo.content == plain[:33] + kept + plain[33:]


INKSCAPE = """<?xml version="1.0" encoding="UTF-8" standalone="no"?>
<!-- Created with Inkscape (http://www.inkscape.org/) -->
<svg width="96" height="48" viewBox="0 0 96 48" version="1.1" id="svg5" xml:space="preserve"
   inkscape:version="1.2.2" sodipodi:docname="logo.svg"
   xmlns:inkscape="http://www.inkscape.org/namespaces/inkscape" xmlns="http://www.w3.org/2000/svg"
   xmlns:sodipodi="http://sodipodi.sourceforge.net/DTD/sodipodi-0.dtd" xmlns:svg="http://www.w3.org/2000/svg">
  <sodipodi:namedview id="namedview7" pagecolor="#ffffff" inkscape:current-layer="layer1" />
  <defs id="defs2"><linearGradient id="unused"><stop offset="0" /></linearGradient></defs>
  <metadata id="metadata1"><rdf:RDF xmlns:rdf="http://www.w3.org/1999/02/22-rdf-syntax-ns#">Somebody</rdf:RDF></metadata>
  <g inkscape:label="Layer 1" inkscape:groupmode="layer" id="layer1">
    <path
       style="fill:#00ff00;stroke:none;-inkscape-font-specification:'Sans, Bold';stroke-width:0.26"
       d="M 0,0 H 96 V 48 H 0 Z" id="rect1" sodipodi:nodetypes="ccccc" />
  </g>
</svg>
"""


def test_a_logo_as_inkscape_saves_it_is_shown_without_what_inkscape_needs(tmp_path: Path) -> None:
    text = accepted(tmp_path / "sign.svg", INKSCAPE.encode()).content.decode()
    assert not re.search("inkscape|sodipodi|rdf|style|Somebody|gradient", text, re.IGNORECASE)
    [path] = ElementTree.fromstring(text).iter("{http://www.w3.org/2000/svg}path")
    assert path.attrib == {
        "d": "M 0,0 H 96 V 48 H 0 Z", "fill": "#00ff00", "stroke": "none", "stroke-width": "0.26", "id": "rect1",
    }  # fmt: skip


@pytest.mark.parametrize(("old", "new", "line", "said"), [
    ("fill:#00ff00", "fill:url(#unused)", 12, '"fill"'),
    ("    <path\n", '    <text x="1">A</text><path\n', 11, "<text>"),
    ("stroke:none", "filter:url(#blur)", 12, '"filter"'),
    ("  </g>\n", '  <image href="a.png"/></g>\n', 14, "<image>"),
])  # fmt: skip
def test_a_logo_that_cannot_be_cleaned_is_refused_in_one_sentence(
    tmp_path: Path, old: str, new: str, line: int, said: str
) -> None:
    assert old in INKSCAPE
    (tmp_path / "sign.svg").write_text(INKSCAPE.replace(old, new), "utf-8")
    logo, [problem] = read_logo(tmp_path / "sign.svg", "sign.svg")
    assert logo is None
    assert problem.place.line == line
    assert problem.message.startswith(f"{said} is not allowed in a picture")
    assert "plain SVG, with texts as paths" in problem.hint


SVG = '<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 9 9">'


@pytest.mark.parametrize(("name", "content"), [
    ("a.png", b"<script>alert(1)</script>"),
    ("a.png", png(extra=b"<script>alert(1)</script>")),
    ("a.png", png()[:-3]),
    ("a.png", png(900, 10)),
    ("a.png", b"\x89PNG\r\n\x1a\n" + b"\0" * 60_000),
    ("a.svg", png()),
    ("a.svg", b'<svg viewBox="0 0 9 9"/>'),
    ("a.svg", b'<svg xmlns="http://www.w3.org/2000/svg"/>'),
    ("a.svg", SVG.replace("9 9", "9 nan").encode() + b"</svg>"),
    ("a.svg", f'<!DOCTYPE svg [<!ENTITY a "b">]>{SVG}</svg>'.encode()),
    *(("a.svg", f"{SVG}{inside}</svg>".encode()) for inside in (
        "<script>alert(1)</script>",
        '<path d="M0 0" onclick="alert(1)"/>',
        '<path d="M0 0" style="background:url(//evil.example)"/>',
        '<path d="M0 0" fill="url(//evil.example/a)"/>',
        '<image href="https://evil.example/a.png"/>',
        '<a xmlns:x="http://www.w3.org/1999/xlink" x:href="javascript:alert(1)"><path d="M0 0"/></a>',
        '<foreignObject><b xmlns="http://www.w3.org/1999/xhtml">x</b></foreignObject>',
        "<style>@import url(//evil.example)</style>",
        '<animate attributeName="d" to="x"/>',
    )),
])  # fmt: skip
def test_a_logo_in_which_something_could_hide_is_refused(tmp_path: Path, name: str, content: bytes) -> None:
    (tmp_path / name).write_bytes(content)
    logo, problems = read_logo(tmp_path / name, name)
    assert logo is None
    assert problems
    assert all(problem.hint for problem in problems)


def test_a_logo_that_is_missing_is_named(example: Path, content: Path) -> None:
    (example / "clinics/teapot-house/logo.svg").unlink()
    [problem] = problems_of(example, content)
    assert problem.message == "This file is missing."


# Which clinic is shown


def test_without_a_clinic_no_page_has_a_word_of_one(example: Path, content: Path) -> None:
    made = [page.text for page in shown(example, content, "").pages]
    assert not any("Teapot House" in text or "555-010" in text or "at-clinic" in text for text in made)
    assert not any("clinic" in path for path in make_files_for_pages(shown(example, content, "")))


def test_facts_read_the_same_with_and_without_a_clinic(example: Path, content: Path) -> None:
    def facts(clinic: str) -> list[tuple[str, str]]:
        parser = LexborHTMLParser(detail_text(shown(example, content, clinic).pages))
        for node in parser.css(".gloss"):
            node.decompose()
        return [
            (str(node.attributes["data-fact"]), words.text())
            for node in parser.css("[data-fact]")
            if (words := node.css_first(".words"))
        ]

    assert facts(ID) == facts("")
    assert len(facts(ID)) > 35


def test_readers_report_mistakes_to_the_clinic(example: Path, content: Path) -> None:
    text = page(shown(example, content), "procedures/teapot-polishing/results.md")
    assert 'href="mailto:squeaks@teapot-house.example?subject=' in text


@pytest.mark.parametrize("hostile", ["<script>alert(1)</script>", '"><img src=x onerror=alert(1)>', "{{ 7 * 7 }}"])
def test_what_a_clinic_writes_is_text(example: Path, content: Path, hostile: str) -> None:
    quoted = "'" + hostile.replace("'", "''") + "'"
    edit(example / CLINIC, STAY, f"    stay: {quoted}\n")
    edit(example / CLINIC, "name: The Teapot House\n", f"name: {quoted}\n")
    for made in prepare(example, content, TODAY, Settings(clinic=ID), preview=True).pages:
        assert "<script>alert" not in made.text
        assert "<img src=x" not in made.text


@pytest.mark.parametrize(("environment", "clinic"), [
    (None, "in-the-file"), ("from-outside", "from-outside"), ("", ""),
])  # fmt: skip
def test_the_environment_wins_over_the_settings(
    monkeypatch: pytest.MonkeyPatch, environment: str | None, clinic: str
) -> None:
    monkeypatch.delenv("CLINIC", raising=False)
    if environment is not None:
        monkeypatch.setenv("CLINIC", environment)
    assert Settings.from_config({"extra": {"clinic": "in-the-file"}}).clinic == clinic


def test_the_environment_gives_the_address_before_the_settings_do(
    project: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    config = {"site_url": "https://in-the-file.example"}
    assert Settings.from_config(config).site_url == "https://in-the-file.example/"
    monkeypatch.setenv("SITE_URL", "https://clinic.example/pain")
    assert Settings.from_config(config).site_url == "https://clinic.example/pain/"
    for wrong in ("clinic.example", "https://", "https://clinic.example/?a=b", "https://bärental.example/"):
        monkeypatch.setenv("SITE_URL", wrong)
        done = run(project, "build_tools", "check")
        assert done.returncode == 1
        assert "SITE_URL in the environment must be the whole address of the site" in done.stderr
    monkeypatch.setenv("SITE_URL", "")
    assert Settings.from_config(config).site_url == ""


@pytest.mark.parametrize("written", ["extra: text", "[]", "extra:\n  clinic:"])
def test_settings_need_not_name_a_clinic(tmp_path: Path, written: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("CLINIC", raising=False)
    (tmp_path / "mkdocs.yml").write_text(written, "utf-8")
    assert Settings.load(tmp_path / "data").clinic == ""


def test_an_unknown_clinic_is_named_with_the_nearest(example: Path, content: Path) -> None:
    found = prepare(example, content, TODAY, Settings(clinic="teapot-hose")).problems
    [problem] = [problem for problem in found if "clinic called" in problem.message]
    assert 'Did you mean "teapot-house"?' in problem.hint


# What a layer must look at again


@pytest.fixture
def held(example: Path) -> Path:
    """The example, whose clinic has held its texts against the facts."""
    layers.acknowledge(example, load(example)[0], ID, TEXTS, TODAY)
    return example


def test_nothing_is_to_look_at_while_the_facts_stay(held: Path) -> None:
    assert list(layers.find_outdated(loaded(held), ID)) == []


def test_a_changed_fact_is_named_with_its_section_and_stops_nothing(held: Path, content: Path) -> None:
    edit(held / "procedures/teapot-polishing.yml", "with a soft cloth", "with a very soft cloth")
    site = shown(held, content)
    [notice] = layers.find_outdated(site.facts, ID)
    assert notice.message == "The facts changed since 2026-12-01, when this text was compared with them: top."
    assert (held / CLINIC).read_text("utf-8").splitlines()[notice.place.line - 1] == "  teapot-polishing:"
    assert site.problems == shown(held, content).problems
    assert not [problem for problem in site.problems if "clinics" in problem.place.path]
    layers.acknowledge(held, site.facts, ID, ["teapot-polishing"], TODAY)
    assert list(layers.find_outdated(load(held)[0], ID)) == []


def test_the_notice_lists_what_was_published_since(held: Path) -> None:
    edit(held / "procedures/teapot-polishing.yml", "with a soft cloth", "with a very soft cloth")
    told = (
        "  changes:\n  - {fact: teapot-polishing.summary, part: text, was: a soft cloth, now: a very soft cloth}\n"
    )
    with (held / "changes.yml").open("a", encoding="utf-8") as file:
        file.write(f"- published: {TODAY}\n{told}")
    [notice] = layers.find_outdated(load(held)[0], ID)
    assert "teapot-polishing.summary: text: a soft cloth before, a very soft cloth now" in notice.hint


def test_acknowledge_lists_what_changed_and_records_that_it_was_read(
    project: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("CLINIC", ID)
    done = run(project, "build_tools", "acknowledge", ID, "teapot-polishing")
    assert (done.returncode, done.stderr) == (0, "")
    assert "Written to data/clinics/teapot-house/seen.yml: teapot-polishing." in done.stdout
    told = run(project, "build_tools", "acknowledge", ID).stdout
    assert "acknowledge teapot-house teapot-lid-polishing" in told
    assert "acknowledge teapot-house teapot-polishing" not in told
    told = run(project, "build_tools", "check").stdout
    assert "\n\nTo look at again, though nothing is wrong:\ndata/clinics/teapot-house/clinic.yml:" in told
    assert told.endswith("No problems found.\n")
    told = run(project, "build_tools", "report").stdout
    assert "1 text to check again: .venv/bin/python -m build_tools" in told


def test_corrected_dangers_come_first_for_a_clinic_until_it_has_read_them(
    project: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("CLINIC", ID)
    with (project / "data/changes.yml").open("a", encoding="utf-8") as file:
        file.write(
            "- published: 2026-11-30\n  changes:\n"
            "  - {safety: true, pages: [teapot-polishing, teapot-leave-alone], says: Steam can burn a hand.}\n"
        )
    first = (
        "Corrected dangers. Print the leaflets of these pages again, and discard older ones:\n"
        "2026-11-30: Steam can burn a hand.\n"
        "    Pages: teapot-polishing, teapot-leave-alone\n"
    )
    for command in (("acknowledge", ID), ("check",)):
        assert run(project, "build_tools", *command).stdout.startswith(first)
    assert run(project, "build_tools", "acknowledge", ID, *TEXTS).returncode == 0
    assert run(project, "build_tools", "acknowledge", ID).stdout == "Every text fits the facts as they are now.\n"


@pytest.mark.parametrize(("words", "said"), [
    ((ID, "teapot-polising"), 'Did you mean "teapot-polishing"?'),
    (("teapot-hous",), 'Did you mean "teapot-house"?'),
])  # fmt: skip
def test_a_typing_error_is_answered_by_the_nearest(project: Path, words: tuple[str, ...], said: str) -> None:
    done = run(project, "build_tools", "acknowledge", *words)
    assert done.returncode == 2
    assert said in done.stderr


# What else a nurse meets


def test_the_annotated_example_explains_every_field(example: Path) -> None:
    text = (example / CLINIC).read_text("utf-8")
    for name in (*Clinic.model_fields, *LocalProcedure.model_fields):
        assert re.search(rf"^ *{name}:", text, re.MULTILINE), name


def test_the_example_clinic_cannot_be_taken_for_a_real_one() -> None:
    clinic = load(ROOT / "data")[0].clinics["example"]
    assert "invented" in clinic.name
    assert re.fullmatch(r"https://[a-z.-]+\.example(/.*)?", clinic.website)
    assert re.fullmatch(r"mailto:[a-z-]+@[a-z.-]+\.example", clinic.report_to)
    assert all(re.fullmatch(r"555-01\d\d", number) for number in (clinic.phone, clinic.out_of_hours))


def test_a_preview_shows_problems_of_the_clinic_on_the_first_page(example: Path, content: Path) -> None:
    (content / "index.md").write_text("# Home\n", "utf-8")
    edit(example / CLINIC, STAY, "    says: It is quick.\n")
    site = prepare(example, content, TODAY, Settings(clinic=ID), preview=True)
    assert "says: It is quick." in page(site, "index.md")
    assert "Polishing can make a teapot quiet." in page(site, "procedures/teapot-polishing.md")


def test_each_text_keeps_the_day_on_which_it_was_read(held: Path) -> None:
    facts, _ = load(held)
    layers.acknowledge(held, facts, ID, ["teapot-polishing"], TODAY + timedelta(days=3))
    seen = load(held)[0].seen[ID]
    assert (seen["teapot-polishing"].seen, seen["teapot-lid-polishing"].seen) == (date(2026, 12, 4), TODAY)
