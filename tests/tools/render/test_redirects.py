"""Old and guessable addresses lead to pages; a wrong one is a problem with its line."""

from __future__ import annotations

from pathlib import Path

import pytest

from build_tools.load.loader import load
from build_tools.load.settings import Settings
from build_tools.pipeline import prepare
from build_tools.release.beside import make_files_for_pages
from tests.conftest import TODAY

GOOD = "polishing.html: procedures/teapot-polishing.html\n"


def problems_of(data: Path, content: Path, redirects: str) -> list[tuple[str, str, str]]:
    (data / "redirects.yml").write_text(redirects, "utf-8")
    site = prepare(data, content, TODAY)
    return [(str(problem.place), problem.message, problem.hint) for problem in site.problems]


@pytest.mark.parametrize(("redirects", "message", "hint"), [
    ("polishing.html: procedures/teapot-polish.html", 'There is no page "procedures/teapot-polish.html".',
     'Did you mean "procedures/teapot-polishing.html"?'),
    ("a-to-z.html: glossary.html", '"a-to-z.html" is a page, so it cannot lead elsewhere.', "Delete this line."),
    (f"older.html: polishing.html\n{GOOD}", "polishing.html", "procedures/teapot-polishing.html"),
    ("../up.html: glossary.html", '"../up.html" is not the address of a page.', ".html at its end"),
    ("polishing.html: https://example.org/x.html", "is not the address of a page.", ".html at its end"),
])  # fmt: skip
def test_a_broken_redirect_is_a_problem(
    example: Path, content: Path, redirects: str, message: str, hint: str
) -> None:
    [(place, said, advised)] = problems_of(example, content, redirects)
    assert place.startswith("data/redirects.yml:1:")
    assert message in said
    assert hint in advised


def test_a_redirect_works_by_itself_and_by_a_link_from_any_folder(example: Path, content: Path) -> None:
    old = f"{GOOD}procedures/old/lid.html: procedures/teapot-lid-polishing.html\n"
    assert problems_of(example, content, old) == []
    assert load(example)[0].redirects["polishing.html"] == "procedures/teapot-polishing.html"
    settings = Settings("Teapots & <more>", "https://clinic.example/pain/")
    beside = make_files_for_pages(prepare(example, content, TODAY, settings))
    lid = beside["procedures/old/lid.html"]
    assert '<meta http-equiv="refresh" content="0; url=../teapot-lid-polishing.html">' in lid
    assert '<a href="../teapot-lid-polishing.html">' in lid
    assert 'href="https://clinic.example/pain/procedures/teapot-lid-polishing.html"' in lid
    assert "Teapots &amp; &lt;more&gt;" in lid
    assert "<script" not in lid
