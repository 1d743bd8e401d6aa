"""The Jinja environment: where templates lie, and the handful of filters they use.

Templates run in a sandbox. Pages of words do not run at all: they have calls of a few names, and one switch.
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
from build_tools.load.drawings import Shown, show
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
    """What a template knows of the page it makes: links, anchors that are taken, sources cited so far."""

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
        """The address of another page, seen from this one."""
        file, _, anchor = path.partition("#")
        return _relative(file, posixpath.dirname(self.path) or ".") + (f"#{anchor}" if anchor else "")

    def anchor(self, id: str) -> str:
        """The anchor of a fact or of a sign, once on a page; "" for a fact on any page but its own."""
        if id in self._anchors or ("." in id and self._facts.page_of(id) != self.path):
            return ""
        self._anchors.add(id)
        return id

    def report(self, fact_id: str) -> str:
        """The address at which a mistake in a fact is reported; "" if the site names none."""
        return self._report(self.path, fact_id) if self._report else ""

    def edit(self, fact_id: str) -> str:
        """The address at which a fact is corrected in a browser; "" if there is none."""
        return self._edit(self._facts.place_of(fact_id)) if self._edit else ""

    def cite(self, sources: Sequence[Citation]) -> int:
        """The number of the note that names these sources on this page."""
        return self._notes.setdefault(tuple(sources), len(self._notes) + 1)

    def notes(self) -> list[tuple[Citation, ...]]:
        """The sources that each note of this page names, in the order of their numbers."""
        return list(self._notes)


@lru_cache(maxsize=4096)
def _relative(file: str, folder: str) -> str:
    return posixpath.relpath(file, folder)


class _Compiled(jinja2.BytecodeCache):
    """Templates as compiled once in this process: a preview uses them again and again."""

    _code: ClassVar[dict[tuple[str, str], CodeType | None]] = {}

    def load_bytecode(self, bucket: Bucket) -> None:
        """Give Jinja what was compiled from the same source, if anything was."""
        bucket.code = self._code.get((bucket.key, bucket.checksum))

    def dump_bytecode(self, bucket: Bucket) -> None:
        """Keep what Jinja compiled."""
        self._code[bucket.key, bucket.checksum] = bucket.code


class Sandbox(ImmutableSandboxedEnvironment):
    """Asks once whether an attribute of a type is safe: a build reads 80,000 attributes of few types."""

    _safe: ClassVar[dict[tuple[type, str], bool]] = {}

    def is_safe_attribute(self, obj: Any, attr: str, value: Any) -> bool:
        """Whether a template may read it, which depends on the type and the name alone."""
        key = (type(obj), attr)
        if key not in self._safe:
            self._safe[key] = super().is_safe_attribute(obj, attr, value)
        return self._safe[key]


def create_environment(templates: Path, facts: Facts, today: date) -> jinja2.Environment:
    """The environment for all pages. A name that a template misspells is an error, never an empty text."""
    jinja = Sandbox(
        loader=jinja2.FileSystemLoader(templates),
        autoescape=True,
        undefined=jinja2.StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
        keep_trailing_newline=True,
        bytecode_cache=_Compiled(),
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
    """The environment of a theme, as a sandbox."""
    sandbox = Sandbox(loader=jinja.loader, auto_reload=False, bytecode_cache=_Compiled())
    sandbox.filters.update(jinja.filters)
    return sandbox


def check_templates(content: Path) -> Iterator[Problem]:
    """Templates that Jinja cannot parse or that are not there, and styles and scripts that cannot be read."""
    for file in sorted((content / "assets").glob("*.*")):
        if file.suffix in (".css", ".js"):
            yield from read_text(file, f"{content.name}/assets/{file.name}")[1]
    folder = content / "templates"
    for file in sorted(file for file in folder.rglob("*") if file.suffix in (".md", ".html", ".xml")):
        name = file.relative_to(folder).as_posix()
        text, found = read_text(file, f"{content.name}/templates/{name}")
        with catch_faults(content, found):
            for used, line in _used_by(text, name, str(file)):
                if not any((base / used).is_file() for base in (folder, folder / "theme")):
                    found.append(_broken(content, name, line, _MISSING.format(used)))
        yield from found


@lru_cache(maxsize=256)  # a preview asks again after every save
def _used_by(text: str, name: str, file: str) -> list[tuple[str, int]]:
    """The templates that a template includes or imports by name, and in which lines."""
    kinds = (nodes.Include, nodes.Import, nodes.FromImport)
    found: Iterator[Any] = Sandbox().parse(text, name, file).find_all(kinds)
    return [(node.template.value, node.lineno) for node in found if isinstance(node.template, nodes.Const)]


@contextmanager
def catch_faults(content: Path, problems: list[Problem]) -> Iterator[None]:
    """Turn what a mistake in a template raises into a problem; anything else is raised again."""
    try:
        yield
    except Exception as error:
        if (problem := find_fault(error, content)) is None:
            raise
        problems.append(problem)


def find_fault(error: Exception, content: Path) -> Problem | None:
    """The mistake in a template that raised `error`; None if no template did."""
    folder = f"{(content / 'templates').resolve()}/"
    frames = [(frame.filename, frame.lineno or 1) for frame in traceback.extract_tb(error.__traceback__)]
    if isinstance(error, jinja2.TemplateSyntaxError):
        frames.append((error.filename or "", error.lineno))
    places = [(file, line) for name, line in frames if (file := os.path.realpath(name)).startswith(folder)]
    if not places and isinstance(error, RecursionError):
        return Problem(Place(f"{content.name}/templates"), "A template nests too deep.", "Undo the last change.")
    if not places:
        return None
    file, line = places[-1]
    said = _MISSING.format(error.name) if isinstance(error, jinja2.TemplateNotFound) else str(error).rstrip(".")
    return _broken(content, file.removeprefix(folder), line, said or type(error).__name__)


_MISSING = 'there is no template called "{}"'


def _broken(content: Path, name: str, line: int, said: str) -> Problem:
    place = Place(f"{content.name}/templates/{name}", line)
    hint = "Correct this line, or undo the last change."
    return Problem(place, f"This template cannot be filled: {said}.", hint)


IN_WORDS = {
    "fact": 1,
    "figure": 1,
    "review_status": 0,
    "reader_tests": 0,
    "dates_of_facts": 0,
    "emergency_number": 0,
    "shown_by": 0,
    "host": 0,
}
"""What a page of words can call between braces (CONTRIBUTING.md), and with how many texts."""

_WORDS = jinja2.Environment(trim_blocks=True, lstrip_blocks=True, keep_trailing_newline=True)
"""It only parses: a page of words is never compiled."""


class BracesError(Exception):
    """The line where something stands between braces in a page of words and cannot, and what it is."""

    def problem(self, path: str) -> Problem:
        """It as a problem of the page."""
        line, said = self.args
        one = '"its id"'
        calls = ", ".join(f"{{{{ {name}({one * count}) }}}}" for name, count in IN_WORDS.items())
        hint = f"Allowed are {calls}, and {{% if offline %}} with {{% else %}} and {{% endif %}}."
        return Problem(Place(path, line), f"This cannot stand between braces: {said.rstrip('.')}.", hint)


def fill(text: str, called: Mapping[str, Callable[..., str]], *, offline: bool) -> str:
    """A page of words with what `called` gives in the place of its braces. Whatever else they hold, it raises
    a BracesError."""
    try:
        return "".join(_filled(_WORDS.parse(text).body, called, offline))
    except jinja2.TemplateSyntaxError as error:
        raise BracesError(error.lineno, str(error.message)) from None
    except RecursionError:
        raise BracesError(1, "brackets or blocks stand too deep in each other") from None


def _filled(tree: list[nodes.Node], called: Mapping[str, Callable[..., str]], offline: bool) -> Iterator[str]:
    for node in tree:
        match node:
            case nodes.Output():
                yield from _filled(node.nodes, called, offline)  # type: ignore[arg-type]
            case nodes.TemplateData():
                yield node.data
            case nodes.If(test=nodes.Name(name="offline"), elif_=[]):
                yield from _filled(node.body if offline else node.else_, called, offline)
            case nodes.Call(node=nodes.Name(name=name), args=args, kwargs=[], dyn_args=None, dyn_kwargs=None) if (
                len(args) == IN_WORDS.get(name)
                and all(isinstance(text, nodes.Const) and isinstance(text.value, str) for text in args)
            ):
                yield escape(called[name](*(text.value for text in args)))  # type: ignore[attr-defined]
            case _:
                said = "it is none of the names for pages of words, or not written as they are"
                raise BracesError(node.lineno, said)


def _drawings_of(facts: Facts, id: str) -> list[Shown]:
    procedure, words = facts.procedures[id], facts.vocabulary["structures"]
    return [shown for drawing in facts.drawings.values() if (shown := show(drawing, procedure, id, words))]


LONG_PARAGRAPH = 45
"""The most words of a paragraph that holds more than one fact."""

Found = list[tuple[str, AnyFact]]


def group_paragraphs(found: Found) -> list[Found]:
    """Entries in paragraphs: a few at a time of what is said in words, and each figure by itself."""
    groups: list[Found] = []
    words = LONG_PARAGRAPH
    for key, fact in found:
        length = LONG_PARAGRAPH + 1 if isinstance(fact, Figure) else len(to_text(fact).split())
        if (words := words + length) > LONG_PARAGRAPH:
            groups.append([])
            words = length
        groups[-1].append((key, fact))
    return groups


def describe_more(rest: Found, shown: Found) -> str:
    """What a list that must be opened holds besides those `shown`: "4 more studies", "6 more results"."""
    first = [[citation.source for citation in getattr(fact, "sources", ())][:1] for _, fact in [*rest, *shown]]
    one, many = "study", "studies"
    if len({source for sources in first for source in sources}) < len(first):
        one = "result" if any(isinstance(fact, Figure) for _, fact in rest) else "point"
        many = f"{one}s"
    return f"{len(rest)} more {one if len(rest) == 1 else many}"


def describe_shared_certainty(found: Found) -> str:
    """How sure all figures are, if there are several and all are as sure; else ""."""
    words = [describe_certainty(fact) for _, fact in found if isinstance(fact, Figure)]
    return words[0] if len(words) > 1 and len(set(words)) == 1 else ""


_PERSON = re.compile(r"(\w[\w'’ -]* [A-Z]{1,3})(?:, \w[\w'’ -]* [A-Z]{1,3}\b.*| and others)?")
"""Authors as sources name them: "Lid A", "Lid A, Spout BC and others"."""


def shorten_name(source: Source) -> str:
    """Who published a source and when, as a note names it."""
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
    """Text of a heading: neither Markdown nor HTML can read anything else into it."""
    line = " ".join(text.split())
    return Markup("".join(f"&#{ord(letter)};" if letter in '\\`*_{}[]#|~<>&"=!' else letter for letter in line))


def _front_matter(value: str | list[list[str]]) -> Markup:
    """A value in a page's front matter, already escaped: MkDocs writes it into HTML as it stands."""
    escaped = (
        str(escape(value)) if isinstance(value, str) else [[str(escape(part)) for part in row] for row in value]
    )
    return Markup(json.dumps(escaped, ensure_ascii=False))
