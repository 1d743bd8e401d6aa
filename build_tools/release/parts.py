"""The parts of the site that others made, with their licenses. Everything else in it is this project's own."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from importlib.metadata import distribution
from pathlib import Path

LUNR = Path(str(distribution("mkdocs").locate_file("mkdocs/contrib/search/templates/search/lunr.js")))
"""The engine of the search page, as it comes with MkDocs."""


@dataclass(frozen=True)
class Part:
    """A part that every reader gets: its license as an SPDX id and as text, and what of it is in the site.

    `registry` is where it is published, as a package URL (purl) names it; `files` are those that readers get.
    """

    name: str
    version: str
    license: str
    text: str
    what: str
    registry: str = "pypi"
    files: tuple[Path, ...] = ()


def parts() -> Iterator[Part]:
    """All parts, in the versions that are installed here."""
    fonts = sorted((Path(__file__).parents[2] / "content/assets/fonts").glob("*.woff2"))
    yield _part("fontpkg-atkinson-hyperlegible", "OFL-1.1", "The typeface, as a Latin subset.", *fonts)
    yield Part(
        "lunr",
        re.findall(r"^ \* lunr .* - ([\d.]+)$", LUNR.read_text("utf-8"), re.MULTILINE)[0],
        "MIT",
        Path(__file__).with_name("lunr-license.txt").read_text("utf-8"),
        "The engine of the search page, lunr.js.",
        "npm",
        (LUNR,),
    )
    yield _part("mkdocs-material", "MIT", "The frame of each page comes from its templates; no script, no style.")


def _part(package: str, license: str, what: str, *files: Path) -> Part:
    found = distribution(package)
    text = found.read_text("licenses/LICENSE") or ""
    return Part(package, found.version, license, text, what, files=files)


def licenses() -> str:
    """The licenses of all parts in full, as a text file."""
    opening = (
        "What this site is made of\n\n"
        'Texts, facts and drawings: CC BY 4.0, the authors of "Pain procedures, explained"\n'
        "(https://creativecommons.org/licenses/by/4.0/legalcode). Scripts and styles: MIT, the same authors.\n\n"
        "These parts were made by others:\n\n"
    )
    listed = [f"- {part.name} {part.version}, {part.license}. {part.what}\n" for part in parts()]
    texts = [f"\n\n{'=' * 78}\n{part.name} {part.version}\n\n{part.text.strip()}\n" for part in parts()]
    return "".join([opening, *listed, *texts])
