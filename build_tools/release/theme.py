"""Keep the HTML of a page away from Markdown, and the unused parts of the theme out of the site."""

from __future__ import annotations

import re

UNUSED = ("assets/javascripts/", "assets/stylesheets/", "assets/images/")
"""Theme folders that no page loads."""

_HEADING = re.compile(r"^#{1,6} .*$", re.MULTILINE)
_SWITCHES = re.compile(
    r'<input class="md-toggle"[^>]*>\s*|<label class="md-overlay"[^>]*></label>\s*'
    r'|<div class="md-dialog"[^>]*>\s*<div[^>]*></div>\s*</div>\s*|<div data-md-component="announce">\s*</div>\s*'
    r'|<div data-md-component="skip">.*?</div>\s*',
    re.DOTALL,
)


def extract_headings(text: str) -> tuple[str, list[str]]:
    """Split a generated page into Markdown headings, with numbered comments between them, and the HTML of these.

    Parsing all its HTML as Markdown would be slow and change nothing.
    """
    lines = [f"<!--{number}-->\n\n{heading}" for number, heading in enumerate([*_HEADING.findall(text), ""])]
    return "\n\n".join(lines), _HEADING.split(text)


def restore_html(html: str, parts: list[str] | None) -> str:
    """Put that HTML back into the page, and rewrite its links from .md to .html."""
    if parts:
        html = re.sub(r"<!--(\d+)-->", lambda match: parts[int(match[1])].strip(), html)
    return re.sub(r'(href="[^":]*)\.md(["#])', r"\1.html\2", html)


def remove_switches(html: str) -> str:
    """Remove the theme's toggles, which need its scripts, and its skip link, which is outside of all landmarks."""
    return _SWITCHES.sub("", html)
