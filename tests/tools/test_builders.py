"""ProperDocs builds this repository without changes, and its site equals that of MkDocs."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.conftest import run

pytestmark = pytest.mark.slow


def build(project: Path, builder: str) -> dict[str, bytes]:
    """The files of the site by path."""
    site = project / "build" / builder
    done = run(project, builder, "--quiet", "build", "--strict", "--site-dir", str(site))
    assert done.returncode == 0, done.stderr
    return {path.relative_to(site).as_posix(): path.read_bytes() for path in site.rglob("*") if path.is_file()}


def test_properdocs_builds_the_same_site(project: Path) -> None:
    expected, actual = build(project, "mkdocs"), build(project, "properdocs")
    assert "procedures/teapot-polishing.html" in expected
    assert actual.keys() == expected.keys()
    assert [path for path in expected if actual[path] != expected[path]] == []
