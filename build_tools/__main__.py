"""The command line: `python -m build_tools check | render OUT | verify SITE | schema | report`."""

from __future__ import annotations

import argparse
import sys
from datetime import date
from pathlib import Path

from build_tools.checks import check
from build_tools.facts import load
from build_tools.problems import Problem, describe
from build_tools.report import summarize
from build_tools.schema import write_schemas
from build_tools.site import prepare
from build_tools.verify import verify


def main(arguments: list[str] | None = None) -> int:
    """Run one command; 0 is fine, 1 means that problems were found, 2 wrong use."""
    parser = argparse.ArgumentParser(prog="python -m build_tools", description="From facts to pages.")
    parser.add_argument("--data", type=Path, default=Path("data"), help="the folder of facts (default: data)")
    parser.add_argument(
        "--content", type=Path, default=Path("content"), help="the folder of words (default: content)"
    )
    commands = parser.add_subparsers(dest="command", required=True)
    commands.add_parser("check", help="check all facts and words")
    render = commands.add_parser("render", help="write every page as Markdown into a new folder")
    render.add_argument("out", type=Path, metavar="OUT")
    built = commands.add_parser("verify", help="check a built site against the facts")
    built.add_argument("site", type=Path, metavar="SITE")
    commands.add_parser("schema", help="write the schemas that editors use while typing")
    commands.add_parser("report", help="say what there is and what is missing")
    chosen = parser.parse_args(arguments)

    for folder in (chosen.data, chosen.content):
        if not folder.is_dir():
            parser.error(f"there is no folder {folder}; run this where README.md lies, or name it")
    if chosen.command == "verify":
        if not chosen.site.is_dir():
            parser.error(f"there is no folder {chosen.site}; build the site first with: make site")
        facts, problems = load(chosen.data)
        problems += check(facts, date.today())
        return _tell(problems or verify(chosen.site, chosen.data, chosen.content))
    if chosen.command == "schema":
        for path in write_schemas(chosen.data / "schema"):
            print(f"wrote {path}")
        return 0
    site = prepare(chosen.data, chosen.content, date.today())
    if chosen.command == "report":
        print(summarize(site))
        return 0
    if chosen.command == "render" and not site.problems:
        if chosen.out.exists() and not (chosen.out.is_dir() and not any(chosen.out.iterdir())):
            parser.error(f"{chosen.out} is not an empty folder; name a new one")
        for page in site.pages:
            path = chosen.out / page.path
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_text(page.text, "utf-8")
        print(f"wrote {len(site.pages)} pages to {chosen.out}")
    return _tell(site.problems)


def _tell(problems: list[Problem]) -> int:
    if problems:
        print(describe(problems), file=sys.stderr)
        return 1
    print("No problems found.")
    return 0


if __name__ == "__main__":
    sys.exit(main())
