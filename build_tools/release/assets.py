"""Name the assets folder by its content, so that browsers can cache it for a year."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Mapping


def strip_comments(styles: str) -> str:
    """Strip the comments, which are for engineers, from styles."""
    return re.sub(r"/\*.*?\*/\s*", "", styles, flags=re.DOTALL)


def fingerprint(assets: Mapping[str, bytes]) -> str:
    """The folder name for these files (content by path): it changes with every byte and file name."""
    lines = [f"{hashlib.sha256(content).hexdigest()}  {path}\n" for path, content in sorted(assets.items())]
    return hashlib.sha256("".join(lines).encode()).hexdigest()[:12]


_URL_START = re.compile(r'\b(?:href|src)="[./\w-]*(?<!\w)\Z')


def rewrite_asset_urls(folder: str, html: str) -> str:
    """Rewrite every URL below assets/ on a page to be below assets/`folder`/."""

    def rewrite(match: re.Match[str]) -> str:
        is_url = _URL_START.search(html, max(0, match.start() - 200), match.start())
        return f"assets/{folder}/" if is_url else match[0]

    return re.sub(rf"assets/(?!{folder}/)", rewrite, html)  # begins with the rarest part: pages are long
