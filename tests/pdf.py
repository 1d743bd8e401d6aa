"""What a test reads back from a PDF: its words, the sizes of its type, its tags, and the heads of cells."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any

from pypdf import PdfReader
from pypdf.generic import DictionaryObject, PdfObject


def bare(text: str) -> str:
    """A text without white space, because a line may end anywhere."""
    return re.sub(r"\s+", "", text)


def pages_of(pdf: PdfReader) -> list[str]:
    """The words of every page of a leaflet, without white space and what stands at its foot."""
    assert pdf.metadata
    foot = re.compile(rf"({re.escape(bare(pdf.metadata.title or ''))},v|V)ersion[0-9a-f]{{12}}Page\d+of\d+$")
    return [foot.sub("", bare(page.extract_text())) for page in pdf.pages]


def sizes(pdf: PdfReader) -> list[tuple[str, float]]:
    """Every piece of text in the order of the pages, with the size of its type."""
    found: list[tuple[str, float]] = []

    def visit(text: str, _: object, __: object, ___: object, size: float) -> None:
        if text.strip():
            found.append((text.strip(), size))

    for page in pdf.pages:
        page.extract_text(visitor_text=visit)
    return found


@dataclass(frozen=True)
class Tag:
    """One element of a PDF's structure: its kind, alternative text, id, heads, and what is in it."""

    kind: str
    alt: str
    id: str
    heads: list[str]
    parts: list[Tag] = field(default_factory=list)

    def all(self, kind: str = "") -> Iterator[Tag]:
        """All elements in it, or those of one kind, in the order of a screen reader."""
        for part in self.parts:
            if kind in ("", part.kind):
                yield part
            yield from part.all(kind)


def root_of(pdf: PdfReader) -> Any:
    """The catalog of a PDF."""
    return pdf.trailer["/Root"]


def tags(pdf: PdfReader) -> Tag:
    """The structure that a screen reader follows."""

    def each(node: Any) -> list[Any]:
        node = node.get_object() if isinstance(node, PdfObject) else node
        return [part for inner in node for part in each(inner)] if isinstance(node, list) else [node]

    def walk(node: Any) -> list[Tag]:
        found = []
        for element in each(node):
            if isinstance(element, DictionaryObject):
                inside = walk(element.get("/K", []))
                about = [part for part in each(element.get("/A", {})) if "/Headers" in part]
                heads = [str(head) for part in about for head in part["/Headers"]]
                alt, id = str(element.get("/Alt", "")), str(element.get("/ID", ""))
                found += [Tag(str(element["/S"]), alt, id, heads, inside)] if "/S" in element else inside
        return found

    return Tag("", "", "", [], walk(root_of(pdf)["/StructTreeRoot"]))


def chains(table: Tag) -> list[list[list[str]]]:
    """For every row of answers in a table, and every answer in it, the ids of all heads that lead to it."""
    heads = {head.id: head.heads for head in table.all("/TH")}

    def chain(ids: list[str]) -> list[str]:
        return [*ids, *(above for id in ids for above in chain(heads[id]))]

    rows = [[cell for cell in row.parts if cell.kind == "/TD"] for row in table.all("/TR")]
    return [[chain(cell.heads) for cell in row] for row in rows if row]
