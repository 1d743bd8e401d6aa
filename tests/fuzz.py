"""Thousands of broken files, none of which may end in a traceback, take for ever, or fill the memory.

`python -m tests.fuzz` breaks real files by chance, a few ways at once, and reads and checks each. Pages of words,
and one in ten of the others, are made into pages too, as a preview does. Whatever stands in a file, the answer is
a list of problems that stand inside it.
"""

from __future__ import annotations

import argparse
import resource
import shutil
import signal
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from types import FrameType

from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import seed as seeded
from hypothesis import strategies as st

from build_tools.checks import check
from build_tools.facts import load
from build_tools.problems import Problem, describe
from build_tools.site import prepare
from build_tools.wording import check_words
from tests.conftest import ROOT, TODAY, lay_out

PATIENCE = 10  # seconds for one file; most take some hundredths
MOST_MEGABYTES = 400  # by which all files together may raise the peak

ODD = (
    "\u202e \u200b \ufeff \u2028 \u00ad \x00 \x85 \x1b \ud7ff \U0001f9d1\u200d\U0001f52c e\u0301 İ ß ﬁ"
    " ١٢ 𝟙 … “ ” ’ – \u00a0 \t \r \r\n"
).split(" ")
VALUES = (
    "~ null true no 1:30 0x1F 1e999 -0 .inf .nan 1_000 2026-02-30 9999-12-31 0001-01-01 +1 00 !!int"
    " !!python/object *a &a [ ] { } {a: {a: {a: a}}} [[[[]]]] | > |- ? - -- --- ... % @ ` ' \" # : ::"
    " << <<<<<<< ======= >>>>>>>"
    ' {{ }} {% %} <script> </details> \\x41 "\\ud800" "\\x00" not_known does_not_apply counted says sources'
).split(" ")
HUGE = (str(10**30), "9" * 400, "1" * 5000, "1e400", "-" + "9" * 50, "0." + "0" * 300 + "1", f"{2**63}")


def _real_files() -> dict[str, bytes]:
    """Files by the name under which each is broken: the example's, and every real one that is not long."""
    found: dict[str, bytes] = {}
    for folder, name in (("docs/example/data", "data"), ("data", "data"), ("content", "content")):
        for path in sorted((ROOT / folder).rglob("*.*")):
            shown = f"{name}/{path.relative_to(ROOT / folder)}"
            wanted = path.suffix == ".yml" or path.parent.name == "content" or path.name == "spelling.txt"
            if wanted and path.is_file() and path.stat().st_size < 40_000:
                found.setdefault(shown, path.read_bytes())
    return found


FILES = _real_files()


@st.composite
def broken_files(draw: st.DrawFn) -> tuple[str, bytes]:
    """The name of a real file and its bytes, broken in one to four ways."""
    name = draw(st.sampled_from(sorted(FILES)))
    raw = FILES[name]
    for _ in range(draw(st.integers(1, 4))):
        raw = draw(st.sampled_from(WAYS))(draw, raw)
    return name, raw


def _spot(draw: st.DrawFn, raw: bytes) -> int:
    return draw(st.integers(0, len(raw)))


def _lines(raw: bytes) -> list[bytes]:
    return raw.splitlines(keepends=True) or [b""]


def _line(draw: st.DrawFn, lines: list[bytes]) -> int:
    return draw(st.integers(0, len(lines) - 1))


def cut(draw: st.DrawFn, raw: bytes) -> bytes:
    """The end is missing, as after a failed copy."""
    return raw[: _spot(draw, raw)]


def cut_out(draw: st.DrawFn, raw: bytes) -> bytes:
    """A piece is missing."""
    start = _spot(draw, raw)
    return raw[:start] + raw[start + draw(st.integers(1, 200)) :]


def put_in(draw: st.DrawFn, raw: bytes) -> bytes:
    """Random bytes in between."""
    start = _spot(draw, raw)
    return raw[:start] + draw(st.binary(min_size=1, max_size=20)) + raw[start:]


def put_in_text(draw: st.DrawFn, raw: bytes) -> bytes:
    """Any text in between."""
    start = _spot(draw, raw)
    text = draw(st.one_of(st.sampled_from(ODD), st.sampled_from(VALUES), st.text(max_size=20)))
    return raw[:start] + text.encode("utf-8", "surrogatepass") + raw[start:]


def swap_characters(draw: st.DrawFn, raw: bytes) -> bytes:
    """Two neighbors exchanged."""
    start = draw(st.integers(0, max(0, len(raw) - 2)))
    return raw[:start] + raw[start : start + 2][::-1] + raw[start + 2 :]


def repeat_lines(draw: st.DrawFn, raw: bytes) -> bytes:
    """Some lines twice or many times."""
    lines = _lines(raw)
    start = _line(draw, lines)
    piece = lines[start : start + draw(st.integers(1, 30))]
    return b"".join([*lines[:start], *piece * draw(st.sampled_from((2, 2, 3, 50))), *lines[start:]])


def drop_lines(draw: st.DrawFn, raw: bytes) -> bytes:
    """Some lines are gone."""
    lines = _lines(raw)
    start = _line(draw, lines)
    return b"".join([*lines[:start], *lines[start + draw(st.integers(1, 30)) :]])


def move_line(draw: st.DrawFn, raw: bytes) -> bytes:
    """A line stands elsewhere."""
    lines = _lines(raw)
    line = lines.pop(_line(draw, lines))
    lines.insert(draw(st.integers(0, len(lines))), line)
    return b"".join(lines)


def indent(draw: st.DrawFn, raw: bytes) -> bytes:
    """Some lines stand further left or right, or after a tab."""
    lines = _lines(raw)
    start = _line(draw, lines)
    end = start + draw(st.integers(1, 10))
    before = draw(st.sampled_from((b"", b" ", b"  ", b"    ", b"\t", b" \t", b" " * 200)))
    return b"".join([*lines[:start], *(before + line.lstrip(b" ") for line in lines[start:end]), *lines[end:]])


def change_value(draw: st.DrawFn, raw: bytes) -> bytes:
    """What stands after a colon is something else."""
    lines = _lines(raw)
    number = _line(draw, lines)
    name, colon, _ = lines[number].partition(b":")
    value = draw(
        st.one_of(st.sampled_from(VALUES), st.sampled_from(HUGE), st.sampled_from(ODD), st.text(max_size=30))
    )
    lines[number] = name + (colon or b":") + b" " + value.encode("utf-8", "surrogatepass") + b"\n"
    return b"".join(lines)


def deepen(draw: st.DrawFn, raw: bytes) -> bytes:
    """A value that goes very deep."""
    lines = _lines(raw)
    number = _line(draw, lines)
    depth = draw(st.sampled_from((5, 19, 21, 100, 3000)))
    opened = draw(st.sampled_from((b"[", b"{a: ", b"- ", b"? ")))
    lines[number] = lines[number].partition(b":")[0] + b": " + opened * depth + b"\n"
    return b"".join(lines)


def mix(draw: st.DrawFn, raw: bytes) -> bytes:
    """The beginning of this file and the end of another."""
    other = FILES[draw(st.sampled_from(sorted(FILES)))]
    return raw[: _spot(draw, raw)] + other[_spot(draw, other) :]


def other_line_ends(draw: st.DrawFn, raw: bytes) -> bytes:
    """Line ends or an encoding of another system."""
    text = raw.decode("utf-8", "replace")
    return draw(
        st.sampled_from(
            (
                raw.replace(b"\n", b"\r\n"),
                raw.replace(b"\n", b"\r"),
                b"\xef\xbb\xbf" + raw,
                text.encode("utf-16"),
                text.encode("latin-1", "replace"),
            )
        )
    )


WAYS = (
    cut,
    cut_out,
    put_in,
    put_in_text,
    put_in_text,
    swap_characters,
    repeat_lines,
    drop_lines,
    move_line,
    indent,
    change_value,
    change_value,
    deepen,
    mix,
    other_line_ends,
)


class TooLongError(Exception):
    """One file took longer than anybody waits."""


@contextmanager
def patience(seconds: int) -> Iterator[None]:
    """Ends the block with an error if it takes too long."""

    def stop(number: int, frame: FrameType | None) -> None:
        raise TooLongError(f"longer than {seconds} seconds")

    before = signal.signal(signal.SIGALRM, stop)
    signal.alarm(seconds)
    try:
        yield
    finally:
        signal.alarm(0)
        signal.signal(signal.SIGALRM, before)


def look(folder: Path, whole: bool) -> list[Problem]:
    """All problems of a project; `whole` makes its pages as well, which takes most of the time."""
    if whole:
        return prepare(folder / "data", folder / "content", TODAY).problems
    facts, problems = load(folder / "data")
    return [*problems, *check(facts, TODAY), *check_words(facts, folder / "data", folder / "content", TODAY)]


@dataclass
class Tally:
    """What was tried so far."""

    files: int = 0
    broken: int = 0
    slowest: float = 0
    slowest_name: str = ""
    megabytes: float = 0
    seconds: float = field(default_factory=time.perf_counter)


def peak() -> float:
    """The most memory this process has used, in megabytes."""
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024


def fuzz(folder: Path, files: int, seed: int | None = None) -> Tally:
    """Break `files` files in a small project in `folder`; the first that goes wrong is shown and raises."""
    shutil.copytree(ROOT / "docs/example/data", folder / "data")
    lay_out(folder)
    tally = Tally()

    @settings(
        max_examples=files,
        deadline=None,
        database=None,
        derandomize=seed is None,
        phases=(Phase.generate, Phase.shrink),
        suppress_health_check=list(HealthCheck),
    )
    @given(broken_files(), st.integers(1, 10))  # it likes 1 too well to mean one in ten
    def try_file(broken: tuple[str, bytes], turn: int) -> None:
        name, raw = broken
        path = folder / name
        before = path.read_bytes() if path.exists() else None
        new = not path.parent.exists()
        path.parent.mkdir(exist_ok=True)
        path.write_bytes(raw)
        start = time.perf_counter()
        try:
            with patience(PATIENCE):
                problems = look(folder, whole=turn == 7 or name.startswith("content"))
                describe(problems)
        finally:
            if new:
                shutil.rmtree(path.parent)
            elif before is None:
                path.unlink()
            else:
                path.write_bytes(before)
        took = time.perf_counter() - start
        tally.files += 1
        tally.broken += bool(problems)
        if took > tally.slowest:
            tally.slowest, tally.slowest_name = took, name
        lines = len(raw.replace(b"\r", b"\n").split(b"\n"))
        for problem in problems:
            assert problem.message
            assert min(problem.place.line, problem.place.column) >= 1
            assert problem.place.path != name or problem.place.line <= lines + 1, problem

    prepare(folder / "data", folder / "content", TODAY)
    first = peak()
    if seed is not None:
        try_file = seeded(seed)(try_file)
    try_file()
    tally.megabytes = peak() - first
    tally.seconds = time.perf_counter() - tally.seconds
    return tally


def main() -> int:
    """Break many files and say how it went; 1 if memory grew without bound, a traceback if anything else did."""
    parser = argparse.ArgumentParser(prog="python -m tests.fuzz", description="Thousands of broken files.")
    parser.add_argument("--files", type=int, default=10_000, help="how many (default: 10,000)")
    parser.add_argument("--seed", type=int, help="other files than last time")
    chosen = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        tally = fuzz(Path(folder), chosen.files, chosen.seed)
    print(
        f"{tally.files:,} broken files in {tally.seconds:.0f} seconds, no traceback; problems were found in "
        f"{tally.broken:,} of them.\nThe slowest took {tally.slowest:.2f} seconds ({tally.slowest_name}).\n"
        f"Peak memory {peak():.0f} MB, {tally.megabytes:.0f} MB more than before the first."
    )
    return 0 if tally.megabytes < MOST_MEGABYTES else 1


if __name__ == "__main__":
    sys.exit(main())
