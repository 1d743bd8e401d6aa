"""A review packet in a real browser, opened from a folder: filled by keyboard, kept, saved, loaded, printed."""

from __future__ import annotations

import json
from datetime import timedelta
from pathlib import Path

import pytest
from playwright.sync_api import Locator, Page, expect

from build_tools.edit.packet import gather_contents, write_packet
from build_tools.load.loader import load
from build_tools.records.sections import FIRST
from tests.conftest import ROOT, TODAY, lay_out, loaded, run
from tests.site.conftest import Reader
from tests.site.test_accessibility import BUT_CONTRAST, CONTRAST, OPEN_ALL, violations

ID = "teapot-polishing"


@pytest.fixture
def file(tmp_path: Path) -> Path:
    """The packet of the example project, as a file."""
    facts = loaded(ROOT / "docs/example/data")
    return write_packet(facts, ID, ROOT / "content", tmp_path, TODAY)[0]


@pytest.fixture
def packet(reader: Reader, file: Path) -> Page:
    """The packet, opened."""
    return reader.opens(file.as_uri())


def numbers() -> list[int]:
    """The numbers of the lines that half an hour is enough for."""
    facts, _ = load(ROOT / "docs/example/data")
    every = gather_contents(facts, ID, ROOT / "content", TODAY)["layers"]
    return [line["number"] for layer in every if layer["id"] in FIRST for line in layer["lines"]]


def progress(page: Page) -> Locator:
    return page.locator("#progress")


def save(page: Page, into: Path) -> Path:
    with page.expect_download() as download:
        page.get_by_role("button", name="Save answers").click()
    assert download.value.suggested_filename == f"answers-{ID}.json"
    download.value.save_as(into)
    return into


def type_in(page: Page, *answers: str) -> None:
    if not page.locator("#typed").is_visible():
        page.get_by_text("Typing answers in from paper").click()
    for answer in answers:
        page.locator("#typed").fill(answer)
        page.keyboard.press("Enter")


def test_a_line_is_answered_by_keyboard_and_a_reload_loses_nothing(packet: Page) -> None:
    total = len(numbers())
    expect(progress(packet)).to_have_text(f"0 of {total} lines")
    packet.locator("#line-1 input").first.focus()
    packet.keyboard.press("Space")
    packet.keyboard.press("ArrowRight")
    packet.keyboard.press("Tab")
    packet.keyboard.type("Say three.")
    packet.keyboard.press("Tab")
    packet.reload()
    expect(progress(packet)).to_have_text(f"1 of {total} lines")
    expect(packet.locator("#line-1 input:checked")).to_have_value("wrong")
    expect(packet.locator("#line-1 textarea")).to_have_value("Say three.")
    expect(packet.locator("#layer-signs")).to_contain_text("(1 of ")


def test_answers_on_paper_are_typed_in_saved_loaded_and_read_back(
    packet: Page, reader: Reader, file: Path, tmp_path: Path
) -> None:
    last = numbers()[-1]
    type_in(packet, "nonsense")
    said = packet.locator("#said")
    expect(said).to_contain_text("Not understood")
    type_in(packet, f"1-{last} r", "2 n Ask a potter.")
    expect(progress(packet)).to_have_text(f"{last} of {last} lines")
    for field, text in (("name", "Dr. Teapot Lid"), ("role", "Potter"), ("conflicts", "None declared")):
        packet.locator(f".who [name={field}]").fill(text)
    packet.locator("[name=date]").fill(str(TODAY))
    packet.locator("[value=short][name=sign]").check()
    saved = save(packet, tmp_path / "answers.json")
    expect(said).to_contain_text("Still missing: Review again before")
    packet.locator("[name=next]").fill(str(TODAY + timedelta(days=300)))
    save(packet, saved)
    expect(said).to_have_text(f"Saved as answers-{ID}.json.")

    fresh = reader.opens(file.as_uri())
    expect(progress(fresh)).to_have_text(f"0 of {last} lines")
    fresh.locator("#load").set_input_files(saved)
    fresh.get_by_text("Answers loaded.").wait_for()
    expect(progress(fresh)).to_have_text(f"{last} of {last} lines")
    again = save(fresh, tmp_path / "again.json")
    assert json.loads(again.read_text("utf-8")) == json.loads(saved.read_text("utf-8"))

    done = run(lay_out(tmp_path), "build_tools", "review", str(saved))
    assert "Signed by Dr. Teapot Lid: Short page." in done.stdout
    assert "Line 2 is marked “not sure”" in done.stderr


def test_loading_keeps_what_still_fits_and_refuses_another_packet(packet: Page, tmp_path: Path) -> None:
    type_in(packet, "1-3 r")
    saved = save(packet, tmp_path / "answers.json")
    given = json.loads(saved.read_text("utf-8"))
    given["lines"][next(iter(given["lines"]))]["digest"] = "0" * 12
    saved.write_text(json.dumps(given), "utf-8")
    packet.locator("#load").set_input_files(saved)
    packet.get_by_text("Changed since then, please look again: lines 1.").wait_for()
    expect(progress(packet)).to_contain_text("2 of ")
    for text, said in (
        (json.dumps(given | {"packet": "kettle"}), "it belongs to “kettle”"),
        ("{", "cannot be read"),
    ):
        saved.write_text(text, "utf-8")
        packet.locator("#load").set_input_files(saved)
        packet.get_by_text(said).wait_for()
        expect(progress(packet)).to_contain_text("2 of ")


def test_a_browser_that_keeps_nothing_says_so(reader: Reader, file: Path) -> None:
    page = reader.opens()
    page.add_init_script("Object.defineProperty(window, 'localStorage', { get() { throw new Error('no'); } })")
    page.goto(file.as_uri())
    expect(page.locator("#said")).to_contain_text("This browser keeps nothing.")
    page.locator("#line-1 input").first.check()
    expect(progress(page)).to_contain_text("1 of ")


@pytest.mark.parametrize("look", ["light", "dark"])
def test_no_known_failure(reader: Reader, file: Path, look: str) -> None:
    page = reader.opens(file.as_uri(), 360, color_scheme=look)
    page.evaluate(OPEN_ALL)
    assert violations(page, BUT_CONTRAST) + violations(page, CONTRAST) == []
    assert page.evaluate("document.documentElement.scrollWidth") == 360


def test_it_fetches_nothing(reader: Reader, file: Path) -> None:
    page = reader.opens()
    asked: list[str] = []
    page.on("request", lambda request: asked.append(request.url))
    page.goto(file.as_uri())
    assert asked == [file.as_uri()]
