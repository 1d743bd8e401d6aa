"""Contributors write pages and templates: nothing in them runs code on the machine that builds the site."""

from __future__ import annotations

from pathlib import Path

import pytest
from jinja2.exceptions import SecurityError

from build_tools.pipeline import prepare
from build_tools.render.markup import check_markup
from build_tools.render.templates import CALLS, check_templates
from tests.conftest import ROOT, TODAY, edit, run

pytestmark = pytest.mark.slow

ESCAPES = (
    '{{ cycler.__init__.__globals__.os.popen("touch PWNED").read() }}',
    '{{ fact.__globals__["os"].popen("touch PWNED").read() }}',
    '{{ fact|attr("__globals__") }}',
    '{{ "%s"|format(fact) }}{{ "{0.__class__}".format(fact) }}',
    "{{ ().__class__.__base__.__subclasses__() }}",
    "{% for i in range(10**9) %}x{% endfor %}",
    '{{ "a" * 10**10 }}',
    '{{ fact("a" * 10**10) }}',
    "{{ fact(review_status()) }}",
    '{% include "pages/report.md" %}',
    '{% import "parts/facts.html" as parts %}',
    '{% extends "theme/main.html" %}',
    "{% set page = 1 %}",
    "{{ settings.site_url }}{{ procedures }}{{ facts }}{{ page.to('x') }}",
    "{% if offline.__class__ %}{% endif %}",
    "{% if offline %}{{ lipsum() }}{% endif %}",
    "{% if offline %}{% else %}{{ lipsum() }}{% endif %}",
    "{% if offline %}{% elif cycler %}{% endif %}",
    "{{ " + "(" * 20_000 + " }}",
    "{% if offline %}" * 20_000,
)


@pytest.mark.parametrize("escape", ESCAPES, ids=lambda text: text[:40])
def test_pages_can_use_documented_names_only(tmp_path: Path, escape: str) -> None:
    (tmp_path / "about.md").write_text(f"# About\n\n{escape}\n", "utf-8")
    [problem] = check_markup(tmp_path)
    assert problem.message.startswith("This is not allowed between braces: ")
    assert problem.place.line == (1 if "too deeply" in problem.message else 3)
    assert '{{ fact("its id") }}' in problem.hint


def test_page_cannot_run_a_command(project: Path) -> None:
    edit(project / "content/about.md", "{{ dates_of_facts() }}", ESCAPES[0])
    done = run(project, "build_tools", "check")
    assert done.returncode == 1
    assert "content/about.md:7:1: This is not allowed between braces" in done.stderr
    assert not (project / "PWNED").exists()


def test_template_cannot_run_a_command(example: Path, content: Path) -> None:
    file = content / "templates/pages/detail.md"
    file.write_text(file.read_text("utf-8") + "\n" + ESCAPES[0].replace("cycler", "facts.hue"), "utf-8")
    pages = prepare(example, content, TODAY).pages
    with pytest.raises(SecurityError):
        _ = [page.text for page in pages]


def test_theme_cannot_run_a_command(project: Path) -> None:
    edit(project / "content/templates/theme/404.html", "It may have moved.", ESCAPES[0])
    done = run(project, "mkdocs", "--quiet", "build", "--strict", "--site-dir", "site")
    assert done.returncode == 1
    assert not (project / "PWNED").exists()
    assert "content/templates/theme/404.html:5:1: " in done.stderr
    assert "Traceback" not in done.stderr


@pytest.mark.parametrize(("command", "mistake", "message"), [
    ("build_tools check", "{% for x in %}", "Expected an expression"),
    ("build_tools check", '{% include "parts/none.html" %}', 'there is no template called "parts/none.html"'),
    ("mkdocs build", "{{ no_such_name }}", "'no_such_name' is undefined"),
    ("mkdocs build", "{{ facts.vocabulary.effects.items(1, 2) }}", "takes"),
    ("mkdocs build", "{{ id | no_such_filter }}", "No filter named"),
])  # fmt: skip
def test_mistake_in_a_template_is_reported_with_its_line(
    project: Path, command: str, mistake: str, message: str
) -> None:
    file = project / "content/templates/pages/detail.md"
    text = file.read_text("utf-8") + "\n"
    file.write_text(f"{text}{mistake}\n", "utf-8")
    done = run(project, *command.split())
    assert done.returncode == 1
    assert f"content/templates/pages/detail.md:{text.count(chr(10)) + 1}:1: " in done.stderr
    assert message in done.stderr
    assert "1 problem found." in done.stderr
    assert "Traceback" not in done.stderr


@pytest.mark.parametrize("template", ["parts/facts.html", "theme/main.html", "leaflets/parts.html"])
def test_template_with_a_syntax_error_is_one_problem(project: Path, template: str) -> None:
    (project / "content/templates" / template).write_text("\n{{ (", "utf-8")
    [problem] = prepare(project / "data", project / "content", TODAY).errors
    assert (problem.place.path, problem.place.line) == (f"content/templates/{template}", 2)


@pytest.mark.parametrize(
    "text", [b"{{ " + b"(" * 20_000, b"\xff", b"\n\n{{ ("], ids=["too deep", "no UTF-8", "open"]
)
def test_unreadable_template_is_a_problem(tmp_path: Path, text: bytes) -> None:
    (tmp_path / "templates").mkdir()
    (tmp_path / "templates/page.html").write_bytes(text)
    [problem] = check_templates(tmp_path)
    assert problem.place.path.startswith(f"{tmp_path.name}/templates")


def test_checks_continue_after_a_template_nested_too_deep(example: Path, content: Path) -> None:
    (content / "about.md").write_text("# About\n\nTeapots.\n", "utf-8")
    (content / "templates/parts/facts.html").write_text("{{ " + "(" * 20_000, "utf-8")
    assert {problem.place.path for problem in prepare(example, content, TODAY).errors} == {"content/templates"}


def test_names_for_pages_are_documented() -> None:
    text = (ROOT / "CONTRIBUTING.md").read_text("utf-8")
    assert [name for name in (*CALLS, "if offline") if name not in text] == []
