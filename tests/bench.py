"""Speed and size of the site, compared with stock MkDocs: `python -m tests.bench [--sizes 17 100 1000]`.

The real procedures are copied under new ids up to each size. Then this project and stock MkDocs with Material,
which gets the same pages as Markdown, build in turn, each in its own process. The output is a Markdown table. No
number fails a run; a failed build does.
"""

from __future__ import annotations

import argparse
import json
import os
import platform
import re
import shutil
import socket
import subprocess
import sys
import tempfile
import time
import urllib.error
import urllib.request
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from statistics import median

import yaml

ROOT = Path(__file__).resolve().parent.parent
ENVIRONMENT = os.environ | {"NO_MKDOCS_2_WARNING": "1"}
TIMEOUT = 120  # seconds, for a page of a preview

STOCK = """\
site_name: The same pages
theme: {name: material, font: false}
plugins: [search]
markdown_extensions: [attr_list, toc]
use_directory_urls: false
"""

PREPARE = """\
import sys, time
from pathlib import Path
from build_tools.load.settings import today
from build_tools.release.site_files import make_other_files, make_page_files
from build_tools.pipeline import prepare
start = time.process_time()
site = prepare(Path("data"), Path("content"), today())
pages = {page.path: page.text for page in site.pages}
seconds = time.process_time() - start
for name, content in [*pages.items(), *make_page_files(site).items(), *make_other_files(site)]:
    path = Path(sys.argv[1]) / name
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(content.encode() if isinstance(content, str) else content)
print(seconds * 1000 / len(pages))
"""
"""Writes the pages as Markdown into a folder and prints the milliseconds for each."""


@dataclass(frozen=True)
class Run:
    """The time and memory of a process, and its output."""

    seconds: float
    megabytes: float
    output: str


@dataclass(frozen=True)
class Measured:
    """The results for one size. Pairs are this project and stock MkDocs."""

    seconds: tuple[float, float]
    memory: tuple[float, float]
    disk: tuple[float, float]
    prepared: float
    changed: float
    added: float


def multiply(data: Path, size: int) -> None:
    """Add copies of the procedures in `data`, with their families and comparisons, until there are `size`."""
    procedures = {file.stem: file.read_text("utf-8") for file in sorted((data / "procedures").glob("*.yml"))}
    comparisons = {file.stem: file.read_text("utf-8") for file in sorted((data / "comparisons").glob("*.yml"))}
    forms_first = sorted(procedures, key=lambda id: ("\npart_of: " not in procedures[id], id))
    for copy in range(1, -(-size // len(procedures)) + 1):
        ids = forms_first[: size - (copy - 1) * len(procedures)]
        for id in ids:
            text = _with_shared_name(procedures[id])
            name = f"procedures/{id}.yml" if copy == 1 else f"procedures/{id}-{copy}.yml"
            (data / name).write_text(text if copy == 1 else _copy(text, ids, copy), "utf-8")
        for id, text in comparisons.items() if copy > 1 else ():
            if set(yaml.load(text, yaml.CBaseLoader)["options"]) <= set(ids):
                (data / f"comparisons/{id}-{copy}.yml").write_text(_copy(text, ids, copy), "utf-8")


def _copy(text: str, ids: list[str], copy: int) -> str:
    """The text of a data file with another title, without codes, and with references to copies of `ids`.

    A copy keeps the other names of its original, so that names in its texts refer to the copy.
    """
    known = "|".join(sorted(ids, key=len, reverse=True))
    text = re.sub(r"(?m)^codes:\n(?:[ -].*\n)+", "", text)
    text = re.sub(rf"(?m)^( *- |part_of: |    procedure: )({known})$", rf"\1\2-{copy}", text)
    text = re.sub(rf"(?m)^( +)({known}):", rf"\1\2-{copy}:", text)
    text = re.sub(rf"(\bother_options\.)({known})\b", rf"\1\2-{copy}", text)
    text = re.sub(rf"\b({known})(?=\.[a-z_]+\.[a-z])", rf"\1-{copy}", text)
    return re.sub(r'(?m)^(  name|title): "?(.*?)"?$', rf'\1: "\2 {copy}"', text)


def _with_shared_name(text: str) -> str:
    """The text of a procedure with its name as another name, which is marked as shared with other procedures."""

    def add(match: re.Match[str]) -> str:
        names = yaml.load(match[2], yaml.CBaseLoader)["also_called"]
        names.append(yaml.load(match[1], yaml.CBaseLoader)["name"])
        return f"{match[1]}  also_called: {json.dumps(names)}\n"

    text = re.sub(r"(?m)^(  name: .*\n(?:  (?!also).*\n)*)(  also_called:.*\n(?:    .*\n)*)", add, text)
    if "\n  same_name:\n" in text:
        return text
    source = re.search(r"sources: \[?\s*([\w-]+)", text)
    assert source
    entry = f"  same_name:\n    copy:\n      says: Copies share this name.\n      sources: [{source[1]}]\n"
    return re.sub(r"(?m)^(?=  also_called: )", entry, text, count=1)


def run(folder: Path, *arguments: str) -> Run:
    """Run Python in `folder`; a failure ends the benchmark with the output."""
    with tempfile.TemporaryFile("w+", encoding="utf-8") as output:
        start = time.perf_counter()
        process = subprocess.Popen(
            [sys.executable, *arguments], cwd=folder, env=ENVIRONMENT, stdout=output, stderr=subprocess.STDOUT
        )
        _, status, usage = os.wait4(process.pid, 0)
        seconds = time.perf_counter() - start
        process.returncode = os.waitstatus_to_exitcode(status)
        output.seek(0)
        text = output.read()
    if process.returncode:
        raise SystemExit(f"{' '.join(arguments[:2])} failed:\n{text[-3000:]}")
    return Run(seconds, usage.ru_maxrss / 1024, text)


def build(folder: Path) -> Run:
    """A clean build."""
    shutil.rmtree(folder / "site", ignore_errors=True)
    return run(folder, "-m", "mkdocs", "--quiet", "build", "--strict")


@contextmanager
def preview(folder: Path) -> Iterator[str]:
    """`mkdocs serve` on a free port, until the block ends."""
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        address = f"127.0.0.1:{free.getsockname()[1]}"
    command = [sys.executable, "-m", "mkdocs", "--quiet", "serve", "--dev-addr", address]
    with subprocess.Popen(command, cwd=folder, env=ENVIRONMENT, stderr=subprocess.DEVNULL) as process:
        try:
            yield f"http://{address}"
        finally:
            process.terminate()


def wait_for(url: str, text: str) -> float:
    """Seconds until the page at `url` contains `text`."""
    start = time.perf_counter()
    while time.perf_counter() - start < TIMEOUT:
        try:
            with urllib.request.urlopen(url, timeout=TIMEOUT) as response:
                if text in response.read().decode("utf-8"):
                    return time.perf_counter() - start
        except (urllib.error.URLError, ConnectionError):
            pass
        time.sleep(0.02)
    raise SystemExit(f"{url} did not show {text!r} within {TIMEOUT} seconds.")


def time_edits(folder: Path) -> tuple[float, float]:
    """Seconds from saving a changed fact, and from saving a new procedure, until the page shows it."""
    file = max((folder / "data/procedures").glob("*.yml"))
    text = "This is the fact that was changed."
    with preview(folder) as site:
        wait_for(f"{site}/procedures/{file.stem}.html", "<h1")
        time.sleep(1)  # until the watcher has recorded the state of the files
        edited = re.sub(
            r"(?m)^(summary:\n(?:  #.*\n)*  says: ).*", rf"\1{text}", _with_shared_name(file.read_text("utf-8"))
        )
        file.write_text(edited, "utf-8")
        changed = wait_for(f"{site}/procedures/{file.stem}.html", text)
        time.sleep(1)
        (file.parent / f"{file.stem}-0.yml").write_text(_copy(edited, [file.stem], 0), "utf-8")
        added = wait_for(f"{site}/procedures/{file.stem}-0.html", text)
    return changed, added


def measure(size: int, runs: int, folder: Path) -> Measured:
    """Build a site with `size` procedures `runs` times in `folder`."""
    ours, stock = folder / "ours", folder / "stock"
    for name in ("build_tools", "hooks", "content", "data"):
        shutil.copytree(ROOT / name, ours / name, ignore=shutil.ignore_patterns("__pycache__"))
    settings = (ROOT / "mkdocs.yml").read_text("utf-8").replace("leaflets: true", "leaflets: false")
    (ours / "mkdocs.yml").write_text(settings, "utf-8")  # the stock site has none
    multiply(ours / "data", size)
    run(ours, "-m", "build_tools", "check")
    prepared = [float(run(ours, "-c", PREPARE, str(stock / "docs")).output) for _ in range(runs)]
    (stock / "mkdocs.yml").write_text(STOCK, "utf-8")
    builds = [(build(ours), build(stock)) for _ in range(runs)]
    disk = [sum(file.stat().st_size for file in (site / "site").rglob("*.*")) / 1e6 for site in (ours, stock)]
    changed, added = time_edits(ours)
    return Measured(
        seconds=(median(run.seconds for run, _ in builds), median(run.seconds for _, run in builds)),
        memory=(median(run.megabytes for run, _ in builds), median(run.megabytes for _, run in builds)),
        disk=(disk[0], disk[1]),
        prepared=median(prepared),
        changed=changed,
        added=added,
    )


ROWS: tuple[tuple[str, Callable[[Measured], str]], ...] = (
    ("Our build : stock build of the same pages", lambda m: f"{m.seconds[0] / m.seconds[1]:.2f}"),
    ("Our build, stock build (seconds)", lambda m: f"{m.seconds[0]:.1f}, {m.seconds[1]:.1f}"),
    ("Of that in `build_tools`, per page (ms of CPU time)", lambda m: f"{m.prepared:.1f}"),
    ("From a saved fact to its page (s)", lambda m: f"{m.changed:.1f}"),
    ("From a new file to its page (s)", lambda m: f"{m.added:.1f}"),
    ("Peak memory, ours and stock (MB)", lambda m: f"{m.memory[0]:,.0f}, {m.memory[1]:,.0f}"),
    ("Site on disk, ours and stock (MB)", lambda m: f"{m.disk[0]:,.1f}, {m.disk[1]:,.1f}"),
)


def main() -> None:
    """Measure each size and print the table."""
    least = len(list((ROOT / "data/procedures").glob("*.yml")))
    parser = argparse.ArgumentParser(
        prog="python -m tests.bench", description="Compare speed and size with stock MkDocs."
    )
    parser.add_argument(
        "--sizes", type=int, nargs="+", default=[least, 100, 1000], help=f"how many procedures, at least {least}"
    )
    parser.add_argument("--runs", type=int, default=3, help="how often each is built (default: 3)")
    args = parser.parse_args()
    if min(args.sizes) < least:
        parser.error(f"there are {least} procedures already; choose larger sizes")
    results: list[Measured] = []
    for size in args.sizes:
        print(f"Measuring {size:,} procedures …", file=sys.stderr)
        with tempfile.TemporaryDirectory() as folder:
            results.append(measure(size, args.runs, Path(folder)))
    print(f"| Procedures | {' | '.join(f'{size:,}' for size in args.sizes)} |")
    print(f"|---|{'---:|' * len(results)}")
    for title, show in ROWS:
        print(f"| {title} | {' | '.join(map(show, results))} |")
    print(f"\nMeasured on {os.cpu_count()} processor cores with Python {platform.python_version()}.")


if __name__ == "__main__":
    main()
