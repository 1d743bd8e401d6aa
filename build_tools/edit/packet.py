"""The review packet of a procedure: an HTML page that works without a server, and the same as a PDF.

Both have the lines of `lines.build_layers`. The layers that can be reviewed in half an hour come first.
"""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterable, Iterator
from datetime import date
from pathlib import Path
from typing import Any

from build_tools.edit.signing import describe_changes_since
from build_tools.load.facts import Facts
from build_tools.model.lines import Basis, Line, build_layers, format_ranges, number_lines
from build_tools.model.reviews import MAX_INTERVAL, compute_version, find_statuses
from build_tools.prose.suppressions import find_suppressions
from build_tools.records.sections import FIRST
from build_tools.render.leaflets import set_pdf
from build_tools.render.templates import create_environment

Question = dict[str, Any]

SMALL = 100
"""A study of fewer people is reported as small."""


def write_packet(facts: Facts, id: str, content: Path, out: Path, today: date) -> list[Path]:
    """Write the packet as `review-<id>.html` and `.pdf`, and return these files."""
    contents = gather_contents(facts, id, content, today)
    environment = create_environment(content / "templates", facts, today)
    page = environment.get_template("packet/packet.html").render(contents)
    pdf = set_pdf((content / "templates/packet/packet.typ").read_bytes(), packet=contents)
    out.mkdir(parents=True, exist_ok=True)
    files = [out / f"review-{id}.html", out / f"review-{id}.pdf"]
    files[0].write_text(page, "utf-8")
    files[1].write_bytes(pdf)
    return files


def gather_contents(facts: Facts, id: str, content: Path, today: date) -> dict[str, Any]:
    """The contents of a packet, as values that JSON can hold."""
    layers = build_layers(facts, id)
    numbers, lines = number_lines(layers), [line for layer in layers.values() for line in layer.lines]
    first = [line for layer in FIRST for line in layers[layer].lines]
    questions = [*_find_questions(facts, id, numbers, lines)]
    sources = dict.fromkeys(cited.id for line in lines for basis in line.behind for cited in basis.sources)
    source_numbers = {source: number for number, source in enumerate(sources, 1)}
    reviews = [status.review for status in find_statuses(facts, today)[id].values() if status.review]
    last = max(reviews, key=lambda review: review.signed, default=None)

    def list_numbers(lines: Iterable[Line]) -> str:
        return format_ranges([numbers[line.id] for line in lines])

    return {
        "id": id,
        "name": facts.procedures[id].names.name,
        "digest": compute_version(facts, id),
        "made": today.isoformat(),
        "latest": (today + MAX_INTERVAL).isoformat(),
        "count": len(first),
        "dangerous": list_numbers(line for line in first if line.dangerous),
        "small": list_numbers(
            line for line in first if any((basis.people or SMALL) < SMALL for basis in line.behind)
        ),
        "second_hand": list_numbers(line for line in first if any(map(_is_second_hand, line.behind))),
        "exceptions": _list_exceptions(facts, id, content, numbers, first),
        "changes": describe_changes_since(facts.folder, facts, id, last).strip() if last else "",
        "questions": questions,
        "layers": [
            {"id": layer.id, "heading": layer.heading, "first": layer.id in FIRST}
            | {"lines": [_describe_line(line, numbers, source_numbers, questions) for line in layer.lines]}
            for layer in layers.values()
        ],
        "sources": [
            {"id": id, "address": facts.sources[id].address, **facts.sources[id].model_dump(mode="json")}
            for id in sources
        ],
    }


def _describe_line(
    line: Line, numbers: dict[str, int], source_numbers: dict[str, int], questions: list[Question]
) -> dict[str, Any]:
    number = numbers[line.id]
    return {
        "id": line.id,
        "number": number,
        "digest": line.digest,
        "label": line.label if line.label.endswith("?") or not line.label else f"{line.label.rstrip('.')}:",
        "words": line.words,
        "more": line.more,
        "questions": [question["number"] for question in questions if number in question["lines"]],
        "asks": [question for question in questions if question["lines"][:1] == [number]],
        "behind": [
            vars(basis)
            | {"sources": [vars(cited) | {"number": source_numbers[cited.id]} for cited in basis.sources]}
            for basis in line.behind
        ],
    }


def _is_second_hand(basis: Basis) -> bool:
    return bool(basis.sources) and all(cited.reporting for cited in basis.sources)


def _list_exceptions(
    facts: Facts, id: str, content: Path, numbers: dict[str, int], lines: list[Line]
) -> list[str]:
    """The exceptions from prose rules in the facts behind these lines, with the numbers of the lines."""
    file = facts.place(f"procedures/{id}").path
    exceptions = [exception for exception in find_suppressions(facts, content) if exception.place.path == file]
    lines_of: dict[str, set[int]] = defaultdict(set)
    for line in lines:
        places = [facts.place_of(basis.fact) for basis in line.behind if basis.fact.startswith(f"{id}.")]
        for exception in exceptions:
            if exception.form and any(place.line in exception.lines for place in places):
                reason = f"{exception.form['reason'].strip()} (until {exception.form['until']})"
                lines_of[reason].add(numbers[line.id])
    return [f"Line {format_ranges(sorted(found))}: {reason}" for reason, found in lines_of.items()]


# The open questions

_ITEM = re.compile(r"^(\d+)\. \*\*(.+?)\*\*\n((?:[ ]{3,4}.*\n|\n)+)", re.MULTILINE)


def _find_questions(facts: Facts, id: str, numbers: dict[str, int], lines: list[Line]) -> Iterator[Question]:
    """The questions in docs/for-clinicians.md that name this procedure, one of its facts or signs, or all pages.

    Each has the numbers of the lines that it is about.
    """
    file = facts.folder.absolute().parent / "docs/for-clinicians.md"
    lines_of: dict[str, set[int]] = defaultdict(set, {id: set()})
    for line in lines:
        for name in (line.id, *(basis.fact for basis in line.behind)):
            for key in (name, name.rpartition(".")[2]):
                lines_of[key].add(numbers[line.id])
    for number, title, body in _ITEM.findall(f"{file.read_text('utf-8')}\n" if file.is_file() else ""):
        keys = [key for key in re.findall(r"`([\w.-]+)`", body) if key in lines_of]
        if keys or re.search(r"Pages: all\.", body):
            concerned = sorted(set().union(*(lines_of[key] for key in keys)))
            texts = re.findall(r"^ *- (?:Question: |(?=Our source: ))(.+)$", body.replace("`", ""), re.MULTILINE)
            question = {"number": int(number), "title": title, "texts": texts, "lines": concerned}
            yield question | {"where": format_ranges(concerned)}
