"""What search engines may read: every page with the day on which its facts last changed (sitemaps.org)."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date
from xml.etree import ElementTree

from build_tools.export.structured_data import find_last_modified
from build_tools.load.facts import Facts
from build_tools.load.settings import Settings
from build_tools.render.rendering import Page

_LISTS = ("procedures", "comparisons", "glossary", "sources", "claims", "a-to-z", "changes")
"""Pages that are made of all facts."""


def render_sitemaps(facts: Facts, pages: Iterable[Page], settings: Settings) -> dict[str, str]:
    """`robots.txt`, and if the site has an address, which it must name, `sitemap.xml`, by their paths."""
    all_may_read = "User-agent: *\nAllow: /\n"
    if not settings.site_url:
        return {"robots.txt": all_may_read}
    top = ElementTree.Element("urlset", {"xmlns": "http://www.sitemaps.org/schemas/sitemap/0.9"})
    for page in pages:
        url = ElementTree.SubElement(top, "url")
        ElementTree.SubElement(url, "loc").text = settings.address_of(page.path)
        if day := _changed(facts, page.path):
            ElementTree.SubElement(url, "lastmod").text = str(day)
    ElementTree.indent(top)
    text = ElementTree.tostring(top, "unicode")
    return {
        "sitemap.xml": f'<?xml version="1.0" encoding="utf-8"?>\n{text}\n',
        "robots.txt": f"{all_may_read}Sitemap: {settings.address_of('sitemap.xml')}\n",
    }


def _changed(facts: Facts, path: str) -> date | None:
    """The day on which a page's facts last changed or were checked; None for a page that is made of words."""
    folder, _, id = path.removesuffix(".md").rpartition("/")
    if folder in ("procedures", "take-along") and id in facts.procedures:
        return find_last_modified(facts, id, facts.procedures[id])
    if folder in ("comparisons", "worksheets") and id in facts.comparisons:
        comparison = facts.comparisons[id]
        options = [find_last_modified(facts, option, facts.procedures[option]) for option in comparison.options]
        return max(find_last_modified(facts, "comparisons", comparison), *options)
    if not folder and id in _LISTS:
        days = [find_last_modified(facts, id, procedure) for id, procedure in facts.procedures.items()]
        return max([*days, *(publication.published for publication in facts.publications)])
    return None
