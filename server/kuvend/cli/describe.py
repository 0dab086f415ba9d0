"""``kuvend describe``: what the graph says about one IRI, with the sentences behind it."""

from __future__ import annotations

from collections.abc import Iterator

import click
import pyoxigraph as ox

from kuvend import describe as core
from kuvend import formats
from kuvend.errors import BadRequest, NotFound
from kuvend.namespaces import compact
from kuvend.project import Project
from kuvend.serializing import serialize
from kuvend.terms import Term, parse_iri


@click.command()
@click.argument("iri")
@click.option("--format", "format_name", help="turtle, trig, ntriples, nquads, jsonld, rdfxml.")
@click.option("--lang", default="en", help="Language of labels: en, sq, uk, tr.")
@click.pass_obj
def describe(project: Project, iri: str, format_name: str | None, lang: str) -> None:
    """Describe IRI: a full one, a prefixed name (id-org:akk) or a path (id/org/akk)."""
    node = parse_iri(iri, project.prefixes, project.settings.base_iri)
    store = project.release().store()
    found = core.describe(store, project.graphs, node)
    if found.is_empty:
        raise NotFound(f"the graph says nothing about {node}.")
    if format_name:
        click.echo(_as_rdf(project, found, format_name), nl=False)
        return
    for line in _as_text(project, found, core.Labels(store, [lang, "en"])):
        click.echo(line)


def _as_rdf(project: Project, found: core.Description, name: str) -> str:
    wanted = formats.by_name(name, formats.GRAPH_FORMATS)
    if wanted is None or wanted.rdf is None:
        names = ", ".join(offer.name for offer in formats.GRAPH_FORMATS)
        raise BadRequest(f"there is no RDF format {name!r}.", suggestion=f"One of: {names}.")
    parts = core.thing_quads(project.release().store(), project.graphs, found)
    quads = sorted({quad for part in parts.values() for quad in part}, key=str)
    if wanted.name in ("trig", "nquads"):
        content = serialize(quads, wanted.rdf, project.prefixes)
    else:
        triples = dict.fromkeys(quad.triple for quad in quads)
        content = serialize(triples, wanted.rdf, project.prefixes)
    return content.decode()


def _as_text(project: Project, found: core.Description, labels: core.Labels) -> Iterator[str]:
    def words(term: Term) -> str:
        if not isinstance(term, ox.NamedNode):
            return str(term)
        label = labels.text(term)
        return f"{label}  ({compact(term.value, project.prefixes)})"

    yield words(found.iri)
    for statement in found.outgoing:
        if statement.general:
            continue
        mark = " [inferred]" if statement.inferred else ""
        yield f"\n{labels.text(statement.predicate)}: {words(statement.triple.object)}{mark}"
        for claim in statement.claims:
            for passage in claim.passages:
                yield f"    “{passage.exact}”  {_place(passage)}"
    for absence in found.absences:
        note = core.pick(absence.notes, labels.languages)
        yield f"\nnot stated: {note.value if note else ''}"


def _place(passage: core.Passage) -> str:
    document = passage.source.document
    slug = document.value.rpartition("/")[2] if document else ""
    return f"{slug} {passage.start}-{passage.end}"
