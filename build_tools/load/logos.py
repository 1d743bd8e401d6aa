"""A clinic's logo: an SVG of plain shapes or a PNG, in which nothing can run, load or hide.

A browser runs no script of a picture, but it does of an SVG that is opened by itself. So only shapes and colors
pass. A PNG is shown as nothing but a picture, so its beginning, its end and its size are enough. What programs
write into either for themselves (layers, the place of a photo) is not shipped.
"""

from __future__ import annotations

import re
import struct
from dataclasses import dataclass, replace
from pathlib import Path
from xml.etree import ElementTree

from build_tools.load.drawings import SVG, read_svg
from build_tools.load.yaml_reader import NO_LINKS
from build_tools.records.problems import Place, Problem

MAX_BYTES = 50_000
"""A logo stands on every page, so it must be small."""
MAX_PIXELS = 4000
HEIGHT, WIDEST = 48, 6
"""How high a logo is shown, in CSS pixels, and at most how many times as wide as high."""

ElementTree.register_namespace("", SVG.strip("{}"))
_TAGS = frozenset("svg g path ellipse circle rect line polyline polygon title".split())
_ATTRIBUTES = frozenset(
    "viewBox width height d cx cy rx ry r x y x1 y1 x2 y2 points transform fill fill-rule fill-opacity stroke "
    "stroke-width stroke-linecap stroke-linejoin stroke-opacity stroke-miterlimit stroke-dasharray opacity "
    "display id version".split()
)
_VALUE = r"(?!.*\burl\b)[\w\s.,#%()+-]*\Z"
_NOT_SHOWN = frozenset(f"{SVG}{name}" for name in ("defs", "desc", "metadata"))
_NOT_DRAWN = ("{", "aria-", "class", "data-", "font-", "text-")
"""How attributes begin that draw nothing here: those of drawing programs have a namespace."""
_PNG_CHUNKS = frozenset((b"IHDR", b"PLTE", b"tRNS", b"gAMA", b"sRGB", b"IDAT", b"IEND"))
_PNG_START, _PNG_END = b"\x89PNG\r\n\x1a\n\0\0\0\rIHDR", b"\0\0\0\0IEND\xaeB`\x82"


@dataclass(frozen=True)
class Logo:
    """A logo as it is shipped: its name in the site, its bytes, and how wide and high it is in CSS pixels."""

    name: str
    content: bytes
    width: int
    height: int = HEIGHT


def read_logo(file: Path, shown: str) -> tuple[Logo | None, list[Problem]]:
    """The logo in a file, or None and why it cannot be shown (the file is named as `shown`)."""

    def refused(message: str, hint: str) -> tuple[None, list[Problem]]:
        return None, [Problem(Place(shown), message, hint)]

    if file.is_symlink():
        return refused(*NO_LINKS)
    if not file.is_file():
        return refused("This file is missing.", 'Put it beside clinic.yml, or delete "logo".')
    content = file.read_bytes()
    if len(content) > MAX_BYTES:
        found = f"A logo is at most {MAX_BYTES // 1000} KB; this one has {len(content) / 1000:.0f} KB."
        return refused(found, "Every page loads it: export it smaller.")
    if file.suffix == ".png":
        content = _without_notes(content)
        header = content[: len(_PNG_START) + 8].ljust(len(_PNG_START) + 8, b"\0")
        size = struct.unpack_from(">II", header, len(_PNG_START))
        if not (header.startswith(_PNG_START) and content.endswith(_PNG_END) and min(size)):
            return refused("This is no PNG, or not a whole one.", "Export it again as PNG.")
        if max(size) > MAX_PIXELS:
            found = f"A logo is at most {MAX_PIXELS} pixels wide and high; this one has {size[0]} x {size[1]}."
            return refused(found, "Every page unpacks it: export it smaller.")
    else:
        drawing, problems = read_svg(file, shown)
        if not drawing:
            return None, problems
        _clean(drawing.root)
        if faults := [*drawing.forbidden_parts(_TAGS, _ATTRIBUTES, _VALUE)]:
            hint = "Save it as plain SVG, with texts as paths and without gradients and effects; or as PNG."
            return None, [replace(faults[0], hint=hint)]
        size = drawing.size
        content = ElementTree.tostring(drawing.root, "utf-8")
    ratio = size[0] / size[1]
    if not 1 / WIDEST <= ratio <= WIDEST:
        found = f"A logo is at most {WIDEST} times as wide as high, or as high as wide; this one is not."
        return refused(found, "Cut the empty space around it off, or take its sign alone.")
    return Logo(f"clinic-logo{file.suffix}", content, round(HEIGHT * ratio)), []


def check_svg(file: Path, shown: str) -> list[Problem]:
    """What an SVG holds that is more than shapes and colors."""
    drawing, problems = read_svg(file, shown)
    return [*drawing.forbidden_parts(_TAGS, _ATTRIBUTES, _VALUE)] if drawing else problems


def _clean(root: ElementTree.Element) -> None:
    """Take out what drawing programs keep for themselves, and make attributes of styles that set colors."""
    for part in root.iter():
        for inner in [inner for inner in part if not inner.tag.startswith(SVG) or inner.tag in _NOT_SHOWN]:
            part.remove(inner)
        for name in [name for name in part.attrib if name.startswith(_NOT_DRAWN)]:
            del part.attrib[name]
        for declared in part.attrib.pop("style", "").split(";"):
            name, _, value = (side.strip() for side in declared.partition(":"))
            if name in _ATTRIBUTES or re.search(r"url|\\", value, re.IGNORECASE):
                part.set(name, value)


def _without_notes(content: bytes) -> bytes:
    """A PNG without the chunks that only tell about it, such as the place of a photo (PNG, section 11.3)."""
    start = len(_PNG_START) - 8  # where the first chunk begins, with its length
    kept, at = content[:start], start
    while at < len(content):
        end = at + 12 + int.from_bytes(content[at : at + 4], "big")
        if content[at + 4 : at + 8] in _PNG_CHUNKS or end > len(content):
            kept += content[at:end]
        at = end
    return kept
