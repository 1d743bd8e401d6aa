"""Bad input by editors: always a message with file, line, column, and next step, never a traceback.

`every-mistake.yml` has all mistakes inside a readable file; the other mistakes have tests here.
"""

from __future__ import annotations

import html
import re
import shutil
from importlib import import_module
from pathlib import Path
from pkgutil import iter_modules

import pytest
from markdown import markdown
from syrupy.assertion import SnapshotAssertion

from build_tools import records
from build_tools.load.loader import load
from build_tools.pipeline import prepare
from build_tools.records.base import Record
from build_tools.records.problems import describe
from build_tools.render.pages import render
from build_tools.render.rendering import Renderer
from tests.conftest import TODAY, detail_text, edit, loaded, problems_of, run
from tests.tools.test_snapshots import Text

POLISHING = "procedures/teapot-polishing.yml"


def only_problem(data: Path) -> tuple[str, str]:
    """The place and the message of the only problem, which must also have a next step."""
    [problem] = problems_of(data)
    assert problem.hint
    return str(problem.place), problem.message


# Mistakes in a readable file


def test_every_mistake_of_a_file_is_reported(example: Path, snapshot: SnapshotAssertion) -> None:
    shutil.copy(Path(__file__).with_name("every-mistake.yml"), example / "procedures/teapot-smashing.yml")
    _, problems = load(example)
    assert all(problem.hint for problem in problems)
    assert f"{describe(problems)}\n" == snapshot.use_extension(Text)


def test_huge_number_is_rejected(example: Path) -> None:
    edit(example / POLISHING, "count: 18\n", f"count: 1{'0' * 400}\n")
    assert only_problem(example)[1].startswith('"count" cannot be larger than 10,000,000,000')


@pytest.mark.parametrize("written", ["yes", "on", "1", "True", '"no"'])
def test_only_true_and_false_are_booleans(example: Path, written: str) -> None:
    file = example / "clinics/teapot-house/clinic.yml"
    before, _, after = file.read_text("utf-8").partition("offered: true")
    file.write_text(f"{before}offered: {written}{after}", "utf-8")
    place, message = only_problem(example)
    assert place.startswith(f"data/clinics/teapot-house/clinic.yml:{before.count(chr(10)) + 1}:")
    assert message == f'"offered" must be true or false; it is "{written.strip(chr(34))}".'


def test_every_boolean_field_is_strict() -> None:
    modules = [import_module(module.name) for module in iter_modules(records.__path__, "build_tools.records.")]
    classes = [value for module in modules for value in vars(module).values() if isinstance(value, type)]
    fields = [field for cls in classes if issubclass(cls, Record) for field in cls.model_fields.values()]
    booleans = [field for field in fields if field.annotation is bool]
    assert booleans
    assert [field for field in booleans if not field.metadata] == []


NO_KEY = "An entry needs a key of its own, and this one has none."


@pytest.mark.parametrize(("old", "new", "place", "message"), [
    ("  ten-minutes:\n    says: It takes", "    says: It takes", "duration:", NO_KEY),
    ("  cracked:\n    says: A teapot", "    says: A teapot", "contraindications:", NO_KEY),
    ("minutes.\n    sources:", "minutes.\n    source:", "    source:", 'There is no field called "source"'),
    ("[benefits.quiet, ben", "[quiet, ben", "  results:", 'There is no fact "quiet" in this file.'),
    ("searched\n    searched: 2026-11-22\n", "searched\n", "  singing:", "A search needs a date."),
    ("count: 3\n        out_of", "count: 3\n          out_of", "          out_of", "This field begins farther"),
])  # fmt: skip
def test_mistake_of_a_first_draft_has_one_message(
    example: Path, old: str, new: str, place: str, message: str
) -> None:
    edit(example / POLISHING, old, new)
    actual_place, actual_message = only_problem(example)
    line = int(actual_place.split(":")[1])
    assert (example / POLISHING).read_text("utf-8").splitlines()[line - 1].startswith(place)
    assert actual_message.startswith(message)


def test_mistakes_between_files_are_all_reported(example: Path, snapshot: SnapshotAssertion) -> None:
    polishing = example / POLISHING
    edit(polishing, "source: spout-2019, at: page 12", "source: spuot-2019, at: page 12")
    edit(polishing, "    structure: hinge\n", "    structure: hing\n")
    edit(polishing, "out_of: 24\n", "out_of: 17\n")
    edit(polishing, "situations: [hinge, glaze]\n", "situations: [hinge, glaz]\n")
    edit(polishing, "    signs: [rough]\n", "    signs: [bend]\n")
    edit(polishing, "procedure: teapot-leave-alone", "procedure: teapot-left-alone")
    edit(polishing, "next_check: 2027-11-22", "next_check: 2029-11-22")
    edit(example / "claims.yml", "relief_lasts.quiet-time", "relief_lasts.quiet-times")
    assert f"{describe(problems_of(example))}\n" == snapshot.use_extension(Text)


def test_duplicate_id_is_reported_with_both_lines(example: Path) -> None:
    edit(example / "sources.yml", "saucer-2023:\n", "kettle-2021:\n")
    edit(example / "vocabulary/effects.yml", "scratch:\n", "broken-spout:\n")
    assert [(str(problem.place), problem.message) for problem in sorted(load(example)[1])] == [
        ("data/sources.yml:27:1", '"kettle-2021" is written twice; the first time on line 3.'),
        ("data/vocabulary/effects.yml:11:1", '"broken-spout" is written twice; the first time on line 3.'),
    ]


def test_broken_file_brings_no_problems_in_others(project: Path) -> None:
    """Not even for the words, facts, and sources that others need from it."""
    edit(project / "data/vocabulary/structures.yml", "[lids]", "[lids, lidlet]")
    edit(project / "data/procedures/teapot-lid-polishing.yml", "You lift the lid off.", "You lift the lidlet off.")
    assert prepare(project / "data", project / "content", TODAY).problems == []
    for file in ("sources.yml", "vocabulary/structures.yml", POLISHING):
        path = project / "data" / file
        path.write_text(path.read_text("utf-8") + "What is this?\n", "utf-8")
    site = prepare(project / "data", project / "content", TODAY)
    assert {problem.place.path for problem in site.problems} == {
        f"data/{file}" for file in ("sources.yml", "vocabulary/structures.yml", POLISHING)
    }


# Unreadable files


@pytest.mark.parametrize("text", ["", "\n\n", "# only a comment\n", "---\n", "null\n", "~"])
def test_empty_file_is_reported(example: Path, text: str) -> None:
    (example / POLISHING).write_text(text, "utf-8")
    place, message = only_problem(example)
    assert message == "The file is empty."
    assert place.startswith(f"data/{POLISHING}:")


@pytest.mark.parametrize("name", ["sources", "claims", "vocabulary/words", "comparisons/squeaking-teapot"])
def test_empty_or_invalid_file_of_any_kind_has_one_problem(example: Path, name: str) -> None:
    for text, message in (
        ("", "The file is empty."),
        ("tea: [", "A bracket opens a list that never ends, or a comma is missing in it."),
    ):
        (example / f"{name}.yml").write_text(text, "utf-8")
        assert [(p.place.path, p.message) for p in load(example)[1]] == [(f"data/{name}.yml", message)]


def test_missing_file_is_reported(example: Path) -> None:
    (example / "vocabulary/words.yml").unlink()
    assert only_problem(example) == (
        "data/vocabulary/words.yml:1:1",
        "The file cannot be opened: No such file or directory.",
    )


def test_file_that_is_not_utf_8_is_reported_at_the_character(example: Path) -> None:
    file = example / POLISHING
    file.write_bytes(file.read_bytes().replace(b"cloth. Nothing is cut", b"clo\xc3\xa9h. Nothing is c\xfct"))
    line = file.read_bytes().split(b"\xfc")[0].count(b"\n") + 1
    assert only_problem(example) == (
        f"data/{POLISHING}:{line}:51",
        "The file must be saved as UTF-8; this character is not.",
    )


def test_file_of_10_mb_is_rejected_unread(example: Path) -> None:
    (example / POLISHING).write_bytes(b"\xff" * 10_000_000)
    assert only_problem(example) == (
        f"data/{POLISHING}:1:1",
        "A file must be smaller than 1 MB; this one has 10.0 MB.",
    )


def test_folder_instead_of_a_file_is_reported(example: Path) -> None:
    (example / POLISHING).unlink()
    (example / POLISHING).mkdir()
    assert only_problem(example)[1].startswith("The file cannot be opened: ")


@pytest.mark.parametrize(("text", "place", "message"), [
    ("a: &a [x, x]\nb: &b [*a, *a]\nc: [*b, *b]\n", "1:4", "Shortcuts with & and * are not used here"),
    ("names:\n  name: *teapot\n", "2:9", "Shortcuts with & and * are not used here"),
    ("a: " + "[" * 100_000, "1:24", "Fields are nested more than 20 deep here."),
    ("- " * 50_000, "1:43", "Fields are nested more than 20 deep here."),
    ("? [a]\n: b\n", "1:3", "A field's name must be a word."),
    ("kind: !!python/object:os.system rm\n", "1:7", 'Types such as "tag:yaml.org,2002:python/object:os.system"'),
    ("names:\n\tname: Teapot\n", "2:1", "The line begins with a tab."),
    ("says: Hot: do not touch\n", "1:10", "A colon followed by a space begins a new field"),
    ("says: @home\n", "1:7", "A text cannot begin with this character."),
    ('says: "Hot\nand sweet\n', "1:7", "A quotation mark opens a text that never ends."),
    ('says: "C:\\pots"\n', "1:10", "Between double quotes, \\ has a special meaning."),
    ("sources: [a, b\nkind: c\n", "1:10", "A bracket opens a list that never ends"),
    ("a: b\nkind c\nd: e\n", "2:1", "A field is written as name, colon, space, text"),
    ('a: "b\nc: d\ne: "f"\n', "1:4", "The quotation mark that opens here is closed only on line 3."),
    ("a:\n  b:c\n  d: e\n", "2:4", "A space is missing after the colon."),
    ("a:\n  b:\n  c: d\n    e: f\n", "3:3", '"b" on line 2 has no fields.'),
    ("a:\n  b:\n      c: d\n    e: f\n", "4:5", "No field or entry that can go with this one begins in its"),
    ("a:\n  b c\n  d: e\n", "2:3", "This line has no colon, so it is no field."),
    ("a: c #5 d\n  e\nf: g\n", "1:6", 'A space and # begin a comment, so "#5 d" is not published.'),
    ("a: - b\n", "1:4", "A text that begins with a hyphen and a space needs double quotes."),
    ("a: {value} b\n", "1:4", "A text that begins with { needs double quotes."),
    ("a: b\n c: d\n", "2:3", "This field begins farther to the right than the line above it allows."),
    ("a: b: c\n", "1:5", "A colon followed by a space begins a new field"),
    ("a: b\n---\nc: d\n", "2:1", "A file can hold only one document."),
    ("<<<<<<< HEAD\nkind: a\n=======\nkind: b\n", "1:1", "Two people changed these lines"),
    ("kind: a\r\n>>>>>>> mine\r\n", "2:1", "Two people changed these lines"),
    ("kind: a\r\n=======\r\nkind: b\r\n", "2:1", "Two people changed these lines"),
    ("kind: a\n||||||| base\nkind: b\n", "2:1", "Two people changed these lines"),
    ("names:\n  \tname: Teapot\n", "2:3", "The line begins with a tab."),
    ("names:\n  name: Teapot\n\t  plain: x\n", "3:1", "The line begins with a tab."),
    ("a: b\nkind:\u00a0a\n", "2:1", "A space in this line is not the one on your keyboard (U+00A0)."),
    ("kind\uff1aa\n", "1:1", 'This file must hold fields; it is "kind\uff1aa".'),
    ("a: b\nkind\uff1aa\n", "2:1", "A colon in this line is not the one on your keyboard (U+FF1A)."),
    ("names:\n  name: Tea\u202epot\n", "2:12", "There is an invisible character here (U+202E)."),
    ("names:\n  name: Tea\u00adpot\n", "2:12", "There is an invisible character here (U+00AD)."),
    ("names:\n  name: Tea\u2028pot\n", "2:12", "There is an invisible character here (U+2028)."),
    ("names:\n  name: Tea\0pot\n", "2:12", "There is an invisible character here (U+0000)."),
    ("names:\n  name: Tea\ufffepot\n", "2:12", "There is an invisible character here (U+FFFE)."),
    ("names:\n  name: Tea\u180epot\n", "2:12", "There is an invisible character here (U+180E)."),
    ("names:\n  name: Tea\U000e0041pot\n", "2:12", "There is an invisible character here (U+E0041)."),
    ('names:\n  name: "Tea\\u202epot"\n', "2:9", "There is an invisible character here (U+202E)."),
    ('names:\n  name: "Tea\\u200Bpot"\n', "2:9", "There is an invisible character here (U+200B)."),
    ('names:\n  name: "Tea\\0pot"\n', "2:9", "There is an invisible character here (U+0000)."),
    ("Polish the teapot.\n", "1:1", 'This file must hold fields; it is "Polish the teapot.".'),
    ("- a\n- b\n", "1:1", "This file must hold fields; it is a list."),
])  # fmt: skip
def test_invalid_text_is_reported_at_its_place(example: Path, text: str, place: str, message: str) -> None:
    (example / POLISHING).write_text(text, "utf-8", newline="")
    actual_place, actual_message = only_problem(example)
    assert actual_place == f"data/{POLISHING}:{place}"
    assert actual_message.startswith(message)


@pytest.mark.parametrize(("old", "new", "hint"), [
    ("[kettle-2021, spout-2019]", "[kettle-2021 spout-2019]", "Is a comma missing between two ids?"),
    ("questions:\n", "questions:\n  - Note: which one?\n", "If this is one text, put it between double quotes"),
])  # fmt: skip
def test_hint_names_the_probable_slip(example: Path, old: str, new: str, hint: str) -> None:
    edit(example / POLISHING, old, new)
    assert [problem.hint for problem in problems_of(example) if problem.hint.startswith(hint)]


def test_entry_that_begins_too_far_right_has_one_message(example: Path) -> None:
    edit(example / POLISHING, "  cracked:\n", "    cracked:\n")
    edit(
        example / POLISHING,
        "contraindications:\n",
        "contraindications:\n  a:\n    says: A.\n    sources: [spout-2019]\n",
    )
    [problem] = [problem for problem in problems_of(example) if "twice" in problem.message]
    assert problem.hint.startswith('If "cracked" (line ')


@pytest.mark.parametrize("end", [" See room #5 and do not eat.", " # and do not eat.", "\t#5"])
def test_text_that_ends_in_a_comment_is_reported(example: Path, end: str) -> None:
    edit(example / POLISHING, "hinge in small circles.", f"hinge in small circles.{end}")
    place, message = only_problem(example)
    line = (example / POLISHING).read_text("utf-8").splitlines()[int(place.split(":")[1]) - 1]
    assert line[int(place.split(":")[2]) - 1 :] == end[end.index("#") :]
    assert message == f'A space and # begin a comment, so "{end[end.index("#") :]}" is not published.'


def test_long_text_is_shortened_in_the_message(example: Path) -> None:
    (example / POLISHING).write_text("polish " * 10_000, "utf-8")
    assert len(only_problem(example)[1]) < 120


def test_page_name_that_cannot_be_an_address_is_reported(example: Path, content: Path) -> None:
    names = ["ABOUT.MD", "About.md", "My Page.md", "about_us.md"]
    for name in names:
        (content / name).write_text("# A page\n", "utf-8")
    problems = [(str(problem.place), problem.message) for problem in prepare(example, content, TODAY).problems]
    expected = [(f"content/{name}:1:1", f'"{name}" cannot be the name of a page.') for name in names]
    assert sorted(problems) == expected


@pytest.mark.parametrize(("raw", "place", "message"), [
    (b"caf\xe9\n", "1:4", "The file must be saved as UTF-8; this character is not."),
    (b"\xef\xbb\xbfpotty\r\n", "1:1", 'No text uses "potty" anymore.'),
    (b"a\n<<<<<<< HEAD\n", "2:1", "Two people changed these lines, and their versions"),
], ids=["not UTF-8", "byte-order mark and Windows line end", "two versions"])  # fmt: skip
def test_invalid_list_of_words_has_one_problem(
    example: Path, content: Path, raw: bytes, place: str, message: str
) -> None:
    (example / "spelling.txt").write_bytes(raw)
    problems = prepare(example, content, TODAY).problems
    [problem] = [problem for problem in problems if problem.place.path == "data/spelling.txt"]
    assert str(problem.place) == f"data/spelling.txt:{place}"
    assert problem.message.startswith(message)


@pytest.mark.parametrize(("old", "new", "message"), [
    ("\nkind: can-be-undone", "\n“kind”: can-be-undone", 'There is no field called "“kind”" here.'),
    ("kind: can-be-undone", "kind: “can-be-undone”", '"kind" cannot be "“can-be-undone”".'),
    ("facts_checked: 2026-11-22", "facts_checked: “2026-11-22”", '"“2026-11-22”" is not a date that exists.'),
    ("[kettle-2021, spout-2019]", "[“kettle-2021”, spout-2019]", '"sources" cannot be "“kettle-2021”".'),
    ('"No. A glued spout drips."', "“No: a glued spout drips.”", "A colon followed by a space begins a new"),
])  # fmt: skip
def test_curly_quotes_are_explained(example: Path, old: str, new: str, message: str) -> None:
    edit(example / POLISHING, old, new)
    [problem] = [problem for problem in problems_of(example) if problem.message.startswith(message)]
    assert problem.hint.endswith("Curly quotes are not quotation marks here: type straight ones, or none.")


def test_curly_quotes_inside_a_text_are_kept(example: Path) -> None:
    edit(example / POLISHING, "Nothing is cut.", "Nothing is “cut”, and it’s „clean“.")
    assert problems_of(example) == []
    statement = load(example)[0].procedures["teapot-polishing"].what_it_is["a-cloth"]
    assert "“cut”, and it’s „clean“." in str(statement)


# Unusual files that are fine


@pytest.mark.parametrize(("old", "new"), [
    (b"", b"\xef\xbb\xbf"),
    (b"\n", b"\r\n"),
    (b"kind: can-be-undone", b"kind:\tcan-be-undone\t# a comment"),
    (b"Nothing is cut.", "\u05e9\u05dc\u05d5\u05dd and \u0634\u0627\u064a.".encode()),
    (b"Nothing is cut.", "Caf\u00e9 \U0001fad6.".encode()),
    (b"says: It is rubbing with a cloth. Nothing is cut.", b"says: |\n      Two lines.\n\n      And more."),
], ids=["byte-order mark", "Windows", "tabs", "Hebrew and Arabic", "accents and pictures", "lines"])  # fmt: skip
def test_files_of_any_editor_and_script_are_read(example: Path, old: bytes, new: bytes) -> None:
    file = example / POLISHING
    raw = file.read_bytes()
    file.write_bytes(raw.replace(old, new) if old else new + raw)
    assert problems_of(example) == []


# Characters that mean something to HTML, Markdown or templates

NASTY = (
    "<script>alert(1)</script> *stars* _lines_ `ticks` | pipe {{ braces }} {% raw %} {# note #} {: #id } "
    "[link](x) ![picture](y) # heading & &amp; &copy; \"quotes\" 'single' \\* \u05e9\u05dc\u05d5\u05dd"
)


def as_html(page: str) -> str:
    """A page as HTML."""
    body = re.sub(r"\A---\n.*?\n---\n", "", page, flags=re.DOTALL)
    return str(markdown(body, extensions=["attr_list", "toc"]))


def visible_text(page: str) -> str:
    """The text of a page: without tags, and with references as characters."""
    return " ".join(html.unescape(re.sub(r"<[^>]+>", " ", as_html(page))).split())


def test_every_text_is_shown_as_typed(example: Path, content: Path) -> None:
    quoted = "'" + NASTY.replace("'", "''") + "'"
    for path in (*example.glob("procedures/*.yml"), *example.glob("comparisons/*.yml"), example / "claims.yml"):
        text, mark, short = path.read_text("utf-8").partition("\nshort:\n")
        fields = "says|plain|not_known|does_not_apply|counted|who|when|how|note|claim|title|matters"
        text = re.sub(rf"^( *(?:{fields}): ).*$", lambda line: line[1] + quoted, text, flags=re.MULTILINE)
        text = re.sub(r"^(  name: ).*$", lambda line: f"{line[1]}{quoted}", text, flags=re.MULTILINE)
        short = re.sub(r"^( *(?:lead|pain): ).*$", lambda line: line[1] + quoted, short, flags=re.MULTILINE)
        path.write_text(text + mark + short, "utf-8")
    facts = loaded(example)
    pages, problems = render(Renderer(facts, content, TODAY), {})
    assert problems == []
    plain = " ".join(NASTY.split())
    for page in pages:
        assert "<script>" not in page.text
        for tag in ("<em>", "<code>ticks", "<img", 'href="x"'):
            assert tag not in as_html(page.text), (page.path, tag)
    by_path = {page.path: page for page in pages}
    for name in ("procedures/teapot-polishing", "comparisons/squeaking-teapot", "claims", "procedures"):
        assert plain in visible_text(by_path[f"{name}.md"].text), name
    procedure = by_path["procedures/teapot-polishing.md"].text
    title = re.search(r"^title: (.*)$", procedure, re.MULTILINE)
    assert title
    assert html.unescape(html.unescape(title[1])).count("<script>") == 1
    assert "<" not in title[1]
    facts_shown = re.findall(r'<span class="words">(.*?)</span>', detail_text(pages), re.DOTALL)
    assert sum(plain in html.unescape(text) for text in facts_shown) > 20


def test_name_of_several_lines_is_one_heading(example: Path, content: Path) -> None:
    edit(example / POLISHING, "name: Teapot polishing\n", "name: |\n    Teapot\n\n    - polishing\n")
    pages, _ = render(Renderer(load(example)[0], content, TODAY), {})
    text = next(page.text for page in pages if page.path == "procedures/teapot-polishing.md")
    assert "\n# Teapot - polishing\n" in text


# Hand-written pages


def test_unreadable_page_is_reported_with_its_line(example: Path, content: Path) -> None:
    (content / "one.md").write_bytes(b"# One\n\nCaf\xe9\n")
    (content / "two.md").write_text('# Two\n\n{{ fact("teapot-polishing.benefits.quite") }}\n', "utf-8")
    (content / "three.md").write_text("# Three\n\n{{ fact( }}\n", "utf-8")
    (content / "four.md").write_text("# Four\n\n\n{{ fact() }}\n", "utf-8")
    (content / "five.md").write_text("# Five\n\n{{ teapot }}\n", "utf-8")
    problems = prepare(example, content, TODAY).problems
    assert [(str(problem.place), problem.message.split(":")[0]) for problem in problems] == [
        ("content/five.md:3:1", "This is not allowed between braces"),
        ("content/four.md:4:1", "This is not allowed between braces"),
        ("content/one.md:3:4", "The file must be saved as UTF-8; this character is not."),
        ("content/three.md:3:1", "This is not allowed between braces"),
        ("content/two.md:3:1", 'There is no fact called "teapot-polishing.benefits.quite".'),
    ]


# The whole build


@pytest.mark.slow
def test_failed_build_keeps_the_last_site(project: Path) -> None:
    good = run(project, "mkdocs", "build", "--strict")  # --quiet would hide warnings, which then count for nothing
    assert good.returncode == 0, good.stderr
    pages = {path: path.read_bytes() for path in (project / "site").rglob("*") if path.is_file()}
    assert project / "site/procedures/teapot-polishing.html" in pages

    edit(project / "data" / POLISHING, "    out_of: 24\n", "")
    failed = run(project, "mkdocs", "build", "--strict", "--quiet")
    assert failed.returncode == 1
    assert f"data/{POLISHING}:" in failed.stderr
    assert 'A count needs its total: "count: 18" has no "out_of".' in failed.stderr
    assert "1 problem found." in failed.stderr
    assert "The site was not built; the last good one is untouched." in failed.stdout + failed.stderr
    assert "Traceback" not in failed.stdout + failed.stderr
    assert {path: path.read_bytes() for path in (project / "site").rglob("*") if path.is_file()} == pages


@pytest.mark.parametrize(("file", "text"), [
    ("claims.yml", "y\n"), ("sources.yml", "[y]\n"), (POLISHING, "7\n"), ("vocabulary/effects.yml", "''\n"),
])  # fmt: skip
def test_file_without_fields_is_reported_by_every_step(example: Path, content: Path, file: str, text: str) -> None:
    (example / file).write_text(text, "utf-8")
    problems = prepare(example, content, TODAY).problems
    assert f"data/{file}" in {problem.place.path for problem in problems}
