"""Which files data/ and content/ can hold: no links, and no files that the site does not need.

Any other file in content/ would be published unnoticed, and a link would publish its target.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path

from build_tools.load.facts import Facts
from build_tools.load.logos import check_svg
from build_tools.load.messages import SAME_EVERYWHERE
from build_tools.load.yaml_reader import NO_LINKS
from build_tools.records.problems import Place, Problem

_DATA = re.compile(
    r"spelling\.txt|schema/[\w-]+\.json|drawings/[^/]+\.svg|clinics/[^/]+/[^/]+\.(?:svg|png)", re.IGNORECASE
)
"""The files in data/ that are not read as facts."""
_CONTENT = re.compile(
    r"[^/]+\.md|assets/[\w-]+\.(?:css|js|svg)|assets/fonts/(?:[\w.-]+\.woff2|LICENSE\.txt)|"
    r"templates/theme/(?:[\w-]+/)*[\w-]+\.html|templates/theme/sitemap\.xml|templates/(?!theme/).+|"
    r"\.well-known/security\.txt",
    re.IGNORECASE,
)


def check_files(facts: Facts, content: Path) -> Iterator[Problem]:
    """Report every link, every file that nothing reads, and every picture in content/ that is more than shapes."""
    read = {f"{name}.yml" for name in facts.documents}
    for folder, allowed in ((facts.folder, _DATA), (content, _CONTENT)):
        for path in _iter_visible(folder):
            name = path.relative_to(folder).as_posix()
            shown = f"{folder.name}/{name}"
            if path.is_symlink():
                yield Problem(Place(shown), *NO_LINKS)
            elif path.is_dir() or (folder == facts.folder and name in read):
                continue
            elif not (path.is_file() and allowed.fullmatch(name)):
                hint = "Correct its name (lowercase letters, digits, and hyphens), or move it out of this folder."
                if name.startswith("clinics/"):
                    hint = f"A clinic's folder has clinic.yml, seen.yml and a logo. {SAME_EVERYWHERE}"
                yield Problem(Place(shown), f"Nothing reads a file of this name in {folder.name}/.", hint)
            elif folder == content and path.suffix.lower() == ".svg":
                yield from check_svg(path, shown)


def _iter_visible(folder: Path) -> Iterator[Path]:
    """Everything in a folder except hidden files and folders, which are neither read nor published."""
    for path in sorted(folder.rglob("*")):
        if all(part[0] != "." or part == ".well-known" for part in path.relative_to(folder).parts):
            yield path
