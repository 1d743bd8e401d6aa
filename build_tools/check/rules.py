"""Every rule between facts, in the order in which problems are listed."""

from __future__ import annotations

from datetime import date

from build_tools.check import cross_checks, figure_checks, short_checks
from build_tools.check.figures import (
    certainty_is_never_raised,
    comparisons_measure_the_same,
    counts_fit_their_totals,
    figures_are_of_one_form,
    ranges_are_ordered,
    same_result_has_same_context,
    shares_agree,
    uncertainties_hold_their_figure,
)
from build_tools.check.harms import (
    families_share_their_situations,
    harms_have_signs,
    harms_say_how_often,
    implied_situations_are_not_listed,
    serious_effects_are_serious,
    signs_fit_their_page,
)
from build_tools.check.plain_words import (
    main_messages_rest_on_their_page,
    messages_are_short,
    roles_fit_their_text,
    shared_names_are_told_apart,
    whom_to_call_is_written_once,
    words_fit_their_text,
    words_have_one_home,
    words_have_one_sense,
)
from build_tools.check.references import (
    blood_thinners_are_on_every_page,
    codes_lead_to_one_page,
    colors_can_be_read,
    comparisons_have_every_option,
    days_have_come,
    drawings_show_the_targets,
    entries_are_used,
    facts_are_said_once,
    families_end,
    gaps_are_filled,
    helplines_are_checked_again,
    names_exist,
    next_checks_are_in_time,
    sources_stand_once,
    unknowns_were_searched,
)
from build_tools.load.facts import Facts
from build_tools.records.problems import Problem


def check(facts: Facts, today: date) -> list[Problem]:
    """All problems between facts. A file that could not be read is silent here: reading has said why."""
    gaps = list(gaps_are_filled(facts, today))
    unwritten = {gap.place for gap in gaps}
    found = [problem for rule in RULES if rule is not gaps_are_filled for problem in rule(facts, today)]
    return [problem for problem in found if problem.place not in unwritten] + gaps


RULES = (
    gaps_are_filled,
    names_exist,
    entries_are_used,
    blood_thinners_are_on_every_page,
    sources_stand_once,
    facts_are_said_once,
    words_fit_their_text,
    roles_fit_their_text,
    words_have_one_home,
    words_have_one_sense,
    drawings_show_the_targets,
    families_end,
    figures_are_of_one_form,
    counts_fit_their_totals,
    comparisons_measure_the_same,
    shares_agree,
    ranges_are_ordered,
    uncertainties_hold_their_figure,
    certainty_is_never_raised,
    same_result_has_same_context,
    days_have_come,
    unknowns_were_searched,
    next_checks_are_in_time,
    helplines_are_checked_again,
    messages_are_short,
    main_messages_rest_on_their_page,
    codes_lead_to_one_page,
    colors_can_be_read,
    shared_names_are_told_apart,
    harms_say_how_often,
    serious_effects_are_serious,
    implied_situations_are_not_listed,
    signs_fit_their_page,
    harms_have_signs,
    families_share_their_situations,
    whom_to_call_is_written_once,
    comparisons_have_every_option,
    *cross_checks.RULES,
    *figure_checks.RULES,
    *short_checks.RULES,
)
