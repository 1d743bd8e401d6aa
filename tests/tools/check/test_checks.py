"""Each rule between facts, proved on a copy of the example with one small mistake."""

from __future__ import annotations

import re
from dataclasses import dataclass
from pathlib import Path

import pytest

from build_tools.check.rules import RULES, check
from tests.conftest import TODAY, edit, loaded

POLISHING = "procedures/teapot-polishing.yml"
LID = "procedures/teapot-lid-polishing.yml"
CARE = "procedures/teapot-care.yml"
ALONE = "procedures/teapot-leave-alone.yml"
COMPARISON = "comparisons/squeaking-teapot.yml"
RULE_BY_NAME = {rule.__name__: rule for rule in RULES}

LONELY_SOURCE = """lonely-2000:
  title: A teapot nobody quotes
  by: Nobody
  published_in: Nowhere
  kind: news
  url: https://teapot.example/nobody
  read: The heading.
  read_by: 2026-11-22
"""


@dataclass(frozen=True)
class Proof:
    """An edit, `old` to `new` in `file`, that `rule` reports at the first line that changed.

    `message` is part of what the rule says; `at` is another file and line (by its text) where it is reported.
    """

    rule: str
    file: str
    old: str
    new: str
    message: str = ""
    at: tuple[str, str] | None = None

    def __str__(self) -> str:
        return f"{self.rule}: {self.message or self.new}"


PROOFS = (
    Proof("figures_belong_to_one_form", CARE, "    says: Lids were shiny after it.\n",
        "    counted: were shiny\n    who: 30 lids\n    when: At once\n    how: Registry\n    count: 9\n"
        "    out_of: 30\n    units: lids\n    certainty: very-low\n", at=(CARE, "  shiny:")),
    Proof("harms_say_how_often", LID, """    how_often:
      registry:
        counted: had a dull rim
        who: Lids in a list of polished teapots
        when: Up to three years after polishing
        how: Registry
        percent: 14.5
        units: lids
        sources: [{source: saucer-2023, at: table 1}]
""", "", at=(LID, "  dull-rim:")),
    Proof("blood_thinners_are_on_every_page", LID, "  blood-thinners: {shared: blood-thinners}\n", "",
        at=(LID, "before:")),
    Proof("entries_are_used", "shared.yml", "blood-thinners-plan:\n",
        "lonely:\n  says: It is quiet.\n  sources: [spout-2019]\nblood-thinners-plan:\n"),
    Proof("codes_are_unique", LID, "kind: can-be-undone\n",
        "codes:\n  - {system: mesh, value: D000000, checked: Invented.}\nkind: can-be-undone\n",
        at=(POLISHING, "    value: D000000")),
    Proof("drawings_show_the_targets", "drawings/teapot.svg", 'data-structure="lid"', 'data-structure="lit"'),
    Proof("placeholders_are_filled", POLISHING,
        "says: It is rubbing with a cloth. Nothing is cut.", "says: TO FILL"),
    Proof("placeholders_are_filled", POLISHING, "  not-paint:\n", "  to-fill:\n"),
    Proof("placeholders_are_filled", COMPARISON,
        "question: Polish the whole teapot, polish the lid, or leave it alone?", "question: TO FILL"),
    Proof("named_ids_exist", POLISHING, "{source: spout-2019, at: page 12}", "{source: spout-2091, at: page 12}"),
    Proof("entries_are_used", "sources.yml", "spout-2019:\n", LONELY_SOURCE + "spout-2019:\n"),
    Proof("named_ids_exist", POLISHING, "structure: hinge", "structure: henge"),
    Proof("sources_are_cited_once", COMPARISON, "sources: [kettle-2021, spout-2019]",
        "sources: [kettle-2021, kettle-2021]"),
    Proof("statements_are_distinct", LID, "says: The shine fades by itself.",
        "says: It is  polishing of the Lid alone."),
    Proof("entry_words_fit_their_text", POLISHING, "effect: scratch", "effect: lasting-squeak"),
    Proof("imaging_roles_fit_their_text", POLISHING, "role: guides", "role: plans",
        'The role is "plans", but the text does not say when that is.'),
    Proof("imaging_roles_fit_their_text", POLISHING, "  lens:\n", "  lens-checks:\n",
        'The key says that it checks, but the role is "guides".', at=(POLISHING, "    role: guides")),
    Proof("words_are_defined_once", "vocabulary/words.yml", "synonyms: [potters]", "synonyms: [potters, Hinges]"),
    Proof("words_are_unambiguous", "vocabulary/words.yml", "name: patina", "name: Mean"),
    Proof("words_are_defined_once", "vocabulary/words.yml", "name: potter", "name: Scratch"),
    Proof("named_ids_exist", ALONE, "kind: no-procedure", "part_of: teapot-polish\nkind: no-procedure"),
    Proof("named_ids_exist", POLISHING, "condition: dripping-spout}", "condition: loud-lid}"),
    Proof("named_ids_exist", POLISHING, "condition: dripping-spout}",
        "condition: dripping-spout, form: teapot-smash}"),
    Proof("named_ids_exist", "vocabulary/conditions.yml", "  name: squeaking lid\n",
        "  broader: loud-lid\n  name: squeaking lid\n"),
    Proof("named_ids_exist", POLISHING, "procedure: teapot-leave-alone", "procedure: teapot-smash"),
    Proof("families_have_no_cycle", CARE, "kind: can-be-undone", "part_of: teapot-care\nkind: can-be-undone"),
    Proof("colors_are_readable", POLISHING, 'light: "#2c5a38"', 'light: "#7cc9d6"'),
    Proof("implied_situations_are_not_listed", POLISHING, "situations: [hinge,", "situations: [everyone, hinge,"),
    Proof("named_ids_exist", "signs.yml", "shown_for: [everyone]", "shown_for: [everyone, handle]"),
    Proof("named_ids_exist", "signs.yml", "effects: [hollow]", "effects: [hole]"),
    Proof("entries_are_used", "situations.yml", "hinge:", "handle:\n  says: a handle\nhinge:"),
    Proof("signs_fit_their_page", ALONE, "signs: [louder]", "signs: [rough]",
        'This page does not show the sign "rough", which is for other situations.'),
    Proof("signs_fit_their_page", POLISHING, "  rough:\n    here:", "  rogh:\n    here:",
        'There is no sign called "rogh".'),
    Proof("signs_fit_their_page", "signs.yml",
        "  child: the squeak of your child's teapot gets louder\n  brief: a louder squeak\n"
        "  child_brief: your child's teapot squeaking louder\n", "  brief: a louder squeak\n",
        'The page "teapot-lid-polishing" is about a child, and this sign has no words for that.',
        at=("signs.yml", "louder:")),
    Proof("signs_fit_their_page", "signs.yml", "shown_for: [everyone]", "shown_for: [every-treatment]",
        "This page shows no emergency.", at=(ALONE, "situations: [hinge]")),
    Proof("signs_are_short", "signs.yml", "brief: a louder squeak",
        "brief: the hinge squeaks a little louder than it did on the day before yesterday"),
    Proof("signs_are_short", "signs.yml", "  brief: sharp pieces", "  brief: there are sharp pieces",
        'Pages print this after "for:" or "about:", where a whole sentence does not fit.'),
    Proof("signs_are_short", "signs.yml", "  brief: a bent lid", "  brief: the lid is bent", "a whole sentence"),
    Proof("harms_have_signs", POLISHING, "    signs: [pieces]\n", "",
        '"a broken spout" is serious here, but names no sign of danger.', at=(POLISHING, "  broken-spout:")),
    Proof("harms_have_signs", POLISHING, "signs: [pieces]", "signs: [rough]",
        '"a broken spout" needs a sign of the level "emergency" or above, and has none.'),
    Proof("families_share_their_situations", CARE, "situations: [hinge, glaze]", "situations: [glaze]"),
    Proof("named_ids_exist", COMPARISON, "- teapot-lid-polishing.benefits.not-counted",
        "- teapot-lid-polishing.benefits.quiet-lids"),
    Proof("named_ids_exist", "claims.yml", "[teapot-polishing.relief_lasts.quiet-time]", "[zzz]"),
    Proof("counts_fit_their_totals", POLISHING, "count: 3\n", "count: 311\n"),
    Proof("counts_fit_their_totals", POLISHING, "count: 2, out_of: 23}", "count: 24, out_of: 23}"),
    Proof("group_sizes_fit_their_words", ALONE, "out_of: 23\n    units", "out_of: 32\n    units"),
    Proof("parts_fit_their_whole", POLISHING, "    how: Randomized trial; quiet meant no squeak while",
        "    how: Randomized trial; 2 more were nearly quiet and 20 had no change; no squeak while"),
    Proof("values_fit_their_scale", POLISHING, "    before: 7.5\n", "    before: 75\n"),
    Proof("averages_fit_their_words", POLISHING, "how: Randomized trial; a cook judged",
        "how: Randomized trial with median values; a cook judged", at=(POLISHING, "    average: mean")),
    Proof("notes_fit_their_units", POLISHING, "    measure: months\n",
        "    measure: months\n    note: The longest time was 26 weeks.\n", at=(POLISHING, "    measure: months")),
    Proof("designs_fit_their_study", POLISHING, "how: Randomized trial; quiet meant", "how: Registry; quiet meant",
        '"how" mentions a registry, but the source is a randomized-trial.'),
    Proof("designs_fit_their_study", POLISHING, "how: Randomized trial; quiet meant",
        "how: Large randomized trial; quiet meant", "A study of 24 people is called large."),
    Proof("contexts_from_one_source_agree", POLISHING, "who: 24 teapots from one kitchen\n    when: Before",
        "who: 42 teapots from one kitchen\n    when: Before"),
    Proof("figures_fit_their_field", POLISHING, "counted: lost the spout", "counted: were satisfied",
        '"were satisfied" counts a benefit under harms.'),
    Proof("figures_fit_their_field", POLISHING, "counted: liked the new sound", "counted: had a broken spout",
        '"a broken spout" counts a harm under benefits.'),
    Proof("kinds_fit_their_methods", LID, "kind: can-be-undone", "kind: destroys-nerve-tissue"),
    Proof("methods_say_what_they_destroy", "vocabulary/methods.yml", "soft-cloth:\n",
        "broom:\n  name: broom\n  plain: a stiff brush\n  definition: A stiff brush.\n  answer: destroys\n"
        "soft-cloth:\n", at=("vocabulary/methods.yml", "  definition: A stiff brush.")),
    Proof("families_name_what_a_form_names", CARE, "    structure: lid\n", "    structure: hinge\n"),
    Proof("numbers_of_kinds_are_right", CARE, "says: One word can mean several things. Ask",
        "says: One word can mean three different treatments. Ask"),
    Proof("short_names_fit_their_option", COMPARISON, "  teapot-leave-alone: Leave it alone",
        "  teapot-leave-alone: Rub the hinge"),
    Proof("weighings_cite_their_options", COMPARISON, "      - teapot-lid-polishing.benefits.not-counted\n", "",
        at=(COMPARISON, "    facts:")),
    Proof("signs_are_consistent", "signs.yml", "do: Take the teapot", "do: Wait, then take the teapot",
        '"Wait" delays help in an emergency.'),
    Proof("signs_are_consistent", "signs.yml", "child: steam hurts your child\n",
        "child: steam hurts your cup\n", '"your cup" is not about the child.'),
    Proof("signs_are_consistent", "signs.yml", "that you cannot put down", "that you can put down",
        "opposite"),
    Proof("effects_are_as_urgent_as_their_signs", "vocabulary/effects.yml", "  least: emergency\n",
        "  least: ask\n"),
    Proof("briefs_do_not_contradict_their_fact", CARE, "brief: One word can mean", "brief: One word cannot mean"),
    Proof("sources_are_entered_once", "sources.yml", "year: 2021", "year: 2012",
        "The year is 2012, but the id says 2021."),
    Proof("sources_are_entered_once", "sources.yml", "doi: 10.9999/teapot.2023.12", "doi: 10.9999/teapot.2021.7",
        '"kettle-2021" has the same doi.'),
    Proof("second_hand_citations_agree", POLISHING, "{source: spout-2019, at: page 12}",
        "{source: spout-2019, at: page 1}"),
    Proof("redirects_fit_their_name", "redirects.yml", "polishing.html: procedures/teapot-polishing.html",
        "teapot-care.html: procedures/teapot-polishing.html"),
    Proof("verdicts_fit_their_words", "claims.yml", "says: A few", "says: We did not find it. A few",
        at=("claims.yml", "  verdict: supported")),
    Proof("compared_figures_are_alike", POLISHING, "group: that were left alone, count: 2, out_of: 23",
        "group: that were left alone, from: 2, to: 23"),
    Proof("shares_agree", POLISHING, "count: 18\n", "count: 18\n    percent: 76\n"),
    Proof("ranges_are_ordered", POLISHING, "from: 5\n", "from: 50\n",
        "A range goes from low to high; this one goes from 50 to 12."),
    Proof("ranges_are_ordered", POLISHING, "to: 12\n", "to: 112\n", "A share is between 0 and 100 percent."),
    Proof("uncertainty_ranges_contain_their_figure", POLISHING, "    high: 90\n", "",
        '"low" and "high" belong together; one is missing.', at=(POLISHING, "    low: 53")),
    Proof("uncertainty_ranges_contain_their_figure", POLISHING, "low: 53", "low: 83",
        "The uncertainty, 83 to 90, does not contain the figure itself."),
    Proof("uncertainty_ranges_contain_their_figure", POLISHING, "low: 53", "low: -53",
        "The uncertainty of a share is between 0 and 100 percent; this one goes from -53 to 90."),
    Proof("certainty_is_never_raised", POLISHING, "    certainty: very-low\n", "    certainty: high\n",
        'This figure can be "moderate" at most, not "high": randomized-trial.'),
    Proof("same_result_has_same_context", LID, """        who: 12,500 lids in a list of polished teapots
        when: Up to three years after polishing
        how: Registry
        count: 4
        out_of: 12500
""", """        who: 310 teapots in a list of polished teapots
        when: Up to three years after polishing
        how: Registry
        count: 3
        out_of: 310
""", at=(POLISHING, "        how: Registry; owners wrote down each fall")),
    Proof("results_of_two_groups_agree", ALONE, "    out_of: 23\n    units",
        "    out_of: 23\n    versus: {group: that were polished, count: 17, out_of: 24}\n    units",
        'has "count: 17, out_of: 24" for the same group of "kettle-2021"; here it is "count: 18, out_of: 24".',
        at=(POLISHING, "  quiet:")),
    Proof("next_checks_are_within_a_year", LID, "next_check: 2027-11-22", "next_check: 2026-11-30"),
    Proof("dates_are_not_in_the_future", POLISHING,
        "teapot sings.\n    reason: searched\n    searched: 2026-11-22",
        "teapot sings.\n    reason: searched\n    searched: 2026-12-02"),
    Proof("dates_are_not_in_the_future", "sources.yml", "read: The whole leaflet.\n  read_by: 2026-11-22",
        "read: The whole leaflet.\n  read_by: 2026-12-02"),
    Proof("dates_are_not_in_the_future", "helplines.yml", "lids.example/about\n  checked: 2026-11-22",
        "lids.example/about\n  checked: 2026-12-02"),
    Proof("helplines_are_checked_every_year", "helplines.yml", "lids.example/about\n  checked: 2026-11-22",
        "lids.example/about\n  checked: 2025-11-22"),
    Proof("named_ids_exist", "helplines.yml", "[squeaking-lid]", "[squeaking-lip]"),
    Proof("named_ids_exist", "searches.yml", "at: driving", "at: diving"),
    Proof("dates_are_not_in_the_future", "sources.yml", "year: 2019", "year: 2027"),
    Proof("main_messages_are_short", LID, "and not the hinge.", "and not the hinge. It is quick.",
        '"summary" has 2 sentences; it can have 1.'),
    Proof("main_messages_are_short", POLISHING, "can scratch the teapot.",
        "can scratch" + 26 * " a long" + " teapot.",
        '"harms" in the main message has 62 words; it can have 35.'),
    Proof("main_messages_are_short", COMPARISON, "Only one small trial", "Only" + 30 * " one" + " small trial",
        '"helps" in the main message has 46 words; it can have 35.'),
    Proof("main_messages_cite_their_page", ALONE, "stop by itself.\n    sources: [kettle-2021]",
        "stop by itself.\n    sources: [spout-2019]",
        '"helps" in the main message names no source of the facts under "benefits".'),
    Proof("main_messages_cite_their_page", ALONE, "squeak may stay.\n    sources: [kettle-2021]",
        "squeak may stay.\n    sources: [spout-2019]",
        '"harms" in the main message names no source of the facts under "harms".'),
    Proof("shared_names_are_explained", LID, "  say_it: LID POL-ish-ing",
        "  say_it: LID POL-ish-ing\n  also_called: [Teapot Rubbing]", at=(LID, "names:")),
    Proof("serious_effects_are_marked_serious", POLISHING, "    weight: dangerous\n", "    weight: passes\n"),
    Proof("named_ids_exist", COMPARISON, "  - teapot-lid-polishing\n", "  - teapot-lip-polishing\n"),
    Proof("comparisons_are_complete", COMPARISON, "  - teapot-leave-alone\n",
        "  - teapot-leave-alone\n  - teapot-leave-alone\n", '"teapot-leave-alone" is listed 2 times.',
        at=(COMPARISON, "options:")),
    Proof("comparisons_are_complete", COMPARISON, "or leave it alone?", "or leave it alone.",
        "The decision must be a question."),
    Proof("comparisons_name_facts", COMPARISON, "  teapot-leave-alone: Leave it alone",
        "  teapot-smashing: Leave it alone"),
    Proof("comparisons_name_facts", COMPARISON, "conditions: [squeaking-lid]\n",
        "conditions: [squeaking-lid]\ncases: {teapot-smashing: squeaking-lid}\n"),
    Proof("comparisons_name_facts", COMPARISON, "conditions: [squeaking-lid]\n",
        "conditions: [squeaking-lid]\ngrid: {undone: {teapot-care: reversibility.fades}}\n"),
    Proof("comparisons_name_facts", COMPARISON, "conditions: [squeaking-lid]\n",
        "conditions: [squeaking-lid]\ngrid: {undone: {teapot-polishing: reversibility.fades}}\n",
        '"teapot-polishing" has no fact "reversibility.fades".'),
    Proof("figures_fit_their_pain", COMPARISON, "conditions: [squeaking-lid]\n",
        "conditions: [squeaking-lid]\ngrid: {works: {teapot-polishing: benefits.dripping-teapots}}\n"),
    Proof("figures_fit_their_pain", POLISHING, "      works: benefits.quiet\n",
        "      works: benefits.dripping-teapots\n"),
    Proof("lines_name_facts", LID, "not_for: [contraindications.glass]", "not_for: [contraindications.glas]",
        'There is no fact "contraindications.glas" in this file.'),
    Proof("named_ids_exist", ALONE, "    squeaking-lid:\n", "    loud-lid:\n"),
    Proof("named_ids_exist", CARE, "forms: [teapot-lid-polishing]", "forms: [teapot-lip-polishing]"),
    Proof("with_and_without_are_figures", COMPARISON, "conditions:",
        "with_and_without: [teapot-polishing.benefits.owners-pleased]\nconditions:"),
    Proof("expected_harms_are_shown", LID, "    weight: passes\n    lasts: For good.\n    can_be_undone: \"No.\"",
        "    weight: expected\n    signs: [bent]\n    lasts: For good.\n    can_be_undone: \"No.\"",
        at=(LID, "  harms: [hollows, dull-rim]")),
    Proof("unknowns_were_searched_for", POLISHING, "teapot sings.\n    reason: searched",
        "teapot sings.\n    reason: not-read"),
    Proof("lines_name_facts", LID, "  evidence: evidence.one-letter", "  evidence: evidence.none",
        '"evidence.none" has no answer, so it cannot be a line here.'),
    Proof("leads_are_figures", LID, "lead: registry", "lead: register"),
    Proof("leading_figures_cite_their_place", POLISHING, "{source: kettle-2021, at: table 1}", "kettle-2021"),
    Proof("leading_figures_fit_their_page", POLISHING, "benefits.owners-pleased]", "benefits.dripping-teapots]",
        '"benefits.dripping-teapots" was counted in another group: Teapots that drip.'),
    Proof("leading_figures_fit_their_page", LID, "    says: The rim can lose its patina.\n",
        "    says: The rim can lose its patina.\n    lead: registry\n",
        '"harms.dull-rim.registry" is a percentage of an unknown number'),
    Proof("leading_figures_fit_their_page", LID, "lead: registry", "lead: two-studies",
        '"harms.hollows.two-studies" is a range of different studies'),
    Proof("slots_have_values", POLISHING, '"{value} were quiet', '"{amount} were quiet',
        "{amount} has no value here."),
    Proof("slots_have_values", POLISHING, "{relief_lasts.quiet-time} stayed",
        "{relief_lasts.quiet-time:versus} stayed", "{relief_lasts.quiet-time:versus} has no value here."),
    Proof("slots_have_values", POLISHING, "a week later, and {relief", "7 days later, and {relief",
        "Numbers are not typed here: 7."),
    Proof("slots_have_values", POLISHING, "brief: One small trial", "brief: 1 small trial",
        'The brief has a number that "says" does not have: 1.'),
    Proof("lines_are_short", POLISHING, "registry agree about scratches.",
        "registry agree. It is about scratches.", "A brief must be one sentence."),
    Proof("lines_are_short", POLISHING, "name: A spout that breaks off",
        "name: A spout that breaks off and then falls down", 'This line has 9 words; it can have 8'),
    Proof("lines_are_short", POLISHING, "says: Teapots that drip,", "says: Teapots that drip" + 6 * " now" + ",",
        "This line has 9 words; it can have 8"),
    Proof("lines_are_short", CARE, "lead: Looking after the part of",
        "lead: Looking" + 4 * " well" + " after the part of", "This line has 13 words; it can have 12"),
    Proof("lines_are_short", ALONE, "pain: A lid that squeaks", "pain: A lid that squeaks" + 7 * " loud",
        "This line has 11 words; it can have 10"),
    Proof("lines_are_short", LID, "says: You put the lid back.", "says: You put the" + 21 * " warm" + " lid back.",
        "This line has 26 words; it can have 25", at=(LID, "  after: [after.put-back]")),
    Proof("lines_are_short", POLISHING, "a week later, and {relief",
        "a week" + 15 * " or so" + " later, and {relief", "it can have 35", at=(POLISHING, "  works:")),
    Proof("grave_harms_are_on_the_short_page", LID, "fine scratches on the lid.\n    weight: passes",
        "fine scratches on the lid.\n    weight: expected", at=(LID, "short:")),
)  # fmt: skip


def line_of(path: Path, text: str) -> int:
    """The number of the only line that reads `text`."""
    lines = path.read_text("utf-8").splitlines()
    assert lines.count(text) == 1, f"{text!r} is {lines.count(text)} times in {path}"
    return lines.index(text) + 1


def break_copy(data: Path, proof: Proof) -> tuple[str, int]:
    """Make the mistake, and return the file and line where it must be reported."""
    path = data / proof.file
    before = path.read_text("utf-8").splitlines()
    edit(path, proof.old, proof.new)
    if proof.at:
        file, text = proof.at
        return file, line_of(data / file, text)
    after = path.read_text("utf-8").splitlines()
    changed = next(n for n, (old, new) in enumerate(zip(before, after, strict=False), 1) if old != new)
    return proof.file, changed


@pytest.mark.parametrize("proof", PROOFS, ids=str)
def test_rule_reports_broken_copy_at_its_line(example: Path, proof: Proof) -> None:
    file, line = break_copy(example, proof)
    facts = loaded(example)

    problems = list(RULE_BY_NAME[proof.rule](facts, TODAY))

    assert [p for p in check(facts, TODAY) if p not in problems] == [], "another rule reports something too"
    expected = [p for p in problems if proof.message in p.message]
    assert expected, f"only these were reported: {[str(p) for p in problems]}"
    assert (f"data/{file}", line) in [(p.place.path, p.place.line) for p in expected]
    assert all(p.hint.strip() for p in problems), "a problem has a next step"


def test_every_rule_has_a_proof() -> None:
    assert {proof.rule for proof in PROOFS} | {"comparisons_mention_deaths"} == set(RULE_BY_NAME)


def messages_of(rule: str, data: Path) -> list[str]:
    return [problem.message for problem in RULE_BY_NAME[rule](loaded(data), TODAY)]


def test_comparison_has_an_option_without_a_procedure(example: Path) -> None:
    edit(example / ALONE, "kind: no-procedure", "kind: can-be-undone")
    assert messages_of("comparisons_are_complete", example) == ['One of the options must be "no procedure now".']


def test_comparison_mentions_deaths(example: Path) -> None:
    edit(example / "vocabulary/effects.yml", "broken-spout:\n", "death:\n")
    edit(example / POLISHING, "effect: broken-spout", "effect: death")
    message = "People have died after an option, but this does not say so."
    assert messages_of("comparisons_mention_deaths", example) == [message]
    edit(example / COMPARISON, "says: Polishing changes", "says: People have died. It changes")
    assert messages_of("comparisons_mention_deaths", example) == []


def test_deleted_fact_has_one_message_at_each_place_that_names_it(example: Path) -> None:
    edit(example / COMPARISON, "conditions:", "with_and_without: [teapot-polishing.benefits.quiet]\nconditions:")
    assert check(loaded(example), TODAY) == []
    edit(example / POLISHING, "  quiet:\n", "  silent:\n")
    edit(example / "claims.yml", "teapot-polishing.relief_lasts.quiet-time", "teapot-polishing.benefits.quiet")
    problems = [problem for problem in check(loaded(example), TODAY) if 'benefits.quiet"' in problem.message]
    places = [problem.place for problem in problems]
    assert {place.path for place in places} == {f"data/{COMPARISON}", f"data/{POLISHING}", "data/claims.yml"}
    assert len({*places}) == len(problems)
    assert all("deleted on purpose" in problem.hint for problem in problems)


def test_only_members_of_a_cycle_are_reported(example: Path) -> None:
    edit(example / POLISHING, "# part_of: teapot-care", "part_of: teapot-leave-alone")
    own_color = re.search(r"color:\n(  .*\n)+", (example / POLISHING).read_text("utf-8"))
    assert own_color
    edit(example / POLISHING, own_color[0], "")
    edit(example / ALONE, "kind: no-procedure", "part_of: teapot-polishing\nkind: no-procedure")
    problems = check(loaded(example), TODAY)
    assert {problem.place.path for problem in problems} == {f"data/{POLISHING}", f"data/{ALONE}"}


@pytest.mark.parametrize(("file", "old", "new"), [
    (POLISHING, "count: 18\n", "count: 18\n    percent: 75.5\n"),  # rounding
    (LID, "next_check: 2027-11-22", "next_check: 2027-11-23"),  # a year and a day
    (ALONE, "    out_of: 23\n    units",
     "    out_of: 23\n    versus: {group: that were polished, count: 18, out_of: 24}\n    units"),  # the same
    (LID, "  say_it: LID POL-ish-ing", "  say_it: LID POL-ish-ing\n  also_called: [teapot rubbing]\n  same_name:\n"
     "    whole-teapot:\n      says: The whole teapot can be rubbed too.\n      sources: [spout-2019]"),
])  # fmt: skip
def test_edits_just_inside_a_limit_are_accepted(example: Path, file: str, old: str, new: str) -> None:
    assert check(loaded(example), TODAY) == []
    edit(example / file, old, new)
    assert check(loaded(example), TODAY) == []
