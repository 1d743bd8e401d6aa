"""What the search page can find: every page and word, under each of its names."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from build_tools.search import index
from build_tools.site import prepare
from tests.conftest import TODAY, edit

Entries = dict[str, dict[str, Any]]


def entries(data: Path, content: Path) -> Entries:
    """The index by address, read as a browser would read the script."""
    site = prepare(data, content, TODAY)
    script = index(site.facts, site.pages)
    assert script.startswith("const searchIndex = ")
    assert script.endswith(";\n")
    found = json.loads(script.removeprefix("const searchIndex = ").removesuffix(";\n"))
    assert len({entry["url"] for entry in found}) == len(found)
    return {entry["url"]: entry for entry in found}


def test_every_page_is_found_under_its_address_but_the_search_page_itself(example: Path, content: Path) -> None:
    for name in ("about", "search"):
        (content / f"{name}.md").write_text(f"---\ntitle: The {name} page\n---\n\n# {name}\n", "utf-8")
    found = entries(example, content)
    pages = {url for url in found if "#" not in url}
    assert {"procedures/teapot-polishing.html", "comparisons/squeaking-teapot.html", "about.html"} <= pages
    assert "search.html" not in pages
    assert found["about.html"]["title"] == "The about page"


@pytest.mark.parametrize(("field", "words"), [
    ("title", "Teapot polishing"),
    ("summary", "rub the hinge of a teapot"),
    ("names", "Rubbing a teapot until it no longer squeaks"),
    ("names", "tea pot polishing"),
    ("names", "hinge polishing"),
    ("about", "a broken spout"),
    ("headings", "What harm it can do"),
])  # fmt: skip
def test_a_procedure_is_found_by_its_names_its_harms_and_its_headings(
    example: Path, content: Path, field: str, words: str
) -> None:
    assert words in entries(example, content)["procedures/teapot-polishing.html"][field]


def test_a_comparison_is_found_by_its_question_and_its_options(example: Path, content: Path) -> None:
    found = entries(example, content)["comparisons/squeaking-teapot.html"]
    assert found["summary"] == "Polish the whole teapot, polish the lid, or leave it alone?"
    assert "Lid polishing" in found["about"]
    assert "How long does it take?" in found["headings"]


def test_a_medical_word_is_found_by_name_plain_words_and_synonyms(example: Path, content: Path) -> None:
    found = entries(example, content)["glossary.html#hinge"]
    assert found["title"] == "hinge (word)"
    assert found["names"] == ["hinge", "the joint between lid and pot", "hinges"]
    assert found["summary"] == "The small joint on which a lid turns."


def test_every_word_of_the_glossary_is_in_the_index(example: Path, content: Path) -> None:
    site = prepare(example, content, TODAY)
    words = {f"glossary.html#{id}" for id, _ in site.facts.terms()}
    assert len(words) >= 10
    assert words <= set(entries(example, content))


def test_signs_in_a_name_do_not_end_the_script(example: Path, content: Path) -> None:
    edit(
        example / "procedures/teapot-lid-polishing.yml",
        "  name: Lid polishing",
        "  name: '\"Lid\" \\ </script> `${pot}` café'",
    )
    found = entries(example, content)
    assert found["procedures/teapot-lid-polishing.html"]["title"] == '"Lid" \\ </script> `${pot}` café'


def test_a_new_file_is_found_without_another_edit(example: Path, content: Path) -> None:
    text = (example / "procedures/teapot-lid-polishing.yml").read_text("utf-8")
    new = example / "procedures/teapot-handle-polishing.yml"
    new.write_text(text.replace("name: Lid polishing", "name: Handle polishing", 1), "utf-8")
    assert entries(example, content)["procedures/teapot-handle-polishing.html"]["title"] == "Handle polishing"
