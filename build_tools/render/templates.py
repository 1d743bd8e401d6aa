"""The Jinja environment of the templates, and their filters.

Templates run in a sandbox. Hand-written pages do not run at all: they can call a few names, and test `offline`.
"""

from __future__ import annotations

import json
import os
import posixpath
import re
import traceback
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from datetime import date
from functools import lru_cache, partial
from pathlib import Path
from types import CodeType
from typing import Any, ClassVar
from urllib.parse import urlsplit

import jinja2
from jinja2 import nodes
from jinja2.bccache import Bucket
from jinja2.sandbox import ImmutableSandboxedEnvironment
from markupsafe import Markup, escape

from build_tools.load.detail_order import WEIGHTS, group_results, sort_best_first
from build_tools.load.drawings import PlacedDrawing, show
from build_tools.load.facts import Facts
from build_tools.load.yaml_reader import read_text
from build_tools.model.figure_text import (
    PLAN_FOR_LAST_DAYS,
    capitalize,
    describe_certainty,
    describe_unanswered,
    format_sentence,
    list_context,
    rewrite_for_companion,
    to_text,
    write_sentences,
)
from build_tools.prose.layers import describe_local
from build_tools.records.entries import (
    AnyFact,
    Citation,
    DoesNotApply,
    Figure,
    NotKnown,
    Source,
    StudyKind,
    list_named,
)
from build_tools.records.problems import Place, Problem
from build_tools.records.procedure import CODE_SYSTEMS, Harm, get_entries
from build_tools.records.sections import HEADINGS, get_address
from build_tools.render.icon_array import build_icon_array

KIND_WORDS = {
    StudyKind.SYSTEMATIC_REVIEW: "Systematic review of studies",
    StudyKind.RANDOMIZED_TRIAL: "Randomized trial",
    StudyKind.GUIDELINE: "Guideline",
    StudyKind.REGISTRY: "Registry",
    StudyKind.COHORT: "Cohort study",
    StudyKind.CASE_SERIES: "Case series",
    StudyKind.CASE_REPORT: "Case report",
    StudyKind.REVIEW: "Expert review or statement",
    StudyKind.EVIDENCE_SUMMARY: "Summary of other people's studies",
    StudyKind.TEXTBOOK: "Textbook or reference work",
    StudyKind.PATIENT_LEAFLET: "Leaflet or page for patients",
    StudyKind.TRIAL_REGISTRATION: "Entry in a trial register",
    StudyKind.NEWS: "News report",
}


class PageContext:
    """The page that a template renders: its links, its anchors so far, its cited sources so far."""

    def __init__(
        self,
        path: str,
        facts: Facts,
        report: Callable[[str, str], str] | None = None,
        edit: Callable[[Place], str] | None = None,
    ) -> None:
        self.path = path
        self._report = report
        self._edit = edit
        self._facts = facts
        self._anchors: set[str] = set()
        self._notes: dict[tuple[Citation, ...], int] = {}

    def to(self, path: str) -> str:
        """The address of another page, relative to this one."""
        file, _, anchor = path.partition("#")
        return _relative(file, posixpath.dirname(self.path) or ".") + (f"#{anchor}" if anchor else "")

    def anchor(self, id: str) -> str:
        """The anchor of a fact or a sign, once per page; "" for a fact on another page than its own."""
        if id in self._anchors or ("." in id and self._facts.page_of(id) != self.path):
            return ""
        self._anchors.add(id)
        return id

    def report(self, fact_id: str) -> str:
        """The address for reporting an error in a fact; "" if the site has none."""
        return self._report(self.path, fact_id) if self._report else ""

    def edit(self, fact_id: str) -> str:
        """The address for editing a fact in a browser; "" if the site has none."""
        return self._edit(self._facts.place_of(fact_id)) if self._edit else ""

    def cite(self, sources: Sequence[Citation]) -> int:
        """The number of the note for these sources on this page."""
        return self._notes.setdefault(tuple(sources), len(self._notes) + 1)

    def notes(self) -> list[tuple[Citation, ...]]:
        """The sources of each note, in the order of their numbers."""
        return list(self._notes)


@lru_cache(maxsize=4096)
def _relative(file: str, folder: str) -> str:
    return posixpath.relpath(file, folder)


class _CompiledTemplates(jinja2.BytecodeCache):
    """Caches compiled templates in this process, because a preview fills them repeatedly."""

    _code: ClassVar[dict[tuple[str, str], CodeType | None]] = {}

    def load_bytecode(self, bucket: Bucket) -> None:
        """Load the code that was compiled from the same source, if any."""
        bucket.code = self._code.get((bucket.key, bucket.checksum))

    def dump_bytecode(self, bucket: Bucket) -> None:
        """Cache the compiled code."""
        self._code[bucket.key, bucket.checksum] = bucket.code


class Sandbox(ImmutableSandboxedEnvironment):
    """Caches which attributes are safe: a build reads 80,000 attributes of few types."""

    _safe: ClassVar[dict[tuple[type, str], bool]] = {}

    def is_safe_attribute(self, obj: Any, attr: str, value: Any) -> bool:
        """Whether a template can read the attribute, which depends on type and name alone."""
        key = (type(obj), attr)
        if key not in self._safe:
            self._safe[key] = super().is_safe_attribute(obj, attr, value)
        return self._safe[key]


def create_environment(templates: Path, facts: Facts, today: date) -> jinja2.Environment:
    """The environment for all pages. An undefined name in a template is an error."""
    jinja = Sandbox(
        loader=jinja2.FileSystemLoader(templates),
        autoescape=True,
        undefined=jinja2.StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
        keep_trailing_newline=True,
        bytecode_cache=_CompiledTemplates(),
    )
    jinja.globals.clear()
    jinja.globals.update(facts=facts, today=today, drawings_of=partial(_drawings_of, facts))
    jinja.globals.update(code_systems=CODE_SYSTEMS, headings=HEADINGS, weights=WEIGHTS)
    jinja.globals.update(address=get_address, plan_for_last_days=PLAN_FOR_LAST_DAYS)
    jinja.tests.update(
        figure=lambda fact: isinstance(fact, Figure),
        harm=lambda fact: isinstance(fact, Harm),
        not_known=lambda fact: isinstance(fact, NotKnown),
        does_not_apply=lambda fact: isinstance(fact, DoesNotApply),
    )
    jinja.filters.update(
        about_them=rewrite_for_companion,
        best_first=sort_best_first,
        capital=capitalize,
        context=list_context,
        day=format_day,
        entries=get_entries,
        equally_sure=describe_shared_certainty,
        icon_array=build_icon_array,
        local=describe_local,
        more=describe_more,
        named=list_named,
        paragraphs=group_paragraphs,
        plain=to_text,
        results=group_results,
        sentences=write_sentences,
        short_name=shorten_name,
        unanswered=lambda harms: describe_unanswered(list(harms.values())),
        uncapital=lambda text: text[:1].lower() + text[1:],
        sentence=format_sentence,
        kind=lambda kind: KIND_WORDS[kind],
        heading=_heading,
        yaml=_front_matter,
        host=lambda url: urlsplit(url).netloc.removeprefix("www."),
        page_of=facts.page_of,
        source=lambda id: facts.sources[id],
        sign_in_short=lambda sign, child: (child and sign.child_brief) or sign.brief,
    )
    return jinja


def create_sandbox(jinja: jinja2.Environment) -> jinja2.Environment:
    """A sandbox with the loader and the filters of a theme's environment."""
    sandbox = Sandbox(loader=jinja.loader, auto_reload=False, bytecode_cache=_CompiledTemplates())
    sandbox.filters.update(jinja.filters)
    return sandbox


def check_templates(content: Path) -> Iterator[Problem]:
    """Find templates that cannot be parsed or do not exist, and styles and scripts that cannot be read."""
    for file in sorted((content / "assets").glob("*.*")):
        if file.suffix in (".css", ".js"):
            yield from read_text(file, f"{content.name}/assets/{file.name}")[1]
    folder = content / "templates"
    for file in sorted(file for file in folder.rglob("*") if file.suffix in (".md", ".html", ".xml")):
        name = file.relative_to(folder).as_posix()
        text, problems = read_text(file, f"{content.name}/templates/{name}")
        with catch_faults(content, problems):
            for imported, line in _list_imports(text, name, str(file)):
                if not any((base / imported).is_file() for base in (folder, folder / "theme")):
                    problems.append(_describe_fault(content, name, line, _MISSING.format(imported)))
        yield from problems


@lru_cache(maxsize=256)  # a preview checks all templates after every save
def _list_imports(text: str, name: str, file: str) -> list[tuple[str, int]]:
    """The templates that a template includes or imports by name, each with its line."""
    kinds = (nodes.Include, nodes.Import, nodes.FromImport)
    imports: Iterator[Any] = Sandbox().parse(text, name, file).find_all(kinds)
    return [(node.template.value, node.lineno) for node in imports if isinstance(node.template, nodes.Const)]


@contextmanager
def catch_faults(content: Path, problems: list[Problem]) -> Iterator[None]:
    """Turn an exception of a faulty template into a problem, and re-raise any other exception."""
    try:
        yield
    except Exception as error:
        if (problem := find_fault(error, content)) is None:
            raise
        problems.append(problem)


def find_fault(error: Exception, content: Path) -> Problem | None:
    """The problem of the template that raised `error`; None if no template did."""
    folder = f"{(content / 'templates').resolve()}/"
    frames = [(frame.filename, frame.lineno or 1) for frame in traceback.extract_tb(error.__traceback__)]
    if isinstance(error, jinja2.TemplateSyntaxError):
        frames.append((error.filename or "", error.lineno))
    places = [(file, line) for name, line in frames if (file := os.path.realpath(name)).startswith(folder)]
    if not places and isinstance(error, RecursionError):
        return Problem(
            Place(f"{content.name}/templates"), "A template is nested too deeply.", "Undo the last change."
        )
    if not places:
        return None
    file, line = places[-1]
    fault = _MISSING.format(error.name) if isinstance(error, jinja2.TemplateNotFound) else str(error).rstrip(".")
    return _describe_fault(content, file.removeprefix(folder), line, fault or type(error).__name__)


_MISSING = 'there is no template called "{}"'


def _describe_fault(content: Path, name: str, line: int, fault: str) -> Problem:
    place = Place(f"{content.name}/templates/{name}", line)
    return Problem(place, f"This template cannot be filled: {fault}.", "Fix this line, or undo the last change.")


CALLS = {
    "fact": 1,
    "figure": 1,
    "review_status": 0,
    "reader_tests": 0,
    "dates_of_facts": 0,
    "emergency_number": 0,
    "shown_by": 0,
    "host": 0,
}
"""The calls that a hand-written page can have between braces (CONTRIBUTING.md), and their number of arguments."""

_PARSER = jinja2.Environment(trim_blocks=True, lstrip_blocks=True, keep_trailing_newline=True)
"""It parses hand-written pages; it never compiles them."""


class BracesError(Exception):
    """Text that is not allowed between braces in a hand-written page, with its line and the reason."""

    def problem(self, path: str) -> Problem:
        """This error as a problem of the page at `path`."""
        line, fault = self.args
        argument = '"its id"'
        calls = ", ".join(f"{{{{ {name}({argument * count}) }}}}" for name, count in CALLS.items())
        hint = f"Allowed are {calls}, and {{% if offline %}} with {{% else %}} and {{% endif %}}."
        return Problem(Place(path, line), f"This is not allowed between braces: {fault.rstrip('.')}.", hint)


def fill(text: str, calls: Mapping[str, Callable[..., str]], *, offline: bool) -> str:
    """Replace the calls of a hand-written page. Raises BracesError for anything else between braces."""
    try:
        return "".join(_fill(_PARSER.parse(text).body, calls, offline))
    except jinja2.TemplateSyntaxError as error:
        raise BracesError(error.lineno, str(error.message)) from None
    except RecursionError:
        raise BracesError(1, "brackets or blocks are nested too deeply") from None


def _fill(tree: list[nodes.Node], calls: Mapping[str, Callable[..., str]], offline: bool) -> Iterator[str]:
    for node in tree:
        match node:
            case nodes.Output():
                yield from _fill(node.nodes, calls, offline)  # type: ignore[arg-type]
            case nodes.TemplateData():
                yield node.data
            case nodes.If(test=nodes.Name(name="offline"), elif_=[]):
                yield from _fill(node.body if offline else node.else_, calls, offline)
            case nodes.Call(node=nodes.Name(name=name), args=args, kwargs=[], dyn_args=None, dyn_kwargs=None) if (
                len(args) == CALLS.get(name)
                and all(isinstance(arg, nodes.Const) and isinstance(arg.value, str) for arg in args)
            ):
                yield escape(calls[name](*(arg.value for arg in args)))  # type: ignore[attr-defined]
            case _:
                raise BracesError(node.lineno, "it is none of the allowed calls, or is not written like them")


def _drawings_of(facts: Facts, id: str) -> list[PlacedDrawing]:
    procedure, terms = facts.procedures[id], facts.vocabulary["structures"]
    return [shown for drawing in facts.drawings.values() if (shown := show(drawing, procedure, id, terms))]


MAX_PARAGRAPH = 45
"""The most words of a paragraph with more than one fact."""

Entries = list[tuple[str, AnyFact]]


def group_paragraphs(entries: Entries) -> list[Entries]:
    """Group entries into paragraphs: a few statements together, and each figure alone."""
    groups: list[Entries] = []
    words = MAX_PARAGRAPH
    for key, fact in entries:
        length = MAX_PARAGRAPH + 1 if isinstance(fact, Figure) else len(to_text(fact).split())
        if (words := words + length) > MAX_PARAGRAPH:
            groups.append([])
            words = length
        groups[-1].append((key, fact))
    return groups


def describe_more(rest: Entries, shown: Entries) -> str:
    """The label of a closed list of the entries after those `shown`: "4 more studies", "6 more results"."""
    first = [[citation.source for citation in getattr(fact, "sources", ())][:1] for _, fact in [*rest, *shown]]
    singular, plural = "study", "studies"
    if len({source for sources in first for source in sources}) < len(first):
        singular = "result" if any(isinstance(fact, Figure) for _, fact in rest) else "point"
        plural = f"{singular}s"
    return f"{len(rest)} more {singular if len(rest) == 1 else plural}"


def describe_shared_certainty(entries: Entries) -> str:
    """The certainty of all figures, if there are several with the same one; else ""."""
    words = [describe_certainty(fact) for _, fact in entries if isinstance(fact, Figure)]
    return words[0] if len(words) > 1 and len(set(words)) == 1 else ""


_PERSON = re.compile(r"(\w[\w'’ -]* [A-Z]{1,3})(?:, \w[\w'’ -]* [A-Z]{1,3}\b.*| and others)?")
"""The authors of a source: "Lid A", "Lid A, Spout BC and others"."""


def shorten_name(source: Source) -> str:
    """The author and year of a source, for a note."""
    by = source.by
    if "not shown" in by or "not named" in by:
        by = re.split(r"[,;]|\. | \d", source.published_in)[0]
    elif person := _PERSON.fullmatch(by):
        by = person[1] + (" and others" if person[1] != by else "")
    if "not shown" in by:
        by = source.title
    return f"{by}, {source.year}" if source.year else by


def format_day(value: date) -> str:
    """ "November 22, 2026" (standards R-13)."""
    return f"{value:%B} {value.day}, {value.year}"


def _heading(text: str) -> Markup:
    """The text of a heading, with every character of Markdown and HTML syntax escaped."""
    line = " ".join(text.split())
    return Markup("".join(f"&#{ord(letter)};" if letter in '\\`*_{}[]#|~<>&"=!' else letter for letter in line))


def _front_matter(value: str | list[list[str]]) -> Markup:
    """A value of a page's front matter, escaped, because MkDocs writes it into HTML unescaped."""
    escaped = (
        str(escape(value)) if isinstance(value, str) else [[str(escape(part)) for part in row] for row in value]
    )
    return Markup(json.dumps(escaped, ensure_ascii=False))
