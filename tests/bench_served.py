"""The built site behind the real nginx: `python -m tests.bench_served SITE`.

Lighthouse looks at a page of each main kind on a throttled phone, three times; wrk then asks over the loopback for
every page and for what pages load, in turn. Both get the compressed copies. The numbers never fail a run.
"""

from __future__ import annotations

import json
import os
import re
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path
from statistics import median
from typing import Any

from build_tools.release.release import compress
from tests.node import MissingError, install
from tests.web_servers import program, served

PAGES = (
    "index.html",
    "procedures/percutaneous-cordotomy.html",
    "comparisons/trigeminal-needle-treatments.html",
    "glossary.html",
)
CATEGORIES = ("performance", "accessibility", "best-practices", "seo")
ENDINGS = (".html", ".css", ".js", ".woff2", ".svg")

ASK = """\
local paths = {%s}
local turn = 0
request = function()
  turn = turn %% #paths + 1
  return wrk.format("GET", paths[turn])
end
done = function(summary, latency, requests)
  local failed = summary.errors
  local broken = failed.status + failed.connect + failed.read + failed.write + failed.timeout
  io.write(string.format(
    '\\n{"requests": %%d, "microseconds": %%d, "bytes": %%d, "failed": %%d, "half": %%d, "most": %%d}\\n',
    summary.requests, summary.duration, summary.bytes, broken, latency:percentile(50), latency:percentile(99)))
end
"""
"""wrk takes what it asks from this Lua script, and prints at the end what it counted."""


def lighthouse(address: str) -> Iterator[str]:
    """The table of scores, blocking time and bytes of each page."""
    script = install("lighthouse") / "node_modules/lighthouse/cli/index.js"
    environment = os.environ | {"CHROME_PATH": os.environ.get("CHROMIUM") or shutil.which("chromium") or ""}
    options = ["--output=json", "--quiet", "--chrome-flags=--headless=new --no-sandbox"]
    options += [f"--only-categories={','.join(CATEGORIES)}"]

    def look(page: str) -> dict[str, Any]:
        command = ["node", str(script), f"{address}/{page}", *options]
        found: dict[str, Any] = json.loads(subprocess.check_output(command, env=environment, timeout=300))
        return found

    yield "| Lighthouse, throttled phone | performance | accessibility | best practices | SEO | blocking ms | KB |"
    yield "|---|---:|---:|---:|---:|---:|---:|"
    for page in PAGES:
        runs = [look(page) for _ in range(3)]
        scores = [median(run["categories"][name]["score"] * 100 for run in runs) for name in CATEGORIES]
        blocked = median(run["audits"]["total-blocking-time"]["numericValue"] for run in runs)
        weight = median(run["audits"]["total-byte-weight"]["numericValue"] for run in runs) / 1000
        yield f"| {page} | {' | '.join(f'{score:.0f}' for score in scores)} | {blocked:.0f} | {weight:.0f} |"


def load(site: Path, address: str) -> Iterator[str]:
    """The table of what nginx answered in ten seconds on 32 connections."""
    asked = [f"/{file.relative_to(site).as_posix()}" for file in sorted(site.rglob("*")) if file.suffix in ENDINGS]
    with tempfile.NamedTemporaryFile("w", encoding="utf-8", suffix=".lua") as script:
        script.write(ASK % ", ".join(map(json.dumps, asked)))
        script.flush()
        command = [program("wrk"), "-t2", "-c32", "-d10s", "-s", script.name, "-H", "Accept-Encoding: gzip, br"]
        printed = subprocess.check_output([*command, address], text=True)
    found = json.loads(re.findall(r"^\{.*\}$", printed, re.MULTILINE)[-1])
    seconds = found["microseconds"] / 1e6
    yield f"| nginx and wrk on one machine, 32 connections, {len(asked)} addresses in turn | |"
    yield "|---|---:|"
    yield f"| Requests a second | {found['requests'] / seconds:,.0f} |"
    yield f"| MB a second | {found['bytes'] / seconds / 1e6:,.0f} |"
    half, most = found["half"] / 1e3, found["most"] / 1e3
    yield f"| Milliseconds until half of all, and 99 of 100, were answered | {half:.1f}, {most:.1f} |"
    yield f"| Failed, of {found['requests']:,} requests in {seconds:.0f} seconds | {found['failed']:,} |"


def main() -> None:
    """Print both tables for the site in the folder that is named."""
    with tempfile.TemporaryDirectory() as folder:
        site = shutil.copytree(sys.argv[1], Path(folder) / "site")
        compress(site)
        try:
            with served("nginx", site) as server:
                print("\n".join([*lighthouse(server.top), "", *load(site, server.top)]))
        except MissingError as missing:
            raise SystemExit(str(missing)) from missing


if __name__ == "__main__":
    main()
