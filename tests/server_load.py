"""Load: how many requests nginx answers a second with the settings for it, and whether one failed.

wrk asks over the loopback for every page and for what pages load, in turn, and takes the smaller twins. The
numbers are printed and never fail a run.
"""

from __future__ import annotations

import json
import re
import shutil
import subprocess
import tempfile
from collections.abc import Iterator
from pathlib import Path

from build_tools.twins import write_twins
from tests.web_servers import program, served

SECONDS = 10
CONNECTIONS = 32
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
"""wrk takes what it asks from this Lua script, and tells at the end what it counted."""


def report(site: Path) -> Iterator[str]:
    """The lines of the table; raises MissingError if nginx or wrk cannot be had here."""
    wrk = program("wrk")
    with tempfile.TemporaryDirectory() as made:
        twinned = shutil.copytree(site, Path(made) / "site")
        write_twins(twinned)
        paths = [
            f"/{file.relative_to(site).as_posix()}" for file in sorted(site.rglob("*")) if _is_asked_for(file)
        ]
        script = Path(made) / "ask.lua"
        script.write_text(ASK % ", ".join(json.dumps(path) for path in paths), "utf-8")
        with served("nginx", twinned) as server:
            command = [wrk, "-t2", f"-c{CONNECTIONS}", f"-d{SECONDS}s", "-s", str(script)]
            command += ["-H", "Accept-Encoding: gzip, br", server.top]
            said = subprocess.run(command, capture_output=True, text=True, check=True).stdout
    found = json.loads(re.findall(r"^\{.*\}$", said, re.MULTILINE)[-1])
    seconds = found["microseconds"] / 1e6
    yield f"| nginx and wrk on one machine, {CONNECTIONS} connections, {len(paths)} addresses in turn | |"
    yield "|---|---:|"
    yield f"| Requests a second | {found['requests'] / seconds:,.0f} |"
    yield f"| MB a second | {found['bytes'] / seconds / 1e6:,.0f} |"
    half, most = found["half"] / 1e3, found["most"] / 1e3
    yield f"| Milliseconds until half of all, and 99 of 100, were answered | {half:.1f}, {most:.1f} |"
    yield f"| Failed, of {found['requests']:,} requests in {seconds:.0f} seconds | {found['failed']:,} |"


def _is_asked_for(file: Path) -> bool:
    return file.suffix in ENDINGS and file.name != "404.html"
