"""The review packet in a real browser, opened from disk: answers by keyboard, from paper, saved, and loaded."""

from __future__ import annotations

import json
from datetime import timedelta
from pathlib import Path

import pytest
from playwright.sync_api import Locator, Page, expect

from build_tools.edit.packet import gather_contents, write_packet
from build_tools.records.sections import FIRST
from tests.conftest import ROOT, TODAY, lay_out, loaded, run
from tests.site.conftest import Reader, record_requests
from tests.site.test_accessibility import BUT_CONTRAST, CONTRAST, OPEN_ALL, find_violations

ID = "teapot-polishing"


@pytest.fixture
def file(tmp_path: Path) -> Path:
    """The packet of the example."""
    facts = loaded(ROOT / "docs/example/data")
    return write_packet(facts, ID, ROOT / "content", tmp_path, TODAY)[0]


@pytest.fixture
def packet(reader: Reader, file: Path) -> Page:
    return reader.open(file.as_uri())


def count_first_lines() -> int:
    """The number of lines in the first half hour."""
    layers = gather_contents(loaded(ROOT / "docs/example/data"), ID, ROOT / "content", TODAY)["layers"]
    return sum(len(layer["lines"]) for layer in layers if layer["id"] in FIRST)


def progress(page: Page) -> Locator:
    return page.locator("#progress")


def save(page: Page, file: Path) -> Path:
    with page.expect_download() as download:
        page.get_by_role("button", name="Save answers").click()
    assert download.value.suggested_filename == f"answers-{ID}.json"
    download.value.save_as(file)
    return file


def type_in(page: Page, *answers: str) -> None:
    if not page.locator("#typed").is_visible():
        page.get_by_text("Typing answers in from paper").click()
    for answer in answers:
        page.locator("#typed").fill(answer)
        page.keyboard.press("Enter")


def test_answers_by_keyboard_survive_a_reload(packet: Page) -> None:
    total = count_first_lines()
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


def test_answers_from_paper_are_saved_loaded_and_imported(
    packet: Page, reader: Reader, file: Path, tmp_path: Path
) -> None:
    last = count_first_lines()
    type_in(packet, "nonsense")
    status = packet.locator("#said")
    expect(status).to_contain_text("Not understood")
    type_in(packet, f"1-{last} r", "2 n Ask a potter.")
    expect(progress(packet)).to_have_text(f"{last} of {last} lines")
    for field, text in (("name", "Dr. Teapot Lid"), ("role", "Potter"), ("conflicts", "None declared")):
        packet.locator(f".who [name={field}]").fill(text)
    packet.locator("[name=date]").fill(str(TODAY))
    packet.locator("[value=short][name=sign]").check()
    saved = save(packet, tmp_path / "answers.json")
    expect(status).to_contain_text("Still missing: Review again before")
    packet.locator("[name=next]").fill(str(TODAY + timedelta(days=300)))
    save(packet, saved)
    expect(status).to_have_text(f"Saved as answers-{ID}.json.")

    fresh = reader.open(file.as_uri())
    expect(progress(fresh)).to_have_text(f"0 of {last} lines")
    fresh.locator("#load").set_input_files(saved)
    fresh.get_by_text("Answers loaded.").wait_for()
    expect(progress(fresh)).to_have_text(f"{last} of {last} lines")
    again = save(fresh, tmp_path / "again.json")
    assert json.loads(again.read_text("utf-8")) == json.loads(saved.read_text("utf-8"))

    done = run(lay_out(tmp_path), "build_tools", "review", str(saved))
    assert "Signed by Dr. Teapot Lid: Short page." in done.stdout
    assert "Line 2 is marked “not sure”" in done.stderr


def test_loading_skips_changed_lines_and_rejects_other_packets(packet: Page, tmp_path: Path) -> None:
    type_in(packet, "1-3 r")
    saved = save(packet, tmp_path / "answers.json")
    answers = json.loads(saved.read_text("utf-8"))
    answers["lines"][next(iter(answers["lines"]))]["digest"] = "0" * 12
    saved.write_text(json.dumps(answers), "utf-8")
    packet.locator("#load").set_input_files(saved)
    packet.get_by_text("Changed since then, please look again: lines 1.").wait_for()
    expect(progress(packet)).to_contain_text("2 of ")
    for text, message in (
        (json.dumps(answers | {"packet": "kettle"}), "it belongs to “kettle”"),
        ("{", "cannot be read"),
    ):
        saved.write_text(text, "utf-8")
        packet.locator("#load").set_input_files(saved)
        packet.get_by_text(message).wait_for()
        expect(progress(packet)).to_contain_text("2 of ")


def test_blocked_storage_is_reported(reader: Reader, file: Path) -> None:
    page = reader.open()
    page.add_init_script("Object.defineProperty(window, 'localStorage', { get() { throw new Error('no'); } })")
    page.goto(file.as_uri())
    expect(page.locator("#said")).to_contain_text("This browser keeps nothing.")
    page.locator("#line-1 input").first.check()
    expect(progress(page)).to_contain_text("1 of ")


@pytest.mark.parametrize("look", ["light", "dark"])
def test_axe_reports_no_violations(reader: Reader, file: Path, look: str) -> None:
    page = reader.open(file.as_uri(), 360, color_scheme=look)
    page.evaluate(OPEN_ALL)
    assert find_violations(page, BUT_CONTRAST) + find_violations(page, CONTRAST) == []
    assert page.evaluate("document.documentElement.scrollWidth") == 360


def test_it_makes_no_requests(reader: Reader, file: Path) -> None:
    page = reader.open()
    urls = record_requests(page)
    page.goto(file.as_uri())
    assert urls == [file.as_uri()]
