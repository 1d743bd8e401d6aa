"""MkDocs is not the only program that builds this repository: ProperDocs makes the same bytes of it, unchanged."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.conftest import run

pytestmark = pytest.mark.slow


def built(project: Path, builder: str) -> dict[str, bytes]:
    """Each file of the site that a program builds, by its path."""
    site = project / "build" / builder
    done = run(project, builder, "--quiet", "build", "--strict", "--site-dir", str(site))
    assert done.returncode == 0, done.stderr
    return {path.relative_to(site).as_posix(): path.read_bytes() for path in site.rglob("*") if path.is_file()}


def test_properdocs_builds_the_same_site(project: Path) -> None:
    expected, actual = built(project, "mkdocs"), built(project, "properdocs")
    assert "procedures/teapot-polishing.html" in expected
    assert actual.keys() == expected.keys()
    assert [path for path in expected if actual[path] != expected[path]] == []
