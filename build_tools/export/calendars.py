"""The days on which facts must be checked or reviewed again, as a calendar for editors (RFC 5545)."""

from __future__ import annotations

from datetime import UTC, date, datetime, time, timedelta

from icalendar import Calendar, Event

from build_tools.load.facts import Facts
from build_tools.load.settings import Settings
from build_tools.model.reviews import find_statuses


def render_calendar(facts: Facts, settings: Settings) -> str:
    """The calendar as text: the same for the same facts. An event keeps its id when its day moves."""
    calendar = Calendar()
    calendar.add("prodid", f"-//{settings.site_name}//Reviews//EN")
    calendar.add("version", "2.0")
    calendar.add("refresh-interval", timedelta(days=7), parameters={"value": "DURATION"})  # RFC 7986
    calendar.add("x-wr-calname", f"{settings.site_name}: checks and reviews that are due")

    def add(uid: str, title: str, due: date, set_on: date, page: str) -> None:
        event = Event()
        event.add("uid", f"{uid}@{settings.host}")
        event.add("dtstamp", datetime.combine(set_on, time(), UTC))
        event.add("dtstart", due)
        event.add("dtend", due + timedelta(days=1))
        event.add("summary", title)
        event.add("transp", "TRANSPARENT")
        if settings.site_url:
            event.add("url", settings.address_of(page))
        calendar.add_component(event)

    for id, procedure in facts.procedures.items():
        title, page = f"Check the facts: {procedure.names.name}", f"procedures/{id}.md"
        add(f"check-{id}", title, procedure.next_check, procedure.facts_checked, page)
    for id, comparison in facts.comparisons.items():
        title, page = f"Check the comparison: {comparison.title}", f"comparisons/{id}.md"
        add(f"check-comparison-{id}", title, comparison.next_check, comparison.facts_checked, page)
    for id, statuses in find_statuses(facts, date.min).items():
        if reviews := [status.review for status in statuses.values() if status.review]:
            title = f"Review by a clinician: {facts.procedures[id].names.name}"
            first = min(reviews, key=lambda review: review.next_review)
            add(f"review-{id}", title, first.next_review, first.signed, f"procedures/{id}.md")
    return str(calendar.to_ical(), "utf-8")
