"""Which pages there are: those of procedures and comparisons, sheets to print, hand-written pages."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import replace
from functools import partial
from typing import Any

from markupsafe import Markup

from build_tools.export.structured_data import StructuredData
from build_tools.load.facts import Facts
from build_tools.load.reading import read_text
from build_tools.model.comparison import compare_options
from build_tools.model.reviews import (
    Standings,
    by_standing,
    describe_reader_tests,
    describe_standings,
    name_layers,
)
from build_tools.model.short_page import ShortPage
from build_tools.prose.allowances import without_allowances
from build_tools.records.entries import AnyFact
from build_tools.records.problems import Place, Problem, choices
from build_tools.records.procedure import Harm, Procedure, facts_of, main_messages
from build_tools.records.sections import DETAILS, FIRST
from build_tools.records.short import QUESTIONS, Comparison
from build_tools.records.signs import Sign, SignHere
from build_tools.render.page_lists import below, lists
from build_tools.render.rendering import Page, Renderer
from build_tools.render.templates import BracesError, PageContext, day, faults, fill


def render(renderer: Renderer, broken: Mapping[str, list[Problem]]) -> tuple[list[Page], list[Problem]]:
    """All pages, and the problems found in hand-written ones.

    Hand-written pages are rendered at once, because only that shows what is wrong in them; others when asked for.
    A `broken` data file gives a page that lists its problems, so that a preview shows what is wrong.
    """
    pages = [
        *_procedures(renderer),
        *_comparisons(renderer),
        *_take_along(renderer),
        *_worksheets(renderer),
        *_broken(renderer, broken),
        *lists(renderer),
    ]
    words, problems = _hand_written(renderer, {page.path for page in pages})
    return [*pages, *words], problems


def by_file(problems: Iterable[Problem]) -> dict[str, list[Problem]]:
    """Problems by the file in which they are."""
    broken: dict[str, list[Problem]] = defaultdict(list)
    for problem in problems:
        broken[problem.place.path].append(problem)
    return broken


def readable(facts: Facts, broken: dict[str, list[Problem]]) -> Facts:
    """The facts without the `broken` files and without those that need one; these are then `broken` too."""

    def keep(folder: str, records: dict[str, Any], waits_for: Callable[[Any], str]) -> dict[str, Any]:
        kept = {}
        for id, record in records.items():
            file = facts.documents[f"{folder}/{id}"].path
            if file not in broken and (needed := waits_for(record)):
                wait(file, needed)
            if file not in broken:
                kept[id] = record
        return kept

    def wait(file: str, needed: str) -> None:
        broken[file].append(Problem(Place(file), f"This page waits for {needed}.", "Fix that file first."))

    for name in facts.broken & facts.documents.keys():  # such a file has no problem of its own
        if facts.documents[name].path not in broken:
            wait(facts.documents[name].path, facts.documents["shared"].path)

    def needs_a_source(fact: AnyFact | Sign | SignHere) -> bool:
        return any(citation.source not in facts.sources for citation in getattr(fact, "sources", ()))

    def needed_by_procedure(procedure: Procedure) -> str:
        for _, fact in facts_of(procedure, ""):
            if needs_a_source(fact):
                return "data/sources.yml"
            if isinstance(fact, Harm) and fact.effect not in facts.vocabulary["effects"]:
                return "data/vocabulary/effects.yml"
        if any(needs_a_source(here) for here in procedure.signs.values()):
            return "data/sources.yml"
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
        if any(needs_a_source(said) for said in (comparison.about, *dict(main_messages(comparison, "")).values())):
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
    reviews = [] if facts.documents["reviews"].path in broken else facts.review_log
    if not broken:
        return facts
    signs = {
        key: sign
        for key, sign in facts.signs.items()
        if not needs_a_source(sign) and facts.situations.keys() >= set(sign.shown_for)
    }
    return replace(
        facts, procedures=procedures, comparisons=comparisons, claims=claims, review_log=reviews, signs=signs
    )


# Pages made of facts


def _procedures(renderer: Renderer) -> Iterator[Page]:
    """A page for every procedure."""
    facts = renderer.facts
    structured = StructuredData(facts, renderer.settings)
    without = next((id for id, procedure in facts.procedures.items() if procedure.kind == "no-procedure"), "")
    for id, procedure in facts.procedures.items():
        family, forms, up = facts.family(id), facts.forms_of(id), _up(facts, id)
        relatives = [family, *below(facts, family)] if forms or procedure.part_of else []
        name, file = procedure.names.name, facts.documents[f"procedures/{id}"].path
        short = ShortPage(facts, id)
        given: dict[str, Any] = {
            "id": id,
            "procedure": procedure,
            "short": short,
            "family": family,
            "forms": [(form, facts.procedures[form]) for form in forms],
            "relatives": [(relative, facts.procedures[relative]) for relative in relatives],
            "comparisons": _compared(facts, id),
            "details": facts.details_of(id),
            "companion": _has_companion(facts, id),
        }
        yield renderer.page(
            "short.md",
            Page(
                f"procedures/{id}.md",
                name,
                file,
                finds=(procedure.names.plain, *procedure.names.also_called),
                summary=procedure.summary.says,
            ),
            partial(structured.of_procedure, short, up, {key: renderer.standings[id][key] for key in FIRST}),
            up=up,
            **given,
        )
        below_it = [*up, [name, f"procedures/{id}.md"]]
        given |= {
            "up": below_it,
            "cited": sorted(
                {cited.source for _, fact in facts_of(procedure, id) for cited in getattr(fact, "sources", ())}
            ),
            "without": without,
            "changed": id in renderer.published,
        }
        for detail in given["details"]:
            yield renderer.page(
                "detail.md",
                Page(f"procedures/{id}/{detail.name}.md", f"{detail.title}: {name}", file),
                partial(_grade, renderer, id) if detail.name == "evidence" else lambda text: "",
                detail=detail,
                **given,
            )
        if given["companion"]:
            path = f"procedures/{id}/for-the-person-with-you.md"
            yield renderer.page("companion.md", Page(path, f"For the person with you: {name}", file), **given)


def _grade(renderer: Renderer, id: str, _: str) -> str:
    """How hard the detail pages of a procedure are, which are measured together."""
    return renderer.reading(f"procedures/{id}")


def _comparisons(renderer: Renderer) -> Iterator[Page]:
    """A page for every comparison."""
    facts = renderer.facts
    structured = StructuredData(facts, renderer.settings)
    for id, comparison in facts.comparisons.items():
        up = [["Comparisons", "comparisons.md"]]
        yield renderer.page(
            "comparison.md",
            Page(
                f"comparisons/{id}.md",
                comparison.title,
                facts.documents[f"comparisons/{id}"].path,
                summary=comparison.question,
                headings=tuple(QUESTIONS.values()),
            ),
            partial(structured.of_comparison, id, up),
            id=id,
            comparison=comparison,
            grid=compare_options(comparison, facts),
            questions=QUESTIONS,
            families={option: facts.family(option) for option in comparison.options},
            up=up,
        )


def _take_along(renderer: Renderer) -> Iterator[Page]:
    """A sheet to print for every procedure: signs that need help, and questions to ask."""
    facts = renderer.facts
    for id, procedure in facts.procedures.items():
        name = procedure.names.name
        path, file = f"take-along/{id}.md", facts.documents[f"procedures/{id}"].path
        summary = "Danger signs and questions to ask, to print."
        yield renderer.page(
            "take-along.md",
            Page(path, f"Take along: {name}", file, summary=summary),
            id=id,
            procedure=procedure,
            short=ShortPage(facts, id),
            companion=_has_companion(facts, id),
            family=facts.family(id),
            up=[*_up(facts, id), [name, f"procedures/{id}.md"]],
            serious=[(key, harm) for key, harm in procedure.harms.items() if harm.serious],
            comparisons=_compared(facts, id),
        )


def _worksheets(renderer: Renderer) -> Iterator[Page]:
    """A sheet to think over every comparison."""
    facts = renderer.facts
    for id, comparison in facts.comparisons.items():
        path, file = f"worksheets/{id}.md", facts.documents[f"comparisons/{id}"].path
        summary = "To think it over, print, and take with you."
        yield renderer.page(
            "worksheet.md",
            Page(path, f"Worksheet: {comparison.title}", file, summary=summary),
            id=id,
            comparison=comparison,
            options=[(option, facts.procedures[option]) for option in comparison.options],
            up=[["Comparisons", "comparisons.md"], [comparison.title, f"comparisons/{id}.md"]],
        )


def _up(facts: Facts, id: str) -> list[list[str]]:
    up = [["Procedures", "procedures.md"]]
    parent = facts.procedures[id].part_of
    if parent in facts.procedures:
        up.append([facts.procedures[parent].names.name, f"procedures/{parent}.md"])
    return up


def _has_companion(facts: Facts, id: str) -> bool:
    """Whether somebody else acts on a sign. A child's parents read the page themselves."""
    return not facts.for_child(id) and any(sign.who == "companion" for sign in facts.signs_of(id).values())


def _compared(facts: Facts, id: str) -> list[tuple[str, Comparison]]:
    comparisons = facts.comparisons.items()
    return [(other, comparison) for other, comparison in comparisons if id in comparison.options]


# Pages that list problems


def _broken(renderer: Renderer, broken: Mapping[str, list[Problem]]) -> Iterator[Page]:
    """For every file of a page that has problems, pages that list them with their lines."""
    for name, document in renderer.facts.documents.items():
        problems = sorted(broken.get(document.path, []))
        if name.startswith(("procedures/", "comparisons/")) and problems:
            folder, id = name.split("/")
            behind = [*(f"{name}/{detail.name}" for detail in DETAILS), f"take-along/{id}"]
            others = behind if folder == "procedures" else [f"worksheets/{id}"]
            for path in (name, *others):
                yield _problems(renderer, f"{path}.md", document.path, problems)
        elif name == f"clinics/{renderer.facts.clinic_id}/clinic" and problems:
            yield _problems(renderer, "index.md", document.path, problems)


def _problems(renderer: Renderer, path: str, shown: str, problems: list[Problem]) -> Page:
    folder, _, rest = shown.partition("/")
    file = (renderer.content if folder == renderer.content.name else renderer.facts.folder) / rest
    lines = file.read_bytes().decode("utf-8", "replace").splitlines() if file.is_file() else []
    title = f"To fix: {shown}"
    quoted = [(problem, quote(lines, problem.place)) for problem in problems]
    write = partial(renderer.fill, "pages/problems.md", renderer.context(path), title=title, quoted=quoted)
    return Page(path, title, shown, write=write)


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


# Hand-written pages


def _hand_written(renderer: Renderer, made: set[str]) -> tuple[list[Page], list[Problem]]:
    """The pages in the folder of words but those that are `made` already, and the problems in them."""
    pages: list[Page] = []
    problems: list[Problem] = []
    content = renderer.content
    for file in sorted(file for file in content.glob("[!.]*") if file.suffix.lower() == ".md"):
        shown = f"{content.name}/{file.name}"
        if not re.fullmatch(r"[a-z0-9]+(-[a-z0-9]+)*\.md", file.name):
            hint = "Use small letters, digits and hyphens, and end in .md: it becomes the address."
            problems.append(Problem(Place(shown), f'"{file.name}" cannot be a page\'s name.', hint))
            continue
        if file.name in made:
            continue
        text, found = read_text(file, shown)
        if not found:
            try:
                with faults(content, problems):
                    pages.append(_with_facts(renderer, file.name, shown, text, problems))
            except BracesError as error:
                found = [error.problem(shown)]
        if found:
            pages.append(_problems(renderer, file.name, shown, found))
            problems += found
    return pages, problems


def _with_facts(renderer: Renderer, path: str, shown: str, text: str, problems: list[Problem]) -> Page:
    """A hand-written page; `{{ fact("…") }}` and `{{ figure("…") }}` in it quote a fact with its sources."""
    facts, context = renderer.facts, renderer.context(path)
    given = {"page": context, "facts": facts}
    parts = renderer.templates.get_template("parts/facts.html").make_module(given)
    local = renderer.templates.get_template("parts/clinic.html").make_module(given)

    def quoted(fact_id: str) -> str:
        fact = renderer.every.get(fact_id)
        name = f"procedures/{str(fact_id).split('.')[0]}"
        if fact is None and name in facts.documents and name[11:] not in facts.procedures:
            return f"(This fact waits until {facts.documents[name].path} is fixed.)"
        if fact is None:
            line = next((n for n, row in enumerate(text.splitlines(), 1) if str(fact_id) in row), 1)
            known = {id: "" for id in renderer.every if id.startswith(name.partition("/")[2])}
            said, hint = f'There is no fact called "{fact_id}".', choices(known, "data/procedures/")
            problems.append(Problem(Place(shown, line), said, hint))
            return ""
        return Markup(parts.entry(fact_id, fact))  # type: ignore[attr-defined]

    called: dict[str, Callable[..., str]] = {
        "fact": quoted,
        "figure": quoted,
        "dates_of_facts": partial(_dates_of_facts, renderer, context),
        "review_status": partial(describe_standings, renderer.standings),
        "reader_tests": partial(describe_reader_tests, renderer.facts),
        "emergency_number": local.emergency_number,  # type: ignore[attr-defined]
        "shown_by": local.shown_by,  # type: ignore[attr-defined]
        "host": local.host,  # type: ignore[attr-defined]
    }
    made = fill(without_allowances(text), called, offline=bool(renderer.settings.offline))
    if context.notes():
        made += f"\n## Sources {{: #sources }}\n\n{parts.source_list()}\n"  # type: ignore[attr-defined]
    made = renderer.explain(made, context.to("glossary.md")) + renderer.reading(path)
    title = re.search(r"^title:\s*(.+)$", text, re.MULTILINE)
    described = re.search(r"^description:\s*(.+)$", text, re.MULTILINE)
    return Page(
        path,
        title[1].strip() if title else path.removesuffix(".md"),
        shown,
        summary=described[1].strip() if described else "",
        headings=tuple(re.findall(r"^##+ (.+)$", text, re.MULTILINE)),
        write=lambda: made,
    )


def _dates_of_facts(renderer: Renderer, context: PageContext) -> str:
    facts = renderer.facts
    rows = []
    for id, one in facts.procedures.items():
        days = day(one.facts_checked), day(one.next_check)
        rows.append((f"procedures/{id}.md", one.names.name, *days, _in_short(renderer.standings[id])))
    for id, other in facts.comparisons.items():
        days = day(other.facts_checked), day(other.next_check)
        rows.append((f"comparisons/{id}.md", other.title, *days, "Not yet"))
    return Markup(renderer.fill("parts/dates.html", context, rows=rows))


def _in_short(found: Standings) -> str:
    """The standings of a procedure's layers in a table's cell."""
    parts = []
    for standing, layers in by_standing(found):
        if review := standing.review:
            said = {
                "reviewed": f"{day(review.signed)}, next review before {day(review.next_review)}",
                "changed": f"changed since the review on {day(review.signed)}",
                "overdue": f"overdue since {day(review.next_review)}",
            }[standing.kind]
            parts.append(f"{name_layers(layers, found)}: {said}")
    return ". ".join(parts) or "Not yet"
