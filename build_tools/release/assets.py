"""The folder of styles, scripts and fonts is named by its content, so that browsers may keep it for a year."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Mapping


def strip_comments(styles: str) -> str:
    """Styles as a reader's phone gets them: comments are for those who change them."""
    return re.sub(r"/\*.*?\*/\s*", "", styles, flags=re.DOTALL)


def fingerprint(assets: Mapping[str, bytes]) -> str:
    """The name of the folder for these files (content by path): it changes with every byte and name in it."""
    parts = [f"{hashlib.sha256(content).hexdigest()}  {path}\n" for path, content in sorted(assets.items())]
    return hashlib.sha256("".join(parts).encode()).hexdigest()[:12]


_ADDRESS = re.compile(r'\b(?:href|src)="[./\w-]*(?<!\w)\Z')


def rewrite_asset_urls(folder: str, html: str) -> str:
    """The page, with every address below assets/ leading into the folder below it."""

    def led(found: re.Match[str]) -> str:
        is_address = _ADDRESS.search(html, max(0, found.start() - 200), found.start())
        return f"assets/{folder}/" if is_address else found[0]

    return re.sub(rf"assets/(?!{folder}/)", led, html)  # begins with the rarest part: pages are long
