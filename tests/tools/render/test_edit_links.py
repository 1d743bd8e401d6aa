"""Each fact and each page leads to its line in the repository's web editor, if the host names one."""

from __future__ import annotations

import re
from pathlib import Path
from urllib.parse import unquote

import pytest

from build_tools.load.settings import Settings
from build_tools.pipeline import prepare
from build_tools.records.problems import Place
from build_tools.render.rendering import Site
from tests.conftest import TODAY, edit

ID = "teapot-polishing"
GITHUB = Settings(repo_url="https://github.com/some-owner/tea", edit_uri="edit/main/")


def links(site: Site) -> dict[str, str]:
    """The link beside each fact of the example's procedure."""
    pages = " ".join(page.text for page in site.pages if page.path.startswith("procedures/"))
    found = {}
    for part in re.split(r"(?=data-fact=)", pages):
        if link := re.search(r'data-fact="([^"]+)".*<a class="report correct" href="([^"]*)"', part, re.DOTALL):
            found[link[1]] = link[2]
    return found


@pytest.mark.parametrize(("repo_url", "edit_uri", "address"), [
    ("https://github.com/some-owner/tea", "edit/main/", "https://github.com/some-owner/tea/edit/main/"),
    ("https://gitlab.com/a-group/b/tea/", "-/edit/main", "https://gitlab.com/a-group/b/tea/-/edit/main/"),
    ("https://git.clinic.example:3000/o/tea", "_edit/main/", "https://git.clinic.example:3000/o/tea/_edit/main/"),
])  # fmt: skip
def test_a_file_opens_at_its_line_in_three_kinds_of_editors(repo_url: str, edit_uri: str, address: str) -> None:
    settings = Settings(repo_url=repo_url, edit_uri=edit_uri)
    assert settings.edit_link(Place("data/signs.yml", 12, 3)) == f"{address}data/signs.yml#L12"
    assert settings.edit_link("content/about.md") == f"{address}content/about.md"


def test_a_file_name_is_quoted() -> None:
    address = GITHUB.edit_link(Place('a "b"/100%/c&d#e.yml', 2))
    assert unquote(address).endswith('/a "b"/100%/c&d#e.yml#L2')
    assert address.count("#") == 1
    assert not re.search(r"""[\s"<>]""", address)


def test_each_fact_of_a_preview_has_a_link_to_its_line(example: Path, content: Path) -> None:
    edit(example / f"procedures/{ID}.yml", "summary:", "# One more line.\nsummary:")
    site = prepare(example, content, TODAY, GITHUB, preview=True)
    found = links(site)
    assert {id for id, _ in site.facts.all() if id.startswith(f"{ID}.")} <= found.keys()
    for key in (f"{ID}.benefits.quiet", f"{ID}.harms.broken-spout", f"{ID}.harms.broken-spout.registry"):
        file, line = re.fullmatch(r".*/edit/main/data/(.*)#L(\d+)", found[key]).groups()  # type: ignore[union-attr]
        text = (example / file).read_text("utf-8").splitlines()[int(line) - 1]
        assert text.strip().startswith(f"{key.rsplit('.', 1)[1]}:"), (key, text)


def test_readers_see_the_links_only_if_the_host_wants_that(example: Path, content: Path) -> None:
    def pages(settings: Settings) -> list[str]:
        return [page.text for page in prepare(example, content, TODAY, settings).pages]

    without = pages(Settings())
    assert pages(GITHUB) == without
    assert pages(Settings(repo_url=GITHUB.repo_url, edit_uri=GITHUB.edit_uri, edit_on_site=True)) != without


@pytest.mark.parametrize(("repo_url", "edit_uri", "about"), [
    ("github.com/some-owner/tea", "edit/main/", "repo_url"),
    ("javascript:alert(1)", "edit/main/", "repo_url"),
    ("https://github.com/some-owner/tea", "", "edit_uri"),
    ("", "edit/main/", "edit_uri"),
    ("https://github.com/some-owner/tea", "/edit/main", "edit_uri"),
    ("https://github.com/some-owner/tea", 'edit/"main"', "edit_uri"),
])  # fmt: skip
def test_an_editor_that_cannot_be_opened_is_named(
    example: Path, content: Path, repo_url: str, edit_uri: str, about: str
) -> None:
    [problem] = prepare(example, content, TODAY, Settings(repo_url=repo_url, edit_uri=edit_uri)).problems
    assert problem.message.startswith(f'"{about}" cannot be ')
    assert problem.place.path == "mkdocs.yml"
