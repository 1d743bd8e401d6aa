"""The catalog of wrongs: each has a kind, one line that says what is wrong, and one edit.

Places are found by what stands in the data ("a share with its total", "a harm that is always serious"), never by
name, so that the catalog lives on when facts change. A kind for which no place is found is an error.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from datetime import date, timedelta
from functools import cached_property
from pathlib import Path
from typing import Any

import yaml
from hunspell import Hunspell

from build_tools.gaps import MARK
from build_tools.records import FACT_FIELDS
from tests.catalog_of_files import published_files
from tests.conftest import LATEST
from tests.edits import (
    Edit,
    Mutant,
    Raw,
    Spot,
    above,
    append,
    drop,
    exchange,
    first_last,
    in_html,
    in_yaml,
    pick,
    put,
    rename,
    replace,
    sub,
    swap_html,
    twist,
)

# Where things stand


class Places:
    """The real facts as raw fields, and where in them one kind of thing stands."""

    def __init__(self, root: Path) -> None:
        self.root = root
        self.today = LATEST

    def read(self, name: str) -> Raw:
        """The fields of a data file."""
        value: Raw = yaml.load((self.root / "data" / name).read_text("utf-8"), Loader=yaml.CBaseLoader)
        return value

    def folder(self, name: str) -> dict[str, Raw]:
        """All files of a folder of data by id."""
        return {
            file.stem: self.read(f"{name}/{file.name}")
            for file in sorted((self.root / "data" / name).glob("*.yml"))
        }

    @cached_property
    def procedures(self) -> dict[str, Raw]:
        """Every procedure's fields."""
        return self.folder("procedures")

    @cached_property
    def comparisons(self) -> dict[str, Raw]:
        """Every comparison's fields."""
        return self.folder("comparisons")

    @cached_property
    def vocabulary(self) -> dict[str, Raw]:
        """Every vocabulary's words."""
        return self.folder("vocabulary")

    @cached_property
    def sources(self) -> Raw:
        """Every source."""
        return self.read("sources.yml")

    @cached_property
    def claims(self) -> Raw:
        """Every claim."""
        return self.read("claims.yml")

    @cached_property
    def facts(self) -> list[Spot]:
        """Every fact of every procedure."""
        found: list[Spot] = []
        for id, procedure in self.procedures.items():
            file = f"data/procedures/{id}.yml"
            for field in ("summary", "main_message"):
                found.append(Spot(f"{id}.{field}", file, (field,), procedure[field]))
            for key, fact in procedure["names"].get("same_name", {}).items():
                found.append(Spot(f"{id}.names.{key}", file, ("names", "same_name", key), fact))
            for field in FACT_FIELDS:
                for key, fact in procedure[field].items():
                    found.append(Spot(f"{id}.{field}.{key}", file, (field, key), fact))
                    for often, figure in fact.get("how_often", {}).items():
                        steps = (field, key, "how_often", often)
                        found.append(Spot(f"{id}.{field}.{key}.{often}", file, steps, figure))
        return found

    def having(self, *fields: str, where: Callable[[Spot], Any] = lambda spot: True) -> list[Spot]:
        """Every fact that has all these fields and fits `where`."""
        return [spot for spot in self.facts if all(field in spot.fact for field in fields) and where(spot)]

    @cached_property
    def warned(self) -> set[str]:
        """The ids of all harms that a red flag can be a sign of."""
        return {
            f"{id}.harms.{flag['because']}"
            for id, procedure in self.procedures.items()
            for flag in procedure["red_flags"].values()
        }

    def quoted(self) -> list[tuple[str, str]]:
        """Ids of facts that claims and weighings quote, each with who quotes it."""
        found = [(fact, "claim") for claim in self.claims.values() for fact in claim["facts"]]
        for comparison in self.comparisons.values():
            found += [(fact, "weighing") for w in comparison["weighing"].values() for fact in w["facts"]]
        return found

    def spot(self, id: str) -> Spot:
        """The fact of that id."""
        return next(spot for spot in self.facts if spot.id == id)

    def other(self, vocabulary: str, word: str, text: str = "") -> str:
        """Another word of a vocabulary, which the text does not name."""
        terms = self.vocabulary[vocabulary]
        named = [term["name"].lower() for term in terms.values() if term["name"].lower() in text.lower()]
        for id, term in terms.items():
            forms = " ".join((id, term["name"], term["plain"], *term.get("synonyms", []))).lower()
            if id != word and not any(name in forms for name in named):
                return id
        raise AssertionError(f"{vocabulary} has no other word than {word}")


WORD_FIELDS = {
    "structure": "structures",
    "method": "methods",
    "imaging": "imaging",
    "anesthesia": "anesthesia",
    "condition": "conditions",
    "effect": "effects",
}


def cited(spot: Spot) -> list[str]:
    """The ids of a fact's sources."""
    return [s["source"] if isinstance(s, dict) else s for s in spot.fact.get("sources", [])]


Mutants = Iterator[Mutant]


def catalog(root: Path) -> list[Mutant]:
    """Every wrong there is, over the facts in `root`; the pages of its built site stand below site/."""
    places = Places(root)
    parts: tuple[Callable[[Places], Mutants], ...]
    parts = (_words, _sources, _numbers, _harms, _gaps_and_fields, _dates, _ids, _comparisons, _claims)
    parts += (_clinics,)
    parts += (_language, _hard_to_read, _files, _drift, _drift_elsewhere, _pages, _cells, _site, _code)
    return [*(mutant for part in parts for mutant in part(places)), *published_files(root, places.today)]


# Wrong in itself


def _words(places: Places) -> Mutants:
    for field, vocabulary in WORD_FIELDS.items():
        for spot in pick(places.having(field, "says"), 2):
            word = twist(spot.fact[field])
            edit = put(*spot.steps, field, value=word)
            yield Mutant("facts", f"{field} misspelled", f"{spot.id} names {word}", spot.file, edit)
        used = Counter(spot.fact[field] for spot in places.having(field, "says"))
        word = pick(list(used), 1)[0]
        yield Mutant(
            "facts", "word dropped from the glossary", word, f"data/vocabulary/{vocabulary}.yml", drop(word)
        )
    for spot in pick(places.having("shows"), 2):
        edit = put(*spot.steps, "shows", value=twist(spot.fact["shows"]))
        yield Mutant("facts", "shows what is not drawn", spot.id, spot.file, edit)
    for field, most in (("imaging", 6), ("effect", 4)):
        terms = places.vocabulary[WORD_FIELDS[field]]
        named = [s for s in places.having(field, "says") if terms[s.fact[field]]["name"] in s.fact["says"]]
        for spot in pick(named, most):
            word = places.other(WORD_FIELDS[field], spot.fact[field], spot.fact["says"])
            edit = put(*spot.steps, field, value=word)
            yield Mutant("facts", f"another {field}", f"{spot.id} names {word}", spot.file, edit)
    for old, new in (("plans", "guides"), ("guides", "plans"), ("checks", "plans"), ("guides", "checks")):
        spots = places.having("role", where=lambda s: s.fact["role"] == old and s.id.endswith(f"-{old}"))  # noqa: B023
        for spot in pick(spots, 2):
            yield Mutant(
                "facts", "another imaging role", f"{spot.id} {new}", spot.file, put(*spot.steps, "role", value=new)
            )
    spot = pick(places.having("role"), 1)[0]
    yield Mutant("facts", "another imaging role", "guide", spot.file, put(*spot.steps, "role", value="guide"))
    names = [id for id in places.vocabulary["structures"] if id not in places.vocabulary["words"]]
    twin = places.vocabulary["structures"][names[0]]
    yield Mutant(
        "facts",
        "word explained twice",
        names[0],
        "data/vocabulary/words.yml",
        put(f"another-{names[0]}", value=twin),
    )
    known = Hunspell("en_US")
    strange = [
        id
        for id, term in places.vocabulary["words"].items()
        if not any(known.spell(part) for part in (term["name"], *term.get("synonyms", [])))
        and any(re.search(rf"\b{re.escape(term['name'])}\b", str(p)) for p in places.procedures.values())
    ]
    for word in pick(strange, 3):
        yield Mutant("facts", "word dropped from the glossary", word, "data/vocabulary/words.yml", drop(word))
    for field in ("definition", "plain", "name"):
        word = pick(list(places.vocabulary["methods"]), 1)[0]
        yield Mutant(
            "facts",
            "word without its meaning",
            f"{word}: {field}",
            "data/vocabulary/methods.yml",
            drop(word, field),
        )


def _sources(places: Places) -> Mutants:
    for spot in pick(places.having("sources"), 3):
        word = twist(cited(spot)[0])
        edit = put(*spot.steps, "sources", 0, value=word)
        yield Mutant("facts", "source misspelled", f"{spot.id}: {word}", spot.file, edit)
    for spot in pick(places.having("sources", where=lambda s: len(s.fact["sources"]) > 1), 3):
        edit = put(*spot.steps, "sources", 1, value=spot.fact["sources"][0])
        yield Mutant("facts", "source twice", f"{spot.id}", spot.file, edit)
    for spot in pick(places.having("sources"), 3):
        yield Mutant("facts", "all sources dropped", spot.id, spot.file, drop(*spot.steps, "sources"))
    spot = pick(places.having("sources", "counted"), 1)[0]
    yield Mutant("facts", "all sources dropped", spot.id, spot.file, put(*spot.steps, "sources", value=[]))
    used = Counter(source for spot in places.facts for source in cited(spot))
    for comparison in places.comparisons.values():
        used.update(str(comparison[field]["sources"]) for field in ("about", "main_message"))
    quoted = str(
        [
            comparison[field]["sources"]
            for comparison in places.comparisons.values()
            for field in ("about", "main_message")
        ]
    )
    once = places.having(
        "sources",
        where=lambda s: len(s.fact["sources"]) > 1 and used[cited(s)[-1]] == 1 and cited(s)[-1] not in quoted,
    )
    for spot in pick(once, 3):
        edit = drop(*spot.steps, "sources", -1)
        yield Mutant("facts", "source dropped", f"{cited(spot)[-1]} at {spot.id}", spot.file, edit)
        edit = put(*spot.steps, "sources", -1, value=next(s for s in places.sources if s not in cited(spot)))
        yield Mutant("facts", "source swapped", f"{cited(spot)[-1]} at {spot.id}", spot.file, edit)
    for id in pick(list(places.sources), 2):
        yield Mutant("facts", "source entry dropped", id, "data/sources.yml", drop(id))
        yield Mutant("facts", "source entry renamed", id, "data/sources.yml", rename(id, to=f"{id}-b"))
        yield Mutant("facts", "source of no kind", id, "data/sources.yml", put(id, "kind", value="study"))
        yield Mutant("facts", "source nobody read", id, "data/sources.yml", drop(id, "read"))
    id, source = next(iter(places.sources.items()))
    yield Mutant("facts", "source that no fact uses", id, "data/sources.yml", put("nobody-1999", value=source))


def _numbers(places: Places) -> Mutants:
    def facts(kind: str, what: str, spot: Spot, edit: Edit) -> Mutant:
        return Mutant("facts", kind, f"{spot.id}: {what}", spot.file, edit)

    counts = places.having("count", "out_of")
    unequal = [spot for spot in counts if 0 < int(spot.fact["count"]) < int(spot.fact["out_of"])]
    for spot in pick(unequal, 5):
        edit = exchange(*spot.steps, first="count", second="out_of")
        yield facts("events and totals exchanged", "", spot, edit)
    for spot in pick(places.having("versus", where=lambda s: int(s.fact["versus"].get("count", 0)) > 0), 2):
        edit = exchange(*spot.steps, "versus", first="count", second="out_of")
        yield facts("events and totals exchanged", "versus", spot, edit)
    for spot in pick(counts, 2):
        yield facts("total dropped", "", spot, drop(*spot.steps, "out_of"))
        yield facts("percent against count", "50.9", spot, put(*spot.steps, "percent", value="150"))
        share = (100 * int(spot.fact["count"]) / int(spot.fact["out_of"]) + 10) % 100
        yield facts(
            "share moved by ten points", "percent", spot, put(*spot.steps, "percent", value=f"{share:.1f}")
        )
        yield facts("number as a word", "", spot, put(*spot.steps, "count", value="twelve"))
        yield facts("number below nothing", "", spot, put(*spot.steps, "count", value="-1"))
        yield facts("two values at once", "amount", spot, put(*spot.steps, "amount", value="3"))
        yield facts("average of a share", "", spot, put(*spot.steps, "average", value="mean"))
    told = [
        spot
        for spot in counts
        if spot.fact.get("units", "people") == "people"
        and re.match(rf"{spot.fact['out_of']} people\b", spot.fact["who"])
    ]
    for spot in pick(told, 3):
        more = str(int(spot.fact["out_of"]) + 10)
        yield facts("more people than there were", more, spot, put(*spot.steps, "out_of", value=more))
    for spot in pick(places.having("percent"), 2):
        yield facts("percent over a hundred", "", spot, put(*spot.steps, "percent", value="112"))
        yield facts("percent sign typed", "", spot, put(*spot.steps, "percent", value="12%"))
        yield facts("percent against count", "percent as count", spot, rename(*spot.steps, "percent", to="amount"))
    for spot in pick(places.having("from", "to"), 2):
        yield facts("range turned round", "", spot, exchange(*spot.steps, first="from", second="to"))
        yield facts("half of a range", "", spot, drop(*spot.steps, "to"))
    for spot in pick(places.having("from", where=lambda s: "measure" not in s.fact), 1):
        yield facts("percent over a hundred", "range", spot, put(*spot.steps, "to", value="130"))
    for spot in pick(places.having("low", "high"), 2):
        yield facts("uncertainty beside its figure", "", spot, exchange(*spot.steps, first="low", second="high"))
        yield facts("half of a range", "low", spot, drop(*spot.steps, "low"))
    for spot in pick(places.having("measure", where=lambda s: "from" not in s.fact), 3):
        yield facts("unit dropped", spot.fact["measure"], spot, drop(*spot.steps, "measure"))
    for spot in pick(places.having("before", "after"), 1):
        yield facts("half of a range", "after", spot, drop(*spot.steps, "after"))
    for spot in pick(places.having("versus"), 2):
        same = put(*spot.steps, "versus", "who", value=spot.fact["who"])
        yield facts("compared with itself", "", spot, same)
        amount = {"who": "other people", "from": "1", "to": "5"}
        yield facts("unlike compared", "", spot, put(*spot.steps, "versus", value=amount))
    weak = ("case-series", "case-report", "cohort", "registry", "textbook", "patient-leaflet", "review")
    sure = places.having("certainty", where=lambda s: all(places.sources[c]["kind"] in weak for c in cited(s)))
    for spot in pick(sure, 3):
        yield facts("made more certain", "high", spot, put(*spot.steps, "certainty", value="high"))
    for field in ("who", "when", "how", "certainty", "counted"):
        spot = pick(places.having("counted"), 1)[0]
        yield facts("figure without its context", field, spot, drop(*spot.steps, field))


def _harms(places: Places) -> Mutants:
    def facts(kind: str, spot: Spot, edit: Edit, what: str = "") -> Mutant:
        return Mutant("facts", kind, f"{spot.id} {what}", spot.file, edit)

    effects = places.vocabulary["effects"]
    always = places.having("effect", where=lambda s: effects[s.fact["effect"]].get("serious") == "true")
    for spot in pick(always, 5):
        yield facts("serious harm made not serious", spot, put(*spot.steps, "serious", value="false"))
    serious = places.having("effect", where=lambda s: s.fact["serious"] == "true" and s.id in places.warned)
    for spot in pick(serious, 5):
        yield facts("serious harm removed", spot, drop(*spot.steps))
    for field in ("serious", "effect", "lasts", "can_be_undone", "what_is_done", "get_help", "how_often"):
        yield facts("harm told in part", pick(always, 1)[0], drop(*pick(always, 1)[0].steps, field), field)
    spot = pick(always, 1)[0]
    yield facts("harm never counted", spot, put(*spot.steps, "how_often", value={}))
    yield facts("harm told in part", spot, put(*spot.steps, "get_help", value=""), "get_help blank")
    for spot in pick(places.having("sign"), 2):
        word = twist(spot.fact["because"])
        yield facts("warning of another harm", spot, put(*spot.steps, "because", value=word), word)
    yield facts("warning of no level", spot, put(*spot.steps, "level", value="soon"))


def _gaps_and_fields(places: Places) -> Mutants:
    def facts(kind: str, spot: Spot, edit: Edit, what: str = "") -> Mutant:
        return Mutant("facts", kind, f"{spot.id} {what}", spot.file, edit)

    for spot in pick(places.having("not_known"), 3):
        yield facts("not known made blank", spot, put(*spot.steps, "not_known", value=""))
        yield facts("not known never searched", spot, drop(*spot.steps, "searched"))
        yield facts("entry made blank", spot, put(*spot.steps, value={}))
    for spot in pick(places.having("does_not_apply"), 2):
        yield facts("does not apply made blank", spot, put(*spot.steps, "does_not_apply", value=""))
    for spot in pick(places.having("says"), 2):
        yield facts("fact made blank", spot, put(*spot.steps, "says", value=""))
        yield facts("fact still to fill", spot, put(*spot.steps, "says", value=MARK))
        yield facts("unknown field", spot, put(*spot.steps, "saying", value="More words."))
        yield facts("field misspelled", spot, rename(*spot.steps, "sources", to="source"))
        copied = in_yaml(_copy_beside(spot))
        if len(spot.steps) == 2:
            yield facts("fact copied and not changed", spot, copied)
    for spot in pick(places.having("says", where=lambda s: len(s.steps) == 2 and "effect" not in s.fact), 2):
        yield facts("fact copied and not changed", spot, in_yaml(_copy_beside(spot)))
    id = pick(list(places.procedures), 1)[0]
    file = f"data/procedures/{id}.yml"
    for field in ("harms", "benefits", "unknowns", "red_flags", "imaging", "targets", "summary", "names", "kind"):
        yield Mutant("facts", "whole field removed", field, file, drop(field))
    yield Mutant("facts", "whole field removed", "living_with_it.mind", file, drop("living_with_it", "mind"))
    yield Mutant("facts", "unknown field", "prognosis", file, put("prognosis", value="Good."))
    yield Mutant("facts", "too many questions", "8", file, put("questions", value=[f"Why {n}?" for n in range(8)]))
    yield Mutant("facts", "another kind", "nonsense", file, put("kind", value="cures"))


def _copy_beside(spot: Spot) -> Callable[[Raw], None]:
    def change(whole: Raw) -> None:
        above(whole, spot.steps)[f"{spot.steps[-1]}-again"] = spot.fact

    return change


def _dates(places: Places) -> Mutants:
    tomorrow = str(places.today + timedelta(days=1))
    long_ago = places.today - timedelta(days=6 * 365)
    for folder in ("procedures", "comparisons"):
        for id in pick(list(getattr(places, folder)), 2):
            file = f"data/{folder}/{id}.yml"
            last = date.fromisoformat(getattr(places, folder)[id]["facts_checked"])
            late = str(last + timedelta(days=400))
            yield Mutant("facts", "checked in the future", id, file, put("facts_checked", value=tomorrow))
            yield Mutant("facts", "next check too late", id, file, put("next_check", value=late))
            yield Mutant("facts", "next check before the last", id, file, put("next_check", value=str(last)))
            yield Mutant("facts", "day that does not exist", id, file, put("next_check", value="2027-02-30"))
            yield Mutant("facts", "never checked", id, file, drop("facts_checked"))
            yield Mutant("facts", "checked long ago", id, file, in_yaml(_checked(long_ago)))
    for spot in pick(places.having("searched"), 2):
        edit = put(*spot.steps, "searched", value=tomorrow)
        yield Mutant("facts", "searched in the future", spot.id, spot.file, edit)
    spots = places.having(
        "effect", where=lambda s: isinstance(s.fact["lasts"], dict) and "searched" in s.fact["lasts"]
    )
    for spot in pick(spots, 1):
        edit = put(*spot.steps, "lasts", "searched", value=tomorrow)
        yield Mutant("facts", "searched in the future", f"{spot.id} lasts", spot.file, edit)
    for id in pick([id for id, source in places.sources.items() if "year" in source], 1):
        year = str(places.today.year + 1)
        yield Mutant("facts", "read in the future", id, "data/sources.yml", put(id, "read_by", value=tomorrow))
        yield Mutant("facts", "published in the future", id, "data/sources.yml", put(id, "year", value=year))


def _checked(day: date) -> Callable[[Raw], None]:
    def change(whole: Raw) -> None:
        whole |= {"facts_checked": str(day), "next_check": str(day + timedelta(days=365))}

    return change


def _ids(places: Places) -> Mutants:
    for quoted, by in pick(places.quoted(), 4):
        spot = places.spot(quoted)
        if len(spot.steps) >= 2:
            edit = rename(*spot.steps, to=f"{spot.steps[-1]}-b")
            yield Mutant("facts", "fact's id changed", f"{quoted}, quoted by a {by}", spot.file, edit)
            yield Mutant(
                "facts", "quoted fact removed", f"{quoted}, quoted by a {by}", spot.file, drop(*spot.steps)
            )
    for id in pick([id for id, p in places.procedures.items() if "part_of" in p], 2):
        file = f"data/procedures/{id}.yml"
        word = twist(places.procedures[id]["part_of"])
        yield Mutant("facts", "form of nothing", word, file, put("part_of", value=word))
        yield Mutant("facts", "form of itself", id, file, put("part_of", value=id))
    tops = [
        id
        for id, p in places.procedures.items()
        if any(q.get("part_of") == id for q in places.procedures.values())
    ]
    form = next(id for id, p in places.procedures.items() if p.get("part_of") == tops[0])
    yield Mutant(
        "facts", "form of itself", f"over {form}", f"data/procedures/{tops[0]}.yml", put("part_of", value=form)
    )
    for spot in pick(places.having("procedure"), 2):
        edit = put(*spot.steps, "procedure", value=twist(spot.fact["procedure"]))
        yield Mutant("facts", "other option misspelled", spot.id, spot.file, edit)
    for spot in pick(places.having("says", where=lambda s: len(s.steps) == 2), 1):
        edit = rename(*spot.steps, to="A Key")
        yield Mutant("facts", "fact's id changed", f"{spot.id} with a space", spot.file, edit)
    for id in pick(list(places.procedures), 2):
        file = f"data/procedures/{id}.yml"
        yield Mutant("facts", "procedure removed", id, file, lambda text: None)
    for id in pick([id for id, p in places.procedures.items() if "codes" in p], 2):
        other = next(other for other, p in places.procedures.items() if "codes" not in p)
        edit = put("codes", value=places.procedures[id]["codes"])
        yield Mutant(
            "facts", "code of another procedure", f"{other} as {id}", f"data/procedures/{other}.yml", edit
        )
    alone = [id for id, p in places.procedures.items() if "same_name" not in p["names"]]
    other = next(p["names"]["name"] for id, p in places.procedures.items() if id != alone[0])
    edit = put("names", "also_called", value=[other])
    yield Mutant("facts", "name of another procedure", other, f"data/procedures/{alone[0]}.yml", edit)


def _comparisons(places: Places) -> Mutants:
    for id, comparison in places.comparisons.items():
        file = f"data/comparisons/{id}.yml"
        none = next(o for o in comparison["options"] if places.procedures[o]["kind"] == "no-procedure")

        def facts(kind: str, what: str, edit: Edit, file: str = file) -> Mutant:
            return Mutant("facts", kind, what, file, edit)

        without = [option for option in comparison["options"] if option != none]
        yield facts('"no procedure" dropped', none, put("options", value=without))
        yield facts("option misspelled", "", put("options", 0, value=twist))
        yield facts("option twice", "", put("options", 0, value=comparison["options"][1]))
        yield facts("no question", "", put("question", value=lambda old: old.rstrip("?") + "."))
        for field in ("benefits", "harms"):
            rows = [row for row in comparison["rows"] if row["field"] != field]
            yield facts("row removed", field, put("rows", value=rows))
        yield facts("row of no field", "", put("rows", 1, "field", value="prizes"))
        yield facts("row twice", "", put("rows", 1, "key", value=comparison["rows"][0]["key"]))
        only = next((n, row) for n, row in enumerate(comparison["rows"]) if row.get("only"))
        option = next(iter(only[1]["only"]))
        edit = put("rows", only[0], "only", option, value=["no-such-key"])
        yield facts("cell of another fact", f"{option}", edit)
        edit = rename("rows", only[0], "only", option, to=twist(option))
        yield facts("cell of another option", f"{option}", edit)
        weighing = next(iter(comparison["weighing"]))
        yield facts("weighing from nothing", weighing, put("weighing", weighing, "facts", value=[]))
        yield facts("weighing from nothing", weighing, put("weighing", weighing, "facts", 0, value=twist))
        yield facts("source misspelled", "about", put("about", "sources", 0, value=lambda old: twist(str(old))))


def _claims(places: Places) -> Mutants:
    for key in pick(list(places.claims), 2):
        yield Mutant("facts", "claim from nothing", key, "data/claims.yml", put(key, "facts", 0, value=twist))
        yield Mutant("facts", "claim of no verdict", key, "data/claims.yml", put(key, "verdict", value="true"))
        yield Mutant("facts", "claim without words", key, "data/claims.yml", put(key, "says", value=""))


def _clinics(places: Places) -> Mutants:
    for path in sorted((places.root / "data/clinics").glob("*/clinic.yml")):
        file = path.relative_to(places.root).as_posix()
        clinic: Raw = yaml.load(path.read_text("utf-8"), Loader=yaml.CBaseLoader)
        here = [id for id, local in clinic["procedures"].items() if local["offered"] == "true"]
        effects = [term["name"] for term in places.vocabulary["effects"].values()]
        for id in pick(here, 2):
            steps = ("procedures", id)
            serious = next(
                key for key, harm in places.procedures[id]["harms"].items() if harm["serious"] == "true"
            )

            def local(kind: str, field: str, value: Any, id: str = id, file: str = file) -> Mutant:
                return Mutant("facts", kind, id, file, put("procedures", id, field, value=value))

            yield local("clinic replaces a harm", "harms", {serious: {"serious": "false"}})
            yield local("clinic hides a harm", "hide", [serious])
            yield local("clinic names a harm", "stay", f"Nobody here has {pick(effects, 1)[0]}.")
            yield local("clinic gives a result", "stay", "9 out of 10 people go home on the same day.")
            yield local("clinic judges", "who_does_it", "A team with a gold standard.")
            yield local("clinic does it and sends people elsewhere", "referred_to", "the hospital")
            yield Mutant("facts", "clinic names no procedure", id, file, rename(*steps, to=twist(id)))
        yield Mutant("facts", "clinic's color is pale", file, file, put("accent", "light", value="#d0d0d0"))
        yield Mutant("facts", "clinic's number is a text", file, file, put("phone", value="at the desk"))
        logo = str(path.parent.relative_to(places.root) / clinic["logo"])
        yield Mutant("facts", "clinic's logo runs", logo, logo, replace("</svg>", "<script>a()</script></svg>"))
        yield Mutant("facts", "clinic's logo is gone", logo, logo, lambda text: None)


UK = ("tumour", "anaesthesia", "centres", "fibres", "paralysed", "oedema", "colour", "hospitalised")


def _language(places: Places) -> Mutants:
    wording = places.read("wording.yml")
    spots = pick(places.having("says", where=lambda s: "effect" not in s.fact and len(s.steps) == 2), 20)
    for number, (group, entry) in enumerate(wording.items()):
        for word in pick(entry["avoid"], 2):
            spot = spots[(number * 2) % len(spots)]
            spelled = word.replace("*", "the teapot")  # a star stands for any words
            edit = put(*spot.steps, "says", value=lambda old, word=spelled: f"{old} It is {word}.")
            yield Mutant("facts", f"word that is avoided ({group})", f'"{word}" in {spot.id}', spot.file, edit)
    for word, spot in zip(UK, spots, strict=False):
        edit = put(*spot.steps, "says", value=lambda old, word=word: f"{old} See {word}.")
        yield Mutant("facts", "UK spelling", f'"{word}" in {spot.id}', spot.file, edit)
    figure = pick(places.having("who"), 1)[0]
    edit = put(*figure.steps, "who", value=lambda old: f"{old}, in two centres")
    yield Mutant("facts", "UK spelling", f'"centres" in {figure.id}', figure.file, edit)
    for name in ("about", "index"):
        file = f"content/{name}.md"
        yield Mutant("facts", "UK spelling", "on a page", file, lambda text: text + "\nThe tumour grows.\n")
        yield Mutant(
            "facts", "word that is avoided (judging)", "on a page", file, lambda text: text + "\nIt is safe.\n"
        )
        yield Mutant(
            "facts", "quoted fact misspelled", "on a page", file, lambda text: text + '\n{{ fact("none.such") }}\n'
        )
        for what, typed in TYPED.items():
            edit = append(f"\n{typed}\n")
            yield Mutant("facts", "result typed by hand", f"{what} on a page", file, edit)
        edit = append(
            "\n<!-- allow: typed-number until 2099-01-01: It sounds better. -->\nIt helps 7 out of 10 people.\n"
        )
        yield Mutant("facts", "exception that hardly ends", "on a page", file, edit)
        yield Mutant("facts", "braces left open", "on a page", file, lambda text: text + '\n{{ fact("x"\n')
    for what, typed in TYPED.items():
        spot = spots[len(what) % len(spots)]
        edit = put(*spot.steps, "says", value=lambda old, typed=typed: f"{old} {typed}")
        yield Mutant("facts", "result typed by hand", f"{what} in {spot.id}", spot.file, edit)
    for word, spot in _foreign(places, spots):
        edit = put(*spot.steps, "says", value=lambda old, word=word: f"{old} You may be given {word}.")
        yield Mutant("facts", "another procedure's word", f'"{word}" in {spot.id}', spot.file, edit)
    edit = lambda text: text + "floccinaucinihilipilification\n"  # noqa: E731
    yield Mutant("facts", "word allowed for nothing", "spelling.txt", "data/spelling.txt", edit)
    for id in pick(list(places.procedures), 2):
        file = f"data/procedures/{id}.yml"
        edit = put("main_message", "says", value=lambda old: f"{old} So it is. And so on.  Then more.")
        yield Mutant("facts", "main message too long", id, file, edit)
        edit = put("summary", "says", value=lambda old: f"{old} It is done.")
        yield Mutant("facts", "summary too long", id, file, edit)
        first = next(iter(places.procedures[id]["indications"]))
        if "says" in places.procedures[id]["indications"][first]:
            edit = put("indications", first, "says", value=lambda old: f"{old} {'And more. ' * 20}")
            yield Mutant("facts", "first entry too long", id, file, edit)


TYPED = {
    "a share": "It helps 7 out of 10 people.",
    "a share in words": "It helps seven out of ten people.",
    "percent": "It helps 70 percent of people.",
    "a sign": "It helps 70% of people.",
    "a duration of relief": "Relief lasts for 18 months.",
}


_LONG = "You can sit or lie down " + "and then get up and go out and come back " * 4 + "and rest."
_HARD = "Institutional representatives characteristically communicate comprehensive organizational information. "


def _hard_to_read(places: Places) -> Mutants:
    """Words that are right, and too hard for many who read them (BAR-01 to BAR-03)."""
    for spot in pick(places.having("says", where=lambda s: "living_with_it" in s.id), 2):
        longer = put(*spot.steps, "says", value=lambda old: f"{old} {_LONG}")
        yield Mutant("facts", "sentence too long", spot.id, spot.file, longer)
    for name in ("about", "how-to-read-the-numbers"):
        for kind, more in {
            "sentence too long": _LONG,
            "paragraph too long": "You can sit down. " * 8,
            "page too hard": "\n\n".join([_HARD * 2] * 8),
        }.items():
            edit = replace("\n## ", f"\n{more}\n\n## ")
            yield Mutant("facts", kind, name, f"content/{name}.md", edit)


def _foreign(places: Places, spots: Sequence[Spot]) -> Iterator[tuple[str, Spot]]:
    """Names of methods with a spot of a procedure whose file does not speak of them in any way."""
    names = {id: entry["name"] for id, entry in places.vocabulary["methods"].items()}
    for spot in spots[:6]:
        whole = str(places.procedures[spot.id.split(".")[0]]).lower()
        said = {*re.findall(r"[\w-]+", whole)}
        foreign = [name for id, name in names.items() if not {*name.lower().split(), id} & said]
        yield from ((name, spot) for name in foreign[:1])


def _files(places: Places) -> Mutants:
    id = pick(list(places.procedures), 1)[0]
    file = f"data/procedures/{id}.yml"
    texts: dict[str, Edit] = {
        "emptied": lambda text: "",
        "cut in two": lambda text: text[: text.rindex("says:") + 3],
        "a tab": replace("\n  ", "\n\t"),
        "merge conflict": replace("\nkind:", "\n<<<<<<< HEAD\nkind:"),
        "an invisible character": replace("says: ", "says: \u200b"),
        "a quote left open": replace("says: ", 'says: "'),
        "a bracket left open": replace("sources: [", "sources: [["),
        "two documents": lambda text: f"{text}\n---\nkind: x\n",
        "a shortcut": replace("says: ", "says: &a "),
        "a tag": replace("says: ", "says: !!int "),
        "a colon inside": replace("says: ", "says: Note: "),
        "a key twice": lambda text: text + "\nkind: no-procedure\n",
        "not UTF-8": lambda text: text.replace("says: ", "says: \udcfc", 1),
        "a list": lambda text: "- a\n- b\n",
        "very deep": lambda text: f"{text}\nmore: {'[' * 60}{']' * 60}\n",
        "very large": lambda text: text + "#" * 1_000_001,
    }
    for what, edit in texts.items():
        yield Mutant("facts", "broken file", what, file, edit)
    for name in ("sources", "claims", "wording", "vocabulary/effects"):
        key = next(iter(places.read(f"{name}.yml")))
        yield Mutant("facts", "a key twice", key, f"data/{name}.yml", append(f"\n{key}:\n  a: b\n"))
    for name in ("New Name.yml", "new-name.yaml", "Ünlaut.yml"):
        yield Mutant("facts", "file named wrong", name, f"data/procedures/{name}", lambda text: "names: x\n")


# True in itself, and no longer what the site says


def _drift(places: Places) -> Mutants:
    def drift(kind: str, spot: Spot, edit: Edit, what: object = "") -> Mutant:
        return Mutant("drift", kind, f"{spot.id} {what}", spot.file, edit)

    for field, vocabulary in WORD_FIELDS.items():
        for spot in pick(places.having(field, "says"), 2):
            word = places.other(vocabulary, spot.fact[field])
            yield drift(f"another {field}", spot, put(*spot.steps, field, value=word), word)
    for spot in pick(places.having("shows"), 2):
        yield drift("no longer shown in a drawing", spot, drop(*spot.steps, "shows"))
    roles = ("plans", "guides", "checks")
    for spot in pick(places.having("role"), 3):
        role = next(role for role in roles if role != spot.fact["role"])
        yield drift("another imaging role", spot, put(*spot.steps, "role", value=role), role)
    for spot in pick(places.having("says", "sources"), 2):
        yield drift("words changed", spot, put(*spot.steps, "says", value=sub(r"\b(\w+)\.", r"not \1.")))
        yield drift("words added", spot, put(*spot.steps, "says", value=lambda old: f"{old} It can hurt."))
        yield drift("words dropped", spot, put(*spot.steps, "says", value=lambda old: old.rpartition(" ")[0]))
    for spot in pick(places.having("sources"), 3):
        new = next(id for id in places.sources if id not in cited(spot))
        yield drift("source swapped", spot, put(*spot.steps, "sources", 0, value=new), new)
        yield drift("source added", spot, put(*spot.steps, "sources", value=lambda old: [*old, new]), new)  # noqa: B023
    for spot in pick(places.having("sources", where=lambda s: len(s.fact["sources"]) > 1), 2):
        yield drift("source dropped", spot, drop(*spot.steps, "sources", -1))
    for field in ("reporting", "at"):
        spots = [
            s for s in places.facts if any(isinstance(c, dict) and field in c for c in s.fact.get("sources", []))
        ]
        for spot in pick(spots, 1):
            edit = put(
                *spot.steps, "sources", value=lambda old: [c["source"] if isinstance(c, dict) else c for c in old]
            )
            yield drift("second-hand told as read", spot, edit, field)
    for spot in pick(places.having("count", where=lambda s: int(s.fact["out_of"]) > 20), 3):
        total = int(spot.fact["out_of"])
        count = (int(spot.fact["count"]) + total // 10) % total
        yield drift("share moved by ten points", spot, put(*spot.steps, "count", value=str(count)), count)
        yield drift("count moved by one", spot, put(*spot.steps, "count", value=lambda old: str(int(old) + 1)))
        yield drift("total changed", spot, put(*spot.steps, "out_of", value=str(total + 1)))
    for spot in pick(places.having("percent"), 2):
        moved = put(*spot.steps, "percent", value=lambda old: str((float(old) + 10) % 100))
        yield drift("share moved by ten points", spot, moved, "percent")
    for field in ("from", "to", "amount", "before", "after", "low", "high"):
        for spot in pick(places.having(field), 1):
            moved = put(*spot.steps, field, value=lambda old: str(float(old) + 2))
            yield drift("amount changed", spot, moved, field)
    for spot in pick(places.having("before"), 2):
        yield drift("before and after exchanged", spot, exchange(*spot.steps, first="before", second="after"))
    for spot in pick(places.having("measure"), 3):
        yield drift("unit changed", spot, put(*spot.steps, "measure", value="weeks"), "weeks")
    for spot in pick(places.having("units"), 1):
        yield drift("unit changed", spot, put(*spot.steps, "units", value="joints"), "joints")
    for spot in pick(places.having("average"), 1):
        other = "mean" if spot.fact["average"] == "median" else "median"
        yield drift("unit changed", spot, put(*spot.steps, "average", value=other), other)
    for field in ("who", "when", "how", "counted", "note"):
        for spot in pick(places.having(field), 2):
            yield drift(
                "context changed", spot, put(*spot.steps, field, value=lambda old: f"{old}, or not"), field
            )
    for spot in pick(places.having("counted"), 2):
        yield drift("context changed", spot, exchange(*spot.steps, first="who", second="when"), "who and when")
    for spot in pick(places.having("note"), 1):
        yield drift("context changed", spot, drop(*spot.steps, "note"), "note dropped")
    for level in ("high", "very-low"):
        spot = pick(places.having("certainty", where=lambda s: s.fact["certainty"] != level), 1)[0]  # noqa: B023
        yield drift("certainty changed", spot, put(*spot.steps, "certainty", value=level), level)
    for spot in pick(places.having("versus", where=lambda s: "count" in s.fact["versus"]), 2):
        edit = put(*spot.steps, "versus", "who", value="other people")
        yield drift("other group changed", spot, edit, "who")
        edit = put(*spot.steps, "versus", "count", value=lambda old: str(int(old) + 5))
        yield drift("other group changed", spot, edit, "count")
        yield drift("other group changed", spot, drop(*spot.steps, "versus"), "dropped")
    for spot in pick(places.having("effect"), 2):
        other = "false" if spot.fact["serious"] == "true" else "true"
        yield drift("serious harm made not serious", spot, put(*spot.steps, "serious", value=other), other)
        for field in ("lasts", "can_be_undone", "what_is_done", "get_help"):
            yield drift("answer about a harm changed", spot, put(*spot.steps, field, value="No answer."), field)
        yield drift("harm added", spot, in_yaml(_copy_beside(spot)))
    for spot in pick(places.having("effect", where=lambda s: s.id not in places.warned), 2):
        yield drift("harm removed", spot, drop(*spot.steps))
    for spot in pick(places.having("not_known"), 2):
        changed = put(*spot.steps, "not_known", value="Nobody has looked.")
        yield drift("not known changed", spot, changed)
        yield drift("not known changed", spot, put(*spot.steps, "searched", value="2026-01-01"), "searched")
        known = put(*spot.steps, value={"says": spot.fact["not_known"], "sources": [next(iter(places.sources))]})
        yield drift("not known told as known", spot, known)
    for spot in pick(places.having("does_not_apply"), 1):
        yield drift("not known changed", spot, put(*spot.steps, "does_not_apply", value="Never."))
    for spot in pick(places.having("sign"), 2):
        level = "ask" if spot.fact["level"] != "ask" else "emergency"
        yield drift("warning changed", spot, put(*spot.steps, "level", value=level), level)
        yield drift("warning changed", spot, put(*spot.steps, "sign", value="you feel unwell"), "sign")
        yield drift("warning changed", spot, put(*spot.steps, "contact", value="Wait until morning."), "contact")
        keys = places.procedures[spot.id.split(".")[0]]["harms"]
        because = next(key for key in keys if key != spot.fact["because"])
        yield drift("warning changed", spot, put(*spot.steps, "because", value=because), because)
        yield drift("warning removed", spot, drop(*spot.steps))
    for spot in pick(places.having("says", where=lambda s: len(s.steps) == 2), 2):
        yield drift("fact's id changed", spot, rename(*spot.steps, to=f"{spot.steps[-1]}-b"))
        yield drift("fact removed", spot, drop(*spot.steps))


def _drift_elsewhere(places: Places) -> Mutants:
    for id in pick(list(places.procedures), 2):
        file, procedure = f"data/procedures/{id}.yml", places.procedures[id]

        def drift(kind: str, what: str, edit: Edit, file: str = file) -> Mutant:
            return Mutant("drift", kind, what, file, edit)

        for field in ("name", "plain", "say_it"):
            yield drift("name changed", f"{id} {field}", put("names", field, value="Something else"))
        yield drift("name changed", f"{id} also_called", put("names", "also_called", value=["another name"]))
        kind = "can-be-undone" if procedure["kind"] != "can-be-undone" else "no-procedure"
        yield drift("another kind", f"{id} {kind}", put("kind", value=kind))
        yield drift("date changed", f"{id} facts_checked", put("facts_checked", value="2026-01-01"))
        yield drift("date changed", f"{id} next_check", put("next_check", value="2027-01-01"))
        yield drift("question changed", f"{id}", put("questions", 0, value="What else?"))
        yield drift("question changed", f"{id} dropped", drop("questions", 0))
        yield drift("order changed", f"{id} benefits", first_last("benefits"))
        yield drift("order changed", f"{id} indications", first_last("indications"))
        yield drift("order changed", f"{id} during", first_last("before"))
        other = next(o for o in places.procedures if o != procedure.get("part_of"))
        yield drift("form of another", f"{id} of {other}", put("part_of", value=other))
    compared = {option for comparison in places.comparisons.values() for option in comparison["options"]}
    for id in pick([id for id in places.procedures if id not in compared], 2):
        yield Mutant("drift", "procedure removed", id, f"data/procedures/{id}.yml", lambda text: None)
    for id in pick(list(places.comparisons), 2):
        file, comparison = f"data/comparisons/{id}.yml", places.comparisons[id]

        def drift(kind: str, what: str, edit: Edit, file: str = file) -> Mutant:
            return Mutant("drift", kind, what, file, edit)

        yield drift("comparison changed", f"{id} title", put("title", value="Another title"))
        yield drift("comparison changed", f"{id} question", put("question", value="Why?"))
        for field in ("about", "main_message"):
            yield drift(
                "comparison changed", f"{id} {field}", put(field, "says", value=lambda old: f"{old} Or so.")
            )
            yield drift("source dropped", f"{id} {field}", drop(field, "sources", 0))
        yield drift("comparison changed", f"{id} options", first_last("options"))
        yield drift("comparison changed", f"{id} rows", first_last("rows"))
        yield drift("row removed", f"{id}", drop("rows", 1))
        yield drift("row changed", f"{id} asks", put("rows", 1, "asks", value="Why so?"))
        yield drift("row changed", f"{id} field", put("rows", 1, "field", value="recovery"))
        only = next(n for n, row in enumerate(comparison["rows"]) if row.get("only") and row["field"] != "harms")
        yield drift("row changed", f"{id} only", put("rows", only, "only", value={}))
        weighing = next(iter(comparison["weighing"]))
        yield drift("weighing changed", f"{id} says", put("weighing", weighing, "says", value="Choose it."))
        yield drift("weighing changed", f"{id} matters", put("weighing", weighing, "matters", value="to live"))
        yield drift(
            "weighing changed", f"{id} facts", put("weighing", weighing, "facts", value=[f"{id}.main_message"])
        )
        yield drift("question changed", id, put("questions", 0, value="What else?"))
        yield drift("date changed", f"{id} facts_checked", put("facts_checked", value="2026-01-01"))
    for key in pick(list(places.claims), 2):
        claim = places.claims[key]
        verdict = "supported" if claim["verdict"] != "supported" else "partly"
        edits = {
            "verdict": put(key, "verdict", value=verdict),
            "words": put(key, "says", value="Yes, it is."),
            "claim": put(key, "claim", value="It cures."),
            "facts": put(key, "facts", value=lambda old: [*old, "cordotomy.summary"]),
        }
        for what, edit in edits.items():
            yield Mutant("drift", "claim changed", f"{key} {what}", "data/claims.yml", edit)
    for field in ("title", "by", "published_in", "read", "read_by", "kind", "year", "url", "doi", "pmid", "note"):
        id = pick([id for id, source in places.sources.items() if field in source], 1)[0]
        new = {
            "read_by": "2026-01-01",
            "kind": "news",
            "year": "1901",
            "url": "https://example.org/x",
            "pmid": "1",
        }
        value = new.get(field, "10.1000/other" if field == "doi" else "Something else.")
        if places.sources[id]["kind"] == value:
            value = "textbook"
        yield Mutant(
            "drift", "source described otherwise", f"{id} {field}", "data/sources.yml", put(id, field, value=value)
        )
    more = _entry({"published": "2026-11-23", "says": "New facts."})
    yield Mutant("drift", "change published", "one more", "data/changes.yml", more)
    yield Mutant(
        "drift", "change published", "says otherwise", "data/changes.yml", put(0, "says", value="Nothing.")
    )
    signed = {"signed": "2026-11-23", "next_review": "2027-11-01", "name": "A. Nobody", "role": "nurse"}
    signed |= {"procedure": pick(list(places.procedures), 1)[0], "conflicts": "none", "facts": "0" * 64}
    yield Mutant("drift", "review signed", signed["procedure"], "data/reviews.yml", _entry(signed))
    for vocabulary in ("effects", "words"):
        for field in ("name", "plain", "definition", "say_it", "synonyms"):
            terms = places.vocabulary[vocabulary]
            word = pick([id for id, term in terms.items() if term.get(field)], 1)[0]
            changed: Any = ["other"] if field == "synonyms" else "something else"
            file = f"data/vocabulary/{vocabulary}.yml"
            yield Mutant(
                "drift", "word explained otherwise", f"{word} {field}", file, put(word, field, value=changed)
            )
        yield Mutant(
            "drift",
            "word added",
            vocabulary,
            file,
            put("new-word", value={"name": "new word", "plain": "new", "definition": "New."}),
        )
    for name in ("about", "index", "how-to-read-the-numbers"):
        edit = lambda text: text + "\nThis line is new.\n"  # noqa: E731
        yield Mutant("drift", "hand-written words changed", f"{name} added", f"content/{name}.md", edit)
        edit = lambda text: re.sub(r"\n([A-Z][^\n{]*)\.\n", "\nSomething else is said here.\n", text, count=1)  # noqa: E731
        yield Mutant("drift", "hand-written words changed", name, f"content/{name}.md", edit)


def _entry(entry: Raw) -> Edit:
    """An edit that puts one more entry at the end of a ledger."""

    def change(whole: Any) -> None:
        whole.append(entry)

    return in_yaml(change)


# A page that was changed after it was built


def _pages(places: Places) -> Mutants:
    def page(kind: str, spot: Spot, change: Callable[[str], str], what: str = "", inside: str = "") -> Mutant:
        selector = f'[id="{spot.id}"] {inside}'.strip()
        return Mutant("page", kind, f"{spot.id} {what}", spot.page, in_html(selector, change))

    figures = places.having("count", where=lambda s: 0 < int(s.fact["count"]) < int(s.fact["out_of"]))
    for spot in pick(figures, 4):
        yield page("number edited", spot, sub(r">(.)", r">1\1"), "headline", ".number")
        yield page("picture edited", spot, sub("h(?=[0-9])", "h1"), "another width", ".dots .full")
        yield page("picture edited", spot, lambda html: "", "dropped", ".dots")
        yield page("picture edited", spot, lambda html: "", "grid dropped", ".dots path")
        yield page("number edited", spot, sub(r"out of (\d)", r"out of 1\1"), "exact", ".meta")
        for name in ("who", "when", "how"):
            yield page("context edited", spot, sub(r">(?=\w)", ">Almost "), name, f".{name}")
        yield page("certainty edited", spot, sub(r">[^<]+<", ">nobody doubts it.<"), "", ".certainty")
        yield page("context edited", spot, lambda html: "", "meta dropped", ".meta")
    common = [s for s in figures if ".harms." in s.id and int(s.fact["count"]) / int(s.fact["out_of"]) >= 0.01]
    for spot in pick(common, 2):
        yield page("frequency word edited", spot, sub(r"\((very )?common\)", "(rare)"), "", ".words")
        yield page("frequency word edited", spot, sub(r" \((very )?common\)", ""), "dropped", ".words")
    for spot in pick(places.having("low", "high"), 1):
        yield page(
            "number edited", spot, sub(r"It could be from (\w)", r"It could be from 1\1"), "range", ".words"
        )
    for spot in pick(places.having("versus"), 2):
        yield page("number edited", spot, lambda html: "", "other group dropped", ".versus")
    for spot in pick(places.having("note"), 2):
        yield page("context edited", spot, lambda html: "", "warning dropped", ".note")
    says = places.having("says", "sources", where=lambda s: "effect" not in s.fact)
    for spot in pick(says, 3):
        yield page("words edited", spot, sub(r"\.([^.]*)$", r" not.\1"), "", ".words")
        yield page("words edited", spot, sub(r"</span>$", " It is best.</span>"), "added", ".words")
        yield page("words edited", spot, sub(r"</div>$", " It is best.</div>"), "added outside its words")
        for extra in (
            "<p>It is best.</p>",
            '<span class="words">It is best.</span>',
            '<p class="meta">Or not.</p>',
        ):
            yield page("words edited", spot, sub(r"</div>$", f"{extra}</div>"), f"added as {extra}")
        yield page(
            "words edited", spot, sub(r"</span>$", " It is best.</span>"), "added to its sources", ".sources"
        )
        yield page("source link removed", spot, lambda html: "", "all", ".sources")
        yield page("source link removed", spot, lambda html: "", "first", ".sources a")
        yield page("source link to another", spot, sub(r"#source-[\w-]+", "#source-nobody"), "", ".sources a")
        yield page("fact removed from its page", spot, lambda html: "")
        yield page("fact's id changed", spot, sub(r'data-fact="([^"]+)"', r'data-fact="\1-b"'))
        yield page("fact twice", spot, lambda html: html + html)
    for spot in pick(places.having("not_known", where=lambda s: len(s.steps) == 2), 2):
        yield page("not known told as known", spot, sub("Not known. ", ""), "", ".words")
        yield page("not known told as known", spot, lambda html: "", "when it was searched", ".meta")
    for field, vocabulary in WORD_FIELDS.items():
        if field != "effect":
            spot = pick(places.having(field, "says"), 1)[0]
            word = places.other(vocabulary, spot.fact[field])
            edit = sub(rf'data-{field}="[^"]+"', f'data-{field}="{word}"')
            yield page(f"another {field}", spot, edit, word)
    serious = places.having("effect", where=lambda s: s.fact["serious"] == "true")
    for spot in pick(serious, 3):
        hide = lambda html: f"<details><summary>More</summary>{html}</details>"  # noqa: E731
        yield page("serious harm hidden", spot, hide)
        yield page("serious harm removed", spot, lambda html: "")
        yield page("serious harm made not serious", spot, lambda html: "", "mark", ".seriousness")
        yield page("serious harm made not serious", spot, sub("harm serious", "harm"), "class")
        yield page("answer about a harm edited", spot, sub(r"<dd>", "<dd>Mostly not. "), "", ".pairs dd")
        yield page("answer about a harm edited", spot, lambda html: "", "dropped", ".pairs div")
        more = "</div><div><dt>Worry</dt><dd>None needed.</dd></div>"
        yield page("answer about a harm edited", spot, sub(r"</div>", more), "added", ".pairs")
        yield page("harm called otherwise", spot, sub(r"<h3>\w+", "<h3>Discomfort"), "", "h3")
    for spot in pick(places.having("sign"), 2):
        yield page("warning edited", spot, sub(r": [^<]*</span>", ": Wait and see.</span>"), "contact", ".words")
        yield page("warning edited", spot, sub(r"#[\w.-]+", f"#{spot.id.split('.')[0]}.summary"), "why", ".why")
        yield page("warning removed", spot, lambda html: "")
    warned = [s for s in places.having("sign") if s.fact["level"] == "emergency"]
    for spot in pick(warned, 2):
        calm = in_html(".urgency.emergency", sub("urgency emergency", "urgency ask"))
        yield Mutant("page", "warning edited", f"{spot.id} less urgent", spot.page, calm)


def _cells(places: Places) -> Mutants:
    for id, comparison in places.comparisons.items():
        file = f"site/comparisons/{id}.html"

        def page(kind: str, what: str, edit: Edit, file: str = file) -> Mutant:
            return Mutant("page", kind, what, file, edit)

        for row in pick([row["key"] for row in comparison["rows"]], 3):
            first, second = (
                f'tr[data-row="{row}"] td[data-option="{option}"]' for option in comparison["options"][:2]
            )
            yield page("cell exchanged with its neighbor", row, swap_html(first, second))
            yield page("cell emptied", row, in_html(first, sub(r">.*<", "><")))
            yield page("cell of another option", row, in_html(first, sub('data-option="[^"]+', 'data-option="x')))
        yield page("row removed", "", in_html("tbody tr", lambda html: ""))
        yield page("row changed", "asks", in_html("tbody tr th", sub(r">\w+", ">Why")))
        yield page("column heads exchanged", "", swap_html("thead th:nth-child(2)", "thead th:nth-child(3)"))
        yield page("caption dropped", "", in_html("caption", lambda html: ""))
        yield page("scope dropped", "", in_html("thead th", sub(' scope="col"', "")))
        yield page("scroll area not reached by keyboard", "", in_html(".table-scroll", sub(' tabindex="0"', "")))
        yield page("weighing edited", "", in_html(".weighing .words", sub(r">\w+", ">Choose it, it")))
        yield page("question edited", "", in_html(".questions li", sub(r">\w+", ">When")))
        yield page('notice "Do not rank" removed', "", in_html(".notice", lambda html: ""))
        yield page("list edited", "option removed", in_html("ul.cards li", lambda html: ""))
        yield page("list edited", "option renamed", in_html("ul.cards li a", sub(">[^<]+", ">Another")))


_CHANGES = "site/changes.html"


def _site(places: Places) -> Mutants:
    procedure = pick(list(places.procedures), 1)[0]
    file = f"site/procedures/{procedure}.html"

    def page(kind: str, what: str, edit: Edit, file: str = file) -> Mutant:
        return Mutant("page", kind, what, file, edit)

    def add(html: str) -> Edit:
        return in_html("article", sub("</article>$", html + "</article>"))

    yield page("page removed", procedure, lambda text: None)
    for name in ("index", "glossary", "sources", "claims", "a-to-z", "about"):
        yield page("page removed", name, lambda text: None, f"site/{name}.html")
    yield page("page loses its sources", "", in_html(".source-list", lambda html: ""))
    yield page("page loses its sources", "one", in_html(".source-list li", lambda html: ""))
    yield page("source described otherwise", "title", in_html(".source-list cite", sub(r">\w+", ">Another")))
    yield page(
        "source described otherwise",
        "what was read",
        in_html(".source-list .meta", sub("read: ", "read: The whole text and ")),
    )
    for what, (selector, change) in {
        "another part is highlighted": (
            ".drawing [data-structure]:not(.target)",
            sub("<g ", '<g class="target" '),
        ),
        "nothing is highlighted": (".drawing .target", sub(' class="target"', "")),
        "a part is called otherwise": (".drawing li", sub(r">\w+", ">Another")),
        "acts elsewhere": (".drawing li:not(.acts)", sub("</li>", ": <b>here it acts</b></li>")),
        "a number is gone": (".drawing .mark", lambda html: ""),
        "the description is gone": (".drawing desc", lambda html: ""),
        "the drawing is gone": (".drawing", lambda html: ""),
        "what a fact shows is gone": (".drawing svg [data-shows]", lambda html: ""),
        "what a fact shows is told otherwise": (".drawing li[data-shows]", sub(r">\w+", ">Another")),
        "what a fact shows has no source": (".drawing li[data-shows] .sources", lambda html: ""),
        "the view is called otherwise": (".drawing figcaption p", sub(r">\w+", ">Another")),
        "a label is changed": (".drawing svg > text", sub(r">\w+", ">Another")),
    }.items():
        yield page("drawing edited", what, in_html(selector, change))
    sheet = f"site/take-along/{procedure}.html"
    for what, selector in {
        "a sign is gone": ".urgency li",
        "a question is gone": ".questions li",
        "a serious harm is not asked about": "#about-harms + ul li",
        "an unknown is not asked about": "#about-unknowns + ul li",
    }.items():
        yield page("sheet edited", what, in_html(selector, lambda html: ""), sheet)
    calmer = in_html(".urgency.emergency", sub("emergency", "ask"))
    yield page("sheet edited", "an emergency is called a question", calmer, sheet)
    yield page(
        "sheet edited", "another sign", in_html(".urgency .words", sub(r">If \w+", ">If now and then")), sheet
    )
    decision = f"site/worksheets/{next(iter(places.comparisons))}.html"
    for what, selector in {
        "a way of weighing is gone": "fieldset[data-matters]",
        "an option is gone": ".lean label",
        "a question is gone": ".questions li",
    }.items():
        yield page("sheet edited", f"worksheet: {what}", in_html(selector, lambda html: ""), decision)
    yield page("link broken", "", in_html("article p a", sub(r'href="[^"]+"', 'href="nowhere.html"')))
    yield page("link broken", "anchor", in_html(".on-this-page a", sub(r'href="[^"]+"', 'href="#nowhere"')))
    yield page("menu entry removed", "", in_html("nav.menu li", lambda html: ""))
    yield page(
        "menu entry removed",
        "Procedures",
        in_html('nav.menu a[href$="procedures.html"]', lambda html: ""),
        "site/index.html",
    )
    yield page("heading changed", "h1", in_html("h1", sub(r">\w+", ">Safe")))
    yield page("heading changed", "h2", in_html("h2", sub(r">\w+", ">Hardly")))
    yield page("heading changed", "title", in_html("title", sub(r">[^<]+", ">Another page")))
    yield page("name changed", "say it", in_html(".say-it", sub(r"Say it: ", "Say it: oh-")))
    yield page("name changed", "plain", in_html(".plain-name", sub(r">\w+", ">Gentle")))
    yield page("date edited", "last check", in_html(".review time", sub(r">\d+ \w+", ">1 June")))
    yield page("date edited", "review box", in_html(".review", lambda html: ""))
    yield page("question edited", "", in_html(".questions li", lambda html: ""))
    yield page("section removed", "harms", in_html("#harms", lambda html: ""))
    yield page("section removed", "glance", in_html(".glance div", lambda html: ""))
    yield page("id twice", "", add('<p id="harms"></p>'))
    yield page("inline style", "attribute", in_html("h1", sub("<h1", '<h1 style="color:red"')))
    yield page("inline style", "element", add("<style>.serious{display:none}</style>"))
    yield page("inline script", "element", add("<script>alert(1)</script>"))
    yield page("inline script", "handler", in_html("h1", sub("<h1", '<h1 onclick="go()"')))
    yield page("inline script", "address", add('<a href="javascript:go()">Sources</a>'))
    for what, html in {
        "image": '<img src="https://example.org/i.png" alt="">',
        "image without a scheme": '<img src="//example.org/i.png" alt="">',
        "responsive image": '<img srcset="https://example.org/i.png 2x" alt="">',
        "script": '<script src="https://example.org/s.js"></script>',
        "style": '<link rel="stylesheet" href="https://example.org/s.css">',
        "form": '<form action="https://example.org/f"></form>',
        "video": '<video poster="https://example.org/p.png"></video>',
        "object": '<object data="https://example.org/o"></object>',
        "frame": '<iframe src="about.html"></iframe>',
        "refresh": '<meta http-equiv="refresh" content="0;url=https://example.org">',
        "base": '<base href="https://example.org/">',
        "link to no source": '<a href="https://example.org/buy">Sources</a>',
    }.items():
        yield page("another host", what, add(html))
    yield page(
        "another host",
        "style sheet",
        lambda text: text + "@import url(https://example.org/a.css);",
        "site/assets/*/site.css",
    )
    yield page(
        "another host", "script", lambda text: text + "fetch('https://example.org');", "site/assets/*/search.js"
    )
    for what, html in {
        "a number": "<p>83 out of 100 people are cured.</p>",
        "a promise": "<p>It helps nearly everybody.</p>",
        "a template's mark": "<p>{{ fact }}</p>",
        "None": "<p>None</p>",
        "an invented fact": '<p data-fact="x.y.z"><span class="words">It helps.</span></p>',
    }.items():
        yield page("words from nowhere", what, add(html))
        yield page("words from nowhere", f"{what}, hand-written page", add(html), "site/about.html")
    yield page("words from nowhere", "footer", in_html(".site-footer p", sub("</p>", " Call 112.</p>")))
    comparison = f"site/comparisons/{next(iter(places.comparisons))}.html"
    for what, selector, where in (
        ("no advice", ".site-footer p", file),
        ("no advice", ".site-footer p", "site/index.html"),
        ("how to read numbers", ".reading-help", file),
        ("who sets how fast to call", "#when-to-get-help + p", file),
        ("order of harms", "#harms + .reading-help", file),
        ("order of rows", ".reading-help", comparison),
        ("nobody else can say", "#weighing + p", comparison),
        ("order of procedures", "article p", "site/procedures.html"),
    ):
        yield page("standing words removed", what, in_html(selector, lambda html: ""), where)
    yield page(
        "hand-written words edited", "about", in_html("article p", sub(r">\w+", ">Nearly")), "site/about.html"
    )
    yield page("hand-written words edited", "index", in_html("article .lead", lambda html: ""), "site/index.html")
    yield page(
        "claim edited",
        "verdict",
        in_html("[data-claim]", sub('data-verdict="[^"]+"', 'data-verdict="true"')),
        "site/claims.html",
    )
    yield page(
        "claim edited",
        "verdict's words",
        in_html(".verdict b", sub(r">[^<]+<", ">This is proven.<")),
        "site/claims.html",
    )
    yield page("claim edited", "claim", in_html("article h2", sub("“[^”]+”", "“It cures.”")), "site/claims.html")
    yield page("claim edited", "words", in_html(".verdict .words", sub(r">\w+", ">Yes, it")), "site/claims.html")
    yield page("claim edited", "fact", in_html("[data-claim] .fact", lambda html: ""), "site/claims.html")
    yield page("glossary edited", "dropped", in_html("[data-term]", lambda html: ""), "site/glossary.html")
    yield page(
        "glossary edited",
        "meaning",
        in_html("[data-term] dd", sub(r"</b> \w+", "</b> Never")),
        "site/glossary.html",
    )
    yield page("sources page edited", "dropped", in_html("[data-source]", lambda html: ""), "site/sources.html")
    yield page(
        "sources page edited",
        "what was read",
        in_html("[data-source] .pair:nth-of-type(2)", sub("</b> ", "</b> All of it. ")),
        "site/sources.html",
    )
    yield page(
        "sources page edited",
        "title",
        in_html("[data-source] cite", sub(r">\w+", ">Another")),
        "site/sources.html",
    )
    yield page("change edited", "told otherwise", in_html(".changes > li", sub(r">[^<]+", ">Nothing")), _CHANGES)
    yield page("change edited", "not told", in_html(".changes > li", lambda html: ""), _CHANGES)
    yield page("copy on devices edited", "it stays", replace("unregister", "register"), "site/sw.js")
    yield page("copy on devices edited", "it is gone", lambda text: None, "site/sw.js")
    yield page("packed twin of another text", "", lambda text: "Another page", "site/index.html.gz")
    yield page("list edited", "A to Z", in_html("ul.index li", lambda html: ""), "site/a-to-z.html")
    yield page(
        "list edited",
        "procedures",
        in_html(f'article a[href$="procedures/{procedure}.html"]', lambda html: ""),
        "site/procedures.html",
    )
    yield page("list edited", "comparisons", in_html("article li", lambda html: ""), "site/comparisons.html")
    top = next(id for id in places.procedures if any(p.get("part_of") == id for p in places.procedures.values()))
    yield page("list edited", "nothing leads on", in_html("nav.next-steps", lambda html: ""))
    for what in ("#forms + ul li", "nav.relatives li", "nav.next-steps li"):
        edit = in_html(what, lambda html: "")
        yield page("list edited", f"{what} of {top}", edit, f"site/procedures/{top}.html")
    renamed = in_html("article li a", sub(">[^<]+", ">Another"))
    yield page("list edited", "procedures renamed", renamed, "site/procedures.html")
    yield page("list edited", "comparisons renamed", renamed, "site/comparisons.html")
    yield page("word opens otherwise", "", replace('","', '","Not '), "site/assets/*/words.js")
    yield page("word opens otherwise", "gone", lambda text: None, "site/assets/*/words.js")
    yield page("list edited", "search", replace('"title":"', '"title":"No '), "site/assets/*/search-index.js")
    quoted = in_html("[data-fact] .words", sub(r">[^<]+<", ">All of them were cured<"))
    yield page("one fact in two ways", "quoted on a page", quoted, "site/how-to-read-the-numbers.html")


# Templates and modules that say something else than the facts


def _code(places: Places) -> Mutants:
    facts, page, table = (
        "content/templates/parts/facts.html",
        "content/templates/pages/procedure.md",
        "content/templates/pages/comparison.md",
    )

    def code(kind: str, what: str, file: str, old: str, new: str) -> Mutant:
        return Mutant("code", kind, what, file, replace(old, new))

    wrong = "template prints the wrong field"
    yield code(wrong, "who for when", facts, "fact.when | sentence", "fact.who | sentence")
    yield code(wrong, "how for who", facts, "fact.who | sentence", "fact.how | sentence")
    yield code(wrong, "undone for lasts", facts, "answer(fact.lasts)", "answer(fact.can_be_undone)")
    yield code(wrong, "done for help", facts, "answer(fact.get_help)", "answer(fact.what_is_done)")
    yield code(wrong, "figure's name for its words", facts, "{{ fact.counted }}:", "{{ fact.who }}:")
    yield code(
        wrong, "methods for imaging", page, 'list(procedure, id, "imaging")', 'list(procedure, id, "methods")'
    )
    yield code(
        wrong,
        "plain name for name",
        page,
        "# {{ procedure.names.name | heading }}",
        "# {{ procedure.names.plain | heading }}",
    )
    yield code(
        wrong,
        "another harm's reason",
        facts,
        "procedure.harms[flag.because].effect].plain",
        "procedure.harms[flag.because].effect].name",
    )
    yield code(wrong, "field that does not exist", facts, "{{ fact.says }}", "{{ fact.sais }}")
    gone = "template leaves something out"
    yield code(gone, "sources", facts, "</span>{{ sources(fact, id, where) }}</p>", "</span></p>")
    yield code(gone, "the other group", facts, "{%- if fact.versus %}", "{%- if false %}")
    yield code(gone, "uncertainty", facts, "{%- if w.range %}", "{%- if false %}")
    yield code(gone, "how sure", facts, "{{ fact | certainty }}", "")
    yield code(gone, "warning", facts, "{% if fact.note %}", "{% if false %}")
    yield code(
        gone, "serious", facts, ' <span class="seriousness">serious</span>{% endif %}</h3>', "{% endif %}</h3>"
    )
    yield code(
        gone,
        "second studies",
        facts,
        "{% for key, often in studies[1:] -%}",
        "{% for key, often in studies[2:] -%}",
    )
    yield code(
        gone,
        "steps after the first",
        facts,
        "{% for key, fact in (procedure | entries(field)).items() -%}\n<li>",
        "{% for key, fact in ((procedure | entries(field)).items() | list)[:1] -%}\n<li>",
    )
    yield code(gone, "second-hand", facts, "{%- if citation.reporting %}", "{%- if false %}")
    yield code(gone, "when it was searched", facts, "We last looked on {{ fact.searched | day }}.", "")
    yield code(gone, "unknowns", page, '{{ list(procedure, id, "unknowns") }}', "")
    yield code(gone, "review", page, "{{ review(procedure, id) }}\n", "")
    yield code(gone, "caption", table, '<caption id="caption-{{ id }}">{{ table.caption }}</caption>', "")
    yield code(gone, "notice not to rank", table, "{% if table.not_to_rank -%}", "{% if false -%}")
    yield code(gone, "scope", table, '<th scope="row"', "<th")
    yield code(gone, "what to do next", "content/templates/parts/next.html", "{{ caller() }}", "")
    yield code(
        gone,
        "menu",
        "content/templates/theme/main.html",
        '<nav class="menu" aria-label="All sections">',
        '<nav aria-label="All sections">',
    )
    yield code(
        "template hides a harm",
        "all",
        page,
        '{{ entry(id ~ ".harms." ~ key, fact) }}',
        '<details><summary>More</summary>{{ entry(id ~ ".harms." ~ key, fact) }}</details>',
    )
    yield code(
        "template exchanges cells",
        "reversed",
        table,
        "{%- for cell in line.cells %}",
        "{%- for cell in line.cells | reverse %}",
    )
    yield code(
        "template exchanges cells",
        "heads reversed",
        table,
        '<th scope="col">Question</th>{% for option, procedure in table.columns %}',
        '<th scope="col">Question</th>{% for option, procedure in table.columns | reverse %}',
    )
    yield code(
        "template fetches something",
        "script",
        "content/templates/theme/main.html",
        "{% block libs %}",
        '{% block libs %}<script src="https://example.org/a.js"></script>',
    )
    yield code(
        "template shows a clinic that nobody chose",
        "the first one",
        "content/templates/theme/main.html",
        "{% set clinic, logo = prepared.facts.clinic,",
        "{% set clinic, logo = prepared.facts.clinics.values() | first,",
    )
    number = "build_tools/frequency.py"
    yield code(
        "number computed wrong",
        "out of 1,000",
        number,
        "Decimal(str(share)) * 100)",
        "Decimal(str(share)) * 1000)",
    )
    yield code("number computed wrong", "rest", number, "{100 - per_hundred(share)}", "{99 - per_hundred(share)}")
    yield code(
        "number computed wrong",
        "rounded down",
        number,
        "quantize(Decimal(1), ROUND_HALF_UP)",
        'quantize(Decimal(1), "ROUND_DOWN")',
    )
    yield code(
        "number computed wrong",
        "frequency word",
        number,
        '(Decimal("0.01"), "common")',
        '(Decimal("0.01"), "rare")',
    )
    yield code(
        "number computed wrong",
        "certainty",
        "build_tools/figure_text.py",
        'Certainty.LOW: "it may be off."',
        'Certainty.LOW: "sure."',
    )
    dots = "build_tools/icon_array.py"
    yield code("picture computed wrong", "one more", dots, "_path(0, self.full)", "_path(0, self.full + 1)")
    yield code("picture computed wrong", "no range", dots, "max(end - full, 0)", "0")
    cells = "build_tools/comparison.py"
    yield code("table computed wrong", "harms that are not serious", cells, "harm.serious)", "not harm.serious)")
    yield code(
        "table computed wrong",
        "last entry for first",
        cells,
        "keys = only or list(found)[:1]",
        "keys = only or list(found)[-1:]",
    )
    yield code(
        "table computed wrong",
        "ranks different studies",
        cells,
        "return any(studies[0] != other for other in studies[1:])",
        "return False",
    )
