"""The ways that readers go most work in Firefox too: served, from a folder, without scripts, without storage."""

from __future__ import annotations

import shutil
import subprocess
from pathlib import Path

from tests.node import MissingError, install, skip

JOURNEYS = Path(__file__).with_name("firefox.mjs")


def test_no_way_breaks_in_firefox(site: Path, address: str) -> None:
    try:
        firefox = shutil.which("firefox-esr") or shutil.which("firefox")
        if firefox is None:
            raise MissingError("Firefox is missing, so nothing was tried in it; on Debian: firefox-esr")
        driver = install("puppeteer-core") / "node_modules/puppeteer-core/lib/esm/puppeteer/puppeteer-core.js"
    except MissingError as missing:
        skip(missing)
    command = ["node", str(JOURNEYS), str(driver), firefox, address, str(site)]
    done = subprocess.run(command, capture_output=True, text=True, timeout=300, check=False)
    said = done.stdout + done.stderr
    assert done.returncode == 0, said
    assert "BREAKS" not in said
    assert said.count("\n") > 10
