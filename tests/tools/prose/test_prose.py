"""Sentences, and the prose of hand-written pages."""

from __future__ import annotations

import pytest

from build_tools.prose.prose import iter_page_passages, split_sentences


@pytest.mark.parametrize("sentences", [
    ["One.", "Two!", "Three?"],
    ["No period at the end"],
    ["He said “Stop.”", "Then he went."],
    ['"It could be more." is what it says.'],
    ["“Stop!” he said.", "(This is small.)", "“And this?”", "[Yes.]", "Last"],
    ["It is 5.5 mm long, e.g. for adults.", "In 3.1 of them it was not."],
    ["Take 1,600 mg, i.e. Two tablets, vs. One before.", "Dr. Kettle did so at approx. 5 p.m. Monday."],
    ["Mr. A, Ms. B and Prof. C agree.", "So do we."],
    ["The U.S. Food and Drug Administration agrees.", "St. Mary’s does not."],
    ["Wait … until it sings.", "It sang …", "Then it stopped..."],
    ["What?!", "1 of 12 people was left.", "É is a letter."],
    ["Warm (about 40 degrees).", "Then rinse."],
    ["It stays at C2.", "Vitamin B12.", "Done."],
    [],
])  # fmt: skip
def test_sentences_end_where_readers_stop(sentences: list[str]) -> None:
    assert [text for _, text in split_sentences(" ".join(sentences))] == sentences
    text = "\n  " + "\n ".join(sentences) + " \n"
    assert [text[start:].split("\n")[0].strip() for start, _ in split_sentences(text)] == sentences


PAGE = """---
title: A title
description: What it is.
---

# A heading {: #a }

<p class='no'>One <b>two</b><br>three</p>

**Four** five
six. [Seven](no.md), `no` and https://no.example
- ![Eight](no.png) nine_ten
## Next

{{ fact("no") }} Ten.
<!-- allow: no -->
1. Eleven
<script>no</script>

Twelve {: .no }
"""


def test_prose_of_a_page_keeps_its_place() -> None:
    passages = iter_page_passages(PAGE, "x.md")
    assert [(str(p.place(0, 1)), " ".join(p.text.split()), p.is_label) for p in passages] == [
        ("x.md:2:8", "A title", True),
        ("x.md:3:14", "What it is.", True),
        ("x.md:6:1", "# A heading", True),
        ("x.md:8:15", "One two", False),
        ("x.md:8:33", "three", False),
        ("x.md:10:3", "Four five six. Seven , and", False),
        ("x.md:12:5", "Eight nine_ten", False),
        ("x.md:13:1", "## Next", True),
        ("x.md:15:18", "Ten.", False),
        ("x.md:17:4", "Eleven", False),
        ("x.md:20:1", "Twelve", False),
    ]


def test_page_can_begin_with_its_text() -> None:
    [passage] = iter_page_passages("It sings.", "x.md")
    assert (passage.text, passage.is_label) == ("It sings.", False)
