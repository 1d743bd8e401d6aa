"""HTML as short lines for approved snapshots: text, structure and what machines read, without what only draws."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator

from selectolax.lexbor import LexborHTMLParser, LexborNode

_INLINE = frozenset("-text a b bdi br cite code em span strong time".split())
_DRAWS = frozenset("path circle rect line ellipse polygon polyline".split())
_VERSION = re.compile(r"\b[0-9a-f]{12}\b|(?<=assets/)[0-9a-f]+(?=/)")


def outline(html: str) -> str:
    """One line for each element that holds no others."""
    parser = LexborHTMLParser(html)
    parts = [part for part in (parser.head, parser.body) if part is not None]
    lines = (f"{' ' * depth}{line}".rstrip() for part in parts for depth, line in _lines(part, 0) if line)
    return without_versions("\n".join(lines) + "\n")


def without_versions(text: str) -> str:
    """The text without the hashes that change with any fact and say nothing to a reader."""
    return _VERSION.sub("(hash)", text)


def _lines(node: LexborNode, depth: int) -> Iterator[tuple[int, str]]:
    text = ""
    for child in node.iter(include_text=True):
        if child.tag in _INLINE:
            text += _inline(child)
            continue
        yield from _texts(text, depth)
        text = ""
        inner = list(_lines(child, depth + 1))
        named = _named(child)
        if child.tag == "script" and child.attributes.get("type") == "application/ld+json":
            inner = [(depth + 1, line) for line in json.dumps(json.loads(child.text()), indent=1).splitlines()]
        if child.tag in _DRAWS and named == child.tag:
            continue
        inner = [line for line in inner if line[1]]
        if len(inner) == 1:  # what holds a single line stands in one
            yield depth, f"{named}: {inner[0][1]}"
        else:
            yield depth, named
            yield from inner
    yield from _texts(text, depth)


def _texts(text: str, depth: int) -> Iterator[tuple[int, str]]:
    """Text of one paragraph as one line; Markdown keeps its own lines."""
    for line in text.split("\n"):
        yield depth, " ".join(line.split())


def _inline(node: LexborNode) -> str:
    if node.is_text_node:
        return node.text_content or ""
    inside = "".join(_inline(child) for child in node.iter(include_text=True))
    if node.tag == "a":
        return f"[{inside}]({node.attributes.get('href')}{_rest(node, 'href', 'aria-label', 'class')})"
    return f"<{_named(node)}: {inside}>" if inside else f"<{_named(node)}>"


def _named(node: LexborNode) -> str:
    shape = node.attributes.get("d") if node.attributes.get("class") in ("full", "hole") else None
    kinds = "".join(f".{name}" for name in (node.attributes.get("class") or "").split())
    return f"{node.tag}{kinds}{_rest(node, 'class', 'd', *_DRAWN)}" + (f" {shape}" if shape else "")


_DRAWN = "viewbox viewBox x y cx cy r rx ry x1 x2 y1 y2 points transform width height".split()


def _rest(node: LexborNode, *left_out: str) -> str:
    attributes = {name: value for name, value in node.attributes.items() if name not in left_out}
    if attributes.get("id") and attributes.get("id") == attributes.get("data-fact"):
        attributes = {"#": "", **{name: value for name, value in attributes.items() if name != "id"}}
    return "".join(f" {name}={value}" if value else f" {name}" for name, value in attributes.items())
