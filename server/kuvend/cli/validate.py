"""``kuvend validate``: may this file go in?"""

from __future__ import annotations

import shutil
import sys
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import replace
from pathlib import Path
from typing import TypedDict, Unpack

import click
import pyoxigraph as ox

from kuvend.cli.fixing import Fixing
from kuvend.cli.progress import show
from kuvend.errors import BadRequest, NotFound
from kuvend.formats import GRAPH_FORMATS, by_name
from kuvend.project import Project
from kuvend.project.live import LiveDataset
from kuvend.project.shape_catalogue import ShapeCatalogue
from kuvend.project.submission import (
    Part,
    change_of,
    checker_of,
    fetch,
    is_url,
    read_parts,
    read_shapes_files,
)
from kuvend.project.validation_call import Selection, select
from kuvend.shacl.finding import Severity, Validation
from kuvend.shacl.patches import unified_diff
from kuvend.shacl.prepare import refuse_imports
from kuvend.shacl.writers import WRITERS, write
from kuvend.shacl.writers.as_json import json_schema
from kuvend.shacl.writers.as_text import write_text
from kuvend.syntax import Source

Shapes = tuple[ox.Triple, ...]

MAX_BYTES = 1024 * 1024 * 1024
STRICT: tuple[Severity, ...] = ("warning",)


class Options(TypedDict):
    """The options of ``kuvend validate``."""

    form: str
    as_json: bool
    lang: tuple[str, ...]
    syntax: str | None
    shapes: tuple[str, ...]
    profile: str | None
    alone: bool
    keep_going: bool
    fix: bool
    diff: bool
    strict: bool
    commit: bool
    engine: str
    output: Path | None
    also: tuple[Path, ...]


def _print_schema(ctx: click.Context, _: click.Parameter, wanted: bool) -> None:
    if wanted:
        click.echo(json_schema(), nl=False)
        ctx.exit()


@click.command()
@click.argument("files", nargs=-1, required=True)
@click.option("--format", "form", type=click.Choice([*WRITERS]), default="text", show_default=True)
@click.option("--json", "as_json", is_flag=True, help="Short for --format json.")
@click.option("--lang", multiple=True, help="Language of the words: en, sq, uk, tr.")
@click.option("--as", "syntax", help="Syntax of the input where its name does not tell: turtle, …")
@click.option("--profile", help="Profile of the project to check by: contributor, strict, …")
@click.option("--shapes", multiple=True, help="Shape set of the project, or other shapes: a path.")
@click.option("--alone", is_flag=True, help="Check the files alone, not with the graph.")
@click.option("--keep-going", is_flag=True, help="Check what is readable despite syntax errors.")
@click.option("--fix", is_flag=True, help="Apply the fixes that are certain, and check again.")
@click.option("--diff", is_flag=True, help="Print the fixes that are certain as a patch, and stop.")
@click.option("--strict", is_flag=True, help="Exit 1 for warnings too.")
@click.option("--commit", is_flag=True, help="Add them to the graph where they conform.")
@click.option("--engine", default="kuvend", show_default=True, help="kuvend or pyshacl.")
@click.option("--output", "-o", type=click.Path(path_type=Path), help="Write the report there.")
@click.option(
    "--also",
    multiple=True,
    type=click.Path(path_type=Path),
    help="Write the report there too, as the name ends: .sarif, .xml (JUnit), .json, .csv, .txt, …",
)
@click.option(
    "--schema",
    is_flag=True,
    is_eager=True,
    expose_value=False,
    callback=_print_schema,
    help="Print the JSON schema of the report that --json writes, and stop.",
)
@click.pass_obj
def validate(project: Project, files: tuple[str, ...], **options: Unpack[Options]) -> None:
    """Check FILES against the shapes, with the graph as it stands; - is standard input.

    A file may be packed (gzip, zip), or a URL of a host named in the setting fetch_hosts.

    Exit code 0: they may go in; 1: there are findings; 2: they cannot be read.
    """
    languages = [*options["lang"], *project.settings.languages.split()]
    others = {path: _form_of(path) for path in options["also"]}
    base, keep_going = project.settings.base_iri, options["keep_going"]
    sources = _sources(project, files, options["syntax"])
    parts: Sequence[Part] = read_parts(sources, base_iri=base, max_bytes=MAX_BYTES)
    show("reading the graph as it stands")
    selection, shapes = _selected(project, options)
    fails_on = (*selection.fails_on, *STRICT) if options["strict"] else selection.fails_on
    if options["commit"] and (selection.alone or shapes is not None):
        raise BadRequest(
            "what is added has to meet every shape of the project, in the graph as it stands.",
            source="--commit",
            suggestion="Leave --shapes, --profile and --alone out, or validate without --commit.",
        )
    checker = checker_of(project, alone=selection.alone, shapes=shapes, engine=options["engine"])
    show("checking")
    outcome = checker.check(parts, keep_going=keep_going)
    fixing = Fixing(checker, parts, keep_going, languages)
    if options["diff"]:
        click.echo(unified_diff(outcome.texts, fixing.certain(outcome)[0]), nl=False)
        sys.exit(_exit_code(replace(outcome, fails_on=fails_on)))
    if options["fix"]:
        outcome, parts = fixing.write(outcome)
    outcome = replace(outcome, fails_on=fails_on)
    form = "json" if options["as_json"] else options["form"]
    _write(outcome, form, languages, options["output"])
    for path, other in others.items():
        _write(outcome, other, languages, path)
    if options["commit"]:
        _commit(project, outcome, parts)
    sys.exit(_exit_code(outcome))


def _selected(project: Project, options: Options) -> tuple[Selection, Shapes | None]:
    """What to check against, and its shapes; none for all those of the project."""
    catalogue = ShapeCatalogue.read(project.folder.shapes)
    sets = [name for name in options["shapes"] if name in catalogue.sets]
    others = [name for name in options["shapes"] if name not in catalogue.sets]
    files = [Path(name) for name in others if Path(name).exists() or Path(name).suffix]
    unknown = [name for name in others if Path(name) not in files]
    selection = select(
        catalogue,
        profile=options["profile"],
        sets=[*sets, *unknown],
        alone=options["alone"],
    )
    chosen = catalogue.triples_of(selection.sets) if sets or not files else ()
    if not files:
        return selection, chosen
    given = read_shapes_files(files)
    refuse_imports(given, project.settings.base_iri)
    return selection, (*given, *(chosen or ()))


def _sources(project: Project, files: Sequence[str], syntax: str | None) -> list[Source]:
    media_type = None
    if syntax is not None:
        known = by_name(syntax, GRAPH_FORMATS)
        if known is None:
            names = ", ".join(one.name for one in GRAPH_FORMATS)
            raise BadRequest(f"there is no syntax {syntax!r}; choose of {names}.")
        media_type = known.media_type
    hosts = frozenset(project.settings.fetch_hosts.lower().split())
    found = []
    for name in _names(files):
        if is_url(name):
            source = fetch(name, allowed=hosts, max_bytes=MAX_BYTES)
            found.append(replace(source, media_type=media_type or source.media_type))
        else:
            found.append(Source(name, _content(name), media_type))
    return found


def _names(files: Iterable[str]) -> Iterator[str]:
    """Each file once, whatever it is called by; of a folder the files in a syntax we read.

    :raises NotFound: for a folder without any.
    """
    endings = sorted(f".{form.extensions[0]}" for form in GRAPH_FORMATS)
    seen: set[Path] = set()
    for name in files:
        if name == "-" or is_url(name):
            yield name
            continue
        found = [Path(name)]
        if Path(name).is_dir():
            found = sorted(path for path in Path(name).rglob("*") if path.suffix in endings)
            if not found:
                told = ", ".join(endings)
                raise NotFound(f"no file in the folder ends in one of {told}.", source=name)
        for path in found:
            if path.resolve() not in seen:
                seen.add(path.resolve())
                yield name if path == Path(name) else str(path)


def _form_of(path: Path) -> str:
    """The report format a file name ends in.

    :raises BadRequest: where it ends in none.
    """
    for name, (form, _) in WRITERS.items():
        if path.suffix.lower().removeprefix(".") in form.extensions:
            return name
    endings = ", ".join(f".{form.extensions[0]}" for form, _ in WRITERS.values() if form.extensions)
    raise BadRequest(
        "the name does not tell the format of the report.",
        source=f"--also {path}",
        suggestion=f"End it in one of {endings}.",
    )


def _content(name: str) -> bytes:
    if name == "-":
        return sys.stdin.buffer.read()
    try:
        return Path(name).read_bytes()
    except OSError as error:
        raise NotFound(f"cannot be read: {error.strerror}.", source=name) from error


def _commit(project: Project, outcome: Validation, parts: Sequence[Part]) -> None:
    """Add what conforms to the graph, and say so."""
    if not outcome.conforms:
        click.echo("Nothing was added: it does not conform.", err=True)
        return
    done = LiveDataset(project).apply(change_of(parts))
    click.echo(f"added; release {done.release_id} shows it", err=True)


def _write(outcome: Validation, form: str, languages: Sequence[str], output: Path | None) -> None:
    if output is not None:
        output.write_text(write(outcome, form, languages), encoding="utf-8")
    elif form == "text":
        shown = sys.stdout.isatty()
        width = shutil.get_terminal_size().columns if shown else None
        click.echo(write_text(outcome, languages, colour=shown, width=width), nl=False)
    else:
        click.echo(write(outcome, form, languages), nl=False)


def _exit_code(outcome: Validation) -> int:
    if any(finding.rule == "syntax" for finding in outcome.findings):
        return 2
    return 0 if outcome.conforms else 1
