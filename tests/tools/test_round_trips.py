"""Each published file of the real facts, read back and compared with the facts."""

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
from build_tools.release.site_files import make_other_files
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
    return {path: str(text) for path, text in make_other_files(site)}


@pytest.fixture(scope="module")
def pages(site: Site) -> dict[str, LexborHTMLParser]:
    return {page.path: LexborHTMLParser(page.text) for page in site.pages}


def dump(record: BaseModel, *excluded: str) -> dict[str, Any]:
    """A record as in its file, without unpublished fields."""
    return record.model_dump(mode="json", by_alias=True, exclude_defaults=True, exclude={"shows", *excluded})


def to_snake(value: Any) -> Any:
    """A published value with the field names of records."""
    if isinstance(value, list):
        return [to_snake(item) for item in value]
    if not isinstance(value, dict):
        return value
    return {
        re.sub(r"[A-Z]", lambda upper: f"_{upper[0].lower()}", name): to_snake(item)
        for name, item in value.items()
    }


def to_record(published: dict[str, Any]) -> dict[str, Any]:
    """A published fact in the form of its record."""
    fact: dict[str, Any] = {name: value for name, value in to_snake(published).items() if value != []}
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
        fact["how_often"] = {figure["id"].split(".")[3]: to_record(figure) for figure in published["howOften"]}
    return fact


def expected(fact: AnyFact) -> dict[str, Any]:
    """The record of a fact as it must be published."""
    record = dump(fact)
    if isinstance(fact, Harm):
        record["how_often"] = {key: expected(figure) for key, figure in fact.how_often.items()}
        record.pop("name", None)
    return record


def test_json_of_a_procedure_equals_its_record(site: Site, files: dict[str, str]) -> None:
    for id, procedure in site.facts.procedures.items():
        file = json.loads(files[f"api/v1/procedures/{id}.json"])
        names = dump(procedure.names, "same_name")
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
            fact_id: fact
            for fact_id, fact in iter_facts(procedure, id)
            if not (".harms." in fact_id and fact_id.count(".") == 3)
        }
        assert [published["id"] for published in file["facts"]] == [*facts]
        for published in file["facts"]:
            fact = facts[published["id"]]
            assert to_record(published) == expected(fact), published["id"]
            assert published["words"] == to_text(fact)
            if isinstance(fact, Harm):
                assert published["name"] == site.facts.harm_name(fact)


def test_json_and_csv_of_a_comparison_equal_its_table(site: Site, files: dict[str, str]) -> None:
    for id, comparison in site.facts.comparisons.items():
        file = json.loads(files[f"api/v1/comparisons/{id}.json"])
        grid = compare_options(comparison, site.facts)
        top = comparison.title, comparison.question, grid.not_to_rank
        assert (file["title"], file["question"], file["doNotRank"]) == top
        assert to_record(file["about"]) == expected(comparison.about)
        messages = comparison.main_message.helps, comparison.main_message.harms
        assert [*map(to_record, file["mainMessage"])] == [*map(expected, messages)]
        assert [option["id"] for option in file["options"]] == comparison.options
        assert file["questions"] == comparison.questions
        assert {
            point["key"]: (point["matters"], point["words"], point["facts"]) for point in file["weighing"]
        } == {key: (point.matters, point.says, point.facts) for key, point in comparison.weighing.items()}
        head, *rows = csv.reader(io.StringIO(files[f"api/v1/comparisons/{id}.csv"], newline=""))
        assert head == ["Question", *(name for _, name in grid.columns)]
        published = [*file["rows"], *file["harms"]]
        expected_rows = (*grid.rows, *grid.harms, *grid.more_harms)
        for row, in_csv, in_json in zip(expected_rows, rows, published, strict=True):
            words = [join(cell.sentence) for cell in row.cells]
            assert in_csv == [in_json["asks"], *(cell["words"] for cell in in_json["cells"])] == [row.asks, *words]
            assert [cell["facts"] for cell in in_json["cells"]] == [[*cell.facts] for cell in row.cells]


def test_csv_of_figures_equals_their_records(site: Site, files: dict[str, str]) -> None:
    figures = {id: fact for id, fact in site.facts.iter_facts() if isinstance(fact, Figure)}
    rows = list(csv.DictReader(io.StringIO(files["api/v1/figures.csv"], newline="")))
    assert [row["id"] for row in rows] == [*figures]
    for row in rows:
        figure = figures[row.pop("id")]
        # The words include what a figure applies to.
        record = dump(figure, "versus", "sources", "applies_to", "brief") | {"units": figure.units}
        if figure.versus:
            record |= {f"versus_{name}": value for name, value in dump(figure.versus).items()}
        record |= {"words": to_text(figure), "sources": " ".join(c.source for c in figure.sources)}
        assert row.pop("second_hand") == "; ".join(c.reporting for c in figure.sources if c.reporting)
        del row["procedure"], row["field"]
        assert {name: value for name, value in row.items() if value} == {
            name: f"{value:g}" if isinstance(value, float) else str(value) for name, value in record.items()
        }


def test_json_and_csv_of_sources_equal_their_records(site: Site, files: dict[str, str]) -> None:
    sources = {id: dump(source) for id, source in site.facts.sources.items()}
    published = {entry.pop("id"): entry for entry in to_snake(json.loads(files["api/v1/sources.json"])["sources"])}
    citing = {id: entry.pop("facts") for id, entry in published.items()}
    assert published == sources
    for id, fact in site.facts.iter_facts():
        for citation in getattr(fact, "sources", ()):
            assert id in citing[citation.source]
    rows = csv.DictReader(io.StringIO(files["api/v1/sources.csv"], newline=""))
    assert {row.pop("id"): {k: v for k, v in row.items() if v} for row in rows} == {
        id: {name: str(value) for name, value in source.items()} for id, source in sources.items()
    }


def test_json_of_terms_equals_their_records(site: Site, files: dict[str, str]) -> None:
    published = {
        (entry.pop("vocabulary"), entry.pop("id")): {name: value for name, value in entry.items() if value}
        for entry in to_snake(json.loads(files["api/v1/terms.json"])["terms"])
    }
    public = {"name", "plain", "definition", "say_it", "synonyms"}  # the other fields are for our checks
    assert published == {
        (vocabulary, id): term.model_dump(include=public, exclude_defaults=True)
        for vocabulary, terms in site.facts.vocabulary.items()
        for id, term in terms.items()
    }


def test_structured_data_says_what_the_page_says(site: Site, pages: dict[str, LexborHTMLParser]) -> None:
    facts = site.facts
    for id, procedure in facts.procedures.items():
        page = pages[f"procedures/{id}.md"]
        [script] = page.css('script[type="application/ld+json"]')
        block = json.loads(script.text())
        entity = block["mainEntity"]
        text = " ".join(page.text().split()).casefold()
        assert block["name"] == entity["name"] == procedure.names.name
        texts = [block["description"], *entity.get("alternateName", ())]
        texts += [entity[field] for field in ("howPerformed", "preparation", "followup") if field in entity]
        assert [code["codeValue"] for code in entity.get("code", ())] == [code.value for code in procedure.codes]
        for name, serious in (("seriousAdverseOutcome", True), ("adverseOutcome", False)):
            harms = {facts.harm_name(harm) for harm in procedure.harms.values() if harm.serious is serious}
            outcomes = {outcome["name"] for outcome in entity.get(name, ())}
            assert outcomes <= harms
            texts += outcomes
        assert [part for part in texts if part.casefold() not in text] == []
        for part in block["hasPart"]:
            path, _, anchor = part["@id"].partition("#")
            detail = pages[f"procedures/{path.replace('.html', '.md')}"].text()
            assert f"## {part['name']} {{: #{anchor} }}" in detail


def test_answers_for_health_records_link_to_the_page(site: Site, files: dict[str, str]) -> None:
    coded = [(id, code) for id, procedure in site.facts.procedures.items() for code in procedure.codes]
    assert coded
    for id, code in coded:
        feed = json.loads(files[f"{code.answer}.json"])["feed"]
        atom = ElementTree.fromstring(files[f"{code.answer}.xml"])
        query = {category["scheme"]: category["term"] for category in feed["category"]}
        assert query["mainSearchCriteria.v.c"] == code.value
        assert query["mainSearchCriteria.v.cs"] == CODE_SYSTEMS[code.system].oid
        categories = [category.attrib for category in atom.iter(f"{ATOM}category")]
        assert query == {category["scheme"]: category["term"] for category in categories}
        page = f"https://clinic.example/pain/procedures/{id}"
        parts = (
            "who-it-is-for.html#who-it-may-help results.html#benefits risks.html#harms "
            "when-to-get-help.html#when-to-get-help what-people-ask.html#questions"
        )
        addresses = [f"{page}.html", *(f"{page}/{part}" for part in parts.split())]
        assert [entry["link"][0]["href"] for entry in feed["entry"]] == addresses
        assert [link.attrib["href"] for link in atom.iter(f"{ATOM}link")] == addresses


def test_feed_has_corrected_dangers_first_and_then_the_newest_changes(site: Site, files: dict[str, str]) -> None:
    entries = [*ElementTree.fromstring(files["feed.xml"]).iter(f"{ATOM}entry")]
    expected = {
        (about, changes.number): changes
        for about, published in group_by_page(site.facts).items()
        for changes in published
    }
    assert len(entries) == len(expected)
    order = [(entry.find(f"{ATOM}category") is not None, entry.findtext(f"{ATOM}updated")) for entry in entries]
    assert order == sorted(order, reverse=True)
    assert order[0][0]
    for entry in entries:
        number, about = (entry.findtext(f"{ATOM}id") or "").split("changes/")[1].split("/")
        changes = expected[about, int(number)]
        content = entry.findtext(f"{ATOM}content") or ""
        assert changes.says in content
        for change in changes.changes:
            for part in (change.fact, change.says, change.was, change.now, change.why):
                assert (part or "") in content


def test_calendar_has_each_due_date(site: Site, files: dict[str, str]) -> None:
    due = {f"check-{id}": record.next_check for id, record in site.facts.procedures.items()}
    due |= {f"check-comparison-{id}": record.next_check for id, record in site.facts.comparisons.items()}
    due |= {f"review-{review.procedure}": review.next_review for review in site.facts.reviews}
    events: Any = Calendar.from_ical(files["reviews.ics"]).walk("VEVENT")
    assert {str(event["UID"]).split("@")[0]: event["DTSTART"].dt for event in events} == due
    assert {event["DTEND"].dt - event["DTSTART"].dt for event in events} == {timedelta(days=1)}
