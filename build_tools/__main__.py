"""The command line: `python -m build_tools COMMAND`; --help names the commands."""

from __future__ import annotations

import argparse
import os
import sys
from datetime import date
from pathlib import Path

from build_tools import drafts, screen
from build_tools.audit import AuditError, audit
from build_tools.changes import describe_changes, record, since
from build_tools.checks import check
from build_tools.facts import load
from build_tools.layers import acknowledge, describe_notices, to_look_at
from build_tools.problems import Problem, describe, errors_in, suggest
from build_tools.publication import PublicationError, publish
from build_tools.release import release
from build_tools.reviews import unsigned
from build_tools.revisions import RevisionError
from build_tools.schema import write_schemas
from build_tools.servers import write_settings
from build_tools.settings import DayError, Settings, today
from build_tools.signing import day_within_a_year, describe_signature, plain_line, sign
from build_tools.site import Site, files_beside, prepare
from build_tools.verify import verify


def main(arguments: list[str] | None = None) -> int:
    """Run one command; 0 is fine, 1 means that problems were found, 2 wrong use."""
    parser = argparse.ArgumentParser(prog="python -m build_tools", description="From facts to pages.")
    parser.add_argument("--data", type=Path, default=Path("data"), help="the folder of facts (default: data)")
    parser.add_argument(
        "--content", type=Path, default=Path("content"), help="the folder of words (default: content)"
    )
    commands = parser.add_subparsers(dest="command", required=True)
    checked = commands.add_parser("check", help="check all facts and words")
    checked.add_argument(
        "--release", action="store_true", help="also demand that a clinician has reviewed every procedure"
    )
    render = commands.add_parser("render", help="write every page as Markdown into a new folder")
    render.add_argument("out", type=Path, metavar="OUT")
    published = commands.add_parser("build", help="build the site, verify it, and only then put it in place")
    published.add_argument(
        "site", nargs="?", type=Path, default=Path("site"), metavar="SITE", help="the folder (default: site)"
    )
    released = commands.add_parser("release", help="make archives of the last commit, with the site in them")
    released.add_argument("--dist", type=Path, default=Path("dist"), help="where to put them (default: dist)")
    audited = commands.add_parser("audit", help="what is known against the locked packages, and their licenses")
    audited.add_argument(
        "--osv-url", default="", metavar="URL", help="ask another service that answers as osv.dev"
    )
    built = commands.add_parser("verify", help="check a built site against the facts")
    built.add_argument("site", type=Path, metavar="SITE")
    served = commands.add_parser("servers", help="write the settings for web servers into a folder")
    served.add_argument("out", type=Path, metavar="OUT")
    commands.add_parser("schema", help="write the schemas that editors use while typing")
    screen.add_command(commands)
    drafts.add_command(commands)
    changed = commands.add_parser("changes", help="say what changed in the facts since a git revision")
    changed.add_argument("revision", metavar="REV", help="a commit, a tag or a branch")
    changed.add_argument("--record", action="store_true", help="publish it: append it to data/changes.yml")
    held = commands.add_parser("acknowledge", help="list what a clinic must look at again, or say that it did")
    held.add_argument("clinic", metavar="CLINIC", help="the clinic's id, such as example")
    held.add_argument(
        "procedures", metavar="PROCEDURE", nargs="*", help="whose texts fit the facts as they are now"
    )
    signed = commands.add_parser("sign", help="sign the facts of a procedure as a clinician")
    signed.add_argument("procedure", metavar="PROCEDURE", help="the procedure's id, such as cordotomy")
    signed.add_argument("--name", required=True, type=_text, help="your name")
    signed.add_argument("--role", required=True, type=_text, help="your profession and place of work")
    signed.add_argument("--conflicts", required=True, type=_text, help='conflicts of interest, or "None declared"')
    signed.add_argument(
        "--next",
        required=True,
        type=_next_review,
        metavar="DAY",
        help="the day of the next review, year-month-day",
    )
    signed.add_argument("--yes", action="store_true", help="do not ask")
    chosen = parser.parse_args(arguments)

    for folder in (chosen.data, chosen.content):
        if not folder.is_dir():
            parser.error(f"there is no folder {folder}; run this where README.md lies, or name it")
    try:
        return _answer(chosen, parser)
    except DayError as error:
        parser.error(str(error))
    except (AuditError, PublicationError) as error:
        print(error, file=sys.stderr)
        return 1
    except RevisionError as error:
        print(error, file=sys.stderr)
        return error.status


def _answer(chosen: argparse.Namespace, parser: argparse.ArgumentParser) -> int:
    if chosen.command == "build":
        return publish(chosen.site)
    if chosen.command == "release":
        return release(chosen.dist)
    if chosen.command == "audit":
        return audit(Path("requirements/dev.txt"), chosen.osv_url)
    if chosen.command == "verify":
        if not chosen.site.is_dir():
            parser.error(f"there is no folder {chosen.site}; build the site first with: make site")
        host = Settings.beside(chosen.data)
        facts, problems = load(chosen.data)
        problems += check(facts, today())
        return _tell(
            errors_in(problems) or verify(chosen.site, chosen.data, chosen.content, host.clinic, host.site_url)
        )
    if chosen.command == "servers":
        facts, problems = load(chosen.data)
        for path in [] if problems else write_settings(chosen.out, chosen.content / "templates", facts):
            print(f"wrote {path}")
        return _tell(problems)
    if chosen.command == "new":
        return drafts.answer(chosen)
    if chosen.command == "schema":
        for path in write_schemas(chosen.data / "schema"):
            print(f"wrote {path}")
        return 0
    settings = Settings.beside(chosen.data)
    site = prepare(chosen.data, chosen.content, today(), settings, print_too=chosen.command == "render")
    if chosen.command == "changes":
        return _changes(chosen, site)
    if chosen.command == "acknowledge":
        return _acknowledge(chosen, site, parser)
    if chosen.command == "sign":
        return _sign(chosen, site, parser)
    if chosen.command == "check" and chosen.release:
        return _tell([*site.problems, *unsigned(site.facts, today())])
    if chosen.command == "report":
        return screen.answer(chosen, site, today())
    if notices := describe_notices(to_look_at(site.facts, site.facts.clinic_id)):
        print(notices)
    if chosen.command == "render" and not site.errors:
        if chosen.out.exists() and not (chosen.out.is_dir() and not any(chosen.out.iterdir())):
            parser.error(f"{chosen.out} is not an empty folder; name a new one")
        for name, content in ({page.path: page.text for page in site.pages} | files_beside(site)).items():
            path = chosen.out / name
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_bytes(content.encode() if isinstance(content, str) else content)
        print(f"wrote {len(site.pages)} pages to {chosen.out}")
    return _tell(site.problems)


def _changes(chosen: argparse.Namespace, site: Site) -> int:
    if not chosen.record:
        told, unread = since(chosen.data, site.facts, chosen.revision)
        print(describe_changes(told, chosen.data.name, unread))
        return 0
    if site.errors:
        return _tell(site.errors)
    number, problems = record(chosen.data, site.facts, chosen.revision, today())
    if problems:
        return _tell(problems)
    print(
        f"Appended {number} to {chosen.data}/changes.yml."
        if number
        else "Nothing changed, so nothing was recorded."
    )
    return 0


def _acknowledge(chosen: argparse.Namespace, site: Site, parser: argparse.ArgumentParser) -> int:
    id, facts = chosen.clinic, site.facts
    if id not in facts.clinics:
        parser.error(
            f'no clinic called "{id}" can be read. {suggest(id, facts.clinics, f"{chosen.data}/clinics/")}'
        )
    texts = facts.clinics[id].procedures
    for procedure in chosen.procedures:
        if procedure not in texts:
            parser.error(f'{id} has no text about "{procedure}". {suggest(procedure, texts)}')
    if site.errors:
        print("Nothing can be acknowledged as long as there are problems.", file=sys.stderr)
        return _tell(site.errors)
    if chosen.procedures:
        file = acknowledge(chosen.data, facts, id, chosen.procedures, today())
        print(f"Written to {file}: {', '.join(chosen.procedures)}. Commit it together with clinic.yml.")
        return 0
    print(describe_notices(to_look_at(facts, id)) or "Every text was held against the facts as they are now.")
    return 0


def _sign(chosen: argparse.Namespace, site: Site, parser: argparse.ArgumentParser) -> int:
    if site.errors:
        print("Nothing can be signed as long as there are problems.", file=sys.stderr)
        return _tell(site.errors)
    if chosen.procedure not in site.facts.procedures:
        hint = suggest(chosen.procedure, site.facts.procedures, f"{chosen.data}/procedures/")
        parser.error(f'there is no procedure called "{chosen.procedure}". {hint}')
    print(describe_signature(chosen.data, site.facts, chosen.procedure, today()))
    print(f"\nYou sign as: {chosen.name}, {chosen.role}. Conflicts of interest: {chosen.conflicts.rstrip('.')}.")
    print(f"Next review before {chosen.next}.")
    if not chosen.yes and not _confirmed():
        print("Nothing was signed.", file=sys.stderr)
        return 1
    problems = sign(
        chosen.data,
        site.facts,
        chosen.procedure,
        chosen.name,
        chosen.role,
        chosen.conflicts,
        chosen.next,
        today(),
    )
    if problems:
        return _tell(problems)
    print(f"Signed. Commit {chosen.data}/reviews.yml together with the facts.")
    return 0


def _confirmed() -> bool:
    try:
        return input('You have read all of it and it is right? Type "yes": ').strip().lower() == "yes"
    except (EOFError, KeyboardInterrupt):
        print()
        return False


def _text(text: str) -> str:
    try:
        return plain_line(text)
    except ValueError as error:
        raise argparse.ArgumentTypeError(str(error)) from error


def _next_review(text: str) -> date:
    try:
        return day_within_a_year(text, today())
    except ValueError as error:
        raise argparse.ArgumentTypeError(str(error)) from error


def _tell(problems: list[Problem]) -> int:
    if problems:
        print(describe(problems), file=sys.stderr)
        return 1
    print("No problems found.")
    return 0


if __name__ == "__main__":
    try:
        status = main()
        sys.stdout.flush()
    except KeyboardInterrupt:
        print("\nStopped.", file=sys.stderr)
        status = 130
    except BrokenPipeError:  # who reads along, such as `head`, has seen enough
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        status = 1
    sys.exit(status)
