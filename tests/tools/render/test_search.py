"""The search index has every page and word by all its names."""

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
POLISHING, COMPARISON = "procedures/teapot-polishing.html", "comparisons/squeaking-teapot.html"


def entries(site: Site) -> Entries:
    """The index by address, parsed from the script."""
    script = render_search_index(site.facts, site.pages)
    assert script.startswith("const searchIndex = ")
    assert script.endswith(";\n")
    pages = json.loads(script.removeprefix("const searchIndex = ").removesuffix(";\n"))["pages"]
    assert len({entry["url"] for entry in pages}) == len(pages)
    return {entry["url"]: entry for entry in pages}


def test_every_page_but_the_search_page_is_in_the_index(example: Path, content: Path) -> None:
    for name in ("about", "search"):
        (content / f"{name}.md").write_text(f"---\ntitle: The {name} page\n---\n\n# {name}\n", "utf-8")
    pages = entries(prepare(example, content, TODAY))
    assert {POLISHING, COMPARISON, "about.html"} <= pages.keys()
    assert "search.html" not in pages
    assert pages["about.html"]["title"] == "The about page"


def test_every_glossary_word_is_in_the_index(example_site: Site) -> None:
    assert {f"glossary.html#{id}" for id, _ in example_site.facts.terms()} <= set(entries(example_site))


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
def test_pages_and_words_are_indexed_by_every_name(
    example_site: Site, address: str, field: str, words: str
) -> None:
    assert words in entries(example_site)[address][field]


@pytest.mark.parametrize(("address", "section", "heading", "text"), [
    ("risks.html#teapot-polishing.harms.broken-spout", "harms", "A spout that breaks off",
        "The spout can break off if the teapot falls."),
    ("what-people-ask.html#work", "work", "When can I work again?", "You can make tea again the same day."),
    ("what-happens.html#anesthesia", "anesthesia", "Will you be awake?",
        "The teapot is empty and cold, and you are awake."),
    ("who-it-is-for.html#who-should-not", "who-should-not", "Who should not have it or needs extra care",
        "A teapot with a crack needs a look by a potter first."),
])  # fmt: skip
def test_sections_of_detail_pages_are_indexed(
    example_site: Site, address: str, section: str, heading: str, text: str
) -> None:
    sections = {place[0]: place for place in entries(example_site)[POLISHING]["places"]}
    _, *names, texts, _ = sections[f"procedures/teapot-polishing/{address}"]
    assert names == [section, heading]
    assert text in texts


def test_figures_are_indexed_by_their_words_without_numbers(example_site: Site) -> None:
    places = entries(example_site)[POLISHING]["places"]
    results = next(place for place in places if place[1] == "benefits")
    assert "quiet" in results[-1]
    assert not any("18 of" in text for place in places for text in place[3])


def test_second_hand_facts_are_marked(example: Path, content: Path) -> None:
    edit(
        example / "procedures/teapot-polishing.yml",
        "    sources: [kettle-2021]\n\n# Required. What we searched",
        "    sources: [{source: kettle-2021, reporting: Ladle 1997}]\n\n# Required. What we searched",
    )
    entry = entries(prepare(example, content, TODAY))[POLISHING]
    places = {place[0].rpartition(".")[2]: place for place in entry["places"]}
    assert places["scratches"][3] == [
        "The cloth can leave fine scratches. (second-hand)",
        "How long it lasts: Until the next polishing. (second-hand)",
        "What can be done: A softer cloth is used. (second-hand)",
    ]
    assert "second-hand" not in str(places["broken-spout"])


def test_danger_signs_link_to_their_list(example_site: Site) -> None:
    places = entries(example_site)["signs.html"]["places"]
    for (key, sign), place in zip(example_site.facts.signs.items(), places, strict=True):
        assert place[0] == f"signs.html#about-{key}"
        assert sign.why in place[3][0]


def test_script_syntax_in_a_name_is_escaped(example: Path, content: Path) -> None:
    edit(
        example / "procedures/teapot-lid-polishing.yml",
        "  name: Lid polishing",
        "  name: 'A \"lid\" \\ </script> `${pot}` café'",
    )
    pages = entries(prepare(example, content, TODAY))
    assert pages["procedures/teapot-lid-polishing.html"]["title"] == 'A "lid" \\ </script> `${pot}` café'
