"""The command line: `python -m build_tools COMMAND`; --help names the commands. Each is a function."""

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
from build_tools.edit import drafts, report
from build_tools.edit.answers import list_remarks, read_answers, sort_signed
from build_tools.edit.change_comment import find_unexplained, render_comment
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
    """Run one command; 0 is fine, 1 means that problems were found, 2 wrong use."""
    try:
        chosen = _parser().parse_args(arguments)
        for folder in (chosen.data, chosen.content):
            if not folder.is_dir():
                hint = "Run this where README.md lies, or name it."
                raise CommandError(f"There is no folder {folder}.", hint, status=2)
        Settings.beside(chosen.data)  # whatever is wrong there, MkDocs would say it less well
        status: int = chosen.run(chosen)
        return status
    except BrokenPipeError:
        raise
    except (CommandError, OSError) as error:
        stopped = explain_refusal(error) if isinstance(error, OSError) else error
        print(stopped, file=sys.stderr)
        return stopped.status


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="python -m build_tools", description="From facts to pages.")
    parser.add_argument("--data", type=Path, default=Path("data"), help="the folder of facts (default: data)")
    parser.add_argument("--content", type=Path, default=Path("content"), help="that of words (default: content)")
    commands = parser.add_subparsers(metavar="COMMAND", required=True)
    flag: dict[str, Any] = {"action": "store_true"}

    def add(run: Callable[[argparse.Namespace], int], name: str, help: str) -> argparse.ArgumentParser:
        command = commands.add_parser(name, help=help)
        command.set_defaults(run=run)
        return command

    command = add(_check, "check", "check all facts and words")
    command.add_argument("--release", **flag, help="also demand that a clinician has reviewed every procedure")
    command = add(lambda chosen: publish(chosen.site), "build", "build and verify the site, then put it in place")
    command.add_argument("site", nargs="?", type=Path, default=Path("site"), metavar="SITE", help="the folder")
    add(_release, "release", "put an archive of the last commit and its site into dist/")
    command = add(_verify, "verify", "check a built site against the facts")
    command.add_argument("site", type=Path, metavar="SITE")
    command = add(_servers, "servers", "write the settings for web servers into a folder")
    command.add_argument("out", type=Path, metavar="OUT")
    add(_schema, "schema", "write the schemas that editors use while typing")
    add(_say_what_is_missing, "report", "say what there is and what is missing")
    command = add(drafts.write_draft, "new", "begin the file of a procedure, a comparison or a clinic")
    command.add_argument("kind", choices=drafts.FILES)
    command.add_argument("id", metavar="ID", help="small letters, digits and hyphens")
    command = add(_changes, "changes", "say what changed in the facts since a git revision")
    command.add_argument("revision", metavar="REV", help="a commit, a tag or a branch")
    command.add_argument("--record", **flag, help="publish it: append it to data/changes.yml")
    command.add_argument("--markdown", **flag, help="as a comment on a pull request, with risky changes marked")
    command = add(_acknowledge, "acknowledge", "list what a clinic must look at again, or say that it did")
    command.add_argument("clinic", metavar="CLINIC", help="the clinic's id, such as example")
    command.add_argument("procedures", metavar="PROCEDURE", nargs="*", help="whose texts fit the facts")
    command = add(_packet, "packet", "write a review packet for a clinician into packets/: a page and a PDF")
    command.add_argument("procedure", metavar="PROCEDURE", help="the procedure's id, as in the name of its file")
    command = add(_review, "review", "read back the answers that a review packet has saved")
    command.add_argument("answers", type=Path, metavar="FILE", help="such as answers-some-procedure.json")
    command = add(_sign, "sign", "sign parts of a procedure as a clinician")
    command.add_argument("procedure", metavar="PROCEDURE", help="the procedure's id, as in the name of its file")
    must: dict[str, Any] = {"required": True}
    read = f"what you have read: all, or some of {', '.join(LAYERS)}"
    command.add_argument("--layers", **must, nargs="+", choices=[*LAYERS, "all"], metavar="LAYER", help=read)
    command.add_argument("--name", **must, type=parse_plain_line, help="your name")
    command.add_argument("--role", **must, type=parse_plain_line, help="your profession and place of work")
    command.add_argument(
        "--conflicts", **must, type=parse_plain_line, help='conflicts of interest, or "None declared"'
    )
    due = "the day of the next review, year-month-day"
    command.add_argument("--next", **must, type=parse_next_review, metavar="DAY", help=due)
    command.add_argument("--yes", **flag, help="do not ask")
    return parser


def _say_what_is_missing(chosen: argparse.Namespace) -> int:
    print(report.format_in_full(_prepared(chosen)))
    return 0


def _check(chosen: argparse.Namespace) -> int:
    site = _prepared(chosen)
    if chosen.release:
        return _report([*site.problems, *find_unsigned(site.facts, site.today)])
    if notices := describe_notices(find_outdated(site.facts, site.facts.clinic_id)):
        print(describe_corrections(site.facts, site.facts.clinic_id) + notices)
    return _report(summarize_placeholders(site.facts, site.problems))


def _verify(chosen: argparse.Namespace) -> int:
    if not chosen.site.is_dir():
        raise CommandError(f"There is no folder {chosen.site}.", "Build the site first with: make site", status=2)
    host = Settings.beside(chosen.data)
    facts, problems = load(chosen.data, host.clinic)
    problems += check(facts, today())
    return _report(filter_errors(problems) or verify(chosen.site, facts, chosen.content, host))


def _servers(chosen: argparse.Namespace) -> int:
    facts, problems = load(chosen.data)
    for path in [] if problems else write_settings(chosen.out, chosen.content / "templates", facts):
        print(f"wrote {path}")
    return _report(problems)


def _schema(chosen: argparse.Namespace) -> int:
    for path in write_schemas(chosen.data / "schema"):
        print(f"wrote {path}")
    return 0


def _changes(chosen: argparse.Namespace) -> int:
    if not chosen.record:
        facts, _ = load(chosen.data)
        changes, unread = find_changes_since(chosen.data, facts, chosen.revision)
        print((render_comment if chosen.markdown else describe_changes)(changes, chosen.data.name, unread))
        problems = list(find_unexplained(changes, facts)) if chosen.markdown else []
        return _report(problems) if problems else 0
    site = _prepared_for(chosen, "recorded")
    number, problems = record(chosen.data, site.facts, chosen.revision, site.today)
    if problems:
        return _report(problems)
    appended = f"Appended {number} to {chosen.data}/changes.yml."
    print(appended if number else "Nothing changed, so nothing was recorded.")
    return 0


def _acknowledge(chosen: argparse.Namespace) -> int:
    site = _prepared_for(chosen, "acknowledged")
    id, facts = chosen.clinic, site.facts
    _demand(id, facts.clinics, f'No clinic called "{id}" can be read.', f"{chosen.data}/clinics/")
    for procedure in chosen.procedures:
        _demand(procedure, facts.clinics[id].procedures, f'{id} has no text about "{procedure}".')
    if chosen.procedures:
        file = acknowledge(chosen.data, facts, id, chosen.procedures, site.today)
        print(f"Written to {file}: {', '.join(chosen.procedures)}. Commit it together with clinic.yml.")
    else:
        notices = describe_notices(find_outdated(facts, id)) or "Every text fits the facts as they are now."
        print(describe_corrections(facts, id) + notices)
    return 0


def _release(_: argparse.Namespace) -> int:
    from build_tools.release.release import release  # `check`, which is run most, does not wait for its parts

    return release(Path("dist"))


def _packet(chosen: argparse.Namespace) -> int:
    from build_tools.edit.packet import write_packet  # likewise

    site = _prepared_for(chosen, "reviewed")
    for file in write_packet(site.facts, chosen.procedure, chosen.content, Path("packets"), site.today):
        print(f"wrote {file}")
    return 0


def _review(chosen: argparse.Namespace) -> int:
    site = _prepared_for(chosen, "reviewed")
    answers = read_answers(chosen.answers, site.facts, site.today)
    signed, refused = sort_signed(answers, site.facts)
    every = site.facts.layers_of(answers.packet)
    if signed and answers.date and answers.next:
        id, who = answers.packet, (answers.name, answers.role, answers.conflicts)
        compared = refuse_author(chosen.data, id, answers.name)
        if problems := sign(chosen.data, site.facts, id, signed, *who, answers.date, answers.next):
            return _report(problems)
        print(f"Signed by {answers.name}: {name_layers(signed, every)}. {compared}")
        print(f"Commit {chosen.data}/reviews.yml.")
    if refused:
        print(f"Not signed, because some of its lines are not right: {name_layers(refused, every)}.")
    if not answers.sign:
        print("No part was signed.")
    found = list_remarks(answers, site.facts)
    if found:
        print(describe(found), file=sys.stderr)
    return 1 if filter_errors(found) else 0


def _sign(chosen: argparse.Namespace) -> int:
    site, id = _prepared_for(chosen, "signed"), chosen.procedure
    layers = [layer for layer in site.facts.layers_of(id) if {layer, "all"} & {*chosen.layers}]
    if not layers:
        raise CommandError(f'"{id}" has nothing about {", ".join(chosen.layers)}.', "Sign another part.", status=2)
    compared = refuse_author(chosen.data, id, chosen.name)
    print(describe_signature(chosen.data, site.facts, id, layers, site.today))
    print(f"\nYou sign as: {chosen.name}, {chosen.role}. Conflicts of interest: {chosen.conflicts.rstrip('.')}.")
    print(f"Next review before {chosen.next}. {compared}")
    if not chosen.yes and not _confirmed():
        print("Nothing was signed.", file=sys.stderr)
        return 1
    who = chosen.name, chosen.role, chosen.conflicts
    problems = sign(chosen.data, site.facts, id, layers, *who, site.today, chosen.next)
    if problems:
        return _report(problems)
    print(f"Signed. Commit {chosen.data}/reviews.yml together with the facts.")
    return 0


def _demand(id: str, known: Collection[str], message: str, where: str = "") -> None:
    if id not in known:
        raise CommandError(message, suggest(id, known, where), status=2)


def _confirmed() -> bool:
    try:
        return input('You have read all of it and it is right? Type "yes": ').strip().lower() == "yes"
    except (EOFError, KeyboardInterrupt):
        print()
        return False


def _prepared(chosen: argparse.Namespace) -> Site:
    return prepare(chosen.data, chosen.content, today(), Settings.beside(chosen.data))


def _prepared_for(chosen: argparse.Namespace, wanted: str) -> Site:
    """The site, if it has the procedure and no errors; else CommandError: nothing can be "signed" or the like."""
    site = _prepared(chosen)
    if site.errors:
        raise CommandError(describe(site.errors), f"Nothing can be {wanted} as long as there are problems.")
    if id := getattr(chosen, "procedure", ""):
        where = f"{chosen.data}/procedures/"
        _demand(id, site.facts.procedures, f'There is no procedure called "{id}".', where)
    return site


def _report(problems: list[Problem]) -> int:
    if problems:
        print(describe(problems), file=sys.stderr)
        return 1
    print("No problems found.")
    return 0


if __name__ == "__main__":
    gc.disable()  # facts never point in circles; looking for some would take a tenth of `check`
    try:
        status = main()
        sys.stdout.flush()
    except KeyboardInterrupt:
        print("\nStopped.", file=sys.stderr)
        status = 130
    except BrokenPipeError:  # the reader, such as `head`, has seen enough
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        status = 1
    sys.exit(status)
