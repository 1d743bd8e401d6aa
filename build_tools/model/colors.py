"""Colors: their contrast, and the styles of each family of procedures.

The style sheet has the colors of the site. A family's color is in the file of its top procedure, so a new family
needs no code.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator

from build_tools.load.facts import Facts
from build_tools.records.base import Color
from build_tools.records.problems import Problem

STYLES = "assets/site.css"
"""The style sheet, in the content folder."""
MORE_STYLES = "assets/more.css"
"""The styles that short pages do not need."""

CONTRAST = 7.0
"""The minimum contrast of a color with each background (WCAG 2.2, 1.4.6)."""
BACKGROUNDS = {"light": ("#fffdf8", "#f6f1e6"), "dark": ("#14181d", "#1d232a")}
"""The background colors of pages and of boxes in light and dark mode, as in the style sheet."""


def read_light_colors(styles: str) -> dict[str, str]:
    """The colors of a style sheet in light mode by name, such as "accent"."""
    first = styles.partition(":root {")[2].partition("}")[0]
    return dict(re.findall(r"--([\w-]+): (#\w+);", first))


def render_family_styles(facts: Facts) -> str:
    """Render the styles that give each family its color; they go before the style sheet."""
    light = dark = ""
    for id, procedure in facts.procedures.items():
        if color := procedure.color:
            light += f".family-{id} {{ --family: {color.light.lower()}; }}\n"
            dark += f".family-{id} {{ --family: {color.dark.lower()}; }}\n"
    return f"{light}@media screen and (prefers-color-scheme: dark) {{\n{dark}}}\n"


def find_unreadable_colors(facts: Facts, name: str, field: str, color: Color | None) -> Iterator[Problem]:
    """Find the modes in which the color in a field of the file `name` has too little contrast."""
    for scheme, backgrounds in BACKGROUNDS.items() if color else ():
        code = str(getattr(color, scheme)).lower()
        contrast = find_least_contrast(code, backgrounds)
        if contrast < CONTRAST:
            limits = f"its contrast must be {CONTRAST:.0f} to 1, and is {int(contrast * 100) / 100} to 1"
            yield Problem(
                facts.place(name, field, scheme),
                f"{code} is hard to read on a {scheme} background: {limits}.",
                f"Choose a {'darker' if scheme == 'light' else 'lighter'} one.",
            )


def find_least_contrast(color: str, backgrounds: Iterable[str]) -> float:
    """The least contrast of a color, such as "#0b4f5c", with several backgrounds (WCAG 2.2, contrast ratio)."""
    pairs = (sorted((_luminance(color), _luminance(background))) for background in backgrounds)
    return min((lighter + 0.05) / (darker + 0.05) for darker, lighter in pairs)


def _luminance(color: str) -> float:
    channels = (channel / 255 for channel in bytes.fromhex(color[1:]))
    red, green, blue = (part / 12.92 if part <= 0.04045 else ((part + 0.055) / 1.055) ** 2.4 for part in channels)
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue
