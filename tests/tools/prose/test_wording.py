"""Words: typed results, words to avoid, instructions, spelling, and exceptions."""

from __future__ import annotations

from collections import Counter
from pathlib import Path

import pytest

from build_tools.load.loader import load
from build_tools.prose.suppressions import find_suppressions
from build_tools.prose.wording import check_words
from build_tools.records.problems import Place, Problem
from tests.conftest import ROOT, TODAY, edit

POLISHING = "procedures/teapot-polishing.yml"
SAYS = "You rub the hinge in small circles."
PAGE = "---\ntitle: About\n---\n\n# About teapots\n\n"


def words_of(data: Path) -> list[Problem]:
    """The problems with the words of a data folder and of the pages next to it."""
    return check_words(load(data)[0], data.parent / "content", TODAY)


def problems_of_fact(example: Path, text: str) -> list[Problem]:
    """The problems if a fact of the example says `text`."""
    edit(example / POLISHING, SAYS, f'"{text}"')
    return words_of(example)


def problems_of_page(example: Path, *paragraphs: str) -> list[Problem]:
    """The problems, in order, if a page has these paragraphs, the first of them in line 7."""
    (example.parent / "content").mkdir(exist_ok=True)
    (example.parent / "content/about.md").write_text(PAGE + "\n\n".join(paragraphs) + "\n", "utf-8")
    return sorted(words_of(example))


def place_of(path: Path, shown: str, words: str) -> Place:
    """The place of the first `words` in a file, found without the code under test."""
    lines = enumerate(path.read_text("utf-8").splitlines(), 1)
    return next(Place(shown, number, line.index(words) + 1) for number, line in lines if words in line)


# Typed results

RESULTS = [
    ("It helped 12 out of 100 people.", "12 out of 100", "a share"),
    ("It helped 83 percent of them.", "83 percent", "a share"),
    ("It helped 8.5 per cent of them.", "8.5 per cent", "a share"),
    ("It helped one in five.", "one in five", "a share"),
    ("It helped 1 in 7.", "1 in 7", "a share"),
    ("It helped 9 of the 14 people there.", "9 of the 14 people", "a share"),
    ("It helped half of people.", "half of people", "a share"),
    ("It helped two thirds of the patients.", "two thirds of the patients", "a share"),
    ("It helped 12 people.", "12 people", "a count of people"),
    ("It helped twelve older women.", "twelve older women", "a count of people"),
    ("In one study 5 people died.", "5 people", "a count of people"),
    ("In one study it worked in 12 people.", "12 people", "a count of people"),
    ("Relief lasts for six months.", "lasts for six months", "a duration of relief"),
    ("Relief lasted up to 2 to 3 years.", "lasted up to 2 to 3 years", "a duration of relief"),
    ("You are free of pain for a year.", "for a year", "a duration of relief"),
    ("You can expect 6 months of relief.", "6 months", "a duration of relief"),
    ("The pain comes back after ten weeks.", "after ten weeks", "a duration of relief"),
]


@pytest.mark.parametrize(("text", "words", "kind"), RESULTS[::6])
def test_result_typed_in_a_fact_is_a_problem(example: Path, text: str, words: str, kind: str) -> None:
    [problem] = problems_of_fact(example, text)
    assert problem.message == f'"{words}" is {kind} that is typed by hand.'
    assert problem.place == place_of(example / POLISHING, f"data/{POLISHING}", words)
    assert "figure" in problem.hint


def test_every_result_typed_on_a_page_is_a_problem(example: Path) -> None:
    problems = problems_of_page(example, *(text for text, _, _ in RESULTS))
    assert [(problem.message, problem.place) for problem in problems] == [
        (f'"{words}" is {kind} that is typed by hand.', Place("content/about.md", line, text.index(words) + 1))
        for line, (text, words, kind) in zip(range(7, 100, 2), RESULTS, strict=False)
    ]
    assert all('{{ figure("' in problem.hint for problem in problems)


OTHER_NUMBERS = [
    "It was first done in 1912, and on November 22, 2026 it was checked.",
    "The tip is kept at 42 degrees Celsius for 60 to 90 seconds.",
    "The liquid has a strength of 6 percent.",
    "It takes 30 to 60 minutes, and you stay for one to three days.",
    "You cannot drive for 24 hours.",
    "The needle enters between two bones of the neck (C1 and C2).",
    "It is not done below the age of 18.",
    "The pain score must be at least 5 out of 10.",
    "It is done in two steps, and one in two places.",
    "It goes back to work in one to three days.",
    "Call 555 0100, or see section 3.",
    "The numb place stays for six months.",
    "No one knows how many people have had it.",
    "One of the two brushes is soft.",
]


def test_other_numbers_are_allowed(example: Path) -> None:
    problems = problems_of_page(example, *OTHER_NUMBERS)
    assert [problem for problem in problems if "typed by hand" in problem.message] == []


def test_size_of_a_study_is_allowed_only_in_data(example: Path) -> None:
    text = "A trial from 2021, with 24 people, compared two cloths."
    assert problems_of_fact(example, text) == []
    [problem] = problems_of_page(example, text)
    assert problem.message.startswith('"24 people"')


def test_context_of_a_figure_can_have_numbers(example: Path) -> None:
    edit(
        example / POLISHING, "who: 24 teapots from one kitchen\n    # Required.", "who: 24 people\n    # Required."
    )
    edit(example / POLISHING, "note: This is a small", "note: Relief lasted for six months in 12 people; a small")
    assert words_of(example) == []


def test_result_across_a_line_break_is_found(example: Path) -> None:
    [problem] = problems_of_page(example, "It helped 12 out\nof 100 people.")
    assert problem.message.startswith('"12 out of 100"')
    assert (problem.place.line, problem.place.column) == (7, 11)


def test_second_of_two_equal_numbers_has_its_own_column(example: Path) -> None:
    columns = sorted(problem.place.column for problem in problems_of_page(example, "It helped 8% or 8%."))
    assert columns == [11, 17]
    in_data = [p for p in problems_of_fact(example, "It helped 8% or 8%.") if p.place.path.startswith("data/")]
    first, second = sorted(problem.place.column for problem in in_data)
    assert second - first == 6


# Words to avoid


def use_our_wording(example: Path) -> None:
    """Give the example the words that our site avoids."""
    (example / "wording.yml").write_text((ROOT / "data/wording.yml").read_text("utf-8"), "utf-8")


AVOIDED = [
    ("This is a safe way.", "safe"),
    ("You should wait a little instead.", "You should wait a little instead"),
    ("The cloth is better than the brush.", "is better than"),
    ("Choose the soft cloth over the brush.", "Choose the soft cloth over"),
    ("The elderly like it.", "The elderly"),
    ("Scratches are rare.", "rare"),
    ("Scratches rarely happen.", "rarely"),
    ("It probably squeaks.", "probably"),
    ("There is strong evidence for it.", "strong evidence"),
    ("It doubles the risk.", "doubles the risk"),
    ("It is for chronic squeaks.", "chronic"),
    ("Potters recommended it.", "recommended"),
    ("The risk is 6-fold.", "6-fold"),
    ("There is a gold\nstandard.", "gold standard"),
]  # fmt: skip


def test_word_to_avoid_is_a_problem_with_an_alternative(example: Path) -> None:
    use_our_wording(example)
    problems = problems_of_page(example, *(text for text, _ in AVOIDED))
    for line, problem, (text, word) in zip(range(7, 100, 2), problems, AVOIDED, strict=False):
        assert problem.message.startswith(f'"{word}" is a word that this site avoids: ')
        assert problem.hint.startswith("Say: ")
        assert (problem.place.line, problem.place.column) == (line, text.replace("\n", " ").index(word) + 1)
    assert len(problems) == len(AVOIDED)


def test_quotations_and_named_speakers_are_allowed(example: Path) -> None:
    use_our_wording(example)
    texts = (
        'You may read that it is "safe".', "You may read that it is “proven”.",
        "How often does it squeak? It does not squeak often enough.", "You should tell your team at once.",
        "For your safety, look at it simplified.", "The guideline recommends a soft cloth.",
    )  # fmt: skip
    assert problems_of_page(example, *texts) == []


@pytest.mark.parametrize(("text", "message"), [
    ("Ask the nurse for her cloth.", '"nurse for her" says that a member of staff is a man or a woman.'),
    ("You rub the the lid.", '"the the" repeats a word.'),
    ("Then dial 9-1-1 at once.", '"dial 9-1-1" is right in some countries only.'),
    ("“It is safe. It may not be hot.”", "A whole sentence is between quotation marks."),
    ("You rub the lid. \"It is safe.\"", "A whole sentence is between quotation marks."),
    ("You rub the coloured lid.", '"coloured" is not in the US English dictionary.'),
])  # fmt: skip
def test_slip_of_style_or_spelling_is_a_problem(example: Path, text: str, message: str) -> None:
    [problem] = problems_of_page(example, text)
    assert problem.message == message


@pytest.mark.parametrize("text", ['without it.\\"', '\\"You rub it.', "You “rub it.", "You rub it”."])
def test_quotation_mark_in_a_fact_has_a_partner(example: Path, text: str) -> None:
    [problem] = problems_of_fact(example, text)
    assert problem.message == "This quotation mark has no partner."


@pytest.mark.parametrize(("file", "old", "new", "call"), [
    (POLISHING, "A softer cloth is used.", "Call your local emergency number.", "emergency number"),
    ("signs.yml", "the lid can come off", "the lid can come off, so dial 999", "dial 999"),
    ("helplines.yml", "They know lids.", "They know lids. Or call 9-1-1.", "call 9-1-1"),
    ("clinics/teapot-house/clinic.yml", "Carry the teapot in a basket.", "Dial 999.", "Dial 999"),
])  # fmt: skip
def test_no_text_in_data_says_whom_to_call(example: Path, file: str, old: str, new: str, call: str) -> None:
    edit(example / file, old, new)
    [problem] = words_of(example)
    assert problem.message.startswith(f'"{call}" says whom to call in an emergency')


def test_words_of_templates_are_checked_too(example: Path) -> None:
    use_our_wording(example)
    template = example.parent / "content/templates/pages/some.md"
    template.parent.mkdir(parents=True)
    template.write_text("# {{ title }}\n\n<p>It is {{ very }} safe for 8 out of 10 people.</p>\n", "utf-8")
    messages = [problem.message for problem in problems_of_page(example) if "templates" in problem.place.path]
    assert [message.split(" is ")[0] for message in messages] == ['"safe"', '"8 out of 10"']


def test_context_of_a_figure_can_use_frequency_words_only(example: Path) -> None:
    use_our_wording(example)
    edit(example / POLISHING, "note: This is a small study", "note: Squeaks were rare in this safe study")
    [problem] = words_of(example)
    assert problem.message.startswith('"safe"')


# Exceptions

UNTIL = "2027-06-30"
TYPED = "It helped 12 people."


def allow(rule: str = "typed-number", until: str = UNTIL, reason: str = "It is an invented example.") -> str:
    return f"allow: {rule} until {until}: {reason}"


def problems_of_allowed_fact(example: Path, comment: str, text: str = TYPED) -> list[Problem]:
    edit(example / POLISHING, f"    says: {SAYS}", f"    # {comment}\n    says: {text}")
    return words_of(example)


@pytest.mark.parametrize("until", [UNTIL, str(TODAY)])
def test_exception_covers_a_field_until_its_last_day(example: Path, until: str) -> None:
    assert problems_of_allowed_fact(example, allow(until=until)) == []


def test_exception_above_an_entry_covers_only_that_entry(example: Path) -> None:
    edit(example / POLISHING, f"  rub:\n    says: {SAYS}", f"  # {allow()}\n  rub:\n    says: {TYPED}")
    assert words_of(example) == []
    edit(example / POLISHING, "You open and shut the lid, and listen.", "It helped 13 people.")
    [problem] = words_of(example)
    assert problem.message.startswith('"13 people"')


@pytest.mark.parametrize(("text", "left"), [
    (f"<!-- {allow()} -->\n{TYPED}", []),
    (f"<!-- {allow()} -->\n\n{TYPED}", []),
    (f"<!-- {allow()} -->\n\n- A pot.\n- {TYPED}", []),
    (f"<!-- {allow()} -->\n\n## Pots\n\nA pot.\n\n### Small pots\n\n{TYPED}", []),
    (f"<!-- allow: typed-number\n     until {UNTIL}:\n     It is an invented example. -->\n{TYPED}", []),
    (f"<!-- {allow()} -->\nIt helped 11 people.\n\n{TYPED}", ['"12 people"']),
    (f"<!-- {allow()} -->\n## Pots\n\nIt helped 11 people.\n\n## Lids\n\n{TYPED}", ['"12 people"']),
])  # fmt: skip
def test_exception_on_a_page_covers_the_next_block_or_section(example: Path, text: str, left: list[str]) -> None:
    assert [problem.message[:11] for problem in problems_of_page(example, text)] == left


def test_text_can_have_two_exceptions(example: Path) -> None:
    use_our_wording(example)
    text = f"<!-- {allow()} -->\n<!-- {allow('frequency')} -->\n{TYPED} That is rare."
    assert problems_of_page(example, text) == []


def test_exception_covers_only_its_own_rule(example: Path) -> None:
    messages = {problem.message for problem in problems_of_allowed_fact(example, allow("mention"))}
    assert messages == {
        '"12 people" is a count of people that is typed by hand.',
        "This exception is no longer needed.",
    }


FORM = "An exception must have a rule, a last day, and a reason."
NO_REASON = "An exception needs a reason of at least 4 words."


@pytest.mark.parametrize(("comment", "text", "message"), [
    (allow(until="2026-11-30"), TYPED, "This exception ended on 2026-11-30."),
    (allow(until="2031-01-01"), TYPED, "An exception lasts at most two years; this one lasts until 2031-01-01."),
    (allow(until="2027-02-30"), TYPED, '"2027-02-30" is not a date that exists.'),
    (allow(reason=""), TYPED, NO_REASON),
    ("allow: typed-number until 2027-06-30", TYPED, NO_REASON),
    (allow("typed number"), TYPED, 'There is no rule called "typed number".'),
    (allow("typed-numbers"), TYPED, 'There is no rule called "typed-numbers".'),
    ("allow", TYPED, FORM),
    ("allow typed-number", TYPED, FORM),
    ("allow: typed-number, forever", TYPED, FORM),
    (allow(), SAYS, "This exception is no longer needed."),
])  # fmt: skip
def test_invalid_exception_is_a_problem_on_its_line(example: Path, comment: str, text: str, message: str) -> None:
    problems = problems_of_allowed_fact(example, comment, text)
    place = place_of(example / POLISHING, f"data/{POLISHING}", "allow")
    [problem] = [problem for problem in problems if problem.place == place]
    assert problem.message == message
    assert problem.hint
    if message.startswith(("There is no rule", FORM)):
        assert problems == [problem]


def test_exceptions_stay_while_a_file_is_unreadable(example: Path) -> None:
    edit(example / POLISHING, f"    says: {SAYS}", f"    # {allow()}\n    says: {TYPED}")
    (example / "procedures/teapot-lid-polishing.yml").write_text("names: [", "utf-8")
    assert words_of(example) == []


def test_our_exceptions_do_not_all_end_on_one_day() -> None:
    suppressions = find_suppressions(load(ROOT / "data")[0], ROOT / "content")
    ends = Counter(suppression.form["until"] for suppression in suppressions if suppression.form)
    assert max(ends.values()) <= ends.total() / 2


# Instructions about medicines

BARE = [
    "Blood thinners must be stopped.", "Blood thinners need to be stopped first.",
    "Stop your aspirin a week before.", "Stop taking blood thinners.", "You can stop your pain medicine.",
    "You may skip your tablets that day.", "Leave out your diabetes medicine on the day.",
    "Do not take ibuprofen for a week.", "You must not take any tablets.", "Pause all blood thinners.",
    "Stop taking aspirin a week before. Do not do this on your own.",
    "Blood thinners must be stopped. Do not stop on your own.",
    "Stop taking aspirin, but not on your own.",
    "Stop taking aspirin 7 days before. Your team tells you more.",
    "You will stop aspirin 7 days before. Do not do this on your own.",
    "Do not stop aspirin on your own, but leave out your insulin.",
]  # fmt: skip
TEAM_DECIDES = [
    "Do not stop your blood thinner on your own.",
    "Stop your aspirin only if your team tells you.",
    "Your team will tell you when blood thinners must be stopped.",
    "Blood thinners must be stopped. Your doctor says when.",
    "Do not take ibuprofen unless your doctor agrees.",
    "Ask your team if you can stop your pain medicine.",
    "One hospital stops them, and plans to pause some tablets for a week. Do not change any on your own.",
    "Tell your team about this medicine; they decide if and when you stop.",
    "Some tablets have to be paused for a week; your team tells you which.",
    "Must blood thinners be stopped?",
    "Which of my medicines do I stop?",
]
ABOUT_OTHER_THINGS = [
    "Some people stop taking part.", "The doctors stop the current.", "Do not take a bath.",
    "Many people took fewer tablets.", "They leave out people who take a blood thinner.",
]  # fmt: skip


@pytest.mark.parametrize("text", BARE[::3])
def test_bare_instruction_in_a_fact_is_a_problem(example: Path, text: str) -> None:
    [problem] = problems_of_fact(example, text)
    assert "about a medicine" in problem.message
    assert "team" in problem.hint


def test_bare_instruction_on_a_page_or_by_a_clinic_is_a_problem(example: Path) -> None:
    problems = problems_of_page(example, *BARE)
    assert [p.place.line for p in problems if "about a medicine" in p.message] == [*range(7, 39, 2)]
    edit(example / "clinics/teapot-house/clinic.yml", "Bring a list of your medicines.", f'"{BARE[0]}"')
    assert len([problem for problem in words_of(example) if "about a medicine" in problem.message]) == 17


def test_instruction_that_leaves_the_decision_to_the_team_is_allowed(example: Path) -> None:
    assert problems_of_page(example, *TEAM_DECIDES, *ABOUT_OTHER_THINGS) == []


# Spelling


def test_unreadable_list_of_words_is_the_only_problem(example: Path) -> None:
    spelling = example / "spelling.txt"
    spelling.write_text("Zzyzx\n", "utf-8")
    assert problems_of_fact(example, "You rub the Zzyzx lid.") == []
    spelling.write_bytes(b"Zzyzx\n\xff\n")
    [problem] = words_of(example)
    assert str(problem.place) == "data/spelling.txt:2:1"
    assert problem.message == "The file must be saved as UTF-8; this character is not."
