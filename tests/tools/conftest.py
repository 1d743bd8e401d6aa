"""What tests of the tools share: the templates and styles without the hand-written pages."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest

from tests.conftest import ROOT


@pytest.fixture
def content(tmp_path: Path) -> Path:
    """A folder of words that holds the real templates and styles, and no page yet."""
    folder = tmp_path / "content"
    for part in ("templates", "assets"):
        shutil.copytree(ROOT / "content" / part, folder / part)
    return folder
