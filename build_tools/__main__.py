"""The command line: `python -m build_tools COMMAND`; --help lists the commands."""

from __future__ import annotations

import argparse
import gc
import os
import sys
from collections.abc import Callable, Collection
from pathlib import Path
from typing import Any

from build_tools.check.references import summarize_placeholders
from build_tools.check.rules import check
from build_tools.edit.answers import list_remarks, read_answers, sort_signed
from build_tools.edit.change_comment import find_unexplained, render_comment
from build_tools.edit.drafts import FILES, write_draft
from build_tools.edit.report import format_in_full
from build_tools.edit.schema import write_schemas
from build_tools.edit.signing import describe_signature, parse_next_review, parse_plain_line, refuse_author, sign
from build_tools.load.loader import load
from build_tools.load.settings import Settings, today
from build_tools.model.changes import describe_changes, find_changes_since, record
from build_tools.model.reviews import find_unsigned, name_layers
from build_tools.pipeline import prepare
from build_tools.prose.layers import acknowledge, describe_corrections, describe_notices, find_outdated
from build_tools.records.problems import CommandError, Problem, describe, explain_refusal, filter_errors, suggest
from build_tools.records.sections import LAYERS
from build_tools.release.publication import publish
from build_tools.release.servers import write_settings
from build_tools.render.rendering import Site
from build_tools.verify.verify import verify


def main(arguments: list[str] | None = None) -> int:
    """Run one command and return its exit status: 0 for success, 1 for problems, 2 for incorrect usage."""
    try:
        args = _build_parser().parse_args(arguments)
        for folder in (args.data, args.content):
            if not folder.is_dir():
                hint = "Run this in the folder that holds README.md, or name the folder."
                raise CommandError(f"There is no folder {folder}.", hint, status=2)
        Settings.load(args.data)  # its error messages are clearer than those of MkDocs
        status: int = args.run(args)
        return status
    except BrokenPipeError:
        raise
    except (CommandError, OSError) as error:
        failure = explain_refusal(error) if isinstance(error, OSError) else error
        print(failure, file=sys.stderr)
        return failure.status


def _build_parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="python -m build_tools", description="From facts to pages.")
    parser.add_argument("--data", type=Path, default=Path("data"), help="the folder of facts (default: data)")
    parser.add_argument(
        "--content",
        type=Path,
        default=Path("content"),
        help="the folder of pages and templates (default: content)",
    )
    commands = parser.add_subparsers(metavar="COMMAND", required=True)
    flag: dict[str, Any] = {"action": "store_true"}
    plain_line: dict[str, Any] = {"required": True, "type": parse_plain_line}

    def add(run: Callable[[argparse.Namespace], int], name: str, help: str) -> argparse.ArgumentParser:
        command = commands.add_parser(name, help=help)
        command.set_defaults(run=run)
        return command

    command = add(_check, "check", "check all facts and words")
    command.add_argument("--release", **flag, help="also demand that a clinician has reviewed every procedure")
    command = add(lambda args: publish(args.site), "build", "build and verify the site, then put it in place")
    command.add_argument("site", nargs="?", type=Path, default=Path("site"), metavar="SITE", help="the folder")
    add(_release, "release", "put an archive of the last commit and its site into dist/")
    command = add(_verify, "verify", "check a built site against the facts")
    command.add_argument("site", type=Path, metavar="SITE")
    command = add(_servers, "servers", "write the settings for web servers into a folder")
    command.add_argument("out", type=Path, metavar="OUT")
    add(_schema, "schema", "write the schemas that editors use while typing")
    add(_report, "report", "show what there is and what is missing")
    command = add(_new, "new", "start the file of a procedure, a comparison or a clinic")
    command.add_argument("kind", choices=FILES)
    command.add_argument("id", metavar="ID", help="small letters, digits and hyphens")
    command = add(_changes, "changes", "list what changed in the facts since a git revision")
    command.add_argument("revision", metavar="REV", help="a commit, a tag or a branch")
    command.add_argument("--record", **flag, help="append the changes to data/changes.yml")
    command.add_argument("--markdown", **flag, help="write a pull request comment that marks risky changes")
    command = add(
        _acknowledge, "acknowledge", "list the texts that a clinic must check again, or mark them as checked"
    )
    command.add_argument("clinic", metavar="CLINIC", help="the clinic's id, such as example")
    command.add_argument("procedures", metavar="PROCEDURE", nargs="*", help="whose texts have been checked")
    command = add(_packet, "packet", "write a review packet for a clinician into packets/: a page and a PDF")
    command.add_argument("procedure", metavar="PROCEDURE", help="the procedure's id, as in the name of its file")
    command = add(_review, "review", "read the answers that a review packet saved")
    command.add_argument("answers", type=Path, metavar="FILE", help="such as answers-some-procedure.json")
    command = add(_sign, "sign", "sign parts of a procedure as a clinician")
    command.add_argument("procedure", metavar="PROCEDURE", help="the procedure's id, as in the name of its file")
    layers: dict[str, Any] = {"required": True, "nargs": "+", "choices": [*LAYERS, "all"], "metavar": "LAYER"}
    command.add_argument("--layers", **layers, help=f"what you have read: all, or some of {', '.join(LAYERS)}")
    command.add_argument("--name", **plain_line, help="your name")
    command.add_argument("--role", **plain_line, help="your profession and place of work")
    command.add_argument("--conflicts", **plain_line, help='conflicts of interest, or "None declared"')
    due = "the day of the next review, year-month-day"
    command.add_argument("--next", required=True, type=parse_next_review, metavar="DAY", help=due)
    command.add_argument("--yes", **flag, help="do not ask for confirmation")
    return parser


def _check(args: argparse.Namespace) -> int:
    site = _prepare(args)
    if args.release:
        return _print_problems([*site.problems, *find_unsigned(site.facts, site.today)])
    if notices := describe_notices(find_outdated(site.facts, site.facts.clinic_id)):
        print(describe_corrections(site.facts, site.facts.clinic_id) + notices)
    return _print_problems(summarize_placeholders(site.facts, site.problems))


def _release(_: argparse.Namespace) -> int:
    from build_tools.release.release import release  # slow to import, and most commands do not need it

    return release(Path("dist"))


def _verify(args: argparse.Namespace) -> int:
    if not args.site.is_dir():
        raise CommandError(f"There is no folder {args.site}.", "Build the site first with: make site", status=2)
    settings = Settings.load(args.data)
    facts, problems = load(args.data, settings.clinic)
    problems += check(facts, today())
    return _print_problems(filter_errors(problems) or verify(args.site, facts, args.content, settings))


def _servers(args: argparse.Namespace) -> int:
    facts, problems = load(args.data)
    for path in [] if problems else write_settings(args.out, args.content / "templates", facts):
        print(f"wrote {path}")
    return _print_problems(problems)


def _schema(args: argparse.Namespace) -> int:
    for path in write_schemas(args.data / "schema"):
        print(f"wrote {path}")
    return 0


def _report(args: argparse.Namespace) -> int:
    print(format_in_full(_prepare(args)))
    return 0


def _new(args: argparse.Namespace) -> int:
    print(write_draft(args.data, args.kind, args.id))
    return 0


def _changes(args: argparse.Namespace) -> int:
    if args.record:
        site = _prepare_for(args, "recorded")
        count, problems = record(args.data, site.facts, args.revision, site.today)
        if problems:
            return _print_problems(problems)
        appended = f"Appended {count} to {args.data}/changes.yml."
        print(appended if count else "Nothing changed, so nothing was recorded.")
        return 0
    facts, _ = load(args.data)
    changes, unread = find_changes_since(args.data, facts, args.revision)
    print((render_comment if args.markdown else describe_changes)(changes, args.data.name, unread))
    problems = list(find_unexplained(changes, facts)) if args.markdown else []
    return _print_problems(problems) if problems else 0


def _acknowledge(args: argparse.Namespace) -> int:
    site = _prepare_for(args, "acknowledged")
    id, facts = args.clinic, site.facts
    _require(id, facts.clinics, f'No clinic called "{id}" can be read.', f"{args.data}/clinics/")
    for procedure in args.procedures:
        _require(procedure, facts.clinics[id].procedures, f'{id} has no text about "{procedure}".')
    if args.procedures:
        file = acknowledge(args.data, facts, id, args.procedures, site.today)
        print(f"Written to {file}: {', '.join(args.procedures)}. Commit it together with clinic.yml.")
    else:
        notices = describe_notices(find_outdated(facts, id)) or "Every text fits the facts as they are now."
        print(describe_corrections(facts, id) + notices)
    return 0


def _packet(args: argparse.Namespace) -> int:
    from build_tools.edit.packet import write_packet  # slow to import, and most commands do not need it

    site = _prepare_for(args, "reviewed")
    for file in write_packet(site.facts, args.procedure, args.content, Path("packets"), site.today):
        print(f"wrote {file}")
    return 0


def _review(args: argparse.Namespace) -> int:
    site = _prepare_for(args, "reviewed")
    answers = read_answers(args.answers, site.facts, site.today)
    signed, refused = sort_signed(answers, site.facts)
    all_layers = site.facts.layers_of(answers.packet)
    if signed and answers.date and answers.next:
        id, reviewer = answers.packet, (answers.name, answers.role, answers.conflicts)
        authors = refuse_author(args.data, id, answers.name)
        if problems := sign(args.data, site.facts, id, signed, *reviewer, answers.date, answers.next):
            return _print_problems(problems)
        print(f"Signed by {answers.name}: {name_layers(signed, all_layers)}. {authors}")
        print(f"Commit {args.data}/reviews.yml.")
    if refused:
        print(f"Not signed, because some of its lines are not right: {name_layers(refused, all_layers)}.")
    if not answers.sign:
        print("No part was signed.")
    remarks = list_remarks(answers, site.facts)
    if remarks:
        print(describe(remarks), file=sys.stderr)
    return 1 if filter_errors(remarks) else 0


def _sign(args: argparse.Namespace) -> int:
    site, id = _prepare_for(args, "signed"), args.procedure
    layers = [layer for layer in site.facts.layers_of(id) if {layer, "all"} & {*args.layers}]
    if not layers:
        raise CommandError(f'"{id}" has nothing about {", ".join(args.layers)}.', "Sign another part.", status=2)
    authors = refuse_author(args.data, id, args.name)
    print(describe_signature(args.data, site.facts, id, layers, site.today))
    print(f"\nYou sign as: {args.name}, {args.role}. Conflicts of interest: {args.conflicts.rstrip('.')}.")
    print(f"Next review before {args.next}. {authors}")
    if not args.yes and not _confirm():
        print("Nothing was signed.", file=sys.stderr)
        return 1
    reviewer = args.name, args.role, args.conflicts
    if problems := sign(args.data, site.facts, id, layers, *reviewer, site.today, args.next):
        return _print_problems(problems)
    print(f"Signed. Commit {args.data}/reviews.yml together with the facts.")
    return 0


def _confirm() -> bool:
    try:
        return input('You have read all of it and it is right? Type "yes": ').strip().lower() == "yes"
    except (EOFError, KeyboardInterrupt):
        print()
        return False


def _require(id: str, known_ids: Collection[str], message: str, where: str = "") -> None:
    if id not in known_ids:
        raise CommandError(message, suggest(id, known_ids, where), status=2)


def _prepare(args: argparse.Namespace) -> Site:
    return prepare(args.data, args.content, today(), Settings.load(args.data))


def _prepare_for(args: argparse.Namespace, done: str) -> Site:
    """The site without errors, with the procedure in `args`; CommandError says that nothing can be `done`."""
    site = _prepare(args)
    if site.errors:
        raise CommandError(describe(site.errors), f"Nothing can be {done} as long as there are problems.")
    if id := getattr(args, "procedure", ""):
        where = f"{args.data}/procedures/"
        _require(id, site.facts.procedures, f'There is no procedure called "{id}".', where)
    return site


def _print_problems(problems: list[Problem]) -> int:
    """Print the problems, or that there are none, and return the exit status."""
    if problems:
        print(describe(problems), file=sys.stderr)
        return 1
    print("No problems found.")
    return 0


if __name__ == "__main__":
    gc.disable()  # facts have no reference cycles, and looking for them takes a tenth of `check`
    try:
        status = main()
        sys.stdout.flush()
    except KeyboardInterrupt:
        print("\nStopped.", file=sys.stderr)
        status = 130
    except BrokenPipeError:  # the reader, such as `head`, closed the pipe
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        status = 1
    sys.exit(status)
