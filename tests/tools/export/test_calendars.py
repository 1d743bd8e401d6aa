"""Calendar and sitemap: real days, permanent ids, and the same bytes for the same facts."""

from __future__ import annotations

from datetime import date
from pathlib import Path
from xml.etree import ElementTree

from icalendar import Calendar

from build_tools.edit.signing import sign
from build_tools.export.calendars import render_calendar
from build_tools.load.loader import load
from build_tools.load.settings import Settings
from build_tools.pipeline import prepare
from build_tools.release.beside import make_files_beside
from tests.conftest import TODAY, edit

SETTINGS = Settings("Teapots", "https://clinic.example/pain/")
POLISHING = "procedures/teapot-polishing.yml"
SITEMAP = "{http://www.sitemaps.org/schemas/sitemap/0.9}"


def events(data: Path, settings: Settings = SETTINGS) -> dict[str, tuple[str, date, str]]:
    """Title, day and address of each event by its id, as a calendar program reads them."""
    read = Calendar.from_ical(render_calendar(load(data)[0], settings))
    return {
        str(event["uid"]): (str(event["summary"]), event.decoded("dtstart"), str(event.get("url", "")))
        for event in read.walk("VEVENT")
    }


def test_the_calendar_has_every_check_and_review_that_is_due(example: Path) -> None:
    facts, _ = load(example)
    who = ("Dr. Teapot Lid", "Potter, Clinic of Crockery", "None declared.")
    assert sign(example, facts, "teapot-polishing", ["signs"], *who, TODAY, date(2027, 11, 20)) == []
    found = events(example)
    page = "https://clinic.example/pain/procedures/teapot-polishing.html"
    check = "Check the facts: Teapot polishing", date(2027, 11, 22), page
    assert found["check-teapot-polishing@clinic.example"] == check
    review = "Review by a clinician: Teapot polishing", date(2027, 11, 20), page
    assert found["review-teapot-polishing@clinic.example"] == review
    assert len(found) == len(facts.procedures) + len(facts.comparisons) + 1


def test_programs_that_follow_the_calendar_learn_how_often_to_ask(example: Path) -> None:
    text = render_calendar(load(example)[0], SETTINGS)
    assert "\r\nREFRESH-INTERVAL;VALUE=DURATION:P7D\r\n" in text, "RFC 7986, section 5.7"


def test_an_event_keeps_its_id_when_its_day_moves(example: Path) -> None:
    before = events(example)
    edit(example / POLISHING, "next_check: 2027-11-22", "next_check: 2027-10-01")
    after = events(example)
    assert before.keys() == after.keys()
    assert {uid for uid in before if before[uid] != after[uid]} == {"check-teapot-polishing@clinic.example"}


def test_the_calendar_is_the_same_for_the_same_facts_and_keeps_hostile_names_as_text(example: Path) -> None:
    edit(example / POLISHING, "  name: Teapot polishing", '  name: "Teapot; polishing\\\\, BEGIN:VALARM"')
    facts, _ = load(example)
    text = render_calendar(facts, SETTINGS)
    assert text == render_calendar(facts, SETTINGS)
    assert "\r\nBEGIN:VALARM" not in text
    assert all(len(line.encode()) <= 75 for line in text.split("\r\n"))
    titles = [title for title, _, _ in events(example).values()]
    assert "Check the facts: Teapot; polishing\\, BEGIN:VALARM" in titles


def test_the_sitemap_has_every_page_with_its_real_day(example: Path, content: Path) -> None:
    edit(example / POLISHING, "facts_checked: 2026-11-22", "facts_checked: 2026-11-28")
    (content / "about.md").write_text("---\ntitle: About teapots\n---\n\n# About teapots\n", "utf-8")
    site = prepare(example, content, TODAY, SETTINGS)
    beside = dict(make_files_beside(site))
    found = {
        url.findtext(f"{SITEMAP}loc", ""): url.findtext(f"{SITEMAP}lastmod")
        for url in ElementTree.fromstring(beside["sitemap.xml"]).iter(f"{SITEMAP}url")
    }
    assert set(found) == {SETTINGS.address_of(page.path) for page in site.pages}
    for page, day in {
        "procedures/teapot-polishing": "2026-11-28",
        "procedures/teapot-leave-alone": "2026-11-25",
        "comparisons/squeaking-teapot": "2026-11-28",  # its table shows facts of that day
        "sources": "2026-11-28",
        "about": None,  # nobody knows when words were last changed
    }.items():
        assert found[f"https://clinic.example/pain/{page}.html"] == day, page
    assert "Sitemap: https://clinic.example/pain/sitemap.xml" in beside["robots.txt"]


def test_without_an_address_there_is_no_sitemap(example: Path, content: Path) -> None:
    beside = dict(make_files_beside(prepare(example, content, TODAY)))
    assert "sitemap.xml" not in beside
    assert beside["robots.txt"] == "User-agent: *\nAllow: /\n"
