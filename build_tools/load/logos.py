"""A clinic's logo: an SVG of plain shapes or a PNG, in which nothing can run, load, or hide.

A browser runs no script in an <img>, but it does in an SVG that is opened directly, so only shapes and colors are
allowed. A PNG is only ever a picture: its beginning, its end, and its size are checked. Metadata of either, such
as the location of a photo, is not published.
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
"""Every page loads the logo, so it must be small."""
MAX_PIXELS = 4000
HEIGHT, WIDEST = 48, 6
"""The height of a logo in CSS pixels, and at most how many times as wide as high it can be."""

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
"""Prefixes of attributes that draw nothing here; those of drawing programs have a namespace."""
_PNG_CHUNKS = frozenset((b"IHDR", b"PLTE", b"tRNS", b"gAMA", b"sRGB", b"IDAT", b"IEND"))
_PNG_START, _PNG_END = b"\x89PNG\r\n\x1a\n\0\0\0\rIHDR", b"\0\0\0\0IEND\xaeB`\x82"


@dataclass(frozen=True)
class Logo:
    """A logo as it is published: its file name, its bytes, and its width and height in CSS pixels."""

    name: str
    content: bytes
    width: int
    height: int = HEIGHT


def read_logo(file: Path, shown: str) -> tuple[Logo | None, list[Problem]]:
    """Read the logo in a file, or return None and why it cannot be used. Problems name the file as `shown`."""

    def refuse(message: str, hint: str) -> tuple[None, list[Problem]]:
        return None, [Problem(Place(shown), message, hint)]

    if file.is_symlink():
        return refuse(*NO_LINKS)
    if not file.is_file():
        return refuse("This file is missing.", 'Put it next to clinic.yml, or delete "logo".')
    content = file.read_bytes()
    if len(content) > MAX_BYTES:
        message = f"A logo can have at most {MAX_BYTES // 1000} KB; this one has {len(content) / 1000:.0f} KB."
        return refuse(message, "Every page loads it: export it smaller.")
    if file.suffix == ".png":
        content = _strip_metadata(content)
        header = content[: len(_PNG_START) + 8].ljust(len(_PNG_START) + 8, b"\0")
        size = struct.unpack_from(">II", header, len(_PNG_START))
        if not (header.startswith(_PNG_START) and content.endswith(_PNG_END) and min(size)):
            return refuse("This is not a PNG, or not a complete one.", "Export it again as PNG.")
        if max(size) > MAX_PIXELS:
            message = f"A logo can be at most {MAX_PIXELS} pixels wide or high; this one is {size[0]} x {size[1]}."
            return refuse(message, "Export it smaller.")
    else:
        drawing, problems = read_svg(file, shown)
        if not drawing:
            return None, problems
        _clean(drawing.root)
        if problems := [*drawing.forbidden_parts(_TAGS, _ATTRIBUTES, _VALUE)]:
            hint = "Save it as plain SVG, with texts as paths and without gradients and effects; or as PNG."
            return None, [replace(problems[0], hint=hint)]
        size = drawing.size
        content = ElementTree.tostring(drawing.root, "utf-8")
    ratio = size[0] / size[1]
    if not 1 / WIDEST <= ratio <= WIDEST:
        message = f"A logo can be at most {WIDEST} times as wide as high, or as high as wide; this one is not."
        return refuse(message, "Crop the empty space around it, or use only its symbol.")
    return Logo(f"clinic-logo{file.suffix}", content, round(HEIGHT * ratio)), []


def check_svg(file: Path, shown: str) -> list[Problem]:
    """Find everything in an SVG that is not a shape or a color."""
    drawing, problems = read_svg(file, shown)
    return [*drawing.forbidden_parts(_TAGS, _ATTRIBUTES, _VALUE)] if drawing else problems


def _clean(root: ElementTree.Element) -> None:
    """Remove the metadata of drawing programs, and turn styles that set colors into attributes."""
    for part in root.iter():
        for inner in [inner for inner in part if not inner.tag.startswith(SVG) or inner.tag in _NOT_SHOWN]:
            part.remove(inner)
        for name in [name for name in part.attrib if name.startswith(_NOT_DRAWN)]:
            del part.attrib[name]
        for declared in part.attrib.pop("style", "").split(";"):
            name, _, value = (side.strip() for side in declared.partition(":"))
            if name in _ATTRIBUTES or re.search(r"url|\\", value, re.IGNORECASE):
                part.set(name, value)


def _strip_metadata(content: bytes) -> bytes:
    """Remove the chunks of a PNG that draw nothing, such as the location of a photo (PNG, section 11.3)."""
    start = len(_PNG_START) - 8  # where the first chunk begins, with its length
    kept, at = content[:start], start
    while at < len(content):
        end = at + 12 + int.from_bytes(content[at : at + 4], "big")
        if content[at + 4 : at + 8] in _PNG_CHUNKS or end > len(content):
            kept += content[at:end]
        at = end
    return kept
