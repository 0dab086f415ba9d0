"""The order in which a page tells about a thing: groups of properties, rows, values."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass, field

import pyoxigraph as ox

from kuvend.describe import Claim, Passage, Statement
from kuvend.namespaces import compact, prefixes

# Title -> properties in reading order. A property that is in no group is told under the last one.
GROUPS: dict[str, tuple[str, ...]] = {
    "What it is": (
        "rdf:type", "kv:statementText", "kv:ruleText", "skos:definition", "dct:description",
        "rov:orgType",
        "kv:hasLegalStatus", "kv:kindHasLegalStatus", "kv:operatesAtLevel", "kv:organRole",
        "kv:placeKind", "kv:unitKind", "kv:kindOfMember", "kv:countedKind", "kv:countValue",
        "kv:countPrecision", "kv:countWording", "kv:position", "kv:hasStatus", "kv:organOf",
        "kv:unitGroupOf", "kv:partOfBody", "org:unitOf", "org:subOrganizationOf", "org:postIn",
        "eli:number", "eli:is_part_of", "kv:statuteOf",
    ),
    "Rules": (
        "kv:governedByRule", "kv:governs", "kv:hasCompositionPart", "kv:compositionPartOf",
        "kv:hasStep", "kv:stepOf", "kv:decidedBy", "kv:admittingOrgan", "kv:applicantKind",
        "kv:requiresPriorDecisionOf",
    ),
    "When and where": (
        "dct:date", "kv:foundingDate", "kv:startDate", "kv:endDate", "kv:attestedOn",
        "kv:dateIsDocumentDate", "kv:timeWording", "kv:inOperationSince", "kv:inMonth",
        "kv:meetingsPerYear", "kv:meetingKind", "kv:termLength", "kv:cappedByTermOf",
        "prov:atLocation", "kv:locatedIn", "kv:locatedOutside", "kv:locatedOn", "kv:cameAfter",
        "kv:resultOf", "kv:foundingPlace", "kv:dissolutionDate", "kv:notBefore", "kv:notAfter",
    ),
    "Founding and events": (
        "kv:foundedThrough", "kv:founds", "kv:initiatedBy", "kv:initiated", "kv:hasParticipant",
        "kv:decidedIn", "kv:entersIntoForce", "kv:initiatedCreationOf",
    ),
    "Legal basis and mandate": (
        "kv:hasLegalBasis", "kv:hasStatute", "kv:hasMandate", "kv:mandateOf", "kv:conferredBy",
        "kv:entrusts", "kv:withinFrameworkOf", "kv:changesMandate", "kv:setThrough",
        "kv:supersedes",
    ),
    "Organs, posts and people": (
        "kv:hasOrgan", "kv:elects", "kv:electedBy", "kv:seatsHeldBy", "kv:seatsFilledBy",
        "org:hasPost", "kv:heldBy", "kv:inPost", "org:hasMembership", "org:member", "org:role",
        "kv:headOf",
        "kv:hasUnitGroup", "org:hasUnit", "org:hasSubOrganization", "kv:speaker",
    ),
    "Members and numbers": (
        "kv:memberGroup", "kv:memberGroupOf", "kv:hasCount", "kv:countOf", "org:organization",
        "kv:groupMember", "kv:hasParticipation", "kv:inBody", "kv:represents",
    ),
    "Agreement": (
        "kv:hasParty", "kv:hasSignatory", "kv:signedIn", "kv:areaOfCooperation",
        "kv:cooperationMeans", "kv:supportFocus", "kv:hasAim", "kv:hasCommitment",
        "kv:implementationPrinciple", "kv:monitoredBy", "kv:hasProvision", "kv:partyTo",
        "kv:signatoryOf", "kv:cooperatesWith",
    ),
    "Work with others": (
        "kv:carriesOut", "kv:carriedOutBy", "kv:withPartner", "kv:partnerOf", "kv:worksWith",
        "kv:inDialogueWith", "kv:mediatesBetween", "kv:throughNetwork", "kv:hasEffect",
        "kv:hasSystem", "kv:fundedBy", "kv:worksIn", "kv:activeIn",
    ),
    "What it is for": (
        "kv:hasMission", "kv:hasVision", "kv:hasPurpose", "kv:hasObjective", "kv:hasDuty",
        "kv:hasFunction", "kv:hasPower", "kv:remitOf", "kv:servesPurpose", "kv:concerns",
        "kv:actionKind", "kv:decidesOn", "kv:meansText",
        "kv:frequency", "kv:takesPlaceIn", "kv:addressee", "kv:targetGroup", "kv:mentions",
        "kv:partOfStatement", "kv:hasStatementPart",
        "kv:hasDescription",
    ),
    "Names": (
        "skos:prefLabel", "rdfs:label", "rov:legalName", "foaf:name", "dct:title", "kv:acronym",
        "kv:formerName", "kv:nameVariant", "skos:altLabel", "kv:designation", "skos:hiddenLabel",
    ),
    "More": (),
}  # fmt: skip

_PREFIXES = prefixes()
_PLACES = {
    prop: (number, place)
    for number, props in enumerate(GROUPS.values())
    for place, prop in enumerate(props)
}

# Things that only make sense with what they belong to: a page tells their statements in place.
INLINE_TYPES = frozenset(
    {
        "absence", "activity", "count", "event", "holding", "mandate", "membership",
        "participation", "provision", "quotation", "remit", "rule", "statement",
    }
)  # fmt: skip


_SENTENCE_CHARACTERS = 280


@dataclass(frozen=True)
class Value:
    """One value of a property: its statement and, for a thing told in place, its own rows."""

    statement: Statement
    rows: tuple[Row, ...] = ()

    @property
    def claims(self) -> tuple[Claim, ...]:
        """The claims behind the statement and behind the rows, each once."""
        inner = (c for row in self.rows for value in row.values for c in value.claims)
        return tuple(dict.fromkeys((*self.statement.claims, *inner)))

    @property
    def quotes(self) -> tuple[Quoted, ...]:
        """The sentences behind the value, each once with who said it.

        A long passage is left out where a sentence in it is shown: the sentence says it.
        """
        found = quotes_of(self.claims)
        return tuple(q for q in found if not (q.is_long and _holds_another(q, found)))


@dataclass(frozen=True)
class Quoted:
    """A passage with the kinds of evidence it is used as and the persons it quotes."""

    passage: Passage
    kinds: tuple[ox.NamedNode, ...]
    speakers: tuple[ox.NamedNode, ...]

    @property
    def is_stated(self) -> bool:
        """Whether the passage says it in itself, not only in its context or in translation."""
        return any(kind.value.endswith("/evidence-stated") for kind in self.kinds)

    @property
    def is_long(self) -> bool:
        """Whether it is rather a paragraph than a sentence."""
        return len(self.passage.exact) > _SENTENCE_CHARACTERS

    @property
    def is_sentence(self) -> bool:
        """Whether it states it and is short enough to be read in place of its parts."""
        return self.is_stated and not self.is_long


@dataclass(frozen=True)
class Row:
    """One property with its values."""

    predicate: ox.NamedNode
    values: tuple[Value, ...]


@dataclass(frozen=True)
class Group:
    """Rows under one heading."""

    title: str
    rows: tuple[Row, ...] = field(default=())


def quotes_of(claims: Iterable[Claim]) -> tuple[Quoted, ...]:
    """The passages of ``claims``, each once: sentences that state it first, then context.

    A passage that lies within a sentence that states it too is left out: the sentence shows it.
    """
    kinds: dict[Passage, dict[ox.NamedNode, None]] = {}
    speakers: dict[Passage, dict[ox.NamedNode, None]] = {}
    for claim in claims:
        for passage in claim.passages:
            kinds.setdefault(passage, {})
            if claim.kind is not None:
                kinds[passage][claim.kind] = None
            if claim.speaker is not None:
                speakers.setdefault(passage, {})[claim.speaker] = None
    ordered = sorted(kinds, key=lambda p: (p.source.iri.value, p.start, -p.end))
    kept: list[Quoted] = []
    for passage in ordered:
        if not any(q.is_sentence and _contains(q.passage, passage) for q in kept):
            kept.append(Quoted(passage, tuple(kinds[passage]), tuple(speakers.get(passage, ()))))
    return tuple(sorted(kept, key=lambda quoted: (not quoted.is_stated, quoted.is_long)))


def _holds_another(quoted: Quoted, found: Iterable[Quoted]) -> bool:
    return any(other is not quoted and _contains(quoted.passage, other.passage) for other in found)


def _contains(outer: Passage, inner: Passage) -> bool:
    same = outer.source.iri == inner.source.iri
    return same and outer.start <= inner.start and inner.end <= outer.end


def in_rows(
    statements: Iterable[Statement],
    *,
    expand: Callable[[ox.NamedNode], tuple[Row, ...]] = lambda _: (),
    sort_key: Callable[[Statement], object] = lambda s: str(s.triple.object),
) -> tuple[Row, ...]:
    """``statements`` as rows in reading order; ``expand`` gives the rows of a thing in place."""
    by_property: dict[ox.NamedNode, list[Statement]] = {}
    for statement in statements:
        by_property.setdefault(statement.predicate, []).append(statement)
    return tuple(
        Row(prop, tuple(_value(s, expand) for s in sorted(found, key=sort_key)))  # type: ignore[arg-type]
        for prop, found in sorted(by_property.items(), key=lambda item: place_of(item[0]))
    )


def in_groups(rows: Iterable[Row]) -> tuple[Group, ...]:
    """``rows`` under the headings they belong to; headings without rows are left out."""
    titles = list(GROUPS)
    sorted_rows: dict[str, list[Row]] = {title: [] for title in titles}
    for row in rows:
        sorted_rows[titles[place_of(row.predicate)[0]]].append(row)
    return tuple(Group(title, tuple(found)) for title, found in sorted_rows.items() if found)


def place_of(prop: ox.NamedNode) -> tuple[int, int, str]:
    """Where a property stands: number of its group, place in it, IRI."""
    short = compact(prop.value, _PREFIXES)
    group, place = _PLACES.get(short, (len(GROUPS) - 1, 0))
    return (group, place, prop.value)


def _value(statement: Statement, expand: Callable[[ox.NamedNode], tuple[Row, ...]]) -> Value:
    target = statement.triple.object
    return Value(statement, expand(target) if isinstance(target, ox.NamedNode) else ())
