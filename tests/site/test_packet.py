"""A review packet in a real browser, opened from a folder: filled by keyboard, kept, saved, loaded, printed."""

from __future__ import annotations

import json
import shutil
from datetime import timedelta
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page

from build_tools.edit.packet import contents, write_packet
from build_tools.load.loader import load
from build_tools.records.sections import FIRST
from tests.conftest import ROOT, TODAY, lay_out, loaded, run
from tests.site.test_accessibility import BUT_CONTRAST, CONTRAST, LOOKS, OPEN_ALL, violations

ID = "teapot-polishing"


@pytest.fixture
def file(tmp_path: Path) -> Path:
    """The packet of the example project, as a file."""
    facts = loaded(ROOT / "docs/example/data")
    return write_packet(facts, ID, ROOT / "content", tmp_path, TODAY)[0]


@pytest.fixture
def packet(browser: Browser, file: Path) -> Page:
    """The packet, opened."""
    page = browser.new_page(viewport={"width": 1280, "height": 900})
    page.goto(file.as_uri())
    return page


def numbers() -> list[int]:
    """The numbers of the lines that half an hour is enough for."""
    facts, _ = load(ROOT / "docs/example/data")
    every = contents(facts, ID, ROOT / "content", TODAY)["layers"]
    return [line["number"] for layer in every if layer["id"] in FIRST for line in layer["lines"]]


def progress(page: Page) -> str:
    return page.locator("#progress").inner_text()


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
    assert progress(packet) == f"0 of {total} lines"
    packet.locator("#line-1 input").first.focus()
    packet.keyboard.press("Space")
    packet.keyboard.press("ArrowRight")
    packet.keyboard.press("Tab")
    packet.keyboard.type("Say three.")
    packet.keyboard.press("Tab")
    packet.reload()
    assert progress(packet) == f"1 of {total} lines"
    assert packet.locator("#line-1 input:checked").get_attribute("value") == "wrong"
    assert packet.locator("#line-1 textarea").input_value() == "Say three."
    assert "(1 of " in packet.locator("#layer-signs").inner_text()


def test_answers_on_paper_are_typed_in_saved_loaded_and_read_back(
    packet: Page, browser: Browser, file: Path, tmp_path: Path
) -> None:
    last = numbers()[-1]
    type_in(packet, "nonsense")
    assert "Not understood" in packet.locator("#said").inner_text()
    type_in(packet, f"1-{last} r", "2 n Ask a potter.")
    assert progress(packet) == f"{last} of {last} lines"
    for field, text in (("name", "Dr. Teapot Lid"), ("role", "Potter"), ("conflicts", "None declared")):
        packet.locator(f".who [name={field}]").fill(text)
    packet.locator("[name=date]").fill(str(TODAY))
    packet.locator("[value=short][name=sign]").check()
    saved = save(packet, tmp_path / "answers.json")
    assert "Still missing: Review again before" in packet.locator("#said").inner_text()
    packet.locator("[name=next]").fill(str(TODAY + timedelta(days=300)))
    save(packet, saved)
    assert packet.locator("#said").inner_text() == f"Saved as answers-{ID}.json."

    fresh = browser.new_context().new_page()
    fresh.goto(file.as_uri())
    assert progress(fresh) == f"0 of {last} lines"
    fresh.locator("#load").set_input_files(saved)
    fresh.get_by_text("Answers loaded.").wait_for()
    assert progress(fresh) == f"{last} of {last} lines"
    assert json.loads(save(fresh, tmp_path / "again.json").read_text("utf-8")) == json.loads(
        saved.read_text("utf-8")
    )
    fresh.context.close()

    project = tmp_path / "project"
    shutil.copytree(ROOT / "docs/example/data", project / "data")
    lay_out(project)
    done = run(project, "build_tools", "review", str(saved))
    assert "Signed by Dr. Teapot Lid: Short page." in done.stdout
    assert "Line 2 is not sure" in done.stderr


def test_loading_keeps_what_still_fits_and_refuses_another_packet(packet: Page, tmp_path: Path) -> None:
    type_in(packet, "1-3 r")
    saved = save(packet, tmp_path / "answers.json")
    given = json.loads(saved.read_text("utf-8"))
    given["lines"][next(iter(given["lines"]))]["digest"] = "0" * 12
    saved.write_text(json.dumps(given), "utf-8")
    packet.locator("#load").set_input_files(saved)
    packet.get_by_text("Changed since then, please look again: lines 1.").wait_for()
    assert progress(packet).startswith("2 of ")
    for text, said in (
        (json.dumps(given | {"packet": "kettle"}), "it belongs to “kettle”"),
        ("{", "cannot be read"),
    ):
        saved.write_text(text, "utf-8")
        packet.locator("#load").set_input_files(saved)
        packet.get_by_text(said).wait_for()
        assert progress(packet).startswith("2 of ")


def test_a_browser_that_keeps_nothing_says_so(browser: Browser, file: Path) -> None:
    page = browser.new_page()
    page.add_init_script("Object.defineProperty(window, 'localStorage', { get() { throw new Error('no'); } })")
    page.goto(file.as_uri())
    assert "This browser keeps nothing." in page.locator("#said").inner_text()
    page.locator("#line-1 input").first.check()
    assert progress(page).startswith("1 of ")


@pytest.mark.parametrize("look", LOOKS)
def test_no_known_failure(browser: Browser, file: Path, look: str) -> None:
    page = browser.new_page(viewport={"width": 360, "height": 740}, **LOOKS[look])
    page.goto(file.as_uri())
    page.evaluate(OPEN_ALL)
    assert violations(page, BUT_CONTRAST) == []
    assert violations(page, CONTRAST) == [] or look == "forced colors"
    assert page.evaluate("document.documentElement.scrollWidth") == 360


def test_it_fetches_nothing(browser: Browser, file: Path) -> None:
    page = browser.new_page()
    asked: list[str] = []
    page.on("request", lambda request: asked.append(request.url))
    page.goto(file.as_uri())
    assert asked == [file.as_uri()]
