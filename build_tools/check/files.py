"""Which files can lie in data/ and content/: no links, and no kind of file that the site does not need.

Whatever else lay in content/ would be published unseen, and a link would publish what it points to.
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
    """Every link, every file that nobody reads, and every picture in content/ that is more than shapes."""
    read = {f"{name}.yml" for name in facts.documents}
    for folder, expected in ((facts.folder, _DATA), (content, _CONTENT)):
        for path in _below(folder):
            inside = path.relative_to(folder).as_posix()
            shown = f"{folder.name}/{inside}"
            if path.is_symlink():
                yield Problem(Place(shown), *NO_LINKS)
            elif path.is_dir() or (folder == facts.folder and inside in read):
                continue
            elif not (path.is_file() and expected.fullmatch(inside)):
                hint = (
                    "Correct its name, which has small letters, digits and hyphens, or move it out of this folder."
                )
                if inside.startswith("clinics/"):
                    hint = f"A clinic's folder has clinic.yml, seen.yml and a logo. {SAME_EVERYWHERE}"
                yield Problem(Place(shown), f"Nothing reads a file of this name in {folder.name}/.", hint)
            elif folder == content and path.suffix.lower() == ".svg":
                yield from check_svg(path, shown)


def _below(folder: Path) -> Iterator[Path]:
    """Everything in a folder but what begins with a dot: nobody reads that, and nobody publishes it."""
    for path in sorted(folder.rglob("*")):
        if all(part[0] != "." or part == ".well-known" for part in path.relative_to(folder).parts):
            yield path
