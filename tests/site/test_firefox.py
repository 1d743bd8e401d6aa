"""The most common journeys in Firefox: served, from a folder, without scripts, and without storage."""

from __future__ import annotations

import shutil
import subprocess
from pathlib import Path

from pypdf import PdfReader
from selectolax.lexbor import LexborHTMLParser

from tests.node import MissingError, install, skip
from tests.site.test_paper import squeeze

JOURNEYS = Path(__file__).with_name("firefox.mjs")


def run_in_firefox(script: Path, *arguments: str) -> subprocess.CompletedProcess[str]:
    """Run a script that drives Firefox; skip the test if Firefox is not available."""
    try:
        firefox = shutil.which("firefox-esr") or shutil.which("firefox")
        if firefox is None:
            raise MissingError("Firefox is missing, so nothing was tried in it; on Debian: firefox-esr")
        driver = install("puppeteer-core") / "node_modules/puppeteer-core/lib/esm/puppeteer/puppeteer-core.js"
    except MissingError as missing:
        skip(missing)
    command = ["node", str(script), str(driver), firefox, *arguments]
    return subprocess.run(command, capture_output=True, text=True, check=False)


def test_journeys_work_in_firefox(site: Path, site_url: str, tmp_path: Path) -> None:
    paper = tmp_path / "paper.pdf"
    done = run_in_firefox(JOURNEYS, site_url, str(site), str(paper))
    assert done.returncode == 0, done.stdout + done.stderr
    assert len(done.stdout.splitlines()) > 10
    printed = squeeze("".join(sheet.extract_text() for sheet in PdfReader(paper).pages))
    page = LexborHTMLParser((site / "procedures/percutaneous-cordotomy/risks.html").read_text("utf-8"))
    sources = [source.text() for source in page.css("details .source-list li")]
    assert len(sources) > 5
    assert [source for source in sources if squeeze(source) not in printed] == []
