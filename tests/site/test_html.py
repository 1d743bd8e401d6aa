"""Every page is HTML without an error, as the Nu HTML checker reads it."""

from __future__ import annotations

import json
import re
import shutil
import subprocess
from pathlib import Path

from tests.node import MissingError, install, skip

ROLE = re.compile(r"^The “role” attribute must not be used on a “(?:td|th|tr)” element")


def test_the_html_checker_finds_no_error_on_any_page(site: Path) -> None:
    try:
        if shutil.which("java") is None:
            raise MissingError("Java is missing, so the HTML checker was not run; on Debian: default-jre-headless")
        checker = install("vnu-jar") / "node_modules/vnu-jar/build/dist/vnu.jar"
    except MissingError as missing:
        skip(missing)
    pages = sorted(map(str, site.rglob("*.html")))
    done = subprocess.run(
        ["java", "-jar", str(checker), "--format", "json", *pages], capture_output=True, text=True, check=False
    )
    messages = json.loads(done.stderr)["messages"]
    # On phones tables are laid out as blocks, and browsers then forget what they are unless the roles are written.
    messages = [m for m in messages if not ROLE.search(m["message"])]
    assert [f"{m['url']}:{m.get('lastLine')}: {m['message']}" for m in messages if m["type"] == "error"] == []
