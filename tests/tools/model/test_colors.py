"""Families get their colors from data, and all colors have enough contrast."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from build_tools.load.facts import Facts
from build_tools.model import colors
from build_tools.render.leaflets import write_leaflet
from build_tools.render.rendering import Renderer
from tests.conftest import ROOT, TODAY, edit, loaded, problems_of

CONTENT = ROOT / "content"
FILE = "procedures/teapot-polishing.yml"
CARE = "procedures/teapot-care.yml"


def test_a_family_gets_its_color_from_data(example: Path) -> None:
    renderer = Renderer(loaded(example), CONTENT, TODAY)
    assert write_leaflet(renderer, "squeaking-teapot").colors["family"] == "#0b4f5c", "that of the site"
    edit(example / CARE, "kind: ", 'color: {light: "#123456", dark: "#ABCDEF"}\nkind: ')
    facts = loaded(example)
    light, dark = colors.render_family_styles(facts).split("@media screen and (prefers-color-scheme: dark)")
    assert ".family-teapot-care { --family: #123456; }" in light
    assert ".family-teapot-care { --family: #abcdef; }" in dark
    renderer = Renderer(facts, CONTENT, TODAY)
    assert write_leaflet(renderer, "teapot-care").colors["family"] == "#123456"
    assert write_leaflet(renderer, "teapot-lid-polishing").colors["family"] == "#123456"


def test_every_real_family_has_a_color(facts: Facts) -> None:
    assert [id for id in facts.procedures if not facts.procedures[facts.family(id)].color] == []


def test_an_unreadable_color_is_a_problem(example: Path) -> None:
    edit(example / FILE, 'light: "#2c5a38"', 'light: "#35707d"')
    [problem] = problems_of(example)
    assert "#35707d is hard to read on a light background" in problem.message


def test_a_form_cannot_have_a_color(example: Path) -> None:
    form = "procedures/teapot-lid-polishing.yml"
    edit(example / form, "kind: ", 'color: {light: "#2c5a38", dark: "#9fd3ac"}\nkind: ')
    [problem] = problems_of(example)
    assert problem.message == "A form of another procedure has the color of its family."


def test_text_colors_of_the_site_are_readable() -> None:
    styles = (CONTENT / colors.STYLES).read_text("utf-8")
    for scheme, block in zip(("light", "dark"), re.findall(r":root \{(.*?)\}", styles, re.DOTALL), strict=False):
        found = dict(re.findall(r"--([\w-]+): (#\w+);", block))
        assert colors.BACKGROUNDS[scheme] == (found["paper"], found["wash"])
        for name in ("ink", "muted", "accent", "emergency", "urgent"):
            contrast = colors.find_least_contrast(found[name], colors.BACKGROUNDS[scheme])
            assert contrast >= colors.CONTRAST, (scheme, name)


def test_no_code_names_a_procedure(facts: Facts) -> None:
    ids = "|".join(id for id, procedure in facts.procedures.items() if procedure.kind != "no-procedure")
    code = [ROOT / "hooks/site.py", *ROOT.glob("build_tools/**/*.py")]
    code += [*CONTENT.glob("templates/**/*.[hmt][tdy]*"), *CONTENT.glob("assets/*.[cj]s*")]
    assert [file.name for file in code if re.search(rf"\b({ids})\b", file.read_text("utf-8"))] == []


@pytest.mark.parametrize(("color", "ratio"), [("#000000", 21), ("#ffffff", 1), ("#767676", 4.54)])
def test_contrast_follows_wcag(color: str, ratio: float) -> None:
    assert colors.find_least_contrast(color, ["#ffffff"]) == pytest.approx(ratio, abs=0.005)
