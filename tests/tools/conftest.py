"""Fixtures for tests of the tools: a content folder without hand-written pages, and the example's site."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest

from build_tools.pipeline import prepare
from build_tools.render.rendering import Site
from tests.conftest import ROOT, TODAY


def _copy_content(folder: Path) -> Path:
    for part in ("templates", "assets"):
        shutil.copytree(ROOT / "content" / part, folder / part)
    return folder


@pytest.fixture
def content(tmp_path: Path) -> Path:
    """A content folder with the real templates and styles, and no pages."""
    return _copy_content(tmp_path / "content")


@pytest.fixture(scope="session")
def example_site(tmp_path_factory: pytest.TempPathFactory) -> Site:
    """The example's site, for tests that change nothing."""
    content = _copy_content(tmp_path_factory.mktemp("example") / "content")
    return prepare(ROOT / "docs/example/data", content, TODAY)
