"""The files of a site other than its pages: styles, leaflets, exports, search index, feeds."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

from build_tools.export.calendars import render_calendar
from build_tools.export.exports import render_exports
from build_tools.export.feed import render_feed
from build_tools.export.infobutton import render_answers
from build_tools.model.colors import MORE_STYLES, STYLES, render_family_styles
from build_tools.prose.glossary import render_script
from build_tools.prose.layers import render_accent
from build_tools.release.assets import strip_comments
from build_tools.release.materials import LUNR, render_licenses
from build_tools.release.progress import say
from build_tools.render.redirects import render_redirects
from build_tools.render.rendering import Site
from build_tools.render.search import render_search_index
from build_tools.render.sitemap import render_sitemaps


def add_leaflets(site: Site) -> Site:
    """Add the leaflets to a site, and a problem for each that cannot be typeset; none if the site has errors."""
    if site.errors or not site.settings.leaflets:
        return site
    from build_tools.render.leaflets import set_leaflets  # slow to import, and a preview has no leaflets

    say("Typesetting the leaflets")
    pdfs, problems = set_leaflets(site.renderer)
    return replace(site, leaflets=pdfs, problems=[*site.problems, *problems])


def make_page_files(site: Site) -> dict[str, str | bytes]:
    """The styles, scripts and logo that pages load, and the pages that redirect: contents by path."""
    facts = site.renderer.facts  # without broken files
    files: dict[str, str | bytes] = {
        STYLES: render_family_styles(site.facts) + strip_comments((site.content / STYLES).read_text("utf-8")),
        MORE_STYLES: strip_comments((site.content / MORE_STYLES).read_text("utf-8")),
        "assets/lunr.js": LUNR.read_text("utf-8"),
        "assets/words.js": render_script(site.facts.terms()),
        "assets/search-index.js": render_search_index(facts, site.pages),
        **render_redirects(site.facts.all_redirects, site.settings),
    }
    if site.facts.clinic and site.facts.clinic.accent:
        files["assets/clinic.css"] = render_accent(site.facts.clinic.accent)
    if logo := site.facts.logo:
        files[f"assets/{logo.name}"] = logo.content
    return files


def make_other_files(site: Site) -> Iterator[tuple[str, str | bytes]]:
    """The path and the content of each file that no page needs: leaflets, exports, feeds, licenses."""
    facts = site.renderer.facts  # without broken files
    yield "licenses.txt", render_licenses()
    yield "feed.xml", render_feed(site.facts, site.settings)
    yield from render_answers(facts, site.settings).items()
    yield "reviews.ics", render_calendar(facts, site.settings)
    yield from render_sitemaps(facts, site.pages, site.settings).items()
    yield from render_exports(facts, site.settings, site.today)
    yield from site.leaflets.items()
