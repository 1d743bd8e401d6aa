"""Medical words in a page: linked and explained on their first use, and nowhere else."""

from __future__ import annotations

import re

import pytest
from pydantic import ValidationError

from build_tools.load.loader import load
from build_tools.prose.glossary import explain, index_words
from build_tools.records.words import Term
from tests.conftest import ROOT

HINGE = Term(
    name="hinge",
    plain="the joint between lid and pot",
    definition="The small joint on which a lid turns.",
    synonyms=["hinges", "pivot"],
)
SPOUT = Term(name="spout", plain="where tea comes out", definition="A short pipe.")
CURSE = Term(
    name="potter's curse",
    plain="a dripping that nobody's cloth can stop",
    definition="Drips & drops.",
    synonyms=["drips & drops"],
)
ACRONYM = Term(name="TEA", plain="test of every angle", definition="A test.")
LID = Term(name="lid", plain="the cover", definition="The cover of a pot.", everyday=True)
WORDS = index_words([("hinge", HINGE), ("spout", SPOUT), ("curse", CURSE), ("tea-test", ACRONYM), ("lid", LID)])

HINGE_LINK = '<a class="term" href="glossary.md#hinge">hinge</a>'
HINGE_GLOSS = '<span class="gloss"> (the joint between lid and pot)</span>'


def explained(text: str) -> str:
    """The text of a page in the folder of the glossary, with its words explained."""
    return explain(text, WORDS, lambda id: f"glossary.md#{id}")


def test_first_use_of_each_word_is_linked_and_explained() -> None:
    rest = " can squeak. Oil the hinge. Look at its hinges."
    assert explained(f"A hinge{rest}") == f"A {HINGE_LINK}{HINGE_GLOSS}{rest}"
    assert explained("<p>The spout and the hinge.</p>").count('class="term"') == 2


@pytest.mark.parametrize("written", ["hinges", "Hinge", "HINGES", "pivot"])
def test_other_forms_link_to_the_same_entry(written: str) -> None:
    assert explained(f"See {written}.") == (
        f'See <a class="term" href="glossary.md#hinge">{written}</a>{HINGE_GLOSS}.'
    )


@pytest.mark.parametrize("verbs", [
    "It does not mean that nothing is done. This means a test.", "You mean to block the door.",
])  # fmt: skip
def test_everyday_verb_is_not_explained(verbs: str) -> None:
    ours = index_words(load(ROOT / "data")[0].terms())
    assert explain(verbs, ours, str) == verbs


def test_longest_name_wins() -> None:
    words = index_words([("spout", SPOUT), ("spout-end", SPOUT.model_copy(update={"name": "spout end"}))])
    assert '">spout end</a>' in explain("The spout end drips.", words, str)


@pytest.mark.parametrize("untouched", [
    "# The hinge\n", "### The hinge {: #hinge }\n", "<h3>The hinge</h3>", '<h2 id="x">The <b>hinge</b></h2>',
    '<a href="lid.html">about the hinge</a>', "[about the hinge](lid.md)", "[lids](procedures/hinge.md)",
    '<img src="pot.svg" alt="a hinge">', '<div id="hinge" class="hinge">pot</div>',
    '<th scope="row">Which hinge?</th>', "<dt>hinge</dt>", "<caption>Each hinge</caption>",
    "<cite>The hinge in history</cite>", "<code>hinge</code>", "`hinge`", '{{ fact("pot.targets.hinge") }}',
    "{% if hinge %}", "---\ntitle: The hinge\n---\n", "<pre data-verbatim>12 | says: a hinge</pre>",
    "<bdi>hinge polishing</bdi>", '<span class="fact" data-fact="pot.main_message.helps">A hinge.</span>',
    '<span class="fact" data-fact="pot.summary" id="pot.summary">A hinge.</span>',
    '<ul class="cards doors"><li>A hinge</li></ul>',
    '<p class="plain-name">A hinge</p>', '<ol class="source-list"><li>A hinge.</li></ol>',
    '<li data-sign="creak"><span>The hinge creaks.</span></li>', '<li data-why="creak">The hinge creaks.</li>',
    "The Royal Hinge Society met.",
    'You may read "hinge polishing".', "You may read &#34;hinge polishing&#34;.",
])  # fmt: skip
def test_only_running_text_is_explained(untouched: str) -> None:
    assert explained(untouched) == untouched
    assert explained(f"{untouched}\nA hinge.\n") == f"{untouched}\nA {HINGE_LINK}{HINGE_GLOSS}.\n"


@pytest.mark.parametrize("text", [
    "It is unhinged.", "It is hinge-like.", "It is half-hinge.", "It is hinge_1.", "It is spouted.",
    "You drink tea.", "The lid is shut.", "Nothing here.",
])  # fmt: skip
def test_parts_of_words_and_everyday_words_are_not_explained(text: str) -> None:
    assert explained(text) == text


@pytest.mark.parametrize("text", [
    "The joint between lid and pot (hinge) squeaks.",
    "The small joint there (also called a hinge) squeaks.",
    "A hinge, the joint between lid and pot, squeaks.",
    "A hinge (The joint between lid and pot) squeaks.",
    "A hinge (part of the lid) squeaks.",
    "A hinge joint squeaks.",
    "A hinge is a joint near the lid.",
    "Joints between pot and lid, each a hinge, squeak.",
])  # fmt: skip
def test_word_that_its_sentence_explains_is_only_linked(text: str) -> None:
    assert explained(text) == text.replace("hinge", HINGE_LINK, 1)


def test_one_word_in_common_does_not_explain() -> None:
    assert HINGE_GLOSS in explained("A hinge of the lid squeaks.")


@pytest.mark.parametrize("written", ["lid joint", "joint of a lid"])
def test_word_is_not_explained_with_itself(written: str) -> None:
    words = index_words([("hinge", HINGE.model_copy(update={"synonyms": [written]}))])
    assert explain(f"The {written} squeaks.", words, str) == f"The {written} squeaks."
    assert HINGE_GLOSS in explain(
        f"The {written} squeaks. Oil it on Sundays, with one drop. The hinge squeaks.", words, str
    )


@pytest.mark.parametrize("before", ["Pots (of tin) have a", "Pots (of tin have lids. The"])
def test_earlier_brackets_do_not_count(before: str) -> None:
    assert HINGE_GLOSS in explained(f"{before} hinge.")


@pytest.mark.parametrize("written", ["potter's curse", "potter&#39;s curse", "drips & drops", "drips &amp; drops"])
def test_name_is_found_in_escaped_html(written: str) -> None:
    text = explained(f"This is {written}.")
    assert text.startswith(f'This is <a class="term" href="glossary.md#curse">{written}</a><span class="gloss">')


@pytest.mark.parametrize("apostrophe", ["'", "&#39;"])
def test_explanation_is_found_in_escaped_html(apostrophe: str) -> None:
    text = explained(f"A dripping that nobody{apostrophe}s cloth can stop, potter{apostrophe}s curse.")
    assert 'class="term"' in text
    assert 'class="gloss"' not in text


def test_explanation_is_escaped() -> None:
    words = index_words([("x", Term(name="spout", plain="a pipe < 2 cups & <b>", definition="A pipe."))])
    assert explain("A spout.", words, str).endswith("> (a pipe &lt; 2 cups &amp; &lt;b&gt;)</span>.")


def test_acronym_is_found_only_in_capitals() -> None:
    assert '<a class="term" href="glossary.md#tea-test">TEA</a>' in explained("You drink tea, then TEA is done.")


# How to say it

HARD_WORD = Term(
    name="spoutotomy",
    plain="cutting a pipe",
    definition="A cut.",
    say_it="spow-TOT-uh-mee",
    synonyms=["spout cutting", "spoutotomies"],
    hard_to_say=True,
)
HARD = index_words([("spoutotomy", HARD_WORD)])
SAY = "say: spow-TOT-uh-mee"


def pronounced(text: str) -> str:
    """The text of a page with a hard word explained, without the links."""
    return re.sub(r"</?a[^>]*>", "", explain(text, HARD, str))


@pytest.mark.parametrize(("text", "shown"), [
    ("A spoutotomy. Each spoutotomy.", f'A spoutotomy<span class="gloss"> (cutting a pipe; {SAY})</span>. Each'),
    ("Cutting a pipe (spoutotomy) hurts.", f'(spoutotomy<span class="gloss">, {SAY}</span>) hurts.'),
    ("Spout cutting, then spoutotomy.", f'then spoutotomy<span class="gloss"> ({SAY})</span>.'),
])  # fmt: skip
def test_pronunciation_follows_a_hard_word_once(text: str, shown: str) -> None:
    assert shown in pronounced(text)
    assert pronounced(text).count(SAY) == 1


@pytest.mark.parametrize("text", [
    "Spout cutting is done. Spout cutting hurts.",  # a plain synonym
    '<p class="say-it">Say it: spow-TOT-uh-mee</p>\nA spoutotomy.',  # the page's head says it
])  # fmt: skip
def test_pronunciation_is_left_out_if_not_needed(text: str) -> None:
    assert "say:" not in pronounced(text)


def test_word_that_is_easy_to_say_has_no_pronunciation() -> None:
    words = index_words([("spoutotomy", HARD_WORD.model_copy(update={"hard_to_say": False}))])
    assert "say:" not in explain("A spoutotomy.", words, str)


@pytest.mark.parametrize("change", [{"say_it": None}, {"everyday": True}])
def test_hard_word_needs_a_pronunciation_and_an_explanation(change: dict[str, object]) -> None:
    with pytest.raises(ValidationError, match="hard_to_say: true"):
        Term.model_validate(HARD_WORD.model_dump() | change)
