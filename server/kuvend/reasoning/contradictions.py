"""Contradictions and surprises of a closed graph, each with the triples behind it."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from functools import partial

import numpy as np
import pyoxigraph as ox

from kuvend.reasoning.engine import Engine, touches_schema
from kuvend.reasoning.equality import Edge
from kuvend.reasoning.exclusion import find_excluded
from kuvend.reasoning.facts import ASSERTED, BY_VALUE
from kuvend.reasoning.firing import LinkReason, RowReason
from kuvend.reasoning.instances import Atom, Instance
from kuvend.reasoning.join import row_count
from kuvend.reasoning.journal import Journal
from kuvend.reasoning.model import Fact, Inconsistency, SameAs
from kuvend.reasoning.relation import EMPTY, LOW, Keys, distinct, swap
from kuvend.reasoning.values import literal_value
from kuvend.reasoning.vocabulary import DIFFERENT_FROM, SAME_AS, TYPE

# How many witnesses of one violated axiom are reported.
MAX_WITNESSES = 100

_SENTENCES = {
    "eq-diff1": "{x} and {y} are the same and are different.",
    "eq-diff2": "{z_i} and {z_j} are the same, and are in a list of what is all different.",
    "eq-diff3": "{z_i} and {z_j} are the same, and are in a list of what is all different.",
    "prp-irp": "{x} is related to itself by {p}, which nothing is to itself.",
    "prp-asyp": "{x} and {y} are related by {p} both ways, which holds one way only.",
    "prp-pdw": "{x} is related to {y} by {p1} and by {p2}, which exclude each other.",
    "prp-adp": "{u} is related to {v} by {p_i} and by {p_j}, which exclude each other.",
    "prp-npa1": "{i1} is related to {i2} by {p}, which is stated not to be so.",
    "prp-npa2": "{i} has the value {lt} for {p}, which is stated not to be so.",
    "cls-nothing2": "{x} is of owl:Nothing, which has no members.",
    "cls-com": "{x} is of {c1} and of its complement {c2}.",
    "cls-maxc1": "{u} has {y} for {p}, of which it may have none.",
    "cls-maxqc1": "{u} has {y} for {p}, of which it may have none of {c}.",
    "cls-maxqc2": "{u} has {y} for {p}, of which it may have none.",
    "cax-dw": "{x} is of {c1} and of {c2}, which exclude each other.",
    "cax-adc": "{z} is of {c_i} and of {c_j}, which exclude each other.",
}


def find_contradictions(engine: Engine) -> list[Inconsistency]:
    """Each OWL 2 RL rule that concludes ``false``, with its witnesses, in a fixed order."""
    found = [
        *_violations(engine),
        *_ill_formed(engine),
        *_datatype_clashes(engine),
        *_value_clashes(engine),
    ]
    unique = {(i.rule, i.triples, i.message): i for i in found}
    return [unique[key] for key in sorted(unique, key=lambda k: (k[0], k[2], str(k[1])))]


def contradictions_of_addition(engine: Engine, journal: Journal) -> list[Inconsistency]:
    """The contradictions of a graph that had none before statements were added to it."""
    if touches_schema(journal.came) or journal.has_clash or _may_violate(engine, journal):
        return find_contradictions(engine)
    ill_formed = np.array(engine.dictionary.ill_formed, np.int64)
    if any(np.isin(keys & LOW, ill_formed).any() for keys in journal.newly_asserted.values()):
        return find_contradictions(engine)
    return []


def _may_violate(engine: Engine, journal: Journal) -> bool:
    """Whether a rule that concludes false fires with one of the facts that came."""
    if journal.former_classes and any(True for _ in _value_clashes(engine)):
        return True
    # That a term is the same as itself (eq-ref) is held nowhere: the join below does not see it.
    if (journal.former_classes or DIFFERENT_FROM in journal.came) and any(
        True for _ in _not_different_from_itself(engine)
    ):
        return True
    if any(True for _ in find_excluded(engine, 1, journal.came)):
        return True
    classes = set(distinct(journal.came.get(TYPE, EMPTY) & LOW).tolist())
    for instance in engine.instances:
        if instance.head is not None:
            continue
        for place, atom in enumerate(instance.body):
            keys = journal.came.get(atom[1])
            if keys is None or (atom[1] == TYPE and atom[2] >= 0 and atom[2] not in classes):
                continue
            columns = engine.joiner.seed(atom, keys, partial(_exchanged, keys))
            rest = [other for number, other in enumerate(instance.body) if number != place]
            if columns is not None and engine.joiner.join(rest, columns, instance.comparisons):
                return True
    return False


def _exchanged(keys: Keys) -> Keys:
    return np.sort(swap(keys))


def find_same_as(engine: Engine, among: Iterable[int] | None = None) -> list[SameAs]:
    """IRIs made one that nobody said are the same: in each class as many pairs as connect it.

    With ``among`` only for the classes of these terms.
    """
    classes = engine.equality.classes
    roots = classes if among is None else {engine.equality.find(term) for term in among}
    found = [
        same for root in roots if root in classes for same in _surprises(engine, classes[root])
    ]
    return sorted(found, key=lambda same: (str(same.left), str(same.right)))


def _surprises(engine: Engine, members: list[int]) -> Iterator[SameAs]:
    """Each IRI of the class with the next one toward the first, where a rule stands between."""
    terms = engine.dictionary.terms
    iris = {m for m in members if isinstance(terms[m], ox.NamedNode)}
    if len(iris) < 2:
        return
    first = min(iris, key=lambda number: str(terms[number]))
    seen = {first}
    # Where we are, the last IRI on the way, and the derived edges since.
    frontier: list[tuple[int, int, tuple[Edge, ...]]] = [(first, first, ())]
    while frontier:
        term, nearest, between = frontier.pop()
        for edge in engine.equality.edges.get(term, ()):
            after = edge.other(term)
            if after in seen:
                continue
            seen.add(after)
            derived = between
            if edge.reason not in (ASSERTED, BY_VALUE):
                derived = (*between, edge)
            if after in iris:
                if derived:
                    yield _surprise(engine, nearest, after, derived)
                frontier.append((after, after, ()))
            else:
                frontier.append((after, nearest, derived))


def _surprise(engine: Engine, one: int, other: int, edges: tuple[Edge, ...]) -> SameAs:
    terms = engine.dictionary.terms
    left, right = sorted((terms[one], terms[other]), key=str)
    facts = [fact for edge in edges for fact in edge_premises(edge)]
    return SameAs(
        left=left,  # type: ignore[arg-type]
        right=right,  # type: ignore[arg-type]
        rule=edge_rule(edges[0]),
        triples=triples_of(engine, dict.fromkeys(facts)),
    )


def edge_rule(edge: Edge) -> str:
    """The name of the rule that made the two ends one."""
    reason = edge.reason
    if isinstance(reason, LinkReason):
        return reason.link.instance.name
    return reason.instance.name if isinstance(reason, RowReason) else str(reason)


def edge_premises(edge: Edge) -> list[Atom]:
    """The data facts and the axioms that made the two ends one."""
    reason = edge.reason
    if isinstance(reason, LinkReason):
        link = reason.link
        bindings = dict(zip(link.group, reason.group, strict=True))
        bindings |= {link.member: edge.left, link.partner: edge.right}
        return [*(_filled(atom, bindings) for atom in link.instance.body), *link.instance.axioms]
    if isinstance(reason, RowReason):
        bindings = dict(reason.bindings)
        body = [_filled(atom, bindings) for atom in reason.instance.body]
        return [*body, *reason.instance.axioms]
    return []


def triples_of(engine: Engine, facts: Iterable[Atom]) -> tuple[ox.Triple, ...]:
    """The facts as triples, as they were asserted where they were; without those RDF lacks."""
    found = []
    for fact in facts:
        subject, predicate, obj = (engine.dictionary.terms[n] for n in asserted_form(engine, fact))
        triple = Fact(subject, predicate, obj).triple
        if triple is not None:
            found.append(triple)
    return tuple(dict.fromkeys(found))


def asserted_form(engine: Engine, fact: Atom) -> Atom:
    """An asserted fact that is ``fact`` up to equality, else ``fact`` itself."""
    subject, predicate, obj = fact
    if engine.asserted[predicate].has(subject, obj):
        return fact
    members = engine.equality.members
    for other in members(predicate):
        relation = engine.asserted.get(other)
        if relation is None or not relation.size:
            continue
        objects = set(members(obj))
        for term in members(subject):
            hits = objects.intersection(relation.objects(term))
            if hits:
                return term, other, min(hits)
    return fact


def _filled(atom: Atom, bindings: dict[int, int]) -> Atom:
    subject, predicate, obj = (bindings.get(slot, slot) for slot in atom)
    return subject, predicate, obj


def _violations(engine: Engine) -> Iterator[Inconsistency]:
    for instance in engine.instances:
        if instance.head is not None:
            continue
        columns = engine.joiner.evaluate(instance.body, instance.comparisons)
        for row in range(min(row_count(columns), MAX_WITNESSES) if columns else 0):
            bindings = {v: int(column[row]) for v, column in (columns or {}).items() if v < 0}
            yield _violation(engine, instance, bindings)
    yield from _not_different_from_itself(engine)
    for found in find_excluded(engine, MAX_WITNESSES):
        terms = engine.dictionary.terms
        named = {name: str(terms[number]) for name, number in found.named}
        yield Inconsistency(
            rule=found.rule,
            triples=triples_of(engine, [*found.facts, *found.axioms]),
            message=_SENTENCES[found.rule].format_map(named),
        )


def _violation(engine: Engine, instance: Instance, bindings: dict[int, int]) -> Inconsistency:
    facts = [_filled(atom, bindings) for atom in instance.body]
    terms = engine.dictionary.terms
    named = {name.lstrip("?"): str(terms[number]) for name, number in instance.fixed}
    for place, name in enumerate(instance.names):
        if -1 - place in bindings:
            named[name.lstrip("?")] = str(terms[bindings[-1 - place]])
    sentence = _SENTENCES.get(instance.name, "The rule {rule} concludes false.")
    return Inconsistency(
        rule=instance.name,
        triples=triples_of(engine, [*facts, *instance.axioms]),
        message=sentence.format_map({"rule": instance.name, **named}),
    )


def _not_different_from_itself(engine: Engine) -> Iterator[Inconsistency]:
    """eq-diff1 where owl:sameAs is that of a term with itself or with an equal."""
    relation = engine.relations.get(DIFFERENT_FROM)
    if relation is None:
        return
    keys = relation.keys()
    terms = engine.dictionary.terms
    for key in keys[(keys >> 32) == (keys & 0xFFFFFFFF)][:MAX_WITNESSES].tolist():
        left, _, right = asserted_form(engine, (key >> 32, DIFFERENT_FROM, key >> 32))
        yield Inconsistency(
            rule="eq-diff1",
            triples=triples_of(engine, [(left, DIFFERENT_FROM, right)])
            + (() if left == right else triples_of(engine, [(left, SAME_AS, right)])),
            message=_SENTENCES["eq-diff1"].format(x=terms[left], y=terms[right]),
        )


def _ill_formed(engine: Engine) -> Iterator[Inconsistency]:
    """dt-not-type: literals whose text does not fit their datatype, where they are asserted."""
    terms = engine.dictionary.terms
    for number in engine.dictionary.ill_formed[:MAX_WITNESSES]:
        literal = terms[number]
        facts = [
            (subject, predicate, number)
            for predicate, relation in list(engine.asserted.items())
            for subject in relation.subjects(number)
        ]
        if facts and isinstance(literal, ox.Literal):
            yield Inconsistency(
                rule="dt-not-type",
                triples=triples_of(engine, sorted(facts)[:MAX_WITNESSES]),
                message=f'"{literal.value}" is not a value of {literal.datatype}.',
            )


def _datatype_clashes(engine: Engine) -> Iterator[Inconsistency]:
    """dt-not-type: a literal that a range or a restriction puts into a datatype it is not of."""
    terms = engine.dictionary.terms
    for number, datatype in sorted(engine.clashes)[:MAX_WITNESSES]:
        if number in engine.dictionary.ill_formed:
            continue
        for instance in engine.instances:
            head = instance.head
            if head is None or head[0] >= 0 or head[1:] != (TYPE, datatype):
                continue
            columns = engine.joiner.join(instance.body, {head[0]: np.array([number])})
            if columns is None:
                continue
            bindings = {v: int(column[0]) for v, column in columns.items()}
            facts = [_filled(atom, bindings) for atom in instance.body]
            yield Inconsistency(
                rule="dt-not-type",
                triples=triples_of(engine, [*facts, *instance.axioms]),
                message=f"{terms[number]} is not a value of {terms[datatype]}, "
                f"as {instance.name} wants.",
            )
            break


def _value_clashes(engine: Engine) -> Iterator[Inconsistency]:
    """Two literals of different value made one, or a name for a literal typed otherwise."""
    terms = engine.dictionary.terms
    for root, members in engine.equality.classes.items():
        literals = [(m, terms[m]) for m in members if engine.dictionary.is_literal(m)]
        values = {
            literal_value(term): number for number, term in literals if isinstance(term, ox.Literal)
        }
        values.pop(None, None)
        if len(values) > 1:
            left, right = sorted(values.values())[:2]
            path = engine.equality.path(left, right)
            facts = [fact for edge in path for fact in edge_premises(edge)]
            rules = ", ".join(dict.fromkeys(map(edge_rule, path)))
            yield Inconsistency(
                rule="eq-diff1",
                triples=triples_of(engine, facts),
                message=f"{terms[left]} and {terms[right]} are different values (dt-diff) "
                f"made one by {rules}.",
            )
        if literals and not engine.dictionary.is_literal(root):
            yield from _wrong_types(engine, root, literals[0][0])


def _wrong_types(engine: Engine, root: int, literal: int) -> Iterator[Inconsistency]:
    terms = engine.dictionary.terms
    for number in engine.relations[TYPE].objects(root):
        if engine.literals.is_datatype(number) and not engine.dictionary.belongs(literal, number):
            yield Inconsistency(
                rule="dt-not-type",
                triples=triples_of(engine, [(root, TYPE, number), (root, SAME_AS, literal)]),
                message=f"{terms[literal]} is not a value of {terms[number]}.",
            )
