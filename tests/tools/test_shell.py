"""Snapshots of what surrounds every page: head, header, menu and footer, with and without a clinic."""

from __future__ import annotations

from pathlib import Path

import pytest
from selectolax.lexbor import LexborHTMLParser
from syrupy.assertion import SnapshotAssertion

from tests.conftest import run
from tests.outline import outline
from tests.tools.test_snapshots import Text


@pytest.mark.parametrize("clinic", ["", "teapot-house"], ids=["no clinic", "clinic"])
@pytest.mark.slow
def test_shell(clinic: str, project: Path, snapshot: SnapshotAssertion, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("CLINIC", clinic)
    done = run(project, "mkdocs", "--quiet", "build", "--strict", "--site-dir", "built")
    assert (done.returncode, done.stderr) == (0, "")
    page = LexborHTMLParser((project / "built/procedures/teapot-polishing.html").read_text("utf-8"))
    for node in page.css("article > *"):
        node.decompose()
    assert outline(page.html or "") == snapshot.use_extension(Text)
