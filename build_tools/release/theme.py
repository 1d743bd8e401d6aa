"""What Markdown and the theme leave alone of a page, and what of the theme is left out."""

from __future__ import annotations

import re

UNUSED = ("assets/javascripts/", "assets/stylesheets/", "assets/images/")
"""Folders of the theme that no page loads."""

_HEADING = re.compile(r"^#{1,6} .*$", re.MULTILINE)
_SWITCHES = re.compile(
    r'<input class="md-toggle"[^>]*>\s*|<label class="md-overlay"[^>]*></label>\s*'
    r'|<div class="md-dialog"[^>]*>\s*<div[^>]*></div>\s*</div>\s*|<div data-md-component="announce">\s*</div>\s*'
    r'|<div data-md-component="skip">.*?</div>\s*',
    re.DOTALL,
)


def extract_headings(text: str) -> tuple[str, list[str]]:
    """The headings of a page made of facts, as Markdown with marks between them, and the HTML for the marks.

    Reading all its HTML as Markdown would take long and change nothing.
    """
    marked = [f"<!--{number}-->\n\n{heading}" for number, heading in enumerate([*_HEADING.findall(text), ""])]
    return "\n\n".join(marked), _HEADING.split(text)


def restore_html(html: str, kept: list[str] | None) -> str:
    """A page with that HTML put back. Links between pages are .md in it; the site serves .html."""
    if kept:
        html = re.sub(r"<!--(\d+)-->", lambda found: kept[int(found[1])].strip(), html)
    return re.sub(r'(href="[^":]*)\.md(["#])', r"\1.html\2", html)


def remove_switches(html: str) -> str:
    """A page without the theme's switches, which need its scripts, and its link outside of all landmarks."""
    return _SWITCHES.sub("", html)
