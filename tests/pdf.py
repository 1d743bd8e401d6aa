"""Reads a PDF for tests: its text, font sizes, tags, and the headers of table cells."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any

from pypdf import PdfReader
from pypdf.generic import DictionaryObject, PdfObject


def bare(text: str) -> str:
    """The text without whitespace, because a line can end anywhere."""
    return re.sub(r"\s+", "", text)


def pages_of(pdf: PdfReader) -> list[str]:
    """The text of each page of a leaflet, without whitespace and without the footer."""
    assert pdf.metadata
    footer = re.compile(rf"({re.escape(bare(pdf.metadata.title or ''))},v|V)ersion[0-9a-f]{{12}}Page\d+of\d+$")
    return [footer.sub("", bare(page.extract_text())) for page in pdf.pages]


def sizes(pdf: PdfReader) -> list[tuple[str, float]]:
    """Each piece of text in the order of the pages, with its font size."""
    pieces: list[tuple[str, float]] = []

    def visit(text: str, _: object, __: object, ___: object, size: float) -> None:
        if text.strip():
            pieces.append((text.strip(), size))

    for page in pdf.pages:
        page.extract_text(visitor_text=visit)
    return pieces


@dataclass(frozen=True)
class Tag:
    """One element of a PDF's structure, with the ids of its header cells and its child elements."""

    kind: str
    alt: str
    id: str
    heads: list[str]
    parts: list[Tag] = field(default_factory=list)

    def all(self, kind: str = "") -> Iterator[Tag]:
        """All descendants, or those of one kind, in the order of a screen reader."""
        for part in self.parts:
            if kind in ("", part.kind):
                yield part
            yield from part.all(kind)


def root_of(pdf: PdfReader) -> Any:
    """The catalog of a PDF."""
    return pdf.trailer["/Root"]


def tags(pdf: PdfReader) -> Tag:
    """The structure tree that a screen reader uses."""

    def flatten(node: Any) -> list[Any]:
        node = node.get_object() if isinstance(node, PdfObject) else node
        return [part for inner in node for part in flatten(inner)] if isinstance(node, list) else [node]

    def walk(node: Any) -> list[Tag]:
        elements = []
        for element in flatten(node):
            if isinstance(element, DictionaryObject):
                parts = walk(element.get("/K", []))
                attributes = [part for part in flatten(element.get("/A", {})) if "/Headers" in part]
                heads = [str(head) for part in attributes for head in part["/Headers"]]
                alt, id = str(element.get("/Alt", "")), str(element.get("/ID", ""))
                elements += [Tag(str(element["/S"]), alt, id, heads, parts)] if "/S" in element else parts
        return elements

    return Tag("", "", "", [], walk(root_of(pdf)["/StructTreeRoot"]))


def headers_of_cells(table: Tag) -> list[list[list[str]]]:
    """For each data cell in each row of a table, the ids of its header cells and of theirs."""
    heads = {head.id: head.heads for head in table.all("/TH")}

    def follow(ids: list[str]) -> list[str]:
        return [*ids, *(above for id in ids for above in follow(heads[id]))]

    rows = [[cell for cell in row.parts if cell.kind == "/TD"] for row in table.all("/TR")]
    return [[follow(cell.heads) for cell in row] for row in rows if row]
