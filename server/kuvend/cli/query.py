"""``kuvend query``: ask the current release."""

from __future__ import annotations

import contextlib
import sys
from pathlib import Path

import click
import pyoxigraph as ox

from kuvend import formats
from kuvend.errors import BadRequest
from kuvend.namespaces import compact
from kuvend.project import Project
from kuvend.sparql import Limits, Outline, QueryPool, check, format_named, outline
from kuvend.sparql.diagnose import diagnose as find_reasons
from kuvend.sparql.finding import Finding
from kuvend.sparql.lint import lint, raise_syntax_error
from kuvend.sparql.profile import profile_of
from kuvend.sparql.protocol import read_seconds
from kuvend.sparql.why import row_of, why
from kuvend.terms import Term


def _seconds(_: click.Context, __: click.Parameter, given: str | None) -> float | None:
    """What ``--timeout`` gives."""
    try:
        return read_seconds(given)
    except BadRequest as error:
        raise click.BadParameter(error.detail) from error


@click.command()
@click.argument("query")
@click.option("--format", "format_name", help="tsv, csv, json, xml, arrow, parquet; turtle, …")
@click.option("--timeout", "timeout_s", callback=_seconds, metavar="SECONDS", help="Deadline.")
@click.option("--entailment", type=click.Choice(["owl-rl", "none"]), default="owl-rl")
@click.option("--endpoint", metavar="URL", help="Ask this SPARQL endpoint, not the release.")
@click.option(
    "--lint", "told", flag_value="lint", help="Tell what is probably wrong; do not run it."
)
@click.option(
    "--diagnose", "told", flag_value="diagnose", help="Tell why the query has no rows instead."
)
@click.option("--why", "row", type=click.IntRange(1), help="Tell what is behind this row, from 1.")
@click.pass_obj
def query(
    project: Project,
    query: str,
    format_name: str | None,
    timeout_s: float | None,
    entailment: str,
    endpoint: str | None,
    told: str | None,
    row: int | None,
) -> None:
    """Run QUERY (a file, a text, or - for standard input) and write the result.

    Solutions come as TSV unless --format says otherwise, graphs as Turtle.
    """
    if endpoint is not None:
        if told or row is not None:
            raise BadRequest(
                "--lint, --diagnose and --why judge by the release, not by --endpoint."
            )
        _ask_endpoint(endpoint, read_text(query), format_name, timeout_s)
        return
    found = check(read_text(query), Limits.for_queries(project.settings))
    wanted = format_named(format_name, found) if format_name else _default_format(found)
    if wanted in formats.COLUMN_FORMATS and sys.stdout.isatty():
        raise BadRequest(
            f"{wanted.name} is not for a terminal.", suggestion="Write it to a file: > …"
        )
    store_path = project.release().store_path
    pool = QueryPool(store_path, project.settings, prefixes=project.prefixes)
    with contextlib.closing(pool):
        if told == "lint":
            _tell(_mistakes(project, found.text, pool), "nothing stands out")
            return
        if row is not None:
            _tell_why(project, found.text, row, pool)
            return
        if told == "diagnose":
            _tell(find_reasons(found.text, pool, entailment=entailment), "the query has rows")
            return
        result = pool.run(found, format=wanted, timeout_s=timeout_s, entailment=entailment)
        for chunk in result.body:
            sys.stdout.buffer.write(chunk)
    sys.stdout.buffer.flush()


def _ask_endpoint(url: str, text: str, format_name: str | None, timeout_s: float | None) -> None:
    # Loads rdflib, which a query of the release does without.
    from kuvend.sparql.remote import query_endpoint  # noqa: PLC0415

    found = outline(text)
    if found.is_update:
        raise BadRequest("this is an update, not a query.")
    wanted = format_named(format_name, found) if format_name else _default_format(found)
    for chunk in query_endpoint(url, found, wanted, timeout_s=timeout_s):
        sys.stdout.buffer.write(chunk)
    sys.stdout.buffer.flush()


def _mistakes(project: Project, text: str, pool: QueryPool) -> list[Finding]:
    """What is probably wrong with a query.

    :raises BadSyntax: where it does not parse.
    """
    raise_syntax_error(text, pool)
    profile = profile_of(project.release().store())
    return lint(text, profile, prefixes=project.prefixes, base_iri=project.settings.base_iri)


def _tell_why(project: Project, text: str, row: int, pool: QueryPool) -> None:
    """Print the triples behind a row, each with the sentences it rests on."""
    # The web layer holds what a proof needs of a release; Flask only where it is needed.
    from kuvend.web.knowledge import Knowledge  # noqa: PLC0415
    from kuvend.web.whying import prove_all  # noqa: PLC0415

    known = Knowledge(project, project.release())
    found = why(text, row_of(text, row, pool), pool, known.store)
    proofs = prove_all(known, found)
    for number, way in enumerate(found.ways, 1):
        if len(found.ways) > 1:
            click.echo(f"# {number}")
        for ground in way.triples:
            proof = proofs.get(ground)
            rule = f"  (by {proof.rule})" if proof and proof.rule else ""
            click.echo(" ".join(_short(term, project) for term in ground.triple) + rule)
            for claim in proof.all_claims() if proof else ():
                for passage in claim.passages:
                    click.echo(f"    “{passage.exact}”")
    for note in found.notes:
        click.echo(f"{note.line}:{note.column}: {note.detail}", err=True)
    if not found.is_complete:
        click.echo("there are more ways than these", err=True)


def _short(term: Term, project: Project) -> str:
    if isinstance(term, ox.NamedNode):
        return compact(term.value, project.prefixes)
    return str(term)


def _tell(found: list[Finding], none: str) -> None:
    for finding in found:
        place = f"{finding.line}:{finding.column}: " if finding.line else ""
        click.echo(f"{place}{finding.detail} {finding.suggestion or ''}".rstrip())
    if not found:
        click.echo(none, err=True)
        return
    sys.exit(1)


def read_text(argument: str) -> str:
    """The text that a command-line argument stands for: a file, standard input, or itself.

    :raises BadRequest: for a file name that leads nowhere.
    """
    if argument == "-":
        return _as_text(sys.stdin.buffer.read(), "standard input")
    if "{" in argument or "\n" in argument:
        return argument
    path = Path(argument)
    if path.is_file():
        return _as_text(path.read_bytes(), argument)
    raise BadRequest(f"{argument!r} is neither a file nor a query.")


def _as_text(content: bytes, source: str) -> str:
    try:
        # Some editors begin a file with a mark of its encoding, which is not part of the text.
        return content.decode("utf-8").removeprefix("\ufeff")
    except UnicodeDecodeError as error:
        raise BadRequest(f"it is not UTF-8 (byte {error.start}).", source=source) from error


def _default_format(found: Outline) -> formats.Format:
    return formats.TURTLE if found.is_graph else formats.RESULTS_TSV
