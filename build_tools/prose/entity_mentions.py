"""Medical words in sentences: each must be among the facts of the procedure that the sentence is about.

A procedure's facts name entities: structures under `targets`, methods, imaging and its role, effects under
`harms`, conditions under `indications`, anesthesia. Its sentences can mention those. They can also mention a
procedure to which the page links, and then the entities of that one.
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
_FITTING_ROLES = {"guides": {"guides"}, "plans": {"plans"}, "checks": {"checks", "guides"}}
"""The roles that each word can describe: imaging that guides a needle also checks where it is."""

_ENDING = r"(?:e?s|e?d|['’]s)?"

# Sentences that mention an entity without saying that it belongs to the procedure.
_QUOTES_OTHERS = re.compile(r"You (?:may|might) (?:also )?(?:read|see|hear)\b")
_FINDS_NOTHING = re.compile(
    r"\b(?:no (?:source|study|studies|figures?|numbers?|trials?|randomized)|nothing|nobody|not (?:named|say))\b",
    re.IGNORECASE,
)
_COMPARES = re.compile(r"\b(?:than (?:after|with|the|heat)|compar\w+|and not)\b", re.IGNORECASE)
_DENIES = re.compile(r"\b(?:no|not|not an?|without|nor)\s+$", re.IGNORECASE)


class Entity(NamedTuple):
    """An entry of a vocabulary, or a procedure (its `kind` is then "procedures")."""

    kind: str
    id: str


class Mention(NamedTuple):
    """A word in a sentence, and the entities that it can mean: some procedures share a name."""

    entities: frozenset[Entity]
    start: int
    end: int


class Scope(NamedTuple):
    """What the sentences of one entry can mention, and the roles of imaging on its page."""

    entities: frozenset[Entity]  # those of the page, and those that their own words name
    links: frozenset[str]  # the procedures to which the page links
    others: frozenset[str]  # those except the page's own procedure and its parents
    roles: frozenset[tuple[Entity, str]]
    free: frozenset[str] = frozenset()  # the kinds of entities that this entry can always mention


def check_entity_mentions(facts: Facts, passages: Iterable[Passage]) -> Iterator[Problem]:
    """Every medical word about a procedure, a comparison, or a claim is supported by the facts there."""
    if facts.broken:
        return  # until those files are fixed, the entities of procedures are not known
    index = _EntityIndex(facts)
    for passage in passages:
        is_context = passage.is_figure_context and passage.steps[-1] != "counted"  # as the source prints it
        if not is_context and (scope := index.get_scope(passage)):
            yield from _check(index, scope, passage)


def _check(index: _EntityIndex, scope: Scope, passage: Passage) -> Iterator[Problem]:
    for offset, sentence in passage.sentences:
        mentions = index.find_mentions(sentence)
        if not mentions or _QUOTES_OTHERS.match(sentence):
            continue
        if "not_known" in passage.steps and _FINDS_NOTHING.search(sentence):
            continue
        named = {entity.id for mention in mentions for entity in mention.entities if entity.kind == "procedures"}
        others = index.entities_of(scope.links if _COMPARES.search(sentence) else scope.others & named)
        for entities, start, end in mentions:
            supported = any(index.supports(scope, others, entity) for entity in entities)
            supported |= min(entities).kind in index.misnamed[passage.name.partition("/")[2]]
            if not supported and not _DENIES.search(sentence[:start]):
                message, hint = _explain_unsupported(index, min(entities), sentence[start:end])
                yield passage.problem((start, end), message, hint, offset)
        yield from _check_roles(index, scope, passage, offset, sentence, mentions)


def _explain_unsupported(index: _EntityIndex, entity: Entity, written: str) -> tuple[str, str]:
    """The message and the hint for a mention that no fact supports."""
    if entity.kind == "procedures":
        hint = f'Link to it: an entry under other_options with "procedure: {entity.id}".'
        return f'"{written}" is another procedure, and this page does not link to it.', hint
    owners = index.owners[entity]
    field, word = NAMES[entity.kind]
    add = f'If it is true here too, add it under {field} as "{word}: {entity.id}" with its source.'
    if not owners:
        return f'"{written}" is not among the facts of this page, nor of any other.', add
    names = ", ".join(index.names[owner] for owner in owners[:3])
    names += f" and {len(owners) - 3} more" if len(owners) > 3 else ""
    hint = (
        f"{add} If it is not true here, choose another word. If the sentence is about another procedure, name it "
        f'there, and link to it under other_options, as in "procedure: {owners[0]}".'
    )
    return f'"{written}" is not among the facts of this page. It is a fact of {names}.', hint


def _check_roles(
    index: _EntityIndex, scope: Scope, passage: Passage, offset: int, sentence: str, mentions: list[Mention]
) -> Iterator[Problem]:
    """A sentence gives imaging only the roles that the facts give it: that it plans, guides, or checks."""
    images = [mention for mention in mentions if any(entity.kind == "imaging" for entity in mention.entities)]
    for match in _ROLE.finditer(sentence) if images else ():
        before = [image for image in images if image.end <= match.start()]
        image, role = before[-1] if before else images[0], str(match.lastgroup)
        known = {other for entity, other in scope.roles if image.entities & index.add_named({entity})}
        if known and not known & _FITTING_ROLES[role]:
            written = sentence[image.start : image.end]
            message = (
                f"By the facts of this page {written} {' and '.join(sorted(known))}; "
                f"this sentence says that it {role}."
            )
            hint = f'Correct the sentence, or add an entry under imaging with "role: {role}" and its source.'
            yield passage.problem(match.span(), message, hint, offset)


class _EntityIndex:
    """The entities of each procedure, and the words that mention them."""

    def __init__(self, facts: Facts) -> None:
        self._facts = facts
        self.names = {id: procedure.names.name for id, procedure in facts.procedures.items()}
        self._terms = {Entity(kind, id): term for kind in NAMES for id, term in facts.vocabulary[kind].items()}
        self._words = self._index_words()
        self._pattern = re.compile(rf"(?<!\w)({match_any(self._words)}){_ENDING}(?!\w)")
        self._named_by = {entity: self._find_named(entity, term) for entity, term in self._terms.items()}
        self._owned = {
            id: {
                Entity(kind, word)
                for kind, (field, key_of_word) in NAMES.items()
                for entry in get_entries(procedure, field).values()
                if (word := vars(entry).get(key_of_word))
            }
            for id, procedure in facts.procedures.items()
        }
        self.misnamed: dict[str, set[str]] = defaultdict(set)
        """The kinds of which a procedure names an unknown entity: another rule reports that, and only that."""
        for id, entities in self._owned.items():
            self.misnamed[id] |= {entity.kind for entity in entities - self._terms.keys()}
        self._families: dict[str, set[str]] = defaultdict(set)
        for id in facts.procedures:
            self._families[facts.family(id)].add(id)
        self._care: set[Entity] = set()
        self.owners: dict[Entity, list[str]] = defaultdict(list)
        for id, entities in self._owned.items():
            if facts.procedures[id].kind == "no-procedure":
                self._care |= {entity for entity in entities if entity.kind == "methods"}
            for entity in entities:
                self.owners[entity].append(id)
        self._scopes = {id: self._build_scope(id, procedure) for id, procedure in facts.procedures.items()}

    # Words

    def _index_words(self) -> dict[str, frozenset[Entity]]:
        """The entities that each name can mean."""
        words: dict[str, set[Entity]] = defaultdict(set)
        for entity, term in self._terms.items():
            for name in term.names:
                words[name.lower()].add(entity)
        of_vocabularies = set(words)
        for id, procedure in self._facts.procedures.items():
            names = {name.lower() for name in procedure.names.also_called} - of_vocabularies
            for name in names | {procedure.names.name.lower()}:
                words[name].add(Entity("procedures", id))
        for name in [name for name in words if name.endswith("y")]:
            words[f"{name[:-1]}ies"] |= words[name]
        return {name: frozenset(entities) for name, entities in words.items()}

    def find_mentions(self, sentence: str) -> list[Mention]:
        """The mentions in a sentence."""
        return [
            Mention(self._words[match[1]], match.start(), match.end())
            for match in self._pattern.finditer(sentence.lower())  # far faster than a pattern that ignores case
            if not self._is_common_word(sentence[match.start(1) : match.end(1)])
        ]

    def _is_common_word(self, written: str) -> bool:
        """Whether a word only looks like an acronym: "ms" is not MS."""
        entities = self._words[written.lower()]
        names = {name for entity in entities if entity in self._terms for name in self._terms[entity].names}
        return not written.isupper() and written.upper() in names and written.lower() not in names

    def _find_named(self, entity: Entity, term: Term) -> frozenset[Entity]:
        """The entities that an entity's own words name: "live X-ray" names X-ray.

        For parts of the body and for harms, the words of the definition count too.
        """
        named = {entity}
        for text in (term.plain, *term.names):
            for start in re.finditer(r"(?<!\w)\w", text):  # "new nerve pain" names nerve pain as well
                if match := self._pattern.match(text.lower(), start.start()):
                    named |= self._words[match[1]]
        if entity.kind in ("structures", "effects"):
            named |= {e for e in self._find_entities(term.definition) if e.kind in ("structures", "effects")}
        return frozenset(named)

    # Support

    def add_named(self, entities: Iterable[Entity]) -> frozenset[Entity]:
        """The entities, and those that their own words name."""
        return frozenset(named for entity in entities for named in self._named_by.get(entity, {entity}))

    def entities_of(self, ids: Iterable[str]) -> frozenset[Entity]:
        """The entities of some procedures."""
        return self.add_named(entity for id in ids for entity in self._owned[id])

    def supports(self, scope: Scope, others: frozenset[Entity], entity: Entity) -> bool:
        """Whether a sentence can mention the entity."""
        if entity.kind == "procedures":
            return entity.id in scope.links
        if entity in scope.entities or entity in others or entity.kind in scope.free:
            return True
        if entity.kind in ("structures", "anesthesia") and self._terms[entity].everyday:
            return True
        return not self.owners[entity] and entity.kind == "structures"

    # Scopes

    def get_scope(self, passage: Passage) -> Scope | None:
        """What the sentences of a passage can mention; None if they can mention anything."""
        folder, _, id = passage.name.partition("/")
        first, facts = "".join(map(str, passage.steps[:1])), self._facts
        if folder == "procedures" and first not in ("names", "signs"):
            return self._widen_scope(passage, id)
        if folder == "comparisons":
            return self._join_scopes(facts.comparisons[id].options)
        if folder == "claims" and passage.steps[-1] == "says":
            return self._join_scopes(fact.split(".")[0] for fact in facts.claims[first].facts)
        return None

    def _widen_scope(self, passage: Passage, id: str) -> Scope:
        """The scope of a page for one entry: wider for contraindications and other options."""
        scope, free = self._scopes[id], frozenset(("conditions", "structures", "anesthesia"))
        if passage.steps[0] == "contraindications":
            return scope._replace(free=free)
        if passage.steps[0] == "other_options":
            other = self._facts.procedures[id].other_options[str(passage.steps[1])].procedure
            if other in self._facts.procedures:
                family = [other, *self._facts.forms_of(other)]
                return scope._replace(entities=scope.entities | self.entities_of(family))
            return scope._replace(free=free | {"effects", "imaging"})
        return scope

    def _build_scope(self, id: str, procedure: Procedure) -> Scope:
        family = [id, *self._facts.forms_of(id)]
        entities = {entity for member in family for entity in self._owned[member]} | self._care
        entities |= {e for e in self._find_under(procedure, "contraindications") if e.kind == "conditions"}
        entities |= {e for e in self._find_under(procedure, "other_options") if not self.owners[e]}
        for statement in procedure.names.same_name.values():
            entities.update(self._find_entities(statement.says))
        links = self._find_links(id)
        others = links.difference(self._facts.lineage(id))
        return Scope(self.add_named(entities), links, others, self._find_roles(family))

    def _join_scopes(self, ids: Iterable[str]) -> Scope:
        scopes = [self._scopes[id] for id in ids if id in self._scopes]
        entities, links, roles = (
            frozenset().union(*(getattr(scope, field) for scope in scopes))
            for field in ("entities", "links", "roles")
        )
        return Scope(entities, links, links, roles)

    def _find_under(self, procedure: Procedure, field: str) -> Iterator[Entity]:
        for entry in get_entries(procedure, field).values():
            yield from self._find_entities(getattr(entry, "says", ""))

    def _find_entities(self, text: str) -> Iterator[Entity]:
        for mention in self.find_mentions(text):
            yield from (entity for entity in mention.entities if entity.kind != "procedures")

    def _find_roles(self, ids: Iterable[str]) -> frozenset[tuple[Entity, str]]:
        return frozenset(
            (Entity("imaging", entry.imaging), entry.role)
            for id in ids
            for entry in self._facts.procedures[id].imaging.values()
            if isinstance(entry, Imaging)
        )

    def _find_links(self, id: str) -> frozenset[str]:
        """The procedures to which a page links: its family, its other options, and those in its comparisons."""
        facts = self._facts
        linked = {option.procedure for option in facts.procedures[id].other_options.values()}
        linked.update(*(page.options for page in facts.comparisons.values() if id in page.options))
        links = {other for other in linked if other in facts.procedures} | self._families[facts.family(id)]
        return frozenset(links | {facts.family(link) for link in links})
