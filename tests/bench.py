"""Speed and size of the site as ratios: `python -m tests.bench [--sizes 10 100 1000]`.

The real procedures are copied under new ids until there are as many as asked for. Our build and stock
MkDocs with Material, which gets the same pages as ready-made Markdown, then run in turn. A build counts
as a whole process. The numbers are printed as a Markdown table; they never fail a run.
"""

from __future__ import annotations

import argparse
import gzip
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
from typing import Any

import yaml
from selectolax.lexbor import LexborHTMLParser

from build_tools.checks import cited
from build_tools.facts import load
from build_tools.reading import read
from build_tools.settings import today
from build_tools.wording import check_words
from tests import page_speed, server_load
from tests.node import MissingError

ROOT = Path(__file__).resolve().parent.parent
ENVIRONMENT = os.environ | {"NO_MKDOCS_2_WARNING": "1"}
PATIENCE = 600  # seconds until a preview counts as stuck

STOCK = """\
site_name: The same pages
theme: {name: material, font: false}
plugins: [search]
markdown_extensions: [attr_list, toc]
use_directory_urls: false
"""

PREPARE = """\
import time
from datetime import date
from pathlib import Path
from build_tools.site import prepare
start = time.process_time()
site = prepare(Path("data"), Path("content"), date.today())
print((time.process_time() - start) * 1000 / len(site.pages))
"""

LEAFLETS = """\
import time
from datetime import date
from pathlib import Path
from build_tools.facts import load
from build_tools.leaflets import EDITIONS, TEMPLATE, set_leaflet
from build_tools.pages import leaflet_writer
from build_tools.settings import Settings
content, facts = Path("content"), load(Path("data"))[0]
start = time.process_time()
write = leaflet_writer(facts, content, date.today(), Settings(leaflets=True))
leaflets = [write(id, 2) for id in (*facts.procedures, *facts.comparisons)]
made = [set_leaflet(leaflet, edition, content / TEMPLATE, "") for leaflet in leaflets for edition in EDITIONS]
print(f"{(time.process_time() - start) * 1000 / len(made):.0f}")
"""


@dataclass(frozen=True)
class Run:
    """What one whole process took."""

    seconds: float
    megabytes: float
    said: str


@dataclass(frozen=True)
class Load:
    """What a phone fetches for one page: requests, then gzip bytes without fonts, and bytes of fonts."""

    requests: int
    page: int
    fonts: int


# Many procedures from a few


def multiply(data: Path, size: int) -> None:
    """Make `size` procedures of those in `data`, as copies of all families, with their comparisons."""
    procedures = {file.stem: _read(file) for file in sorted((data / "procedures").glob("*.yml"))}
    comparisons = {file.stem: _read(file) for file in sorted((data / "comparisons").glob("*.yml"))}
    parents_first = sorted(procedures, key=lambda id: ("part_of" in procedures[id], id))
    for file in [*(data / "procedures").iterdir(), *(data / "comparisons").iterdir()]:
        file.unlink()
    for copy in range(1, -(-size // len(procedures)) + 1):
        ending = "" if copy == 1 else f"-{copy}"
        ids = parents_first[: size - (copy - 1) * len(procedures)]
        for id in ids:
            _write(data / f"procedures/{id}{ending}.yml", _copy_procedure(procedures[id], ids, ending))
        for id, comparison in comparisons.items():
            if set(comparison["options"]) <= set(ids):
                _write(data / f"comparisons/{id}{ending}.yml", _copy_comparison(comparison, ending))
    _drop_what_nobody_uses(data)


def _copy_procedure(procedure: dict[str, Any], ids: list[str], ending: str) -> dict[str, Any]:
    names = procedure["names"]
    copy = procedure | {
        "names": names
        | {
            "name": names["name"] + ending.replace("-", " "),
            "also_called": [name + ending.replace("-", " ") for name in names.get("also_called", [])],
        },
        "other_options": {
            key: {
                field: value + ending if field == "procedure" else value
                for field, value in option.items()
                if field != "procedure" or value in ids
            }
            for key, option in procedure["other_options"].items()
        },
    }
    return copy | ({"part_of": copy["part_of"] + ending} if "part_of" in copy else {})


def _copy_comparison(comparison: dict[str, Any], ending: str) -> dict[str, Any]:
    return comparison | {
        "title": comparison["title"] + ending.replace("-", " "),
        "options": [option + ending for option in comparison["options"]],
        "rows": [
            row | {"only": {option + ending: keys for option, keys in row.get("only", {}).items()}}
            for row in comparison["rows"]
        ],
        "weighing": {
            key: weighing | {"facts": [fact.replace(".", f"{ending}.", 1) for fact in weighing["facts"]]}
            for key, weighing in comparison["weighing"].items()
        },
    }


def _drop_what_nobody_uses(data: Path) -> None:
    """Fewer procedures than there are use fewer claims, sources and words, and checks would say so."""
    ids = {file.stem for file in (data / "procedures").iterdir()}
    claims = {
        key: claim
        for key, claim in _read(data / "claims.yml").items()
        if all(fact.split(".")[0] in ids for fact in claim["facts"])
    }
    _write(data / "claims.yml", claims)
    used = {citation.source for _, _, citation in cited(load(data)[0])}
    _write(data / "sources.yml", {id: v for id, v in _read(data / "sources.yml").items() if id in used})
    spelling = data / "spelling.txt"
    unused = {
        problem.place.line
        for problem in check_words(load(data)[0], data, data.parent / "content", today())
        if problem.place.path.endswith(spelling.name)
    }
    lines = spelling.read_text("utf-8").splitlines(keepends=True)
    spelling.write_text("".join(line for number, line in enumerate(lines, 1) if number not in unused), "utf-8")


def _read(file: Path) -> dict[str, Any]:
    value = read(file, str(file))[0].value
    return value if isinstance(value, dict) else {}


def _write(file: Path, value: dict[str, Any]) -> None:
    text = yaml.dump(value, Dumper=yaml.CSafeDumper, sort_keys=False, allow_unicode=True, width=10_000)
    file.write_text(text, "utf-8")


# Builds


def run(folder: Path, *arguments: str) -> Run:
    """Run Python in `folder` and wait; a failed run ends the whole benchmark with what it said."""
    with tempfile.TemporaryFile("w+", encoding="utf-8") as output:
        start = time.perf_counter()
        process = subprocess.Popen(
            [sys.executable, *arguments], cwd=folder, env=ENVIRONMENT, stdout=output, stderr=subprocess.STDOUT
        )
        _, status, usage = os.wait4(process.pid, 0)
        seconds = time.perf_counter() - start
        process.returncode = os.waitstatus_to_exitcode(status)
        output.seek(0)
        said = output.read()
    if process.returncode:
        print(f"{' '.join(arguments)} failed:\n{said[-3000:]}", file=sys.stderr)
        raise SystemExit(0)
    return Run(seconds, usage.ru_maxrss / 1024, said)


def build(folder: Path) -> Run:
    """One build from nothing."""
    shutil.rmtree(folder / "site", ignore_errors=True)
    return run(folder, "-m", "mkdocs", "--quiet", "build")


# The preview


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
    """Seconds until the page at `url` says `text`."""
    start = time.perf_counter()
    while time.perf_counter() - start < PATIENCE:
        try:
            with urllib.request.urlopen(url, timeout=PATIENCE) as answer:
                if text in answer.read().decode("utf-8"):
                    break
        except (urllib.error.URLError, ConnectionError):
            pass
        time.sleep(0.02)
    return time.perf_counter() - start


def time_edits(folder: Path) -> tuple[float, float]:
    """Seconds from saving a changed fact, and a new procedure, to the page that shows it."""
    file = folder / "data/procedures/no-procedure.yml"
    with preview(folder) as site:
        wait_for(f"{site}/procedures/no-procedure.html", "<h1")
        time.sleep(1)  # the watcher needs a moment to see how the files stand
        procedure = _read(file)
        procedure["summary"]["says"] = "This is the fact that was changed."
        _write(file, procedure)
        changed = wait_for(f"{site}/procedures/no-procedure.html", procedure["summary"]["says"])
        time.sleep(1)
        _write(file.with_stem("new-procedure"), _copy_procedure(procedure, [], "-new"))
        added = wait_for(f"{site}/procedures/new-procedure.html", procedure["summary"]["says"])
    return changed, added


# Sizes


def weigh(folder: Path) -> float:
    """Megabytes of all files below `folder`."""
    return sum(file.stat().st_size for file in folder.rglob("*") if file.is_file()) / 1e6


def first_load(page: Path) -> Load:
    """What `page` makes a browser fetch that has nothing in its cache."""
    html = LexborHTMLParser(page.read_text("utf-8"))
    selector = "link[rel=stylesheet], link[rel=preload], link[rel=icon], script[src], img[src]"
    found = {
        (page.parent / str(node.attributes.get("href") or node.attributes.get("src"))).resolve()
        for node in html.css(selector)
    }
    for sheet in [file for file in found if file.suffix == ".css"]:
        addresses = re.findall(r"url\([\"']?([^\"')]+)", sheet.read_text("utf-8"))
        found |= {(sheet.parent / address).resolve() for address in addresses if ":" not in address}
    fonts = {file for file in found if file.suffix == ".woff2"}
    return Load(
        requests=1 + len(found),
        page=sum(len(gzip.compress(file.read_bytes(), 6)) for file in {page, *found} - fonts),
        fonts=sum(file.stat().st_size for file in fonts),
    )


# The report


def measure(size: int, folder: Path) -> dict[str, Any]:
    """Everything about a site with `size` procedures, built in `folder`."""
    ours, stock = folder / "ours", folder / "stock"
    for name in ("build_tools", "hooks", "content", "data"):
        shutil.copytree(ROOT / name, ours / name, ignore=shutil.ignore_patterns("__pycache__"))
    settings = (ROOT / "mkdocs.yml").read_text("utf-8")
    (ours / "mkdocs.yml").write_text(
        settings.replace("leaflets: true", "leaflets: false"), "utf-8"
    )  # stock has none
    multiply(ours / "data", size)
    run(ours, "-m", "build_tools", "render", str(stock / "docs"))
    (stock / "mkdocs.yml").write_text(STOCK, "utf-8")

    pairs = 5 if size < 50 else 3 if size < 500 else 1
    if size < 500:
        build(ours), build(stock)  # a warm-up
    runs = [(build(ours), build(stock)) for _ in range(pairs)]
    prepared = [float(run(ours, "-c", PREPARE).said) for _ in range(pairs)]
    loads = sorted((first_load(page) for page in (ours / "site/procedures").iterdir()), key=lambda load: load.page)
    sites = weigh(ours / "site"), weigh(stock / "site")
    changed, added = time_edits(ours)
    return {
        "ours": median(run.seconds for run, _ in runs),
        "stock": median(run.seconds for _, run in runs),
        "prepared": median(prepared),
        "memory": (median(run.megabytes for run, _ in runs), median(run.megabytes for _, run in runs)),
        "sites": sites,
        "changed": changed,
        "added": added,
        "middle": loads[len(loads) // 2],
        "heaviest": loads[-1],
    }


ROWS: tuple[tuple[str, Callable[[dict[str, Any]], str]], ...] = (
    ("Our build : stock build of the same pages", lambda m: f"{m['ours'] / m['stock']:.2f}"),
    ("Our build, stock build (seconds)", lambda m: f"{m['ours']:.1f}, {m['stock']:.1f}"),
    ("Of it in `build_tools`, a page (ms of processor time)", lambda m: f"{m['prepared']:.1f}"),
    ("From a saved fact to the fresh page (s)", lambda m: f"{m['changed']:.1f}"),
    ("From a new file to its page (s)", lambda m: f"{m['added']:.1f}"),
    ("Peak memory, ours and stock (MB)", lambda m: f"{m['memory'][0]:,.0f}, {m['memory'][1]:,.0f}"),
    ("Site on disk, ours and stock (MB)", lambda m: f"{m['sites'][0]:,.1f}, {m['sites'][1]:,.1f}"),
    ("First load of a procedure page: requests", lambda m: f"{m['heaviest'].requests}"),
    (
        "… KB (gzip) without fonts: middle page, heaviest",
        lambda m: f"{m['middle'].page / 1000:.1f}, {m['heaviest'].page / 1000:.1f}",
    ),
    ("… KB of fonts", lambda m: f"{m['heaviest'].fonts / 1000:.1f}"),
)


def main() -> None:
    """Measure every size and print the table."""
    parser = argparse.ArgumentParser(prog="python -m tests.bench", description="Speed and size, as ratios.")
    parser.add_argument("--sizes", type=int, nargs="+", default=[10, 100, 1000], help="how many procedures")
    sizes = parser.parse_args().sizes
    measured: dict[int, dict[str, Any]] = {}
    for size in sizes:
        print(f"Measuring {size:,} procedures …", file=sys.stderr)
        with tempfile.TemporaryDirectory() as folder:
            measured[size] = measure(size, Path(folder))
    print(f"| Procedures | {' | '.join(f'{size:,}' for size in sizes)} |")
    print(f"|---|{'---:|' * len(sizes)}")
    for title, show in ROWS:
        print(f"| {title} | {' | '.join(show(measured[size]) for size in sizes)} |")
    if {100, 1000} <= measured.keys():
        growth = measured[1000]["ours"] / measured[100]["ours"]
        print(f"\nFrom 100 to 1,000 procedures our build takes {growth:.1f} times as long.")
    print()
    with tempfile.TemporaryDirectory() as folder:
        site = Path(folder) / "site"
        run(ROOT, "-m", "mkdocs", "--quiet", "build", "--site-dir", str(site))
        for report in (page_speed.report, server_load.report):
            try:
                print("\n".join(report(site)))
            except MissingError as missing:
                print(missing)
            print()
    print(f"\nA leaflet takes {run(ROOT, '-c', LEAFLETS).said.strip()} ms of processor time.")
    print(f"\nMeasured on {os.cpu_count()} processor cores with Python {platform.python_version()}.")


if __name__ == "__main__":
    main()
