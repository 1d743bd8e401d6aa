"""Medical words in sentences: each must be a fact of the procedure that the sentence is about.

A procedure's facts are the ids in its data file: the structures under `targets`, the methods, the imaging with
its role, the effects under `harms`, the conditions under `indications`, the anesthesia. Its sentences may name
those. They may also name a procedure to which the page links, and then what belongs to that one.
"""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterable, Iterator
from typing import NamedTuple

from build_tools.load.facts import Facts
from build_tools.prose.glossary import match_any
from build_tools.prose.prose import Passage
from build_tools.records.problems import Problem
from build_tools.records.procedure import Imaging, Procedure, get_entries
from build_tools.records.sections import NAMES
from build_tools.records.words import Term

_ROLE = re.compile(
    r"\b(?:(?P<guides>guid(?:e|es|ed|ing|ance)|steer(?:s|ed|ing)?)|(?P<plans>plan(?:s|ned|ning)?)"
    r"|(?P<checks>check(?:s|ed|ing)?))\b",
    re.IGNORECASE,
)
_FITTING = {"guides": {"guides"}, "plans": {"plans"}, "checks": {"checks", "guides"}}
"""The roles that fit a word: who guides a needle also checks where it is."""

_ENDING = r"(?:e?s|e?d|['’]s)?"

# Sentences that name a thing without saying that it belongs to the procedure.
_SAID_BY_OTHERS = re.compile(r"You (?:may|might) (?:also )?(?:read|see|hear)\b")
_NOTHING_FOUND = re.compile(
    r"\b(?:no (?:source|study|studies|figures?|numbers?|trials?|randomized)|nothing|nobody|not (?:named|say))\b",
    re.IGNORECASE,
)
_COMPARES = re.compile(r"\b(?:than (?:after|with|the|heat)|compar\w+|and not)\b", re.IGNORECASE)
_DENIES = re.compile(r"\b(?:no|not|not an?|without|nor)\s+$", re.IGNORECASE)


class Thing(NamedTuple):
    """An entry of a vocabulary, or a procedure (its `kind` is then "procedures")."""

    kind: str
    id: str


class Mention(NamedTuple):
    """A word in a sentence, and the things that it can mean: some procedures share a name."""

    things: frozenset[Thing]
    start: int
    end: int


class Scope(NamedTuple):
    """What the sentences of one entry may name, and what imaging is for on its page."""

    things: frozenset[Thing]  # the facts of the page, and what they name themselves
    links: frozenset[str]  # the procedures to which the page links
    others: frozenset[str]  # those but the page's own procedure and the ones that it is a form of
    roles: frozenset[tuple[Thing, str]]
    free: frozenset[str] = frozenset()  # the kinds of things that this entry may always name


def check_entity_mentions(facts: Facts, passages: Iterable[Passage]) -> Iterator[Problem]:
    """Every medical word about a procedure, a comparison or a claim is supported by the facts there."""
    if facts.broken:
        return  # what belongs to whom is not known until those files are fixed
    knowledge = _Knowledge(facts)
    for passage in passages:
        context = passage.is_of_a_figure and passage.steps[-1] != "counted"  # as the source prints it
        if not context and (scope := knowledge.scope(passage)):
            yield from _check(knowledge, scope, passage)


def _check(knowledge: _Knowledge, scope: Scope, passage: Passage) -> Iterator[Problem]:
    for offset, sentence in passage.sentences:
        mentions = knowledge.mentions(sentence)
        if not mentions or _SAID_BY_OTHERS.match(sentence):
            continue
        if "not_known" in passage.steps and _NOTHING_FOUND.search(sentence):
            continue
        named = {thing.id for mention in mentions for thing in mention.things if thing.kind == "procedures"}
        others = knowledge.of(scope.links if _COMPARES.search(sentence) else scope.others & named)
        for things, start, end in mentions:
            supported = any(knowledge.supports(scope, others, thing) for thing in things)
            supported |= min(things).kind in knowledge.misnamed[passage.name.partition("/")[2]]
            if not supported and not _DENIES.search(sentence[:start]):
                message, hint = _unsupported(knowledge, min(things), sentence[start:end])
                yield passage.problem((start, end), message, hint, offset)
        yield from _check_roles(knowledge, scope, passage, offset, sentence, mentions)


def _unsupported(knowledge: _Knowledge, thing: Thing, written: str) -> tuple[str, str]:
    if thing.kind == "procedures":
        hint = f'Link to it: an entry under other_options with "procedure: {thing.id}".'
        return f'"{written}" is another procedure, and this page does not link to it.', hint
    owners = knowledge.owners[thing]
    field, word = NAMES[thing.kind]
    add = f'If it is true here too, add it under {field} as "{word}: {thing.id}" with its source.'
    if not owners:
        return f'"{written}" is not among the facts of this page, nor of any other.', add
    names = ", ".join(knowledge.name(owner) for owner in owners[:3])
    names += f" and {len(owners) - 3} more" if len(owners) > 3 else ""
    hint = (
        f"{add} If it is not true here, choose another word. If the sentence is about another procedure, name it "
        f'there, and link to it under other_options, as in "procedure: {owners[0]}".'
    )
    return f'"{written}" is not among the facts of this page. It is a fact of {names}.', hint


def _check_roles(
    knowledge: _Knowledge, scope: Scope, passage: Passage, offset: int, sentence: str, mentions: list[Mention]
) -> Iterator[Problem]:
    """A sentence says of imaging only what the facts say: that it plans, that it guides, or that it checks."""
    pictures = [m for m in mentions if any(thing.kind == "imaging" for thing in m.things)]
    for word in _ROLE.finditer(sentence) if pictures else ():
        before = [picture for picture in pictures if picture.end <= word.start()]
        picture, said = before[-1] if before else pictures[0], str(word.lastgroup)
        known = {does for thing, does in scope.roles if picture.things & knowledge.closure({thing})}
        if known and not known & _FITTING[said]:
            written, does = sentence[picture.start : picture.end], " and ".join(sorted(known))
            message = f"By the facts of this page {written} {does}; this sentence says that it {said}."
            hint = f'Correct the sentence, or add an entry under imaging with "role: {said}" and its source.'
            yield passage.problem(word.span(), message, hint, offset)


class _Knowledge:
    """What the facts say of whom, and the words by which sentences name it."""

    def __init__(self, facts: Facts) -> None:
        self._facts = facts
        self._terms = {Thing(kind, id): term for kind in NAMES for id, term in facts.vocabulary[kind].items()}
        self._words = self._name_things()
        self._pattern = re.compile(rf"(?<!\w)({match_any(self._words)}){_ENDING}(?!\w)")
        self._named_by = {thing: self._find_named(thing, term) for thing, term in self._terms.items()}
        self._owned = {
            id: {
                Thing(kind, word)
                for kind, (field, name) in NAMES.items()
                for entry in get_entries(procedure, field).values()
                if (word := vars(entry).get(name))
            }
            for id, procedure in facts.procedures.items()
        }
        self.misnamed: dict[str, set[str]] = defaultdict(set)
        """The kinds of which a procedure names something that is not there: only that is a problem."""
        for id, things in self._owned.items():
            self.misnamed[id] |= {thing.kind for thing in things - self._terms.keys()}
        self._families: dict[str, set[str]] = defaultdict(set)
        for id in facts.procedures:
            self._families[facts.family(id)].add(id)
        self._scopes: dict[str, Scope] = {}
        self._care: set[Thing] = set()
        self.owners: dict[Thing, list[str]] = defaultdict(list)
        for id, things in self._owned.items():
            if facts.procedures[id].kind == "no-procedure":
                self._care |= {thing for thing in things if thing.kind == "methods"}
            for thing in things:
                self.owners[thing].append(id)

    # Words

    def _name_things(self) -> dict[str, frozenset[Thing]]:
        """What each name can mean. Capitals stay in acronyms, so that "act" is not ACT."""
        words: dict[str, set[Thing]] = defaultdict(set)
        for thing, term in self._terms.items():
            for name in term.names:
                words[name.lower()].add(thing)
        of_vocabularies = set(words)
        for id, procedure in self._facts.procedures.items():
            names = {name.lower() for name in procedure.names.also_called} - of_vocabularies
            for name in names | {procedure.names.name.lower()}:
                words[name].add(Thing("procedures", id))
        for name in [name for name in words if name.endswith("y")]:
            words[f"{name[:-1]}ies"] |= words[name]
        return {name: frozenset(things) for name, things in words.items()}

    def mentions(self, sentence: str) -> list[Mention]:
        """What a sentence names."""
        return [
            Mention(self._words[found[1]], found.start(), found.end())
            for found in self._pattern.finditer(sentence.lower())  # far faster than a pattern that ignores case
            if not self._is_common_word(sentence[found.start(1) : found.end(1)])
        ]

    def _is_common_word(self, written: str) -> bool:
        """Whether it only looks like an acronym: "ms" is not MS."""
        things = self._words[written.lower()]
        names = {name for thing in things if thing in self._terms for name in self._terms[thing].names}
        return not written.isupper() and written.upper() in names and written.lower() not in names

    def _find_named(self, thing: Thing, term: Term) -> frozenset[Thing]:
        """The things that the words for a thing name: "live X-ray" names X-ray.

        For parts of the body and for harms also what their definition names: a nerve runs somewhere.
        """
        found = {thing}
        for text in (term.plain, *term.names):
            for begin in re.finditer(r"(?<!\w)\w", text):  # "new nerve pain" names nerve pain as well
                if word := self._pattern.match(text.lower(), begin.start()):
                    found |= self._words[word[1]]
        if thing.kind in ("structures", "effects"):
            found |= {one for one in self._in(term.definition) if one.kind in ("structures", "effects")}
        return frozenset(found)

    def name(self, id: str) -> str:
        """A procedure's name."""
        return self._facts.procedures[id].names.name

    # Support

    def closure(self, things: Iterable[Thing]) -> frozenset[Thing]:
        """The things, and what their own words name."""
        return frozenset(named for thing in things for named in self._named_by.get(thing, {thing}))

    def of(self, ids: Iterable[str]) -> frozenset[Thing]:
        """The facts of some procedures."""
        return self.closure(thing for id in ids for thing in self._owned[id])

    def supports(self, scope: Scope, others: frozenset[Thing], thing: Thing) -> bool:
        """Whether a sentence may name the thing."""
        if thing.kind == "procedures":
            return thing.id in scope.links
        if thing in scope.things or thing in others or thing.kind in scope.free:
            return True
        if thing.kind in ("structures", "anesthesia") and self._terms[thing].everyday:
            return True
        return not self.owners[thing] and thing.kind == "structures"

    # Scopes

    def scope(self, passage: Passage) -> Scope | None:
        """What the sentences of a passage may name; None where they may name anything."""
        folder, _, id = passage.name.partition("/")
        first, facts = "".join(map(str, passage.steps[:1])), self._facts
        if folder == "procedures" and first not in ("names", "signs"):
            return self._of_entry(passage, self._of_procedure(id), id)
        if folder == "comparisons":
            return self._of_several(passage.name, facts.comparisons[id].options)
        if folder == "claims" and passage.steps[-1] == "says":
            return self._of_several(f"claims/{first}", [fact.split(".")[0] for fact in facts.claims[first].facts])
        return None

    def _of_entry(self, passage: Passage, scope: Scope, id: str) -> Scope:
        free = frozenset(("conditions", "structures", "anesthesia"))
        if passage.steps[0] == "contraindications":
            return scope._replace(free=free)
        if passage.steps[0] == "other_options":
            other = self._facts.procedures[id].other_options[str(passage.steps[1])].procedure
            if other in self._facts.procedures:
                return scope._replace(things=scope.things | self.of([other, *self._facts.forms_of(other)]))
            return scope._replace(free=free | {"effects", "imaging"})
        return scope

    def _of_procedure(self, id: str) -> Scope:
        if id not in self._scopes:
            facts, procedure = self._facts, self._facts.procedures[id]
            family = [id, *facts.forms_of(id)]
            things = {thing for member in family for thing in self._owned[member]} | self._care
            things |= {t for t in self._told_in(procedure, "contraindications") if t.kind == "conditions"}
            things |= {t for statement in procedure.names.same_name.values() for t in self._in(statement.says)}
            things |= {t for t in self._told_in(procedure, "other_options") if not self.owners[t]}
            links = self._links(id)
            others = links.difference(facts.lineage(id))
            self._scopes[id] = Scope(self.closure(things), links, others, self._roles(family))
        return self._scopes[id]

    def _of_several(self, name: str, ids: Iterable[str]) -> Scope:
        if name not in self._scopes:
            scopes = [self._of_procedure(id) for id in ids if id in self._facts.procedures]
            things, links, roles = (
                frozenset().union(*(getattr(scope, field) for scope in scopes))
                for field in ("things", "links", "roles")
            )
            self._scopes[name] = Scope(things, links, links, roles)
        return self._scopes[name]

    def _told_in(self, procedure: Procedure, field: str) -> Iterator[Thing]:
        for entry in get_entries(procedure, field).values():
            yield from self._in(getattr(entry, "says", ""))

    def _in(self, text: str) -> Iterator[Thing]:
        for mention in self.mentions(text):
            yield from (thing for thing in mention.things if thing.kind != "procedures")

    def _roles(self, ids: Iterable[str]) -> frozenset[tuple[Thing, str]]:
        return frozenset(
            (Thing("imaging", entry.imaging), entry.role)
            for id in ids
            for entry in self._facts.procedures[id].imaging.values()
            if isinstance(entry, Imaging)
        )

    def _links(self, id: str) -> frozenset[str]:
        """The procedures to which a page links: its family, its other options, what it is compared with."""
        facts = self._facts
        given = {option.procedure for option in facts.procedures[id].other_options.values()}
        given.update(*(one.options for one in facts.comparisons.values() if id in one.options))
        links = {one for one in given if one in facts.procedures} | self._families[facts.family(id)]
        return frozenset(links | {facts.family(link) for link in links})
