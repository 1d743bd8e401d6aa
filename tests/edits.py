"""A wrong and the edits that make one: in fields of YAML or JSON, in tables, in elements of a page."""

from __future__ import annotations

import csv
import io
import json
import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any, Literal, TypeVar
from xml.etree import ElementTree

import yaml
from selectolax.lexbor import LexborHTMLParser

Raw = dict[str, Any]
Steps = tuple[str | int, ...]
Edit = Callable[[str], str | None]
Way = Literal["facts", "drift", "page", "code"]
T = TypeVar("T")


@dataclass(frozen=True)
class Mutant:
    """One wrong: in `file` (below data/, content/, site/ or the project) the text becomes `edit(text)`.

    An edit that gives None removes the file.
    """

    way: Way
    kind: str
    what: str
    file: str
    edit: Edit

    def __str__(self) -> str:
        return f"{self.kind}: {self.what} ({self.file})"


@dataclass(frozen=True)
class Spot:
    """A fact: its id, its file, the way to it inside the file, and its fields."""

    id: str
    file: str
    steps: Steps
    fact: Raw

    @property
    def page(self) -> str:
        """The page of the built site on which the fact stands in full."""
        return self.file.replace("data/", "site/").replace(".yml", ".html")


# Edits


def in_yaml(change: Callable[[Raw], None]) -> Edit:
    """An edit of a file's fields."""

    def edit(text: str) -> str:
        value = yaml.load(text, Loader=yaml.CBaseLoader)
        change(value)
        return yaml.dump(value, Dumper=yaml.CSafeDumper, sort_keys=False, allow_unicode=True, width=10_000)

    return edit


def in_json(change: Callable[[Any], None]) -> Edit:
    """An edit of what a JSON text holds."""

    def edit(text: str) -> str:
        value = json.loads(text)
        change(value)
        return json.dumps(value, ensure_ascii=False, indent=1)

    return edit


def in_csv(change: Callable[[list[list[str]]], None]) -> Edit:
    """An edit of the rows of a table, the first of which is its head."""

    def edit(text: str) -> str:
        rows = list(csv.reader(io.StringIO(text, newline="")))
        change(rows)
        file = io.StringIO()
        csv.writer(file).writerows(rows)
        return file.getvalue()

    return edit


def in_xml(change: Callable[[ElementTree.Element], None]) -> Edit:
    """An edit of the elements of an XML text."""

    def edit(text: str) -> str:
        top = ElementTree.fromstring(text)
        change(top)
        return ElementTree.tostring(top, "unicode")

    return edit


def otherwise(*steps: str | int) -> Callable[[Any], None]:
    """A change of what stands at `steps`: a list loses its first entry, all else becomes something else."""

    def change(whole: Any) -> None:
        inside = above(whole, steps)
        value = inside[steps[-1]]
        if isinstance(value, list):
            del value[0]
        elif isinstance(value, dict):
            del inside[steps[-1]]
        elif isinstance(value, bool):
            inside[steps[-1]] = not value
        else:
            inside[steps[-1]] = value + 1 if isinstance(value, int | float) else "something else"

    return change


def above(value: Any, steps: Steps) -> Any:
    """What the last of `steps` stands in."""
    for step in steps[:-1]:
        value = value[step]
    return value


def put(*steps: str | int, value: Any) -> Edit:
    """An edit that writes `value`, or what it makes of the old value, at `steps`."""

    def change(whole: Raw) -> None:
        inside = above(whole, steps)
        inside[steps[-1]] = value(inside[steps[-1]]) if callable(value) else value

    return in_yaml(change)


def drop(*steps: str | int) -> Edit:
    """An edit that deletes what stands at `steps`."""

    def change(whole: Raw) -> None:
        del above(whole, steps)[steps[-1]]

    return in_yaml(change)


def rename(*steps: str | int, to: str) -> Edit:
    """An edit that gives the last of `steps` another name, in the same place."""

    def change(whole: Raw) -> None:
        inside = above(whole, steps)
        fields = {to if name == steps[-1] else name: value for name, value in inside.items()}
        inside.clear()
        inside.update(fields)

    return in_yaml(change)


def exchange(*steps: str | int, first: str, second: str) -> Edit:
    """An edit that exchanges the values of two fields of what stands at `steps`."""

    def change(whole: Raw) -> None:
        fields = above(whole, (*steps, ""))
        fields[first], fields[second] = fields[second], fields[first]

    return in_yaml(change)


def first_last(*steps: str | int) -> Edit:
    """An edit that puts the first of several entries at the end."""

    def change(whole: Raw) -> None:
        entries = above(whole, (*steps, ""))
        if isinstance(entries, list):
            entries.append(entries.pop(0))
        else:
            key = next(iter(entries))
            entries[key] = entries.pop(key)

    return in_yaml(change)


def replace(old: str, new: str) -> Edit:
    """An edit of a text: the first `old` becomes `new`."""

    def edit(text: str) -> str:
        assert old in text, f"{old!r} is not in the file"
        return text.replace(old, new, 1)

    return edit


def append(more: str) -> Edit:
    """An edit that adds to the end of a text."""
    return lambda text: text + more


def in_html(selector: str, change: Callable[[str], str]) -> Edit:
    """An edit of the first element of a page that fits `selector`."""

    def edit(text: str) -> str:
        whole = LexborHTMLParser(text)
        node = whole.css_first(selector)
        assert node is not None, f"nothing fits {selector}"
        before = node.html or ""
        node.attrs["data-here"] = ""  # the same words may stand elsewhere on the page
        marked = node.html or ""
        after = change(before)
        assert after != before, f"nothing changes in {before[:200]}"
        return (whole.html or "").replace(marked, after, 1)

    return edit


def swap_html(first: str, second: str) -> Edit:
    """An edit that exchanges the insides of two elements of a page."""

    def edit(text: str) -> str:
        whole = LexborHTMLParser(text)
        nodes = [whole.css_first(selector) for selector in (first, second)]
        insides = []
        for mark, node in zip(("\x01", "\x02"), nodes, strict=True):
            assert node is not None, f"nothing fits {first} or {second}"
            insides.append(node.inner_html or "")
            node.inner_html = mark
        html = whole.html or ""
        return html.replace("\x01", insides[1]).replace("\x02", insides[0])

    return edit


def sub(pattern: str, new: str) -> Callable[[str], str]:
    """The first place that fits a pattern becomes `new`."""
    return lambda html: re.sub(pattern, new, html, count=1, flags=re.DOTALL)


def twist(word: str) -> str:
    """A word with two letters exchanged, as fingers do."""
    for at in range(len(word) - 2, 0, -1):
        if word[at] != word[at - 1] and word[at - 1 : at + 1].isalpha():
            return word[: at - 1] + word[at] + word[at - 1] + word[at + 1 :]
    return word + "x"


def pick(found: Sequence[T], most: int = 2) -> list[T]:
    """At most `most` of what was found, from all over it; nothing found is an error."""
    assert found, "no place in the data fits this kind of wrong"
    step = max(1, len(found) // most)
    return list(found[::step])[:most]
