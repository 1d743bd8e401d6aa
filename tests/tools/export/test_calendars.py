"""The calendar and the sitemap: correct days, permanent ids, hostile names as text."""

from __future__ import annotations

from datetime import date
from pathlib import Path
from xml.etree import ElementTree

from icalendar import Calendar

from build_tools.edit.signing import sign
from build_tools.export.calendars import render_calendar
from build_tools.load.settings import Settings
from build_tools.pipeline import prepare
from build_tools.release.site_files import make_other_files
from tests.conftest import TODAY, edit, loaded

SETTINGS = Settings("Teapots", "https://clinic.example/pain/")
POLISHING = "procedures/teapot-polishing.yml"
SITEMAP = "{http://www.sitemaps.org/schemas/sitemap/0.9}"


def events(data: Path) -> dict[str, tuple[str, date, str]]:
    """Title, day and address of each event by its id, as a calendar program reads them."""
    calendar = Calendar.from_ical(render_calendar(loaded(data), SETTINGS))
    return {
        str(event["uid"]): (str(event["summary"]), event.decoded("dtstart"), str(event.get("url", "")))
        for event in calendar.walk("VEVENT")
    }


def test_calendar_has_each_check_and_review(example: Path) -> None:
    facts = loaded(example)
    reviewer = ("Dr. Teapot Lid", "Potter, Clinic of Crockery", "None declared.")
    assert sign(example, facts, "teapot-polishing", ["signs"], *reviewer, TODAY, date(2027, 11, 20)) == []
    actual = events(example)
    page = "https://clinic.example/pain/procedures/teapot-polishing.html"
    check = "Check the facts: Teapot polishing", date(2027, 11, 22), page
    assert actual["check-teapot-polishing@clinic.example"] == check
    review = "Review by a clinician: Teapot polishing", date(2027, 11, 20), page
    assert actual["review-teapot-polishing@clinic.example"] == review
    assert len(actual) == len(facts.procedures) + len(facts.comparisons) + 1


def test_event_keeps_its_id_when_its_day_moves(example: Path) -> None:
    before = events(example)
    edit(example / POLISHING, "next_check: 2027-11-22", "next_check: 2027-10-01")
    after = events(example)
    assert before.keys() == after.keys()
    assert {uid for uid in before if before[uid] != after[uid]} == {"check-teapot-polishing@clinic.example"}


def test_hostile_name_stays_text_in_calendar(example: Path) -> None:
    edit(example / POLISHING, "  name: Teapot polishing", '  name: "Teapot; polishing\\\\, BEGIN:VALARM"')
    text = render_calendar(loaded(example), SETTINGS)
    assert "\r\nBEGIN:VALARM" not in text
    assert all(len(line.encode()) <= 75 for line in text.split("\r\n"))
    titles = [title for title, _, _ in events(example).values()]
    assert "Check the facts: Teapot; polishing\\, BEGIN:VALARM" in titles


def test_sitemap_has_each_page_with_the_day_of_its_last_change(example: Path, content: Path) -> None:
    edit(example / POLISHING, "facts_checked: 2026-11-22", "facts_checked: 2026-11-28")
    (content / "about.md").write_text("---\ntitle: About teapots\n---\n\n# About teapots\n", "utf-8")
    site = prepare(example, content, TODAY, SETTINGS)
    files = dict(make_other_files(site))
    days = {
        url.findtext(f"{SITEMAP}loc", ""): url.findtext(f"{SITEMAP}lastmod")
        for url in ElementTree.fromstring(files["sitemap.xml"]).iter(f"{SITEMAP}url")
    }
    assert days.keys() == {SETTINGS.address_of(page.path) for page in site.pages}
    for page, day in {
        "procedures/teapot-polishing": "2026-11-28",
        "procedures/teapot-leave-alone": "2026-11-25",
        "comparisons/squeaking-teapot": "2026-11-28",  # its table shows facts of that day
        "sources": "2026-11-28",
        "about": None,  # hand-written pages have no day
    }.items():
        assert days[f"https://clinic.example/pain/{page}.html"] == day, page
    assert "Sitemap: https://clinic.example/pain/sitemap.xml" in files["robots.txt"]


def test_sitemap_needs_an_address(example: Path, content: Path) -> None:
    files = dict(make_other_files(prepare(example, content, TODAY)))
    assert "sitemap.xml" not in files
    assert files["robots.txt"] == "User-agent: *\nAllow: /\n"
