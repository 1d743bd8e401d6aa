"""Which pages there are, and each of them as Markdown."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field, replace
from datetime import date
from functools import cached_property, partial
from pathlib import Path
from typing import Any

import segno
from markupsafe import Markup

from build_tools.allowances import without_allowances
from build_tools.changes import by_page, sentence
from build_tools.colors import STYLES, light_colors
from build_tools.comparison import tabulate
from build_tools.facts import Facts
from build_tools.feed import title_of
from build_tools.glossary import Word, explain, known_words
from build_tools.problems import Place, Problem, suggest
from build_tools.readability import Reading
from build_tools.reading import read_text
from build_tools.records import AnyFact, Comparison, Harm, Procedure, RedFlag, facts_of
from build_tools.reviews import (
    Standing,
    describe_standings,
    fingerprints,
    leaflet_version,
    standings,
    version_of_comparison,
)
from build_tools.sections import LEAFLET_ROWS, SECTIONS
from build_tools.settings import Settings
from build_tools.structured_data import StructuredData
from build_tools.templates import BracesError, PageContext, day, environment, faults, fill

LEVELS = (
    ("emergency", "Emergency: get help now"),
    ("urgent", "Urgent: get help the same day"),
    ("ask", "Ask: tell your team within days"),
)

VERDICTS = {
    "supported": ("Supported", "The evidence supports this."),
    "partly": ("Partly right", "This is partly right."),
    "not-supported": ("Not supported", "The evidence does not support this."),
}


@dataclass(frozen=True)
class Page:
    """One page: where it lies among the pages, and the file in which it is edited.

    `finds` are the words by which a reader may look for it; `write` makes its Markdown.
    """

    path: str
    title: str
    edited_in: str = ""
    finds: tuple[str, ...] = ()
    summary: str = ""
    headings: tuple[str, ...] = ()
    write: Callable[[], str] = field(default=str, compare=False, repr=False)

    @cached_property
    def text(self) -> str:
        """Its Markdown, rendered when it is first asked for."""
        return self.write()


def render(
    facts: Facts,
    content: Path,
    problems: Iterable[Problem],
    today: date,
    readings: Mapping[str, Reading] | None = None,
    settings: Settings | None = None,
) -> tuple[list[Page], list[Problem]]:
    """All pages from `facts` and the words in the folder `content`, and the problems found in those words.

    Hand-written pages are rendered at once, because only that shows what is wrong in them; others when asked for.

    A data file named in `problems` gives a page that lists them, so that a preview shows what is wrong.
    A page that is among the `readings` says at its end how hard it is to read.
    """
    broken = _by_file(problems)
    maker = _Maker(_whole(facts, broken), content, today, readings or {}, settings or Settings())
    maker.make_procedures()
    maker.make_comparisons()
    maker.make_sheets()
    maker.make_broken(broken)
    maker.make_lists()
    maker.make_words()
    return maker.pages, maker.problems


def readable(facts: Facts, problems: Iterable[Problem]) -> Facts:
    """The facts that have pages of their own in spite of `problems`: each with all that it needs."""
    return _whole(facts, _by_file(problems))


def _by_file(problems: Iterable[Problem]) -> dict[str, list[Problem]]:
    broken: dict[str, list[Problem]] = defaultdict(list)
    for problem in problems:
        broken[problem.place.path].append(problem)
    return broken


def _whole(facts: Facts, broken: dict[str, list[Problem]]) -> Facts:
    """The facts without the files that have problems, or that need something from such a file."""

    def keep(folder: str, records: dict[str, Any], waits_for: Callable[[Any], str]) -> dict[str, Any]:
        kept = {}
        for id, record in records.items():
            file = facts.documents[f"{folder}/{id}"].path
            if file not in broken and (needed := waits_for(record)):
                broken[file].append(
                    Problem(Place(file), f"This page waits for {needed}.", "Mend that file first.")
                )
            if file not in broken:
                kept[id] = record
        return kept

    def needs_a_source(fact: AnyFact) -> bool:
        return any(citation.source not in facts.sources for citation in getattr(fact, "sources", ()))

    def needed_by_procedure(procedure: Procedure) -> str:
        for _, fact in facts_of(procedure, ""):
            if needs_a_source(fact):
                return "data/sources.yml"
            if isinstance(fact, Harm) and fact.effect not in facts.vocabulary["effects"]:
                return "data/vocabulary/effects.yml"
        return ""

    procedures = keep("procedures", facts.procedures, needed_by_procedure)

    def needed_by_comparison(comparison: Comparison) -> str:
        for option in comparison.options:
            if option not in procedures:
                return f"data/procedures/{option}.yml"
        quoted = [fact_id for weighing in comparison.weighing.values() for fact_id in weighing.facts]
        for fact_id in quoted:
            if fact_id.split(".")[0] not in procedures:
                return f"data/procedures/{fact_id.split('.')[0]}.yml"
        if needs_a_source(comparison.about) or needs_a_source(comparison.main_message):
            return "data/sources.yml"
        return ""

    comparisons = keep("comparisons", facts.comparisons, needed_by_comparison)
    claims = {
        key: claim
        for key, claim in facts.claims.items()
        if all(fact_id.split(".")[0] in procedures for fact_id in claim.facts)
        and facts.documents["claims"].path not in broken
    }
    # A ledger that was altered vouches for nothing.
    reviews = [] if facts.documents["reviews"].path in broken else facts.reviews
    if not broken:
        return facts
    return replace(facts, procedures=procedures, comparisons=comparisons, claims=claims, reviews=reviews)


@dataclass(frozen=True)
class Leaflet:
    """The words of a leaflet, as HTML, and its colors. It bears the id of its procedure or comparison."""

    id: str
    title: str
    edited_in: str
    html: str
    version: str
    checked: date
    colors: Mapping[str, str]


def leaflet_writer(facts: Facts, content: Path, today: date, settings: Settings) -> Callable[[str, int], Leaflet]:
    """What writes the leaflet of a procedure or comparison for facts without problems, by its id and its `room`.

    With room 3 a leaflet says as much as it can, with room 0 as little. Every serious harm stands in all of them.
    """
    return _Maker(facts, content, today, {}, settings).write_leaflet


class _Maker:
    """Makes pages one by one and gathers them with the problems."""

    def __init__(
        self,
        facts: Facts,
        content: Path,
        today: date,
        readings: Mapping[str, Reading],
        settings: Settings,
    ) -> None:
        self._facts = facts
        self._settings = settings
        self._standings = standings(facts, today)
        self._published = by_page(facts)
        self._structured = StructuredData(facts, settings)
        self._versions: dict[str, str] = {}
        self._content = content
        self._readings = readings
        self._jinja = environment(content / "templates", facts, today)
        self._jinja.globals.update(
            leaflet_version=self._leaflet_version, version_of=partial(version_of_comparison, facts)
        )
        self._words: Mapping[str, Word] = known_words(facts.terms())
        self._every: dict[str, AnyFact] = dict(facts.all())
        self.pages: list[Page] = []
        self.problems: list[Problem] = []

    # Each kind of page

    def make_procedures(self) -> None:
        """A page for every procedure."""
        facts = self._facts
        for id, procedure in facts.procedures.items():
            file = facts.documents[f"procedures/{id}"].path
            top = facts.family(id)
            forms = [(form, facts.procedures[form]) for form in facts.forms_of(id)]
            harms = sorted(procedure.harms.items(), key=lambda item: not item[1].serious)
            self._add(
                "procedure.md",
                Page(
                    f"procedures/{id}.md",
                    procedure.names.name,
                    file,
                    finds=(procedure.names.plain, *procedure.names.also_called),
                    summary=procedure.summary.says,
                    headings=tuple(section.heading for section in SECTIONS),
                ),
                id=id,
                procedure=procedure,
                family=facts.family(id),
                up=self._up(id),
                forms=forms,
                relatives=self._relatives(top) if forms or procedure.part_of else [],
                harms=harms,
                urgency=_by_urgency(procedure),
                without=next((id for id, other in facts.procedures.items() if other.kind == "no-procedure"), ""),
                comparisons=self._compared(id),
                changed=id in self._published,
            )

    def make_comparisons(self) -> None:
        """A page for every comparison."""
        facts = self._facts
        for id, comparison in facts.comparisons.items():
            file = facts.documents[f"comparisons/{id}"].path
            self._add(
                "comparison.md",
                Page(
                    f"comparisons/{id}.md",
                    comparison.title,
                    file,
                    summary=comparison.question,
                    headings=tuple(row.asks for row in comparison.rows),
                ),
                id=id,
                comparison=comparison,
                table=tabulate(comparison, facts),
                families={option: facts.family(option) for option in comparison.options},
                up=[["Comparisons", "comparisons.md"]],
            )

    def make_sheets(self) -> None:
        """What readers print and take along: signs and questions of each procedure, a worksheet per decision."""
        facts = self._facts
        for id, procedure in facts.procedures.items():
            file = facts.documents[f"procedures/{id}"].path
            name = procedure.names.name
            self._add(
                "take-along.md",
                Page(
                    f"take-along/{id}.md",
                    f"Take along: {name}",
                    file,
                    summary="Signs that need help, and questions to ask, to print.",
                ),
                id=id,
                procedure=procedure,
                family=facts.family(id),
                up=[*self._up(id), [name, f"procedures/{id}.md"]],
                urgency=_by_urgency(procedure),
                serious=[(key, harm) for key, harm in procedure.harms.items() if harm.serious],
                comparisons=self._compared(id),
            )
        for id, comparison in facts.comparisons.items():
            file = facts.documents[f"comparisons/{id}"].path
            self._add(
                "worksheet.md",
                Page(
                    f"worksheets/{id}.md",
                    f"Worksheet: {comparison.title}",
                    file,
                    summary="To think it over, to print and to take along.",
                ),
                id=id,
                comparison=comparison,
                options=[(option, facts.procedures[option]) for option in comparison.options],
                up=[["Comparisons", "comparisons.md"], [comparison.title, f"comparisons/{id}.md"]],
            )

    def write_leaflet(self, id: str, room: int) -> Leaflet:
        """A leaflet in the words of the page."""
        facts = self._facts
        if id in facts.procedures:
            procedure = facts.procedures[id]
            return self._leaflet(
                f"procedures/{id}.md",
                procedure.names.name,
                procedure.facts_checked,
                procedure=procedure,
                urgency=_by_urgency(procedure),
                room=room,
            )
        comparison = facts.comparisons[id]
        return self._leaflet(
            f"comparisons/{id}.md",
            comparison.title,
            comparison.facts_checked,
            comparison=comparison,
            table=tabulate(comparison, facts),
            rows=LEAFLET_ROWS[: (4, 5, 6, 8)[room]],
        )

    def make_broken(self, broken: Mapping[str, list[Problem]]) -> None:
        """For every file of a page that has problems, pages that list them with their lines."""
        for name, document in self._facts.documents.items():
            problems = sorted(broken.get(document.path, []))
            if name.startswith(("procedures/", "comparisons/")) and problems:
                for path in (
                    name,
                    name.replace("procedures/", "take-along/").replace("comparisons/", "worksheets/"),
                ):
                    self._add_problems(f"{path}.md", document.path, problems)
            elif name == f"clinics/{self._facts.clinic_id}/clinic" and problems:
                self._add_problems("index.md", document.path, problems)

    def make_lists(self) -> None:
        """The pages that list everything of one kind."""
        facts = self._facts
        tops = sorted(
            (id for id, procedure in facts.procedures.items() if procedure.part_of not in facts.procedures),
            key=lambda id: facts.procedures[id].names.name.lower(),
        )
        families = [
            (id, facts.procedures[id], [(form, facts.procedures[form]) for form in self._below(id)]) for id in tops
        ]
        self._add("procedures.md", Page("procedures.md", "All procedures"), families=families)
        self._add("comparisons.md", Page("comparisons.md", "Comparisons"))
        self._add("infobutton.md", Page("infobutton.md", "Links from health records"))
        terms = sorted(facts.terms(), key=lambda item: item[1].name.lower())
        self._add(
            "glossary.md",
            Page("glossary.md", "Glossary"),
            letters=_by_letter(terms, lambda item: item[1].name),
        )
        self._add("sources.md", Page("sources.md", "Sources"), sources=self._sources())
        self._add(
            "claims.md",
            Page("claims.md", "Claims you may read", summary="Claims held against the evidence."),
            verdicts={key: words[0] for key, words in VERDICTS.items()},
            verdict_words={key: words[1] for key, words in VERDICTS.items()},
            every=self._every,
        )
        self._add(
            "a-to-z.md",
            Page("a-to-z.md", "A to Z"),
            letters=_by_letter(self._names(), lambda n: n[0]),
        )
        titles = {about: title_of(facts, about, self._settings) for about in self._published}
        self._add(
            "changes.md",
            Page("changes.md", "What changed", summary="What changed in the facts, when and why."),
            published=sorted(self._published.items(), key=lambda item: (item[0] != "site", titles[item[0]])),
            titles=titles,
            every=self._every,
            sentence=sentence,
        )

    def make_words(self) -> None:
        """The hand-written pages; `{{ fact("…") }}` and `{{ figure("…") }}` quote a fact with its sources."""
        made = {page.path for page in self.pages}  # the first page, if the clinic's file must be mended
        for file in sorted(file for file in self._content.glob("[!.]*") if file.suffix.lower() == ".md"):
            shown = f"{self._content.name}/{file.name}"
            if not re.fullmatch(r"[a-z0-9]+(-[a-z0-9]+)*\.md", file.name):
                self.problems.append(
                    Problem(
                        Place(shown),
                        f'"{file.name}" cannot be a page\'s name.',
                        "Use small letters, digits and hyphens, and end in .md: it becomes the address.",
                    )
                )
                continue
            if file.name in made:
                continue
            text, unreadable = read_text(file, shown)
            if unreadable:
                self._add_broken_text(file.name, shown, unreadable)
                continue
            found = re.search(r"^title:\s*(.+)$", text, re.MULTILINE)
            title = found.group(1).strip() if found else file.stem
            described = re.search(r"^description:\s*(.+)$", text, re.MULTILINE)
            page = Page(
                file.name,
                title,
                shown,
                summary=described.group(1).strip() if described else "",
                headings=tuple(re.findall(r"^##+ (.+)$", text, re.MULTILINE)),
            )
            with faults(self._content, self.problems):
                self._add_text(page, text)

    # Making one page

    def _add(self, template: str, page: Page, **values: Any) -> None:
        file = page.edited_in or f"{self._content.name}/templates/pages/{template}"
        write = partial(self._write, template, page, values)
        self.pages.append(replace(page, edited_in=file, write=write))

    def _write(self, template: str, page: Page, values: Mapping[str, Any]) -> str:
        context = PageContext(page.path, self._facts, self._report_link if self._settings.report_to else None)
        text = self._jinja.get_template(f"pages/{template}").render(
            page=context, review=self._review(context), **values
        )
        words = (
            {}
            if template in ("glossary.md", "sources.md", "a-to-z.md", "problems.md", "changes.md")
            else self._words
        )
        text = explain(text, words, lambda id: f"{context.to('glossary.md')}#{id}")
        text += "" if template == "problems.md" else self._reading(page)
        if template == "procedure.md":
            id = values["id"]
            text += self._structured.of_procedure(id, values["up"], self._standings[id], text)
        if template == "comparison.md":
            text += self._structured.of_comparison(values["id"], values["up"])
        return text

    def _leaflet(self, path: str, title: str, checked: date, **values: Any) -> Leaflet:
        folder, id = path.removesuffix(".md").split("/")
        context = PageContext(path, self._facts, most_sources=2 if folder == "procedures" else 1)
        version = self._leaflet_version(id)
        address = self._settings.address_of(path) if self._settings.site_url else ""
        code = segno.make(f"{address}#paper-{version}", micro=False).svg_inline(border=0) if address else ""
        text = self._jinja.get_template(f"leaflets/{folder.removesuffix('s')}.html").render(
            page=context,
            review=self._review(context),
            id=id,
            version=version,
            address=address,
            code=Markup(code),
            **values,
        )
        colors = light_colors((self._content / STYLES).read_text("utf-8"))
        color = self._facts.procedures[self._facts.family(id)].color if folder == "procedures" else None
        colors["family"] = color.light if color else colors["accent"]
        file = self._facts.documents[f"{folder}/{id}"].path
        return Leaflet(id, title, file, explain(text, self._words, lambda id: f"#{id}"), version, checked, colors)

    def _add_text(self, page: Page, text: str) -> None:
        context = PageContext(page.path, self._facts, self._report_link if self._settings.report_to else None)
        given = {"page": context, "facts": self._facts}
        parts = self._jinja.get_template("parts/facts.html").make_module(given)
        local = self._jinja.get_template("parts/clinic.html").make_module(given)
        bad: list[Problem] = []

        def quote(fact_id: str) -> str:
            fact = self._every.get(fact_id)
            name = f"procedures/{str(fact_id).split('.')[0]}"
            if fact is None and name in self._facts.documents and name[11:] not in self._facts.procedures:
                return f"(This fact waits until {self._facts.documents[name].path} is mended.)"
            if fact is None:
                line = next((n for n, row in enumerate(text.splitlines(), 1) if str(fact_id) in row), 1)
                bad.append(
                    Problem(
                        Place(page.edited_in, line),
                        f'There is no fact called "{fact_id}".',
                        suggest(fact_id, self._every),
                    )
                )
                return ""
            return Markup(parts.entry(fact_id, fact))  # type: ignore[attr-defined]

        called: dict[str, Callable[..., str]] = {
            "fact": quote,
            "figure": quote,
            "dates_of_facts": self._dates_of_facts(context),
            "review_status": lambda: describe_standings(self._standings),
            "emergency_number": local.emergency_number,  # type: ignore[attr-defined]
            "shown_by": local.shown_by,  # type: ignore[attr-defined]
        }
        try:
            made = fill(without_allowances(text), called, offline=bool(self._settings.offline))
        except BracesError as error:
            self._add_broken_text(page.path, page.edited_in, [error.problem(page.edited_in)])
            return
        self.problems += bad
        if context.cited():
            made += f"\n## Sources {{: #sources }}\n\n{parts.source_list()}\n"  # type: ignore[attr-defined]
        made = explain(made, self._words, lambda id: f"{context.to('glossary.md')}#{id}") + self._reading(page)
        self.pages.append(replace(page, write=lambda: made))

    def _add_broken_text(self, path: str, shown: str, problems: list[Problem]) -> None:
        self.problems += problems
        self._add_problems(path, shown, problems)

    def _add_problems(self, path: str, shown: str, problems: list[Problem]) -> None:
        lines = self._lines(shown)
        title = f"To mend: {shown}"
        self._add(
            "problems.md",
            Page(path, title, shown),
            title=title,
            quoted=[(problem, quote(lines, problem.place)) for problem in problems],
        )

    def _lines(self, shown: str) -> list[str]:
        folder, _, rest = shown.partition("/")
        file = (self._content if folder == self._content.name else self._facts.folder) / rest
        return file.read_bytes().decode("utf-8", "replace").splitlines() if file.is_file() else []

    # What pages show

    def _reading(self, page: Page) -> str:
        reading = self._readings.get(page.path)
        if not reading:
            return ""
        return self._jinja.get_template("parts/reading.html").render(grade=reading.whole())

    def _review(self, context: PageContext) -> Callable[..., str]:
        template = self._jinja.get_template("parts/review.html")

        def show(record: Any, id: str = "") -> str:
            standing = self._standings.get(id, Standing("none"))
            return Markup(template.render(page=context, record=record, standing=standing))

        return show

    def _leaflet_version(self, id: str) -> str:
        return leaflet_version(self._facts, id) if self._settings.leaflets else ""

    def _report_link(self, page: str, fact_id: str) -> str:
        owner = fact_id.split(".")[0]
        if owner not in self._versions:
            record = self._facts.procedures.get(owner) or self._facts.comparisons[owner]
            exact = f", {fingerprints(self._facts, owner)[0][:12]}" if owner in self._facts.procedures else ""
            self._versions[owner] = f"facts checked on {record.facts_checked}{exact}"
        return self._settings.report_link(fact_id, page, self._versions[owner])

    def _dates_of_facts(self, context: PageContext) -> Callable[[], str]:
        rows = [
            (
                f"procedures/{id}.md",
                p.names.name,
                day(p.facts_checked),
                day(p.next_check),
                _in_short(self._standings[id]),
            )
            for id, p in self._facts.procedures.items()
        ] + [
            (f"comparisons/{id}.md", c.title, day(c.facts_checked), day(c.next_check), "Not yet")
            for id, c in self._facts.comparisons.items()
        ]
        template = self._jinja.get_template("parts/dates.html")
        return lambda: Markup(template.render(page=context, rows=rows))

    def _up(self, id: str) -> list[list[str]]:
        up = [["Procedures", "procedures.md"]]
        parent = self._facts.procedures[id].part_of
        if parent in self._facts.procedures:
            up.append([self._facts.procedures[parent].names.name, f"procedures/{parent}.md"])
        return up

    def _compared(self, id: str) -> list[tuple[str, Comparison]]:
        comparisons = self._facts.comparisons.items()
        return [(other, comparison) for other, comparison in comparisons if id in comparison.options]

    def _relatives(self, top: str) -> list[tuple[str, Procedure]]:
        return [(id, self._facts.procedures[id]) for id in (top, *self._below(top))]

    def _below(self, top: str) -> list[str]:
        found: list[str] = []
        for form in self._facts.forms_of(top):
            found += [form, *self._below(form)]
        return found

    def _sources(self) -> list[tuple[str, Any, list[tuple[str, str, list[str]]]]]:
        used: dict[str, dict[tuple[str, str], list[str]]] = defaultdict(lambda: defaultdict(list))
        for fact_id, fact in self._every.items():
            procedure = fact_id.split(".")[0]
            page = (self._facts.procedures[procedure].names.name, f"procedures/{procedure}.md")
            for citation in getattr(fact, "sources", []):
                used[citation.source][page].append(fact_id)
        for id, comparison in self._facts.comparisons.items():
            for part in ("about", "main_message"):
                for citation in getattr(comparison, part).sources:
                    used[citation.source][(comparison.title, f"comparisons/{id}.md")].append(f"{id}.{part}")
        return [
            (
                id,
                self._facts.sources[id],
                [(title, path, ids) for (title, path), ids in sorted(pages.items())],
            )
            for id, pages in sorted(used.items())
        ]

    def _names(self) -> list[tuple[str, str, str]]:
        names: set[tuple[str, str, str]] = set()
        for id, procedure in self._facts.procedures.items():
            names.add((procedure.names.name, f"procedures/{id}.md", ""))
            for other in procedure.names.also_called:
                names.add((other[:1].upper() + other[1:], f"procedures/{id}.md", procedure.names.name))
        for id, comparison in self._facts.comparisons.items():
            names.add((comparison.title, f"comparisons/{id}.md", ""))
        for id, term in self._facts.terms():
            names.add((term.name[:1].upper() + term.name[1:], f"glossary.md#{id}", "the glossary"))
        return sorted(names, key=lambda name: (name[0].lower(), name[1]))


def _by_urgency(procedure: Procedure) -> list[tuple[str, str, list[tuple[str, RedFlag]]]]:
    """The signs that need help by level, the most urgent first."""
    return [
        (level, title, flags)
        for level, title in LEVELS
        if (flags := [(key, flag) for key, flag in procedure.red_flags.items() if flag.level == level])
    ]


def _in_short(standing: Standing) -> str:
    """A standing in a table's cell."""
    if standing.review is None:
        return "Not yet"
    signed, due = day(standing.review.signed), day(standing.review.next_review)
    return {
        "reviewed": f"{signed}, next review before {due}",
        "changed": f"Changed since the review on {signed}",
        "overdue": f"Overdue since {due}",
    }[standing.kind]


def quote(lines: list[str], place: Place) -> str:
    """The line where a problem is and the one before it, with a mark below the place."""
    shown = [(n, lines[n - 1].replace("\t", " ")) for n in (place.line - 1, place.line) if 0 < n <= len(lines)]
    if not shown or shown[-1][0] != place.line:
        return ""
    width = len(str(place.line))
    if not shown[0][1].strip():
        shown = shown[1:]
    return "\n".join(
        [*(f"{n:>{width}} | {line}" for n, line in shown), f"{'':>{width}} | {'':>{place.column - 1}}^"]
    )


def _by_letter(items: Iterable[Any], name: Callable[[Any], str]) -> list[tuple[str, list[Any]]]:
    letters: dict[str, list[Any]] = defaultdict(list)
    for item in items:
        first = name(item)[:1].upper()
        letters[first if first.isalpha() else "0"].append(item)
    return sorted(letters.items())
