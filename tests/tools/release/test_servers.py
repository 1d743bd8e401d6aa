"""The settings of each server follow from one description."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
import yaml

from build_tools.release.servers import HEADERS, IMMUTABLE, SHARED_PATHS, write_policy
from tests.conftest import ROOT, edit, run


@pytest.fixture
def written(project: Path) -> Path:
    """The settings for the example project."""
    (project / "data/redirects.yml").write_text("a/old.html: procedures.html\nold.html: a-to-z.html\n", "utf-8")
    done = run(project, "build_tools", "servers", "out")
    assert done.returncode == 0, done.stderr
    return project / "out"


def test_policy_allows_only_the_site_itself() -> None:
    rules = dict(rule.split(" ", 1) for rule in write_policy("'none'").split("; "))
    assert rules.pop("default-src") == rules.pop("base-uri") == rules.pop("frame-ancestors") == "'none'"
    assert set(rules.values()) == {"'self'"}
    assert "unsafe" not in write_policy("'none'")


def test_every_server_sends_the_same_headers(written: Path) -> None:
    snippets = [f"{server}/snippets/pain-procedures.conf" for server in ("nginx", "apache")]
    for file in (*snippets, "caddy/pain-procedures.caddy", "static/_headers"):
        text = (written / file).read_text("utf-8")
        for name, value in HEADERS.items():
            assert re.search(rf'{name}:? "?{re.escape(value)}"?( |$)', text, re.MULTILINE), name


def test_static_hosts_cache_only_assets_for_a_year(written: Path) -> None:
    rules = (written / "static/_headers").read_text("utf-8").split("\n/")
    assert [rule.splitlines()[0] for rule in rules[1:]] == ["*", *SHARED_PATHS, "assets/*"]
    assert [f"Cache-Control: {IMMUTABLE['Cache-Control']}\n" in rule for rule in rules[1:]] == [False] * 5 + [True]


def test_static_hosts_redirect_old_addresses(written: Path) -> None:
    assert (written / "static/_redirects").read_text("utf-8") == (
        "/a/old.html /procedures.html 301\n/old.html /a-to-z.html 301\n"
    )


def test_workflow_can_write_only_pages(written: Path) -> None:
    workflow = yaml.safe_load((written / "github/workflows/pages.yml").read_text("utf-8"))
    assert workflow["permissions"] == {}
    assert workflow["jobs"]["build"]["permissions"] == {"contents": "read"}
    assert workflow["jobs"]["publish"]["permissions"] == {"pages": "write", "id-token": "write"}
    assert {"run": "make site"} in workflow["jobs"]["build"]["steps"]
    assert workflow["jobs"]["publish"]["environment"]["url"] == "${{ steps.publish.outputs.page_url }}"


def test_settings_are_not_written_from_broken_facts(project: Path) -> None:
    (project / "data/redirects.yml").write_text('"old.html; } evil {": procedures.html\n', "utf-8")
    done = run(project, "build_tools", "servers", "out")
    assert done.returncode == 1
    assert "redirects.yml:1:1" in done.stderr
    assert not (project / "out").exists()


@pytest.mark.slow
def test_links_of_the_404_page_include_the_path_of_the_site(project: Path) -> None:
    edit(project / "mkdocs.yml", "site_name:", "site_url: https://clinic.example/pain/\nsite_name:")
    done = run(project, "build_tools", "build")
    assert done.returncode == 0, done.stderr
    page = (project / "site/404.html").read_text("utf-8")
    assert 'href="/pain/index.html"' in page
    assert not re.search(r'(href|src)="(?!/pain/|#|https:)', page)
    edit(project / "site/404.html", '"/pain/a-to-z.html">A to Z of', '"/a-to-z.html">A to Z of')
    edit(project / "site/index.html", 'rel="canonical" href="https://', 'rel="canonical" href="//')
    stderr = run(project, "build_tools", "verify", "site").stderr
    assert '"/a-to-z.html" is not a file of the site.' in stderr
    assert '"//clinic.example/pain/index.html" is not the address of this page: https://clinic.example' in stderr


def test_files_that_the_hosting_guide_names_exist(written: Path) -> None:
    guide = (ROOT / "HOSTING.md").read_text("utf-8")
    named = set(re.findall(r"\bservers/([a-z][\w./-]*[\w/])", guide))
    assert {"nginx/", "apache/", "static/"} < named
    assert [name for name in named if not (written / name).exists()] == []
    assert "brotli" not in (written / "nginx/snippets/pain-procedures.conf").read_text("utf-8"), "a copy resets it"
    for file, marked in (
        ("nginx/sites-available/pain-procedures", "\n    #brotli_static on;"),
        ("nginx/sites-available/pain-procedures", "pain.clinic.example"),
        ("apache/sites-available/pain-procedures.conf", "pain.clinic.example"),
    ):
        assert marked in (written / file).read_text("utf-8")
