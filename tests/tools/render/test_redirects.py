"""Old and guessable addresses redirect to pages; a broken redirect is a problem with its line."""

from __future__ import annotations

from pathlib import Path

import pytest

from build_tools.load.settings import Settings
from build_tools.pipeline import prepare
from build_tools.release.site_files import make_page_files
from tests.conftest import TODAY

GOOD = "polishing.html: procedures/teapot-polishing.html\n"


def problems_of(data: Path, content: Path, redirects: str) -> list[tuple[str, str, str]]:
    (data / "redirects.yml").write_text(redirects, "utf-8")
    site = prepare(data, content, TODAY)
    return [(str(problem.place), problem.message, problem.hint) for problem in site.problems]


@pytest.mark.parametrize(("redirects", "message", "hint"), [
    ("polishing.html: procedures/teapot-polish.html", 'There is no page "procedures/teapot-polish.html".',
     'Did you mean "procedures/teapot-polishing.html"?'),
    ("a-to-z.html: glossary.html", '"a-to-z.html" is a page, so it cannot redirect.', "Delete this line."),
    (f"older.html: polishing.html\n{GOOD}", "polishing.html", "procedures/teapot-polishing.html"),
    ("../up.html: glossary.html", '"../up.html" is not the address of a page.', ".html at the end"),
    ("polishing.html: https://example.org/x.html", "is not the address of a page.", ".html at the end"),
])  # fmt: skip
def test_broken_redirect_is_a_problem(
    example: Path, content: Path, redirects: str, message: str, hint: str
) -> None:
    [(place, actual_message, actual_hint)] = problems_of(example, content, redirects)
    assert place.startswith("data/redirects.yml:1:")
    assert message in actual_message
    assert hint in actual_hint


def test_redirect_works_automatically_and_by_a_link(example: Path, content: Path) -> None:
    redirects = f"{GOOD}procedures/old/lid.html: procedures/teapot-lid-polishing.html\n"
    assert problems_of(example, content, redirects) == []
    settings = Settings("Teapots & <more>", "https://clinic.example/pain/")
    lid = make_page_files(prepare(example, content, TODAY, settings))["procedures/old/lid.html"]
    assert '<meta http-equiv="refresh" content="0; url=../teapot-lid-polishing.html">' in lid
    assert '<a href="../teapot-lid-polishing.html">' in lid
    assert 'href="https://clinic.example/pain/procedures/teapot-lid-polishing.html"' in lid
    assert "Teapots &amp; &lt;more&gt;" in lid
    assert "<script" not in lid
