"""The review packet of a procedure: one HTML page that works without a server, and the same on paper.

Both have the lines of `lines.build_layers`, those that half an hour is enough for first.
"""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterable, Iterator
from datetime import date
from itertools import groupby
from pathlib import Path
from typing import Any

from build_tools.edit.signing import describe_changes_since
from build_tools.load.facts import Facts
from build_tools.model.lines import Basis, Line, build_layers, number_lines
from build_tools.model.reviews import LONGEST, compute_version, find_statuses
from build_tools.prose.suppressions import find_suppressions
from build_tools.records.sections import FIRST
from build_tools.render.leaflets import set_pdf
from build_tools.render.templates import create_environment

Question = dict[str, Any]

SMALL = 100
"""A study of fewer people is called small."""


def write_packet(facts: Facts, id: str, content: Path, out: Path, today: date) -> list[Path]:
    """Write the packet of a procedure as `review-<id>.html` and `.pdf`; the files."""
    every = gather_contents(facts, id, content, today)
    page = create_environment(content / "templates", facts, today).get_template("packet/packet.html").render(every)
    pdf = set_pdf((content / "templates/packet/packet.typ").read_bytes(), packet=every)
    out.mkdir(parents=True, exist_ok=True)
    files = [out / f"review-{id}.html", out / f"review-{id}.pdf"]
    files[0].write_text(page, "utf-8")
    files[1].write_bytes(pdf)
    return files


def gather_contents(facts: Facts, id: str, content: Path, today: date) -> dict[str, Any]:
    """Everything that a packet says, as values that JSON can hold."""
    shown = build_layers(facts, id)
    numbers, every = number_lines(shown), [line for layer in shown.values() for line in layer.lines]
    first = [line for layer in FIRST for line in shown[layer].lines]
    asked = [*_questions(facts, id, numbers, every)]
    sources = dict.fromkeys(cited.id for line in every for behind in line.behind for cited in behind.sources)
    order = {source: number for number, source in enumerate(sources, 1)}
    reviews = [status.review for status in find_statuses(facts, today)[id].values() if status.review]
    last = max(reviews, key=lambda review: review.signed, default=None)

    def where(found: Iterable[Line]) -> str:
        return format_ranges([numbers[line.id] for line in found])

    return {
        "id": id,
        "name": facts.procedures[id].names.name,
        "digest": compute_version(facts, id),
        "made": today.isoformat(),
        "latest": (today + LONGEST).isoformat(),
        "count": len(first),
        "dangerous": where(line for line in first if line.dangerous),
        "small": where(line for line in first if any((b.people or SMALL) < SMALL for b in line.behind)),
        "second_hand": where(line for line in first if any(map(_is_second_hand, line.behind))),
        "exceptions": _exceptions(facts, id, content, numbers, first),
        "changes": describe_changes_since(facts.folder, facts, id, last).strip() if last else "",
        "questions": asked,
        "layers": [
            {"id": layer.id, "heading": layer.heading, "first": layer.id in FIRST}
            | {"lines": [_line(line, numbers, order, asked) for line in layer.lines]}
            for layer in shown.values()
        ],
        "sources": [
            {"id": id, "address": facts.sources[id].address, **facts.sources[id].model_dump(mode="json")}
            for id in order
        ],
    }


def _line(line: Line, numbers: dict[str, int], order: dict[str, int], asked: list[Question]) -> dict[str, Any]:
    number = numbers[line.id]
    return {
        "id": line.id,
        "number": number,
        "digest": line.digest,
        "label": line.label if line.label.endswith("?") or not line.label else f"{line.label.rstrip('.')}:",
        "words": line.words,
        "more": line.more,
        "questions": [question["number"] for question in asked if number in question["lines"]],
        "asks": [question for question in asked if question["lines"][:1] == [number]],
        "behind": [
            vars(behind) | {"sources": [vars(cited) | {"number": order[cited.id]} for cited in behind.sources]}
            for behind in line.behind
        ],
    }


def _is_second_hand(behind: Basis) -> bool:
    return bool(behind.sources) and all(cited.reporting for cited in behind.sources)


def format_ranges(numbers: list[int]) -> str:
    """Numbers in ascending order as "1 to 3, 5"."""
    by_distance = groupby(enumerate(numbers), key=lambda item: item[1] - item[0])
    found = [[number for _, number in run] for _, run in by_distance]
    return ", ".join(f"{run[0]} to {run[-1]}" if len(run) > 2 else ", ".join(map(str, run)) for run in found)


def _exceptions(facts: Facts, id: str, content: Path, numbers: dict[str, int], lines: list[Line]) -> list[str]:
    """The exceptions from rules about words that these lines rest on, with the numbers of the lines."""
    here = [
        one for one in find_suppressions(facts, content) if one.place.path == facts.place(f"procedures/{id}").path
    ]
    found: dict[str, set[int]] = defaultdict(set)
    for line in lines:
        places = [facts.place_of(behind.fact) for behind in line.behind if behind.fact.startswith(f"{id}.")]
        for one in here:
            if one.form and any(place.line in one.lines for place in places):
                found[f"{one.form['reason'].strip()} (until {one.form['until']})"].add(numbers[line.id])
    return [f"Line {format_ranges(sorted(at))}: {reason}" for reason, at in found.items()]


# The open questions

_ITEM = re.compile(r"^(\d+)\. \*\*(.+?)\*\*\n((?:[ ]{3,4}.*\n|\n)+)", re.MULTILINE)


def _questions(facts: Facts, id: str, numbers: dict[str, int], lines: list[Line]) -> Iterator[Question]:
    """The open questions of docs/for-clinicians.md that name this procedure, one of its facts or signs, or all.

    Each comes with the numbers of the lines that it is about.
    """
    file = facts.folder.absolute().parent / "docs/for-clinicians.md"
    keys: dict[str, set[int]] = defaultdict(set, {id: set()})
    for line in lines:
        for name in (line.id, *(behind.fact for behind in line.behind)):
            for key in (name, name.rpartition(".")[2]):
                keys[key].add(numbers[line.id])
    for number, title, body in _ITEM.findall(f"{file.read_text('utf-8')}\n" if file.is_file() else ""):
        named = [key for key in re.findall(r"`([\w.-]+)`", body) if key in keys]
        if named or re.search(r"Pages: all\.", body):
            concerned = sorted(set().union(*(keys[key] for key in named)))
            texts = re.findall(r"^ *- (?:Question: |(?=Our source: ))(.+)$", body.replace("`", ""), re.MULTILINE)
            question = {"number": int(number), "title": title, "texts": texts, "lines": concerned}
            yield question | {"where": format_ranges(concerned)}
