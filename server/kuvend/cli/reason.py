"""``kuvend reason`` and ``kuvend explain``: what follows from files, and why."""

from __future__ import annotations

import datetime
import json
import resource
import sys
import time
from collections.abc import Callable, Collection, Iterable, Iterator
from dataclasses import asdict
from itertools import chain
from pathlib import Path
from typing import Any

import click
import pyoxigraph as ox

from kuvend import formats
from kuvend.errors import BadRequest, BadSyntax
from kuvend.namespaces import RDF, prefixes
from kuvend.project import Project
from kuvend.reasoning import (
    ENGINES,
    DiskClosure,
    Inconsistency,
    NearMiss,
    Proof,
    Reasoner,
    Room,
    Rule,
    SameAs,
    close,
    load_rules,
)
from kuvend.terms import Term, parse_iri

_DATE = click.DateTime(["%Y-%m-%d"])
_READ = "Any RDF file: Turtle, N-Triples, RDF/XML, JSON-LD, TriG, N-Quads; - is standard input."


@click.command()
@click.argument("files", nargs=-1, required=True)
@click.option("--all", "all_triples", is_flag=True, help="Write trivial triples too.")
@click.option(
    "--generalised", is_flag=True, help="With --all: also conclusions with a literal as subject."
)
@click.option("--engine", type=click.Choice(ENGINES), default="kuvend", show_default=True)
@click.option("--with-ontology", is_flag=True, help="Add the ontology and rules of the project.")
@click.option(
    "--rules",
    "rule_folder",
    type=click.Path(path_type=Path, file_okay=False),
    help="Folder with rules (.rq) to run with those of OWL 2 RL.",
)
@click.option("--date", type=_DATE, help="The day that rules about the present speak of.")
@click.option("--input-format", help="Format of standard input (turtle, nt, jsonld, …).")
@click.option(
    "--stats", "show_stats", is_flag=True, help="Say at the end on standard error what it took."
)
@click.option(
    "--axioms",
    "show_axioms",
    is_flag=True,
    help="Instead of triples a table of what each axiom yields.",
)
@click.pass_obj
def reason(project: Project, /, files: tuple[str, ...], **options: Any) -> None:
    """Write what follows from FILES under OWL 2 RL, as N-Triples.

    Ontology and data are read together; nothing of the project is added unless asked for.
    A contradiction goes to standard error with its rule and triples, and the exit code is 1.
    """
    triples: Iterable[ox.Triple] = read_files(files, options["input_format"])
    rules: tuple[Rule, ...] = ()
    if options["with_ontology"]:
        triples = chain(triples, project.sources().ontology.axioms)
        rules += load_rules(project.folder.ontology / "rules")
    if options["rule_folder"] is not None:
        rules += load_rules(options["rule_folder"])
    date = options["date"].date() if options["date"] else datetime.date.today()
    if options["show_axioms"]:
        _write_axioms(triples, rules, date)
        return
    run = {"kuvend": _in_memory, "duckdb": _on_disk}.get(options["engine"], _as_closure)
    sys.exit(run(project, triples, rules, date, options))


def _write(
    options: dict[str, Any], lines: Iterable[str], generalised: Callable[[], Iterable[object]]
) -> None:
    """What follows, to standard output, and where asked for what has a literal as subject."""
    sys.stdout.writelines(lines)
    if options["generalised"]:
        sys.stdout.writelines(f"{fact} .\n" for fact in generalised())


def _in_memory(
    _project: Project,
    triples: Iterable[ox.Triple],
    rules: tuple[Rule, ...],
    date: datetime.date,
    options: dict[str, Any],
) -> int:
    start = time.perf_counter()
    reasoner = Reasoner(
        triples, rules=rules, date=date, all_triples=options["all_triples"], index=False
    )
    _write(options, reasoner.n_triples(), reasoner.generalised)
    if options["show_stats"]:
        _write_stats(options["engine"], start, {})
    return _report(reasoner.notes(), reasoner.same_as(), reasoner.inconsistencies())


def _on_disk(
    project: Project,
    triples: Iterable[ox.Triple],
    rules: tuple[Rule, ...],
    date: datetime.date,
    options: dict[str, Any],
) -> int:
    """Nothing is ever whole in memory, unless there are rules: those run as queries there."""
    if rules:
        return _as_closure(project, triples, rules, date, options)
    start = time.perf_counter()
    room = Room.of(project.settings)
    with DiskClosure(triples, all_triples=options["all_triples"], room=room) as closure:
        _write(options, closure.n_triples(), closure.generalised)
        if options["show_stats"]:
            _write_stats("duckdb", start, asdict(closure.effort()))
        return _report(closure.notes(), closure.same_as(), closure.inconsistencies())


def _as_closure(
    project: Project,
    triples: Iterable[ox.Triple],
    rules: tuple[Rule, ...],
    date: datetime.date,
    options: dict[str, Any],
) -> int:
    start = time.perf_counter()
    closure = close(
        triples,
        engine=options["engine"],
        all_triples=options["all_triples"],
        rules=rules,
        date=date,
        room=Room.of(project.settings),
    )
    inferred = (f"{triple} .\n" for triple in closure.inferred)
    _write(options, inferred, lambda: closure.generalised)
    if options["show_stats"]:
        _write_stats(options["engine"], start, {})
    return _report(closure.notes, closure.same_as, closure.inconsistencies)


def _write_stats(engine: str, start: float, effort: dict[str, int]) -> None:
    used = resource.getrusage(resource.RUSAGE_SELF)
    found = {
        "engine": engine,
        "seconds": round(time.perf_counter() - start, 3),
        "cpu_seconds": round(used.ru_utime + used.ru_stime, 3),
        "peak_mb": used.ru_maxrss // 1024,
        **effort,
    }
    click.echo(json.dumps(found), err=True)


@click.command()
@click.argument("subject")
@click.argument("predicate")
@click.argument("obj", metavar="OBJECT")
@click.option("--in", "files", multiple=True, metavar="FILE", help=_READ)
@click.option("--limit", default=1, show_default=True, help="How many proofs to give.")
@click.option(
    "--format", "format_name", type=click.Choice(["text", "json", "turtle"]), default="text"
)
@click.option("--json", "as_json", is_flag=True, help="Short for --format json.")
@click.pass_obj
def explain(project: Project, /, files: tuple[str, ...], as_json: bool, **options: Any) -> None:
    """Say why SUBJECT PREDICATE OBJECT holds: rules and premises, down to what was stated.

    Terms are IRIs (<…> or prefix:name), literals as in Turtle, or `a` for rdf:type. Without --in
    the statements of the project are asked, and each is followed by the sentences that say it.
    Where the triple does not follow, the rules are named that would conclude it, each with the
    premise it lacks, and the exit code is 1.
    """
    known = {**prefixes(project.settings.base_iri), **project.prefixes}
    subject, predicate, obj = (
        read_term(options[name], known, project.settings.base_iri)
        for name in ("subject", "predicate", "obj")
    )
    reasoner = _reasoner(project, files)
    proofs = reasoner.explain(subject, predicate, obj, limit=options["limit"])
    chosen = "json" if as_json else options["format_name"]
    if not proofs:
        misses = reasoner.why_not(subject, predicate, obj)
        _write_not(misses, f"{subject} {predicate} {obj}", chosen)
        for term in reasoner.unknown((subject, predicate, obj)):
            click.echo(f"{term} is nowhere in the graph.", err=True)
        sys.exit(1)
    _write_proofs(proofs, chosen)
    if not files and chosen == "text":
        statements = dict.fromkeys(t for proof in proofs for t in proof.asserted())
        click.echo("\n".join(["", *project.sources().cited(statements)]))


def read_files(names: Iterable[str], input_format: str | None = None) -> Iterator[ox.Triple]:
    """The triples of RDF files, ``-`` for standard input, one by one; blank nodes are named by
    file and order of appearance.

    :raises BadRequest: for a file that is not there or whose format is unknown.
    :raises BadSyntax: for one that does not parse, with line and column.
    """
    for place, name in enumerate(names, 1):
        blanks: dict[ox.BlankNode, ox.BlankNode] = {}
        source: dict[str, Any] = {"input": sys.stdin.buffer} if name == "-" else {"path": name}
        try:
            for quad in ox.parse(
                **source, format=_syntax(name, input_format), base_iri=_base(name)
            ):
                yield _named(quad.triple, blanks, f"f{place}")
        except SyntaxError as error:
            raise BadSyntax(
                str(error.msg), source=name, line=error.lineno, column=error.offset
            ) from error
        except OSError as error:
            raise BadRequest(f"cannot be read: {error.strerror or error}", source=name) from error


def _named(triple: ox.Triple, blanks: dict[ox.BlankNode, ox.BlankNode], prefix: str) -> ox.Triple:
    subject, predicate, obj = triple
    if not isinstance(subject, ox.BlankNode) and not isinstance(obj, ox.BlankNode):
        return triple
    subject, obj = (
        blanks.setdefault(term, ox.BlankNode(f"{prefix}-{len(blanks) + 1}"))
        if isinstance(term, ox.BlankNode)
        else term
        for term in (subject, obj)
    )
    return ox.Triple(subject, predicate, obj)


def read_term(text: str, prefix_map: dict[str, str], base_iri: str) -> Term:
    """The term that a command-line argument stands for.

    :raises BadRequest: where it is none.
    """
    if text == "a":
        return RDF.type
    if text.startswith("_:"):
        try:
            return ox.BlankNode(text[2:])
        except ValueError as error:
            raise BadRequest(f"{text!r} is not the label of a blank node.") from error
    if not text.startswith(('"', "'")) and not text[:1].isdigit():
        return parse_iri(text, prefix_map, base_iri)
    declared = "".join(f"@prefix {p}: <{iri}> .\n" for p, iri in prefix_map.items())
    try:
        (quad,) = ox.parse(f"{declared}<urn:s> <urn:p> {text} .", ox.RdfFormat.TURTLE)
    except (SyntaxError, ValueError) as error:
        raise BadRequest(f"{text!r} is not a term as Turtle writes it.") from error
    found: Term = quad.object
    return found


def _base(name: str) -> str | None:
    return None if name == "-" else Path(name).resolve().as_uri()


def _syntax(name: str, input_format: str | None) -> ox.RdfFormat:
    if name == "-":
        found = formats.by_name(input_format or "turtle", formats.GRAPH_FORMATS)
    else:
        found = formats.by_extension(Path(name).suffix, formats.GRAPH_FORMATS)
    if found is None or found.rdf is None:
        offered = ", ".join(f".{e.extensions[0]}" for e in formats.GRAPH_FORMATS)
        raise BadRequest(
            "is not an RDF file by its name", source=name, suggestion=f"Use one of {offered}."
        )
    return found.rdf


def _reasoner(project: Project, files: tuple[str, ...]) -> Reasoner:
    if files:
        return Reasoner(read_files(files))
    sources = project.sources()
    triples = [*sources.ontology.axioms, *sources.asserted(), *sources.corpus.derived]
    return Reasoner(triples, rules=sources.rules, date=sources.today)


def _report(
    notes: Iterable[str], same_as: Iterable[SameAs], contradictions: Collection[Inconsistency]
) -> int:
    """Notes, surprises and contradictions to standard error; the exit code."""
    for note in notes:
        click.echo(f"note: {note}", err=True)
    for same in same_as:
        click.echo(f"same: {same.left} and {same.right} are made one by {same.rule}:", err=True)
        click.echo("".join(f"  {triple} .\n" for triple in same.triples), err=True, nl=False)
    for found in contradictions:
        click.echo(f"contradiction by {found.rule}: {found.message}", err=True)
        click.echo("".join(f"  {triple} .\n" for triple in found.triples), err=True, nl=False)
    return 1 if contradictions else 0


def _write_axioms(
    triples: Iterable[ox.Triple], rules: tuple[Rule, ...], date: datetime.date
) -> None:
    click.echo("data\tschema\taxiom")
    for row in Reasoner(triples, rules=rules, date=date).ablation():
        click.echo(f"{row.lost_data}\t{row.lost_schema}\t{row.axiom}")


def _write_proofs(proofs: list[Proof], chosen: str) -> None:
    if chosen == "json":
        found = {"follows": True, "proofs": [proof.as_json() for proof in proofs]}
        click.echo(json.dumps(found, ensure_ascii=False, indent=2))
    elif chosen == "turtle":
        triples = (triple for proof in proofs[:1] for triple in proof.as_rdf())
        click.echo(ox.serialize(triples, format=ox.RdfFormat.TURTLE), nl=False)
    else:
        click.echo("\n\n".join(proof.as_text() for proof in proofs))


def _write_not(misses: list[NearMiss], triple: str, chosen: str) -> None:
    if chosen == "json":
        found = [
            {
                "rule": miss.rule,
                "missing": [[str(part) for part in premise] for premise in miss.missing],
                "present": [str(fact) for fact in miss.present],
            }
            for miss in misses
        ]
        click.echo(json.dumps({"follows": False, "near": found}, ensure_ascii=False, indent=2))
        return
    click.echo(f"{triple} does not follow.")
    for near in misses:
        click.echo(f"  {near.as_text()}")
        click.echo("".join(f"      {fact} .\n" for fact in near.present), nl=False)
