"""A clinic's own layer: what it can say, what it cannot change, and where it is shown."""

from __future__ import annotations

import re
import struct
import zlib
from datetime import date, timedelta
from html import unescape
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
from build_tools.release.site_files import make_page_files
from build_tools.render.rendering import Site
from tests.conftest import ROOT, TODAY, detail_text, edit, loaded, run

CLINIC = "clinics/teapot-house/clinic.yml"
ID = "teapot-house"
STAY = "    stay: Plan for one hour.\n"
TEXTS = ["teapot-polishing", "teapot-lid-polishing"]
"""The procedures about which the clinic has a text."""


def problems_of(example: Path, content: Path) -> list[Problem]:
    return [p for p in prepare(example, content, TODAY).problems if p.place.path.startswith("data/clinics")]


def clinic_site(example: Path, content: Path, clinic: str = ID) -> Site:
    return prepare(example, content, TODAY, Settings(clinic=clinic))


def page(site: Site, path: str) -> str:
    [text] = [page.text for page in site.pages if page.path == path]
    return text


# What a layer cannot say


@pytest.mark.parametrize("written", [
    "harms: {}", "benefits: {}", "weight: passes", "says: It is quick.", "hide: everything", "hospital_stay: {}",
])  # fmt: skip
def test_layer_cannot_change_a_medical_fact(example: Path, content: Path, written: str) -> None:
    edit(example / CLINIC, STAY, f"    {written}\n")
    line = (example / CLINIC).read_text("utf-8").splitlines().index(f"    {written}") + 1
    [problem] = problems_of(example, content)
    assert (problem.place.path, problem.place.line, problem.place.column) == (f"data/{CLINIC}", line, 5)
    assert problem.message.startswith(f'"{written.partition(":")[0]}" is not a field of a clinic\'s file')
    assert problem.hint.startswith("Medical facts are the same in every clinic")


def test_layer_has_no_field_of_a_procedure() -> None:
    assert not LocalProcedure.model_fields.keys() & Procedure.model_fields.keys()
    assert layers.LABELS.keys() | {"offered", "referred_to"} == LocalProcedure.model_fields.keys()


def test_unknown_procedure_lists_the_known(example: Path, content: Path) -> None:
    edit(example / CLINIC, "  teapot-lid-polishing:", "  teapot-lid-polising:")
    [problem] = problems_of(example, content)
    assert problem.message == 'There is no procedure called "teapot-lid-polising".'
    assert "It can be: teapot-care (Teapot care); " in problem.hint
    assert problem.place.column == 3


@pytest.mark.parametrize(("text", "message"), [
    ("Plan for one hour. There are no risks.", 'what a procedure does to people: "risks"'),
    ("Plan for one hour. Nobody here gets scratches.", "what a procedure does to people"),
    ("We rarely keep you here.", '"rarely" is a word that this site avoids'),
    ("It is safe here.", '"safe" is a word that this site avoids'),
    ("We recommend this to you.", '"We recommend" is a word that this site avoids'),
    ("9 out of 10 people go home at once.", '"9 out of 10" is a share that is typed by hand.'),
    ("In our study of 30 people all went home.", '"30 people" is a count of people that is typed by hand.'),
])  # fmt: skip
def test_layer_states_no_result_and_judges_nothing(example: Path, content: Path, text: str, message: str) -> None:
    wording = (ROOT / "data/wording.yml").read_text("utf-8")
    (example / "wording.yml").write_text(wording.replace("schema/", "../../../data/schema/"), "utf-8")
    edit(example / CLINIC, STAY, f"    stay: {text}\n")
    [problem] = problems_of(example, content)
    assert message in problem.message


def test_exception_covers_a_word_of_a_layer(example: Path, content: Path) -> None:
    reason = "    # allow: medical-fact until 2027-06-30: It is the name of the leaflet.\n"
    edit(example / CLINIC, STAY, f'{reason}    stay: Bring the leaflet "Your risks".\n')
    assert problems_of(example, content) == []


def test_clinic_spelling_is_correct_only_there(example: Path, content: Path) -> None:
    assert problems_of(example, content) == []
    edit(example / "procedures/teapot-polishing.yml", "with a soft cloth", "with an Exampleville cloth")
    problems = prepare(example, content, TODAY).problems
    assert '"Exampleville" is not in the US English dictionary.' in {problem.message for problem in problems}
    edit(example / CLINIC, "spelling: [Exampleville]\n", "")
    [problem] = problems_of(example, content)
    assert problem.place.line == 25
    assert '"spelling" of this file' in problem.hint


@pytest.mark.parametrize(("old", "new", "message"), [
    ("    offered: false\n", "    offered: true\n", "A procedure is either done at the clinic"),
    ("phone: 555-0100\n", "phone: 555-0100 or 555-0199\n", '"phone" cannot be "555-0100 or 555-0199".'),
    ('emergency_number: "911"', "emergency_number: the desk", '"emergency_number" cannot be "the desk".'),
    ("email: ", "email: mailto:", '"email" cannot be "mailto:squeaks@teapot-house.example".'),
    ("approved_on: 2026-11-20", "approved_on: soon", '"soon" is not a date'),
    ("website: https:", "website: javascript:", '"website" cannot be "javascript://teapot-house.example/".'),
    ("https://teapot-house.example/", "https://bärental.example/", '"website" cannot be "https://bärental.example/".'),
    ("mailto:squeaks@", "mailto:?to=squeaks@", '"report_to" cannot be'),
    ("logo: logo.svg", "logo: ../../drawings/teapot.svg", '"logo" cannot be "../../drawings/teapot.svg".'),
    ('light: "#1f4e2c"', "light: #1f4e2c", '"light" has no text.'),
    ('light: "#1f4e2c"', 'light: "#3b8f52"', "#3b8f52 is hard to read on a light background"),
    ("funding: The Teapot House pays for showing this site.\n", "", '"funding" is missing here.'),
])  # fmt: skip
def test_invalid_field_of_a_clinic_is_reported(
    example: Path, content: Path, old: str, new: str, message: str
) -> None:
    edit(example / CLINIC, old, new)
    [problem] = problems_of(example, content)
    assert message in problem.message
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
def test_phone_number_becomes_a_link(
    example: Path, content: Path, written: str, printed: str, dialed: str
) -> None:
    edit(example / CLINIC, "phone: 555-0100\n", f'phone: "{written}"\n')
    text = page(clinic_site(example, content), "procedures/teapot-polishing.md")
    assert f'<a class="phone" href="tel:{dialed}">{printed}</a>' in text


def test_pages_have_the_contacts_of_the_clinic(example: Path, content: Path) -> None:
    edit(example / CLINIC, 'emergency_number: "911"', "emergency_number: 112 or 144")
    edit(example / CLINIC, "    referred_to: the Lid Workshop, 555-0102\n", "")
    site = clinic_site(example, content)
    assert site.problems == []
    links = '<a class="phone" href="tel:112">112</a> or <a class="phone" href="tel:144">144</a>'
    assert f"call {links}." in page(site, "procedures/teapot-polishing.md")
    assert links in page(site, "take-along/teapot-polishing.md")
    assert "No. Ask the team where to go for this." in page(site, "procedures/teapot-lid-polishing.md")
    report = 'href="mailto:squeaks@teapot-house.example?subject='
    assert report in page(site, "procedures/teapot-polishing/results.md")


# Its logo


def chunk(kind: bytes, body: bytes) -> bytes:
    return struct.pack(">I", len(body)) + kind + body + struct.pack(">I", zlib.crc32(kind + body))


def png(width: int = 96, height: int = 48, extra: bytes = b"") -> bytes:
    header = chunk(b"IHDR", struct.pack(">IIBBBBB", width, height, 8, 0, 0, 0, 0))
    data = chunk(b"IDAT", zlib.compress(b"\0" * (width + 1) * height))
    return b"\x89PNG\r\n\x1a\n" + header + data + chunk(b"IEND", b"") + extra


def read_valid_logo(file: Path, content: bytes) -> Logo:
    """The logo that is read from this content without a problem."""
    file.write_bytes(content)
    logo, problems = read_logo(file, file.name)
    assert problems == []
    assert logo
    return logo


def test_logos_have_one_height_and_keep_their_proportions(tmp_path: Path) -> None:
    logo = read_valid_logo(tmp_path / "sign.png", png(100, 50))
    assert (logo.name, logo.width, logo.height) == ("clinic-logo.png", 96, 48)


def test_png_keeps_nothing_but_its_picture(tmp_path: Path) -> None:
    plain, kept = png(100, 50), chunk(b"tRNS", b"\0\0")
    notes = chunk(b"eXIf", b"GPS 51.5 N") + chunk(b"tEXt", b"Author\0Somebody") + kept
    logo = read_valid_logo(tmp_path / "photo.png", plain[:33] + notes + plain[33:])
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


def test_svg_of_inkscape_is_cleaned(tmp_path: Path) -> None:
    text = read_valid_logo(tmp_path / "sign.svg", INKSCAPE.encode()).content.decode()
    assert not re.search("inkscape|sodipodi|rdf|style|Somebody|gradient", text, re.IGNORECASE)
    [path] = ElementTree.fromstring(text).iter("{http://www.w3.org/2000/svg}path")
    assert path.attrib == {
        "d": "M 0,0 H 96 V 48 H 0 Z", "fill": "#00ff00", "stroke": "none", "stroke-width": "0.26", "id": "rect1",
    }  # fmt: skip


@pytest.mark.parametrize(("old", "new", "line", "name"), [
    ("fill:#00ff00", "fill:url(#unused)", 12, '"fill"'),
    ("    <path\n", '    <text x="1">A</text><path\n', 11, "<text>"),
    ("stroke:none", "filter:url(#blur)", 12, '"filter"'),
    ("  </g>\n", '  <image href="a.png"/></g>\n', 14, "<image>"),
])  # fmt: skip
def test_svg_that_cannot_be_cleaned_has_one_problem(
    tmp_path: Path, old: str, new: str, line: int, name: str
) -> None:
    assert old in INKSCAPE
    (tmp_path / "sign.svg").write_text(INKSCAPE.replace(old, new), "utf-8")
    logo, [problem] = read_logo(tmp_path / "sign.svg", "sign.svg")
    assert logo is None
    assert problem.place.line == line
    assert problem.message.startswith(f"{name} is not allowed in a picture")
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
def test_logo_that_could_hide_something_is_rejected(tmp_path: Path, name: str, content: bytes) -> None:
    (tmp_path / name).write_bytes(content)
    logo, problems = read_logo(tmp_path / name, name)
    assert logo is None
    assert problems
    assert all(problem.hint for problem in problems)


def test_missing_logo_is_reported(example: Path, content: Path) -> None:
    (example / "clinics/teapot-house/logo.svg").unlink()
    [problem] = problems_of(example, content)
    assert problem.message == "This file is missing."


# Which clinic is shown


def test_without_a_clinic_no_page_mentions_one(example: Path, content: Path) -> None:
    site = clinic_site(example, content, "")
    texts = [page.text for page in site.pages]
    assert not any("Teapot House" in text or "555-010" in text or "at-clinic" in text for text in texts)
    assert not any("clinic" in path for path in make_page_files(site))


def test_facts_are_the_same_with_and_without_a_clinic(example: Path, content: Path) -> None:
    def facts(clinic: str) -> list[tuple[str, str]]:
        parser = LexborHTMLParser(detail_text(clinic_site(example, content, clinic).pages))
        for node in parser.css(".gloss"):
            node.decompose()
        return [
            (str(node.attributes["data-fact"]), words.text())
            for node in parser.css("[data-fact]")
            if (words := node.css_first(".words"))
        ]

    assert facts(ID) == facts("")
    assert len(facts(ID)) > 35


def test_text_of_a_clinic_is_escaped(example: Path, content: Path) -> None:
    hostile = """'<script>alert(1)</script> "><img src=x onerror=alert(1)> {{ 7 * 7 }}'"""
    edit(example / CLINIC, STAY, f"    stay: {hostile}\n")
    edit(example / CLINIC, "name: The Teapot House\n", f"name: {hostile}\n")
    texts = [page.text for page in prepare(example, content, TODAY, Settings(clinic=ID), preview=True).pages]
    assert any("{{ 7 * 7 }}" in unescape(text) for text in texts)
    assert not any("<script>alert" in text or "<img src=x" in text for text in texts)


def test_environment_overrides_the_clinic_setting(monkeypatch: pytest.MonkeyPatch) -> None:
    config = {"extra": {"clinic": "in-the-file"}}
    monkeypatch.delenv("CLINIC", raising=False)
    assert Settings.from_config(config).clinic == "in-the-file"
    for clinic in ("from-outside", ""):
        monkeypatch.setenv("CLINIC", clinic)
        assert Settings.from_config(config).clinic == clinic


def test_environment_overrides_the_address_setting(project: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    config = {"site_url": "https://in-the-file.example"}
    assert Settings.from_config(config).site_url == "https://in-the-file.example/"
    monkeypatch.setenv("SITE_URL", "https://clinic.example/pain")
    assert Settings.from_config(config).site_url == "https://clinic.example/pain/"
    for address in ("clinic.example", "https://", "https://clinic.example/?a=b", "https://bärental.example/"):
        monkeypatch.setenv("SITE_URL", address)
        result = run(project, "build_tools", "check")
        assert result.returncode == 1
        assert "SITE_URL in the environment must be the whole address of the site" in result.stderr
    monkeypatch.setenv("SITE_URL", "")
    assert Settings.from_config(config).site_url == ""


@pytest.mark.parametrize("written", ["extra: text", "[]", "extra:\n  clinic:"])
def test_settings_need_not_name_a_clinic(tmp_path: Path, written: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("CLINIC", raising=False)
    (tmp_path / "mkdocs.yml").write_text(written, "utf-8")
    assert Settings.load(tmp_path / "data").clinic == ""


def test_unknown_clinic_suggests_the_nearest(example: Path, content: Path) -> None:
    problems = prepare(example, content, TODAY, Settings(clinic="teapot-hose")).problems
    [problem] = [problem for problem in problems if "clinic called" in problem.message]
    assert 'Did you mean "teapot-house"?' in problem.hint


# Outdated texts


@pytest.fixture
def acknowledged(example: Path) -> Path:
    """The example, whose clinic has compared its texts with the facts."""
    layers.acknowledge(load(example)[0], ID, TEXTS, TODAY)
    return example


def test_no_text_is_outdated_while_the_facts_are_unchanged(acknowledged: Path) -> None:
    assert list(layers.find_outdated(loaded(acknowledged), ID)) == []


def test_changed_fact_is_a_notice_that_names_its_section(acknowledged: Path, content: Path) -> None:
    edit(acknowledged / "procedures/teapot-polishing.yml", "with a soft cloth", "with a very soft cloth")
    site = clinic_site(acknowledged, content)
    [notice] = layers.find_outdated(site.facts, ID)
    assert notice.message == "The facts changed since 2026-12-01, when this text was compared with them: top."
    assert (acknowledged / CLINIC).read_text("utf-8").splitlines()[notice.place.line - 1] == "  teapot-polishing:"
    assert site.problems == clinic_site(acknowledged, content).problems
    assert not [problem for problem in site.problems if "clinics" in problem.place.path]
    layers.acknowledge(site.facts, ID, ["teapot-polishing"], TODAY)
    assert list(layers.find_outdated(load(acknowledged)[0], ID)) == []


def test_notice_lists_the_changes_published_since(acknowledged: Path) -> None:
    edit(acknowledged / "procedures/teapot-polishing.yml", "with a soft cloth", "with a very soft cloth")
    changes = (
        "  changes:\n  - {fact: teapot-polishing.summary, part: text, was: a soft cloth, now: a very soft cloth}\n"
    )
    with (acknowledged / "changes.yml").open("a", encoding="utf-8") as file:
        file.write(f"- published: {TODAY}\n{changes}")
    [notice] = layers.find_outdated(load(acknowledged)[0], ID)
    assert "teapot-polishing.summary: text, before: a soft cloth; now: a very soft cloth" in notice.hint


def test_acknowledge_lists_and_records(project: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("CLINIC", ID)
    result = run(project, "build_tools", "acknowledge", ID, "teapot-polishing")
    assert (result.returncode, result.stderr) == (0, "")
    assert "Written to data/clinics/teapot-house/seen.yml: teapot-polishing." in result.stdout
    output = run(project, "build_tools", "acknowledge", ID).stdout
    assert "acknowledge teapot-house teapot-lid-polishing" in output
    assert "acknowledge teapot-house teapot-polishing" not in output
    output = run(project, "build_tools", "check").stdout
    assert "\n\nTo look at again, though nothing is wrong:\ndata/clinics/teapot-house/clinic.yml:" in output
    assert output.endswith("No problems found.\n")
    output = run(project, "build_tools", "report").stdout
    assert "1 text to check again: .venv/bin/python -m build_tools" in output


def test_corrected_dangers_come_first_until_acknowledged(project: Path, monkeypatch: pytest.MonkeyPatch) -> None:
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


@pytest.mark.parametrize(("words", "hint"), [
    ((ID, "teapot-polising"), 'Did you mean "teapot-polishing"?'),
    (("teapot-hous",), 'Did you mean "teapot-house"?'),
])  # fmt: skip
def test_acknowledge_suggests_the_nearest_id(project: Path, words: tuple[str, ...], hint: str) -> None:
    result = run(project, "build_tools", "acknowledge", *words)
    assert result.returncode == 2
    assert hint in result.stderr


# The example


def test_example_clinic_has_every_field(example: Path) -> None:
    text = (example / CLINIC).read_text("utf-8")
    for name in (*Clinic.model_fields, *LocalProcedure.model_fields):
        assert re.search(rf"^ *{name}:", text, re.MULTILINE), name


def test_example_clinic_is_visibly_invented() -> None:
    clinic = load(ROOT / "data")[0].clinics["example"]
    assert "invented" in clinic.name
    assert re.fullmatch(r"https://[a-z.-]+\.example(/.*)?", clinic.website)
    assert re.fullmatch(r"mailto:[a-z-]+@[a-z.-]+\.example", clinic.report_to)
    assert all(re.fullmatch(r"555-01\d\d", number) for number in (clinic.phone, clinic.out_of_hours))


def test_preview_shows_the_problems_of_the_clinic(example: Path, content: Path) -> None:
    (content / "index.md").write_text("# Home\n", "utf-8")
    edit(example / CLINIC, STAY, "    says: It is quick.\n")
    site = prepare(example, content, TODAY, Settings(clinic=ID), preview=True)
    assert "says: It is quick." in page(site, "index.md")
    assert "Polishing can make a teapot quiet." in page(site, "procedures/teapot-polishing.md")


def test_each_text_keeps_the_day_on_which_it_was_acknowledged(acknowledged: Path) -> None:
    facts, _ = load(acknowledged)
    layers.acknowledge(facts, ID, ["teapot-polishing"], TODAY + timedelta(days=3))
    seen = load(acknowledged)[0].seen[ID]
    assert (seen["teapot-polishing"].seen, seen["teapot-lid-polishing"].seen) == (date(2026, 12, 4), TODAY)
