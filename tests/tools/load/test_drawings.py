"""Drawings show what the facts say."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from build_tools.edit.report import build_report, format_table
from build_tools.pipeline import prepare
from build_tools.records.problems import Problem
from tests.conftest import TODAY, edit, page_text, problems_of

POT = "procedures/teapot-polishing.yml"
DRAWING = "drawings/teapot.svg"


def page(example: Path, content: Path, detail: str) -> str:
    """A detail page about polishing teapots."""
    return page_text(prepare(example, content, TODAY), f"procedures/teapot-polishing/{detail}.md")


def drawing(example: Path, content: Path) -> str:
    """The drawing on the page that says where polishing works; "" if there is none."""
    html = page(example, content, "who-it-is-for")
    return "".join(re.findall(r'<figure class="drawing".*?</figure>', html, re.DOTALL))


def line_of(problem: Problem, example: Path) -> str:
    return (example / POT).read_text("utf-8").splitlines()[problem.place.line - 1].strip()


def test_the_first_target_is_highlighted(example: Path, content: Path) -> None:
    for target, other in (("hinge", "lid"), ("lid", "hinge")):
        html = drawing(example, content)
        assert re.findall(r'data-structure="(\w+)" class="target"', html) == [target]
        assert re.findall(r'<li data-structure="(\w+)">', html) == [target]
        edit(example / POT, f"    structure: {target}\n", f"    structure: {other}\n")


def test_a_part_without_a_fact_is_not_shown(example: Path, content: Path) -> None:
    before = drawing(example, content)
    assert '<g data-shows="cloth">' in before
    assert "<b>Cloth:</b> A soft cloth is drawn round the hinge by hand." in before
    assert re.findall(r"<text[^>]*>(\w+)</text>", before) == ["Hinge", "Cloth"]
    edit(example / POT, "    shows: cloth\n", "")
    after = drawing(example, content)
    assert "cloth" not in after
    assert re.findall(r"<text[^>]*>(\w+)</text>", after) == ["Hinge"]


def test_a_whole_drawing_can_need_one_of_several_facts(example: Path, content: Path) -> None:
    edit(example / DRAWING, "<svg ", '<svg data-shows="brush cloth" ')
    description = "A soft cloth is drawn round the hinge by hand. The hinge between lid and pot"
    assert description in drawing(example, content)
    edit(example / POT, "    shows: cloth\n", "")
    assert drawing(example, content) == ""
    [problem] = [problem for problem in problems_of(example) if problem.place.path == f"data/{POT}"]
    assert line_of(problem, example) == "structure: hinge"
    assert problem.message.startswith('A drawing shows "hinge", on which this procedure acts')


def test_a_drawing_of_a_step_is_among_the_steps(example: Path, content: Path) -> None:
    edit(example / DRAWING, "<svg ", '<svg data-shows="cloth" ')
    edit(example / POT, "    shows: cloth\n", "")
    edit(example / POT, "during:\n  rub:\n", "during:\n  rub:\n    shows: cloth\n")
    steps = page(example, content, "what-happens").split("## What happens during treatment")[1]
    assert '<figure class="drawing"' in steps.split("## Right after")[0]


def test_an_unknown_name_of_a_part_is_a_problem(example: Path) -> None:
    edit(example / POT, "    shows: cloth\n", "    shows: clothes\n")
    [problem] = problems_of(example)
    assert line_of(problem, example) == "shows: clothes"
    assert problem.message == 'No drawing on this page shows "clothes".'
    assert 'Did you mean "cloth"?' in problem.hint


def test_the_report_lists_pages_without_a_drawing(example: Path, content: Path) -> None:
    def report() -> str:
        site = prepare(example, content, TODAY)
        return "\n".join(format_table(build_report(site.facts, site.problems, len(site.pages), TODAY)))

    assert "no drawing yet" not in report()
    hinge = ' data-structure="hinge" data-word="Hinge" data-mark="254 40" data-line="244 46 214 74"'
    edit(example / DRAWING, hinge, "")
    edit(example / POT, "    shows: cloth\n", "")
    assert problems_of(example) == []
    assert drawing(example, content) == ""
    assert "procedures/teapot-polishing.yml: no drawing yet" in report()


@pytest.mark.parametrize(("old", "new", "line", "message"), [
    ("A teapot, seen from the side", " ", 1, "A drawing needs a title."),
    ('data-structure="lid"', 'data-structure="lib"', 5, 'There is no structure called "lib".'),
    ("</svg>", "<script>alert(1)</script></svg>", 14, "<script> is not allowed in a picture:"),
    ('<circle cx="208"', '<circle onclick="go()" cx="208"', 9, '"onclick" is not allowed in a picture'),
    ('<circle cx="208"', '<circle style="fill:red" cx="208"', 9, '"style" is not allowed in a picture'),
    ("</svg>", '<image href="https://example.org/a.png"/></svg>', 14, "<image> is not allowed in a picture:"),
    ('data-mark="150 20"', 'data-mark="top"', 5, '"data-mark" says where the word is'),
    ('data-word="Lid"', 'data-word=""', 5, '"data-word" names a part in one or two words'),
    ("</g>\n</svg>", "</svg>", 13, "This is not an SVG"),
    ("<svg", '<!DOCTYPE svg [<!ENTITY a "b">]><svg', 1, "A drawing holds shapes only."),
])  # fmt: skip
def test_a_faulty_drawing_is_a_problem(example: Path, old: str, new: str, line: int, message: str) -> None:
    edit(example / DRAWING, old, new)
    problems = [problem for problem in problems_of(example) if problem.place.path == f"data/{DRAWING}"]
    assert line in [problem.place.line for problem in problems if message in problem.message]
    assert all(problem.hint for problem in problems)


def test_a_drawing_of_an_unknown_structure_is_left_out(example: Path, content: Path) -> None:
    edit(example / "vocabulary/structures.yml", "\nlid:\n", "\nlids:\n")
    problems = prepare(example, content, TODAY).problems
    assert 'There is no structure called "lid".' in {problem.message for problem in problems}
    assert drawing(example, content) == ""


def test_text_in_a_drawing_cannot_become_markup(example: Path, content: Path) -> None:
    edit(example / DRAWING, "</svg>", '<text x="1" y="2">&lt;b&gt;Tea&lt;/b&gt;</text></svg>')
    assert '<text x="1" y="2">&lt;b&gt;Tea&lt;/b&gt;</text>' in drawing(example, content)
