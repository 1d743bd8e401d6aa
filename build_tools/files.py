"""Which files can lie in data/ and content/: no links, and no kind of file that the site does not need.

Whatever else lay in content/ would be published unseen, and a link would publish what it points to.
"""

from __future__ import annotations

import os
import re
from collections.abc import Iterator
from pathlib import Path

from build_tools.logos import check_svg
from build_tools.problems import Place, Problem
from build_tools.reading import NO_LINKS

_DATA = re.compile(
    r"[^/]+\.ya?ml|(?:procedures|comparisons|vocabulary)/[^/]+\.ya?ml|spelling\.txt|schema/[\w-]+\.json|"
    r"drawings/[^/]+\.svg|clinics/[^/]+|clinics/[^/]+/(?:.+\.ya?ml|[^/]+\.(?:svg|png))",
    re.IGNORECASE,
)
"""Files whose names are wrong among them are problems of the facts, and told there."""
_CONTENT = re.compile(
    r"[^/]+\.md|assets/[\w-]+\.(?:css|js|svg)|assets/fonts/(?:[\w.-]+\.woff2|LICENSE\.txt)|"
    r"templates/theme/(?:[\w-]+/)*[\w-]+\.html|templates/theme/sitemap\.xml|templates/(?!theme/).+|"
    r"\.well-known/security\.txt",
    re.IGNORECASE,
)


def check_files(data: Path, content: Path) -> Iterator[Problem]:
    """Every link, every file of an unexpected kind, and every picture in content/ that is more than shapes."""
    for folder, expected in ((data, _DATA), (content, _CONTENT)):
        for path in _below(folder):
            inside = path.relative_to(folder).as_posix()
            shown = f"{folder.name}/{inside}"
            if path.is_symlink():
                yield Problem(Place(shown), *NO_LINKS)
            elif not path.is_dir() and not (path.is_file() and expected.fullmatch(inside)):
                yield Problem(
                    Place(shown),
                    f"No file of this kind or name belongs into {folder.name}/.",
                    "Move it out of this folder, or correct its name or its place.",
                )
            elif folder == content and path.suffix.lower() == ".svg":
                yield from check_svg(path, shown)


def _below(folder: Path) -> Iterator[Path]:
    """Everything in a folder but what begins with a dot: nobody reads that, and nobody publishes it."""
    for top, folders, files in os.walk(folder):
        folders[:] = sorted(name for name in folders if not name.startswith(".") or name == ".well-known")
        yield from (Path(top, name) for name in (*folders, *sorted(files)) if name[0] != "." or name in folders)
