"""Old and guessable addresses of pages: each is a small page that redirects without scripts (standards ID-5)."""

from __future__ import annotations

import posixpath
from collections.abc import Iterable, Iterator, Mapping
from html import escape

from build_tools.load.facts import Facts
from build_tools.load.settings import Settings
from build_tools.records.problems import Problem, suggest
from build_tools.render.rendering import Page


def check_redirects(facts: Facts, pages: Iterable[Page]) -> Iterator[Problem]:
    """Every redirect is from an address without a page directly to a page."""
    built = {page.path.removesuffix(".md") + ".html" for page in pages}
    for old, new in facts.redirects.items():
        place = facts.place("redirects", old)
        if old in built:
            yield Problem(place, f'"{old}" is a page, so it cannot redirect.', "Delete this line.")
        if new not in built:
            chained = facts.redirects.get(new)
            hint = f'It redirects itself: write "{chained}" here.' if chained else suggest(new, built)
            yield Problem(place, f'There is no page "{new}".', hint)


def render_redirects(redirects: Mapping[str, str], settings: Settings) -> dict[str, str]:
    """The HTML of each page that redirects, by its path."""
    return {old: _render_redirect(old, new, settings) for old, new in redirects.items()}


def _render_redirect(old: str, new: str, settings: Settings) -> str:
    to, styles = (posixpath.relpath(file, posixpath.dirname(old) or ".") for file in (new, "assets/site.css"))
    canonical = settings.address_of(new) if settings.site_url else to
    return f"""<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width,initial-scale=1">
<title>This page has moved - {escape(settings.site_name)}</title>
<meta http-equiv="refresh" content="0; url={to}">
<meta name="robots" content="noindex">
<link rel="canonical" href="{escape(canonical)}">
<link rel="stylesheet" href="{styles}">
</head>
<body>
<main>
<h1>This page has moved</h1>
<p><a href="{to}">Go to the page</a></p>
</main>
</body>
</html>
"""
