"""Lighthouse over a page of each main kind, on a throttled phone: `make bench` prints the median of three runs.

The site is served as a web server would, compressed. The numbers are printed and never fail a run.
"""

from __future__ import annotations

import gzip
import json
import os
import shutil
import subprocess
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from functools import partial
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from statistics import median
from typing import Any

from tests.node import install

PAGES = (
    "index.html",
    "procedures/percutaneous-cordotomy.html",
    "comparisons/trigeminal-needle-treatments.html",
    "glossary.html",
)
CATEGORIES = ("performance", "accessibility", "best-practices", "seo")


class _Compressed(SimpleHTTPRequestHandler):
    """Files as web servers send them: text with gzip."""

    def log_message(self, *_: object) -> None:
        """Say nothing: the table tells."""

    def do_GET(self) -> None:
        """Send a file."""
        file = Path(self.translate_path(self.path))
        if not file.is_file():
            self.send_error(404)
            return
        body = file.read_bytes()
        self.send_response(200)
        if file.suffix in (".html", ".css", ".js", ".svg"):
            body = gzip.compress(body, 6)
            self.send_header("Content-Encoding", "gzip")
        self.send_header("Content-Type", self.guess_type(str(file)))
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)


@contextmanager
def served(site: Path) -> Iterator[str]:
    """The address of the folder `site`, until the block ends."""
    server = ThreadingHTTPServer(("127.0.0.1", 0), partial(_Compressed, directory=str(site)))
    threading.Thread(target=server.serve_forever, daemon=True).start()
    yield f"http://127.0.0.1:{server.server_port}"
    server.shutdown()
    server.server_close()


def look(address: str) -> dict[str, Any]:
    """One run of Lighthouse; raises MissingError if it cannot be had here."""
    program = install("lighthouse") / "node_modules/lighthouse/cli/index.js"
    command = ["node", str(program), address, "--output=json", "--quiet"]
    command += ["--chrome-flags=--headless=new --no-sandbox", f"--only-categories={','.join(CATEGORIES)}"]
    browser = os.environ.get("CHROMIUM") or shutil.which("chromium") or ""
    settings = os.environ | {"CHROME_PATH": browser}
    done = subprocess.run(command, capture_output=True, text=True, check=True, env=settings, timeout=300)
    found: dict[str, Any] = json.loads(done.stdout)
    return found


def report(site: Path) -> Iterator[str]:
    """The lines of the table: scores, blocking time and bytes of each page."""
    yield "| Lighthouse, throttled phone | performance | accessibility | best practices | SEO | blocking ms | KB |"
    yield "|---|---:|---:|---:|---:|---:|---:|"
    with served(site) as address:
        for page in PAGES:
            runs = [look(f"{address}/{page}") for _ in range(3)]
            scores = [median(run["categories"][name]["score"] * 100 for run in runs) for name in CATEGORIES]
            blocked = median(run["audits"]["total-blocking-time"]["numericValue"] for run in runs)
            weight = median(run["audits"]["total-byte-weight"]["numericValue"] for run in runs) / 1000
            yield f"| {page} | {' | '.join(f'{score:.0f}' for score in scores)} | {blocked:.0f} | {weight:.0f} |"
