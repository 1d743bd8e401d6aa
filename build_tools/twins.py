"""The smaller twins of text files, for web servers that hand them out instead: page.html.gz and page.html.br."""

from __future__ import annotations

import gzip
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import brotli

TEXT = frozenset(".css .csv .html .ics .js .json .jsonld .svg .txt .webmanifest .xml".split())
"""Names of text files end so. Pictures, fonts and PDF are small by themselves."""

LEAST = 1000
"""Bytes. A smaller file fits into one packet as it is."""


def write_twins(site: Path) -> None:
    """Put both twins beside each text file of `site`. Their bytes depend on the file's bytes alone."""
    files = [file for file in sorted(site.rglob("*")) if file.suffix in TEXT and file.stat().st_size >= LEAST]
    with ThreadPoolExecutor() as workers:
        list(workers.map(_write, files))


def _write(file: Path) -> None:
    content = file.read_bytes()
    file.with_name(f"{file.name}.gz").write_bytes(gzip.compress(content, 9, mtime=0))
    file.with_name(f"{file.name}.br").write_bytes(brotli.compress(content, mode=brotli.MODE_TEXT, quality=11))
