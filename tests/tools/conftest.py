"""What tests of the tools share: the templates without the hand-written pages."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest

from tests.conftest import ROOT


@pytest.fixture
def content(tmp_path: Path) -> Path:
    """A folder of words that holds the real templates and no page yet."""
    folder = tmp_path / "content"
    shutil.copytree(ROOT / "content/templates", folder / "templates")
    return folder
