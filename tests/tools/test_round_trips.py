"""What other programs read is what the facts say: each published file of the real facts, loaded back."""

from __future__ import annotations

import csv
import io
import json
import re
from datetime import timedelta
from typing import Any
from xml.etree import ElementTree

import pytest
from icalendar import Calendar
from pydantic import BaseModel
from selectolax.lexbor import LexborHTMLParser

from build_tools.load.settings import Settings
from build_tools.model.changes import group_by_page
from build_tools.model.comparison import compare_options
from build_tools.model.figure_text import join, to_text
from build_tools.pipeline import prepare
from build_tools.records.entries import AnyFact, Figure
from build_tools.records.procedure import CODE_SYSTEMS, Harm, iter_facts
from build_tools.release.beside import make_files_beside
from build_tools.render.rendering import Site
from tests.conftest import LATEST, ROOT

SETTINGS = Settings("Pain procedures", "https://clinic.example/pain/")
ATOM = "{http://www.w3.org/2005/Atom}"


@pytest.fixture(scope="module")
def site() -> Site:
    """The real facts and their pages."""
    return prepare(ROOT / "data", ROOT / "content", LATEST, SETTINGS)


@pytest.fixture(scope="module")
def files(site: Site) -> dict[str, str]:
    return {path: str(text) for path, text in make_files_beside(site)}


@pytest.fixture(scope="module")
def pages(site: Site) -> dict[str, LexborHTMLParser]:
    return {page.path: LexborHTMLParser(page.text) for page in site.pages}


def dumped(record: BaseModel, *left_out: str) -> dict[str, Any]:
    """A record as its author wrote it, without what is not published."""
    return record.model_dump(mode="json", by_alias=True, exclude_defaults=True, exclude={"shows", *left_out})


def snake(value: Any) -> Any:
    """A published value with its names as in the facts."""
    if isinstance(value, list):
        return [snake(item) for item in value]
    if not isinstance(value, dict):
        return value
    return {
        re.sub(r"[A-Z]", lambda upper: f"_{upper[0].lower()}", name): snake(item) for name, item in value.items()
    }


def as_written(published: dict[str, Any]) -> dict[str, Any]:
    """A published fact in the shape in which the facts have it."""
    fact: dict[str, Any] = {name: value for name, value in snake(published).items() if value != []}
    kind, words = fact.pop("kind"), fact.pop("words")
    del fact["id"], fact["field"]
    for citation in fact.get("sources", ()):
        assert citation.pop("second_hand") == ("reporting" in citation)
    if kind == "figure":
        fact |= fact.pop("value") | {"certainty": fact.pop("how_sure")["level"]}
        if fact["units"] == "people":
            del fact["units"]
        if "versus" in fact:
            fact["versus"] |= fact["versus"].pop("value")
    elif kind == "not-known":
        fact["not_known"] = words
    elif kind == "does-not-apply":
        fact["does_not_apply"] = words.removeprefix("Does not apply. ")
    else:
        fact["says"] = words
    if kind == "harm":
        del fact["name"]
        fact["how_often"] = {one["id"].split(".")[3]: as_written(one) for one in published["howOften"]}
    return fact


def expected(fact: AnyFact) -> dict[str, Any]:
    """What must come back for a fact."""
    written = dumped(fact)
    if isinstance(fact, Harm):
        written["how_often"] = {key: expected(often) for key, often in fact.how_often.items()}
        written.pop("name", None)
    return written


def test_json_of_a_procedure_holds_its_record(site: Site, files: dict[str, str]) -> None:
    for id, procedure in site.facts.procedures.items():
        file = json.loads(files[f"api/v1/procedures/{id}.json"])
        names = dumped(procedure.names, "same_name")
        assert (file["name"], file["plainName"], file["sayIt"]) == (names["name"], names["plain"], names["say_it"])
        assert file["alsoCalled"] == names.get("also_called", [])
        assert file.get("partOf") == procedure.part_of
        assert file["effectOnNerves"] == procedure.kind
        assert (file["factsChecked"], file["nextCheck"]) == (
            str(procedure.facts_checked),
            str(procedure.next_check),
        )
        assert [(code["system"], code["value"], code["checked"]) for code in file["codes"]] == [
            (code.system, code.value, code.checked) for code in procedure.codes
        ]
        assert file["questions"] == procedure.questions
        facts = {
            one: fact for one, fact in iter_facts(procedure, id) if not (".harms." in one and one.count(".") == 3)
        }
        assert [one["id"] for one in file["facts"]] == [*facts]
        for one in file["facts"]:
            assert as_written(one) == expected(facts[one["id"]]), one["id"]
            assert one["words"] == to_text(facts[one["id"]])
            if one["kind"] == "harm":
                own = dumped(facts[one["id"]]).get("name")
                assert one["name"] == (own or site.facts.vocabulary["effects"][one["effect"]].plain)


def test_json_and_csv_of_a_comparison_hold_its_table(site: Site, files: dict[str, str]) -> None:
    for id, comparison in site.facts.comparisons.items():
        file = json.loads(files[f"api/v1/comparisons/{id}.json"])
        grid = compare_options(comparison, site.facts)
        top = comparison.title, comparison.question, grid.not_to_rank
        assert (file["title"], file["question"], file["doNotRank"]) == top
        assert as_written(file["about"]) == expected(comparison.about)
        message = comparison.main_message
        assert [as_written(one) for one in file["mainMessage"]] == [
            expected(message.helps),
            expected(message.harms),
        ]
        assert [option["id"] for option in file["options"]] == comparison.options
        assert file["questions"] == comparison.questions
        assert {
            point["key"]: (point["matters"], point["words"], point["facts"]) for point in file["weighing"]
        } == {key: (point.matters, point.says, point.facts) for key, point in comparison.weighing.items()}
        head, *rows = csv.reader(io.StringIO(files[f"api/v1/comparisons/{id}.csv"], newline=""))
        assert head == ["Question", *(name for _, name in grid.columns)]
        published = [*file["rows"], *file["harms"]]
        for row, line, one in zip((*grid.rows, *grid.harms, *grid.more_harms), rows, published, strict=True):
            assert line[0] == one["asks"] == row.asks
            assert (
                line[1:] == [cell["words"] for cell in one["cells"]] == [join(cell.sentence) for cell in row.cells]
            )
            assert [cell["facts"] for cell in one["cells"]] == [[*cell.facts] for cell in row.cells]


def test_table_of_figures_holds_every_figure(site: Site, files: dict[str, str]) -> None:
    figures = {id: fact for id, fact in site.facts.all() if isinstance(fact, Figure)}
    rows = list(csv.DictReader(io.StringIO(files["api/v1/figures.csv"], newline="")))
    assert [row["id"] for row in rows] == [*figures]
    for row in rows:
        figure = figures[row["id"]]
        # What a figure applies to stands in its words.
        written = dumped(figure, "versus", "sources", "applies_to", "brief") | {"units": figure.units}
        written |= (
            {f"versus_{name}": value for name, value in dumped(figure.versus).items()} if figure.versus else {}
        )
        written |= {"words": to_text(figure), "sources": " ".join(c.source for c in figure.sources)}
        told = {
            name: value
            for name, value in row.items()
            if value and name not in ("id", "procedure", "field", "second_hand")
        }
        assert told == {
            name: f"{value:g}" if isinstance(value, float) else str(value) for name, value in written.items()
        }
        assert row["second_hand"] == "; ".join(c.reporting for c in figure.sources if c.reporting)


def test_sources_and_terms_come_back(site: Site, files: dict[str, str]) -> None:
    sources = {id: dumped(source) for id, source in site.facts.sources.items()}
    published = {one.pop("id"): one for one in snake(json.loads(files["api/v1/sources.json"])["sources"])}
    resting = {id: one.pop("facts") for id, one in published.items()}
    assert published == sources
    for id, fact in site.facts.all():
        for citation in getattr(fact, "sources", ()):
            assert id in resting[citation.source]
    rows = csv.DictReader(io.StringIO(files["api/v1/sources.csv"], newline=""))
    assert {row.pop("id"): {k: v for k, v in row.items() if v} for row in rows} == {
        id: {name: str(value) for name, value in source.items()} for id, source in sources.items()
    }
    terms = {one.pop("id"): one for one in snake(json.loads(files["api/v1/terms.json"])["terms"])}
    for vocabulary, words in site.facts.vocabulary.items():
        for id, term in words.items():
            told = {name: value for name, value in terms.pop(id).items() if value}
            public = {"name", "plain", "definition", "say_it", "synonyms"}  # the others are for our own checks
            written = term.model_dump(include=public, exclude_defaults=True)
            assert told == written | {"vocabulary": vocabulary}
    assert terms == {}


def block(page: LexborHTMLParser) -> dict[str, Any]:
    [script] = page.css('script[type="application/ld+json"]')
    found: dict[str, Any] = json.loads(script.text())
    return found


def test_blocks_for_search_engines_say_what_the_page_says(site: Site, pages: dict[str, LexborHTMLParser]) -> None:
    facts = site.facts
    for id, procedure in facts.procedures.items():
        page = pages[f"procedures/{id}.md"]
        found = block(page)
        about = found["mainEntity"]
        text = " ".join(page.text().split()).casefold()
        assert found["name"] == about["name"] == procedure.names.name
        shown = [found["description"], *about.get("alternateName", ())]
        shown += [about[field] for field in ("howPerformed", "preparation", "followup") if field in about]
        assert [said for said in shown if said.casefold() not in text] == []
        assert [code["codeValue"] for code in about.get("code", ())] == [code.value for code in procedure.codes]
        for name, serious in (("seriousAdverseOutcome", True), ("adverseOutcome", False)):
            harms = {facts.harm_name(harm) for harm in procedure.harms.values() if harm.serious is serious}
            told = {outcome["name"] for outcome in about.get(name, ())}
            assert told <= harms
            assert [outcome for outcome in told if outcome.casefold() not in text] == []
        for part in found["hasPart"]:
            path, _, anchor = part["@id"].partition("#")
            detail = pages[f"procedures/{path.replace('.html', '.md')}"].text()
            assert f"## {part['name']} {{: #{anchor} }}" in detail


def test_answers_for_health_records_lead_to_the_page(site: Site, files: dict[str, str]) -> None:
    coded = [(id, code) for id, procedure in site.facts.procedures.items() for code in procedure.codes]
    assert coded
    for id, code in coded:
        feed = json.loads(files[f"{code.answer}.json"])["feed"]
        top = ElementTree.fromstring(files[f"{code.answer}.xml"])
        asked = {one["scheme"]: one["term"] for one in feed["category"]}
        assert asked["mainSearchCriteria.v.c"] == code.value
        assert asked["mainSearchCriteria.v.cs"] == CODE_SYSTEMS[code.system].oid
        assert asked == {one.attrib["scheme"]: one.attrib["term"] for one in top.iter(f"{ATOM}category")}
        top_page = f"https://clinic.example/pain/procedures/{id}"
        parts = (
            "who-it-is-for.html#who-it-may-help results.html#benefits risks.html#harms "
            "when-to-get-help.html#when-to-get-help what-people-ask.html#questions"
        )
        addresses = [f"{top_page}.html", *(f"{top_page}/{part}" for part in parts.split())]
        assert [one["link"][0]["href"] for one in feed["entry"]] == addresses
        assert [one.attrib["href"] for one in top.iter(f"{ATOM}link")] == addresses


def test_feed_tells_every_publication_with_corrected_dangers_and_the_newest_first(
    site: Site, files: dict[str, str]
) -> None:
    entries = [*ElementTree.fromstring(files["feed.xml"]).iter(f"{ATOM}entry")]
    told = {(about, one.number): one for about, found in group_by_page(site.facts).items() for one in found}
    assert len(entries) == len(told)
    order = [(entry.find(f"{ATOM}category") is not None, entry.findtext(f"{ATOM}updated")) for entry in entries]
    assert order == sorted(order, reverse=True)
    assert order[0][0]
    for entry in entries:
        number, about = (entry.findtext(f"{ATOM}id") or "").split("changes/")[1].split("/")
        one = told[about, int(number)]
        content = entry.findtext(f"{ATOM}content") or ""
        assert one.says in content
        for change in one.changes:
            for part in (change.fact, change.says, change.was, change.now, change.why):
                assert (part or "") in content


def test_calendar_holds_every_day_that_is_due(site: Site, files: dict[str, str]) -> None:
    due = {f"check-{id}": record.next_check for id, record in site.facts.procedures.items()}
    due |= {f"check-comparison-{id}": record.next_check for id, record in site.facts.comparisons.items()}
    due |= {f"review-{review.procedure}": review.next_review for review in site.facts.reviews}
    events: Any = Calendar.from_ical(files["reviews.ics"]).walk("VEVENT")
    assert {str(event["UID"]).split("@")[0]: event["DTSTART"].dt for event in events} == due
    assert {event["DTEND"].dt - event["DTSTART"].dt for event in events} == {timedelta(days=1)}
