"""What the search page can find: every page and word, under each of its names."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from build_tools.pipeline import prepare
from build_tools.render.rendering import Site
from build_tools.render.search import render_search_index
from tests.conftest import TODAY, edit

Entries = dict[str, dict[str, Any]]


def entries(site: Site) -> Entries:
    """The index by address, read as a browser would read the script."""
    script = render_search_index(site.facts, site.pages)
    assert script.startswith("const searchIndex = ")
    assert script.endswith(";\n")
    found = json.loads(script.removeprefix("const searchIndex = ").removesuffix(";\n"))["pages"]
    assert len({entry["url"] for entry in found}) == len(found)
    return {entry["url"]: entry for entry in found}


def test_every_page_is_found_under_its_address_but_the_search_page_itself(example: Path, content: Path) -> None:
    for name in ("about", "search"):
        (content / f"{name}.md").write_text(f"---\ntitle: The {name} page\n---\n\n# {name}\n", "utf-8")
    found = entries(prepare(example, content, TODAY))
    pages = {url for url in found if "#" not in url}
    assert {"procedures/teapot-polishing.html", "comparisons/squeaking-teapot.html", "about.html"} <= pages
    assert "search.html" not in pages
    assert found["about.html"]["title"] == "The about page"


def test_every_word_of_the_glossary_is_in_the_index(example_site: Site) -> None:
    assert {f"glossary.html#{id}" for id, _ in example_site.facts.terms()} <= set(entries(example_site))


POLISHING, COMPARISON = "procedures/teapot-polishing.html", "comparisons/squeaking-teapot.html"


@pytest.mark.parametrize(("address", "field", "words"), [
    (POLISHING, "title", "Teapot polishing"),
    (POLISHING, "summary", "rub the hinge of a teapot"),
    (POLISHING, "names", "Rubbing a teapot until it no longer squeaks"),
    (POLISHING, "names", "tea pot polishing"),
    (POLISHING, "names", "hinge polishing"),
    (COMPARISON, "summary", "Polish the whole teapot, polish the lid, or leave it alone?"),
    (COMPARISON, "about", "Lid polishing"),
    (COMPARISON, "headings", "What should I expect?"),
    ("glossary.html#hinge", "title", "hinge (word)"),
    ("glossary.html#hinge", "names", "the joint between lid and pot"),
    ("glossary.html#hinge", "names", "hinges"),
    ("glossary.html#hinge", "summary", "The small joint on which a lid turns."),
])  # fmt: skip
def test_pages_and_words_are_found_by_every_name(example_site: Site, address: str, field: str, words: str) -> None:
    assert words in entries(example_site)[address][field]


@pytest.mark.parametrize(("place", "section", "heading", "says"), [
    ("risks.html#teapot-polishing.harms.broken-spout", "harms", "A spout that breaks off",
        "The spout can break off if the teapot falls."),
    ("what-people-ask.html#work", "work", "When can I work again?", "You can make tea again the same day."),
    ("what-happens.html#anesthesia", "anesthesia", "Will you be awake?",
        "The teapot is empty and cold, and you are awake."),
    ("who-it-is-for.html#who-should-not", "who-should-not", "Who should not have it or needs extra care",
        "A teapot with a crack needs a look by a potter first."),
])  # fmt: skip
def test_a_procedure_is_found_by_what_its_pages_say(
    example_site: Site, place: str, section: str, heading: str, says: str
) -> None:
    places = {found[0]: found for found in entries(example_site)[POLISHING]["places"]}
    _, *found, said, _ = places[f"procedures/teapot-polishing/{place}"]
    assert found == [section, heading]
    assert says in said


def test_a_figure_is_found_by_its_words_and_never_shown_without_its_people(example_site: Site) -> None:
    places = entries(example_site)[POLISHING]["places"]
    results = next(place for place in places if place[1] == "benefits")
    assert "quiet" in results[-1]
    assert not any("18 of" in said for place in places for said in place[3])


def test_what_a_source_only_reports_is_called_second_hand(example: Path, content: Path) -> None:
    edit(
        example / "procedures/teapot-polishing.yml",
        "    sources: [kettle-2021]\n\n# Required. What we searched",
        "    sources: [{source: kettle-2021, reporting: Ladle 1997}]\n\n# Required. What we searched",
    )
    found = entries(prepare(example, content, TODAY))[POLISHING]["places"]
    places = {place[0].rpartition(".")[2]: place for place in found}
    assert places["scratches"][3] == [
        "The cloth can leave fine scratches. (second-hand)",
        "How long it lasts: Until the next polishing. (second-hand)",
        "What can be done: A softer cloth is used. (second-hand)",
    ]
    assert "second-hand" not in str(places["broken-spout"])


def test_a_danger_sign_is_found_where_all_are_listed(example_site: Site) -> None:
    places = entries(example_site)["signs.html"]["places"]
    for (key, sign), place in zip(example_site.facts.signs.items(), places, strict=True):
        assert place[0] == f"signs.html#about-{key}"
        assert sign.why in place[3][0]


def test_signs_in_a_name_do_not_end_the_script(example: Path, content: Path) -> None:
    edit(
        example / "procedures/teapot-lid-polishing.yml",
        "  name: Lid polishing",
        "  name: '\"Lid\" \\ </script> `${pot}` café'",
    )
    found = entries(prepare(example, content, TODAY))
    assert found["procedures/teapot-lid-polishing.html"]["title"] == '"Lid" \\ </script> `${pot}` café'
