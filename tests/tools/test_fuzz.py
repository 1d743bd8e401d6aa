"""Any file content gives a list of problems with places in that file, and never a traceback.

`make fuzz` breaks ten thousand files instead of a few dozen.
"""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from build_tools.check.rules import check
from build_tools.load.loader import load
from build_tools.pipeline import prepare
from build_tools.prose.wording import check_words
from build_tools.records.problems import describe
from tests.conftest import ROOT, TODAY

pytestmark = pytest.mark.slow

ODD = (
    "\u202e \u200b \ufeff \u2028 \u00ad \x00 \x85 \x1b \ud7ff \U0001f9d1\u200d\U0001f52c e\u0301 İ ß ﬁ ١٢ 𝟙"
    " … “ ” ’ – \u00a0 \t \r \r\n ~ null true no 1:30 0x1F 1e999 -0 .inf .nan 1_000 2026-02-30 9999-12-31 +1 00"
    " !!int !!python/object *a &a [ ] { } {a: {a: {a: a}}} [[[[]]]] | > |- ? - -- --- ... % @ ` ' \" # : ::"
    " << <<<<<<< ======= >>>>>>> {{ }} {% %} <script> </details> \\x41 not_known counted says sources"
).split(" ")
HUGE = [str(10**30), "9" * 400, "1e400", f"0.{'0' * 300}1", "[" * 3000, "{a: " * 21, "- " * 100]
TYPED = st.one_of(st.sampled_from(ODD + HUGE), st.text(max_size=30))
TEXT = TYPED.map(lambda text: text.encode("utf-8", "replace"))
ENCODINGS: tuple[Callable[[bytes], bytes], ...] = (
    lambda raw: raw.replace(b"\n", b"\r"),
    lambda raw: b"\xef\xbb\xbf" + raw,
    lambda raw: raw.decode("utf-8", "replace").encode("utf-16"),
)


def _read_files() -> dict[str, bytes]:
    """The contents of the example's files and of short real ones, by the path at which each is broken."""
    folders = {"docs/example/data": "data", "data": "data", "content": "content"}
    return {
        f"{name}/{path.relative_to(ROOT / folder)}": path.read_bytes()
        for folder, name in reversed(folders.items())
        for path in sorted((ROOT / folder).rglob("*.*"))
        if path.suffix in (".yml", ".txt", ".md") and not {"templates", "assets"} & {*path.parts}
        if path.stat().st_size < 40_000
    }


FILES = _read_files()


@st.composite
def broken_files(draw: st.DrawFn) -> tuple[str, bytes]:
    """The path of a file and its bytes, broken in one to four ways."""
    name = draw(st.sampled_from(sorted(FILES)))
    raw = FILES[name]
    for _ in range(draw(st.integers(1, 4))):
        raw = _broken(draw, raw)
    return name, raw


def _broken(draw: st.DrawFn, raw: bytes) -> bytes:
    start = draw(st.integers(0, len(raw)))
    end = start + draw(st.integers(0, 200))
    lines = raw.splitlines(keepends=True) or [b""]
    first = draw(st.integers(0, len(lines) - 1))
    last = first + draw(st.integers(1, 30))
    match draw(st.sampled_from(("cut", "insert", "value", "repeat", "move", "indent", "mix", "encode"))):
        case "cut":
            return raw[:start] + draw(st.sampled_from((b"", raw[end:])))
        case "insert":
            return raw[:start] + draw(st.one_of(TEXT, st.binary(max_size=20))) + raw[start:]
        case "value":
            lines[first] = lines[first].partition(b":")[0] + b": " + draw(TEXT) + b"\n"
        case "repeat":
            lines[first:first] = lines[first:last] * draw(st.sampled_from((1, 2, 50)))
        case "move":
            moved, lines[first:last] = lines[first:last], []
            lines += moved
        case "indent":
            before = draw(st.sampled_from((b"", b" ", b"    ", b"\t", b" " * 200)))
            lines[first:last] = [before + line.lstrip(b" ") for line in lines[first:last]]
        case "mix":
            return raw[:start] + FILES[draw(st.sampled_from(sorted(FILES)))][start:]
        case "encode":
            return draw(st.sampled_from(ENCODINGS))(raw)
    return b"".join(lines)


@settings(suppress_health_check=list(HealthCheck))
@given(broken_files(), st.integers(1, 10))
def test_broken_files_give_problems(project: Path, broken: tuple[str, bytes], turn: int) -> None:
    name, raw = broken
    path = project / name
    before = path.read_bytes() if path.exists() else None
    is_new = not path.parent.exists()
    path.parent.mkdir(exist_ok=True)
    path.write_bytes(raw)
    data, content = project / "data", project / "content"
    if turn == 7 or name.startswith("content"):  # Hypothesis prefers 1, so it would not be one in ten
        site = prepare(data, content, TODAY, preview=True)
        problems = site.problems
        assert all(isinstance(page.text, str) for page in site.pages)
    else:
        facts, problems = load(data)
        problems += [*check(facts, TODAY), *check_words(facts, content, TODAY)]
    path.unlink()
    if before is not None:
        path.write_bytes(before)
    if is_new:
        path.parent.rmdir()
    describe(problems)
    lines = len(raw.replace(b"\r", b"\n").split(b"\n"))
    for problem in problems:
        assert problem.message
        assert min(problem.place.line, problem.place.column) >= 1
        assert problem.place.path != name or problem.place.line <= lines + 1, problem
