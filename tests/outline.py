"""HTML as an outline for snapshots: text, structure and metadata, without the shapes of drawings."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator

from selectolax.lexbor import LexborHTMLParser, LexborNode

_INLINE = frozenset("-text a b bdi br cite code em span strong time".split())
_SHAPES = frozenset("path circle rect line ellipse polygon polyline".split())
_VERSION = re.compile(r"\b[0-9a-f]{12}\b|(?<=assets/)[0-9a-f]+(?=/)")


def outline(html: str) -> str:
    """One line for each element without child elements, below its parents."""
    parser = LexborHTMLParser(html)
    parts = [part for part in (parser.head, parser.body) if part is not None]
    lines = (f"{' ' * depth}{line}".rstrip() for part in parts for depth, line in _lines(part, 0) if line)
    return without_versions("\n".join(lines) + "\n")


def without_versions(text: str) -> str:
    """The text without hashes, which change with any fact."""
    return _VERSION.sub("(hash)", text)


def _lines(node: LexborNode, depth: int) -> Iterator[tuple[int, str]]:
    text = ""
    for child in node.iter(include_text=True):
        if child.tag in _INLINE:
            text += _inline(child)
            continue
        yield from _paragraph(text, depth)
        text = ""
        start_tag = _start_tag(child)
        if child.tag in _SHAPES and start_tag == child.tag:
            continue
        inner = [line for line in _lines(child, depth + 1) if line[1]]
        if child.tag == "script" and child.attributes.get("type") == "application/ld+json":
            inner = [(depth + 1, line) for line in json.dumps(json.loads(child.text()), indent=1).splitlines()]
        if len(inner) == 1:
            yield depth, f"{start_tag}: {inner[0][1]}"
        else:
            yield depth, start_tag
            yield from inner
    yield from _paragraph(text, depth)


def _paragraph(text: str, depth: int) -> Iterator[tuple[int, str]]:
    """Text on one line; Markdown keeps its lines."""
    for line in text.split("\n"):
        yield depth, " ".join(line.split())


def _inline(node: LexborNode) -> str:
    if node.is_text_node:
        return node.text_content or ""
    inside = "".join(_inline(child) for child in node.iter(include_text=True))
    if node.tag == "a":
        return f"[{inside}]({node.attributes.get('href')}{_attributes(node, 'href', 'aria-label', 'class')})"
    return f"<{_start_tag(node)}: {inside}>" if inside else f"<{_start_tag(node)}>"


_GEOMETRY = "viewbox viewBox x y cx cy r rx ry x1 x2 y1 y2 points transform width height".split()


def _start_tag(node: LexborNode) -> str:
    path = node.attributes.get("d") if node.attributes.get("class") in ("full", "hole") else None
    classes = "".join(f".{name}" for name in (node.attributes.get("class") or "").split())
    return f"{node.tag}{classes}{_attributes(node, 'class', 'd', *_GEOMETRY)}" + (f" {path}" if path else "")


def _attributes(node: LexborNode, *excluded: str) -> str:
    attributes = {name: value for name, value in node.attributes.items() if name not in excluded}
    if attributes.get("id") and attributes.get("id") == attributes.get("data-fact"):
        attributes = {"#": "", **{name: value for name, value in attributes.items() if name != "id"}}
    return "".join(f" {name}={value}" if value else f" {name}" for name, value in attributes.items())
