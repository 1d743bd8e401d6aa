"""Colors: whether they can be read, and which family of procedures has which.

The style sheet holds the colors of the site itself. A family's color stands in the file of its top procedure, so a
new family needs no code; pages and leaflets get it from here.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator

from build_tools.load.facts import Facts
from build_tools.records.base import Color
from build_tools.records.problems import Problem

STYLES = "assets/site.css"
"""The style sheet, in the folder of hand-written pages."""
MORE_STYLES = "assets/more.css"
"""The styles that short pages do not need."""

CONTRAST = 7.0
"""The least contrast of a color on each paper (WCAG 2.2, 1.4.6)."""
PAPERS = {"light": ("#fffdf8", "#f6f1e6"), "dark": ("#14181d", "#1d232a")}
"""The colors of pages and of boxes, as in the style sheet, on which colors stand."""


def read_light_colors(styles: str) -> dict[str, str]:
    """The colors of a style sheet on light paper by name, such as "accent"."""
    first = styles.partition(":root {")[2].partition("}")[0]
    return dict(re.findall(r"--([\w-]+): (#\w+);", first))


def render_family_styles(facts: Facts) -> str:
    """The styles that give each family its color; they go before the style sheet's own."""
    light = dark = ""
    for id, procedure in facts.procedures.items():
        if color := procedure.color:
            light += f".family-{id} {{ --family: {color.light.lower()}; }}\n"
            dark += f".family-{id} {{ --family: {color.dark.lower()}; }}\n"
    return f"{light}@media screen and (prefers-color-scheme: dark) {{\n{dark}}}\n"


def find_unreadable_colors(facts: Facts, name: str, field: str, color: Color | None) -> Iterator[Problem]:
    """A problem for each paper on which the color in a field of the file called `name` cannot be read well."""
    for scheme, papers in PAPERS.items() if color else ():
        written = str(getattr(color, scheme)).lower()
        found = find_least_contrast(written, papers)
        if found < CONTRAST:
            yield Problem(
                facts.place(name, field, scheme),
                f"{written} cannot be read well on {scheme} paper: its contrast is {int(found * 100) / 100} to 1, "
                f"and must be {CONTRAST:.0f} to 1.",
                f"Choose a {'darker' if scheme == 'light' else 'lighter'} one.",
            )


def find_least_contrast(color: str, papers: Iterable[str]) -> float:
    """The least contrast of a color, such as "#0b4f5c", on several papers (WCAG 2.2, contrast ratio)."""
    pairs = (sorted((_luminance(color), _luminance(paper))) for paper in papers)
    return min((lighter + 0.05) / (darker + 0.05) for darker, lighter in pairs)


def _luminance(color: str) -> float:
    channels = (channel / 255 for channel in bytes.fromhex(color[1:]))
    red, green, blue = (part / 12.92 if part <= 0.04045 else ((part + 0.055) / 1.055) ** 2.4 for part in channels)
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue
