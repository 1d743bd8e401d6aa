"""Each fact and each page links to its line in the web editor of the repository, if one is set."""

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
    """The edit link of each fact of the example's procedures."""
    pages = " ".join(page.text for page in site.pages if page.path.startswith("procedures/"))
    pattern = re.compile(r'data-fact="([^"]+)".*<a class="report correct" href="([^"]*)"', re.DOTALL)
    matches = (pattern.search(part) for part in re.split(r"(?=data-fact=)", pages))
    return {match[1]: match[2] for match in matches if match}


@pytest.mark.parametrize(("repo_url", "edit_uri", "address"), [
    ("https://github.com/some-owner/tea", "edit/main/", "https://github.com/some-owner/tea/edit/main/"),
    ("https://gitlab.com/a-group/b/tea/", "-/edit/main", "https://gitlab.com/a-group/b/tea/-/edit/main/"),
    ("https://git.clinic.example:3000/o/tea", "_edit/main/", "https://git.clinic.example:3000/o/tea/_edit/main/"),
])  # fmt: skip
def test_edit_link_opens_a_file_at_its_line(repo_url: str, edit_uri: str, address: str) -> None:
    settings = Settings(repo_url=repo_url, edit_uri=edit_uri)
    assert settings.edit_link(Place("data/signs.yml", 12, 3)) == f"{address}data/signs.yml#L12"
    assert settings.edit_link("content/about.md") == f"{address}content/about.md"


def test_file_name_is_quoted() -> None:
    address = GITHUB.edit_link(Place('a "b"/100%/c&d#e.yml', 2))
    assert unquote(address).endswith('/a "b"/100%/c&d#e.yml#L2')
    assert address.count("#") == 1
    assert not re.search(r"""[\s"<>]""", address)


def test_each_fact_in_a_preview_links_to_its_line(example: Path, content: Path) -> None:
    edit(example / f"procedures/{ID}.yml", "summary:", "# One more line.\nsummary:")
    site = prepare(example, content, TODAY, GITHUB, preview=True)
    by_fact = links(site)
    assert {id for id, _ in site.facts.iter_facts() if id.startswith(f"{ID}.")} <= by_fact.keys()
    for key in (f"{ID}.benefits.quiet", f"{ID}.harms.broken-spout", f"{ID}.harms.broken-spout.registry"):
        file, line = re.fullmatch(r".*/edit/main/data/(.*)#L(\d+)", by_fact[key]).groups()  # type: ignore[union-attr]
        text = (example / file).read_text("utf-8").splitlines()[int(line) - 1]
        assert text.strip().startswith(f"{key.rsplit('.', 1)[1]}:"), (key, text)


def test_site_has_edit_links_only_if_edit_on_site_is_set(example: Path, content: Path) -> None:
    def pages(settings: Settings) -> list[str]:
        return [page.text for page in prepare(example, content, TODAY, settings).pages]

    without = pages(Settings())
    assert pages(GITHUB) == without
    assert pages(Settings(repo_url=GITHUB.repo_url, edit_uri=GITHUB.edit_uri, edit_on_site=True)) != without


@pytest.mark.parametrize(("repo_url", "edit_uri", "setting"), [
    ("github.com/some-owner/tea", "edit/main/", "repo_url"),
    ("javascript:alert(1)", "edit/main/", "repo_url"),
    ("https://github.com/some-owner/tea", "", "edit_uri"),
    ("", "edit/main/", "edit_uri"),
    ("https://github.com/some-owner/tea", "/edit/main", "edit_uri"),
    ("https://github.com/some-owner/tea", 'edit/"main"', "edit_uri"),
])  # fmt: skip
def test_invalid_editor_address_is_a_problem(
    example: Path, content: Path, repo_url: str, edit_uri: str, setting: str
) -> None:
    [problem] = prepare(example, content, TODAY, Settings(repo_url=repo_url, edit_uri=edit_uri)).problems
    assert problem.message.startswith(f'"{setting}" cannot be ')
    assert problem.place.path == "mkdocs.yml"
