"""Speed and size of the site as ratios: `python -m tests.bench [--sizes 17 100 1000]`.

The real procedures are copied under new ids until there are as many as asked for. Our build and stock
MkDocs with Material, which gets the same pages as ready-made Markdown, then run in turn, each as a whole process.
The numbers are printed as a Markdown table. They never fail a run, but whatever cannot be built does.
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
PATIENCE = 120  # seconds until a preview counts as stuck

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
from build_tools.release.beside import make_files_beside, make_files_for_pages
from build_tools.pipeline import prepare
start = time.process_time()
site = prepare(Path("data"), Path("content"), today())
texts = {page.path: page.text for page in site.pages}
took = time.process_time() - start
for name, content in [*texts.items(), *make_files_for_pages(site).items(), *make_files_beside(site)]:
    path = Path(sys.argv[1]) / name
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(content.encode() if isinstance(content, str) else content)
print(took * 1000 / len(site.pages))
"""
"""Write the pages as Markdown into a folder; print the milliseconds that each took to make."""


@dataclass(frozen=True)
class Run:
    """What one whole process took, and what it printed."""

    seconds: float
    megabytes: float
    output: str


@dataclass(frozen=True)
class Measured:
    """Everything about a site of one size: ours and stock, or ours alone."""

    seconds: tuple[float, float]
    memory: tuple[float, float]
    disk: tuple[float, float]
    prepared: float
    changed: float
    added: float


# Many procedures from a few


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
    """The text of a data file with another title, without codes, and about the copies of the procedures `ids`.

    A copy keeps the other names of its original, so that the names in its texts mean itself.
    """
    known = "|".join(sorted(ids, key=len, reverse=True))
    text = re.sub(r"(?m)^codes:\n(?:[ -].*\n)+", "", text)
    text = re.sub(rf"(?m)^( *- |part_of: |    procedure: )({known})$", rf"\1\2-{copy}", text)
    text = re.sub(rf"(?m)^( +)({known}):", rf"\1\2-{copy}:", text)
    text = re.sub(rf"(\bother_options\.)({known})\b", rf"\1\2-{copy}", text)
    text = re.sub(rf"\b({known})(?=\.[a-z_]+\.[a-z])", rf"\1-{copy}", text)
    return re.sub(r'(?m)^(  name|title): "?(.*?)"?$', rf'\1: "\2 {copy}"', text)


def _with_shared_name(text: str) -> str:
    """The text of a procedure whose name is also one of its other names, and which says that others share it."""

    def add(found: re.Match[str]) -> str:
        names = yaml.load(found[2], yaml.CBaseLoader)["also_called"]
        return f"{found[1]}  also_called: {json.dumps([*names, yaml.load(found[1], yaml.CBaseLoader)['name']])}\n"

    text = re.sub(r"(?m)^(  name: .*\n(?:  (?!also).*\n)*)(  also_called:.*\n(?:    .*\n)*)", add, text)
    if "\n  same_name:\n" in text:
        return text
    source = re.search(r"sources: \[?\s*([\w-]+)", text)
    entry = (
        f"  same_name:\n    copy:\n      says: Copies share this name.\n      sources: [{source and source[1]}]\n"
    )
    return re.sub(r"(?m)^(?=  also_called: )", entry, text, count=1)


# Builds


def run(folder: Path, *arguments: str) -> Run:
    """Run Python in `folder` and wait; a failed run ends the whole benchmark with what it printed."""
    with tempfile.TemporaryFile("w+", encoding="utf-8") as output:
        start = time.perf_counter()
        process = subprocess.Popen(
            [sys.executable, *arguments], cwd=folder, env=ENVIRONMENT, stdout=output, stderr=subprocess.STDOUT
        )
        _, status, usage = os.wait4(process.pid, 0)
        seconds = time.perf_counter() - start
        process.returncode = os.waitstatus_to_exitcode(status)
        output.seek(0)
        printed = output.read()
    if process.returncode:
        raise SystemExit(f"{' '.join(arguments[:2])} failed:\n{printed[-3000:]}")
    return Run(seconds, usage.ru_maxrss / 1024, printed)


def build(folder: Path) -> Run:
    """One build from nothing."""
    shutil.rmtree(folder / "site", ignore_errors=True)
    return run(folder, "-m", "mkdocs", "--quiet", "build", "--strict")


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
    """Seconds until the page at `url` holds `text`."""
    start = time.perf_counter()
    while time.perf_counter() - start < PATIENCE:
        try:
            with urllib.request.urlopen(url, timeout=PATIENCE) as answer:
                if text in answer.read().decode("utf-8"):
                    return time.perf_counter() - start
        except (urllib.error.URLError, ConnectionError):
            pass
        time.sleep(0.02)
    raise SystemExit(f"{url} did not show {text!r} within {PATIENCE} seconds.")


def time_edits(folder: Path) -> tuple[float, float]:
    """Seconds from saving a changed fact, and a new procedure, to the page that shows it."""
    file = max((folder / "data/procedures").glob("*.yml"))
    text = "This is the fact that was changed."
    with preview(folder) as site:
        wait_for(f"{site}/procedures/{file.stem}.html", "<h1")
        time.sleep(1)  # the watcher needs a moment to see how the files stand
        edited = re.sub(
            r"(?m)^(summary:\n(?:  #.*\n)*  says: ).*", rf"\1{text}", _with_shared_name(file.read_text("utf-8"))
        )
        file.write_text(edited, "utf-8")
        changed = wait_for(f"{site}/procedures/{file.stem}.html", text)
        time.sleep(1)
        (file.parent / f"{file.stem}-0.yml").write_text(_copy(edited, [file.stem], 0), "utf-8")
        added = wait_for(f"{site}/procedures/{file.stem}-0.html", text)
    return changed, added


# The report


def measure(size: int, runs: int, folder: Path) -> Measured:
    """Everything about a site with `size` procedures, built `runs` times in `folder`."""
    ours, stock = folder / "ours", folder / "stock"
    for name in ("build_tools", "hooks", "content", "data"):
        shutil.copytree(ROOT / name, ours / name, ignore=shutil.ignore_patterns("__pycache__"))
    settings = (ROOT / "mkdocs.yml").read_text("utf-8").replace("leaflets: true", "leaflets: false")
    (ours / "mkdocs.yml").write_text(settings, "utf-8")  # stock has none
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
    ("Of it in `build_tools`, a page (ms of processor time)", lambda m: f"{m.prepared:.1f}"),
    ("From a saved fact to the fresh page (s)", lambda m: f"{m.changed:.1f}"),
    ("From a new file to its page (s)", lambda m: f"{m.added:.1f}"),
    ("Peak memory, ours and stock (MB)", lambda m: f"{m.memory[0]:,.0f}, {m.memory[1]:,.0f}"),
    ("Site on disk, ours and stock (MB)", lambda m: f"{m.disk[0]:,.1f}, {m.disk[1]:,.1f}"),
)


def main() -> None:
    """Measure every size and print the table."""
    least = len(list((ROOT / "data/procedures").glob("*.yml")))
    parser = argparse.ArgumentParser(prog="python -m tests.bench", description="Speed and size, as ratios.")
    parser.add_argument(
        "--sizes", type=int, nargs="+", default=[least, 100, 1000], help=f"how many procedures, at least {least}"
    )
    parser.add_argument("--runs", type=int, default=3, help="how often each is built (default: 3)")
    chosen = parser.parse_args()
    if min(chosen.sizes) < least:
        parser.error(f"there are {least} procedures already; name larger sizes")
    measured: list[Measured] = []
    for size in chosen.sizes:
        print(f"Measuring {size:,} procedures …", file=sys.stderr)
        with tempfile.TemporaryDirectory() as folder:
            measured.append(measure(size, chosen.runs, Path(folder)))
    print(f"| Procedures | {' | '.join(f'{size:,}' for size in chosen.sizes)} |")
    print(f"|---|{'---:|' * len(measured)}")
    for title, show in ROWS:
        print(f"| {title} | {' | '.join(map(show, measured))} |")
    print(f"\nMeasured on {os.cpu_count()} processor cores with Python {platform.python_version()}.")


if __name__ == "__main__":
    main()
