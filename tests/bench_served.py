"""Lighthouse scores and throughput of the built site with nginx: `python -m tests.bench_served SITE`.

Lighthouse loads a page of each main kind three times on a throttled phone; wrk then requests every page and asset
in turn over loopback. Both get the compressed files. No number fails a run.
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

REQUESTS = """\
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
    '\\n{"requests": %%d, "microseconds": %%d, "bytes": %%d, "failed": %%d, "p50": %%d, "p99": %%d}\\n',
    summary.requests, summary.duration, summary.bytes, broken, latency:percentile(50), latency:percentile(99)))
end
"""
"""The Lua script with which wrk requests all files in turn and prints its counts at the end."""


def lighthouse(address: str) -> Iterator[str]:
    """The table of scores, blocking time and size of each page."""
    script = install("lighthouse") / "node_modules/lighthouse/cli/index.js"
    environment = os.environ | {"CHROME_PATH": os.environ.get("CHROMIUM") or shutil.which("chromium") or ""}
    options = ["--output=json", "--quiet", "--chrome-flags=--headless=new --no-sandbox"]
    options += [f"--only-categories={','.join(CATEGORIES)}"]

    def run(page: str) -> dict[str, Any]:
        command = ["node", str(script), f"{address}/{page}", *options]
        return dict(json.loads(subprocess.check_output(command, env=environment, timeout=300)))

    yield "| Lighthouse, throttled phone | performance | accessibility | best practices | SEO | blocking ms | KB |"
    yield "|---|---:|---:|---:|---:|---:|---:|"
    for page in PAGES:
        runs = [run(page) for _ in range(3)]
        scores = [median(run["categories"][name]["score"] * 100 for run in runs) for name in CATEGORIES]
        blocked = median(run["audits"]["total-blocking-time"]["numericValue"] for run in runs)
        weight = median(run["audits"]["total-byte-weight"]["numericValue"] for run in runs) / 1000
        yield f"| {page} | {' | '.join(f'{score:.0f}' for score in scores)} | {blocked:.0f} | {weight:.0f} |"


def load(site: Path, address: str) -> Iterator[str]:
    """The table of ten seconds of requests on 32 connections."""
    paths = [f"/{file.relative_to(site).as_posix()}" for file in sorted(site.rglob("*")) if file.suffix in ENDINGS]
    with tempfile.NamedTemporaryFile("w", encoding="utf-8", suffix=".lua") as script:
        script.write(REQUESTS % ", ".join(map(json.dumps, paths)))
        script.flush()
        command = [program("wrk"), "-t2", "-c32", "-d10s", "-s", script.name, "-H", "Accept-Encoding: gzip, br"]
        output = subprocess.check_output([*command, address], text=True)
    counts = json.loads(re.findall(r"^\{.*\}$", output, re.MULTILINE)[-1])
    seconds = counts["microseconds"] / 1e6
    yield f"| nginx and wrk on one machine, 32 connections, {len(paths)} files in turn | |"
    yield "|---|---:|"
    yield f"| Requests per second | {counts['requests'] / seconds:,.0f} |"
    yield f"| MB per second | {counts['bytes'] / seconds / 1e6:,.0f} |"
    yield f"| Latency, median and 99th percentile (ms) | {counts['p50'] / 1e3:.1f}, {counts['p99'] / 1e3:.1f} |"
    yield f"| Failed, of {counts['requests']:,} requests in {seconds:.0f} seconds | {counts['failed']:,} |"


def main() -> None:
    """Print both tables for the site in a folder."""
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
