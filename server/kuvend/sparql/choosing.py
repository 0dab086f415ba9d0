"""The format of a result: what each form of query is offered in, and which of it is chosen."""

from __future__ import annotations

from functools import cache
from importlib.util import find_spec

from kuvend.errors import NotAcceptable
from kuvend.formats import (
    COLUMN_FORMATS,
    GRAPH_FORMATS,
    RESULT_FORMATS,
    Format,
    by_name,
    negotiate,
)
from kuvend.sparql.cache import of_header
from kuvend.sparql.guard import GRAPH_FORMS, Outline
from kuvend.sparql.protocol import QueryCall

_EXTRA = "Install the extra: pip install 'kuvend[arrow]'."


@cache
def column_formats() -> tuple[Format, ...]:
    """Arrow and Parquet, where the library for them is installed."""
    return COLUMN_FORMATS if find_spec("pyarrow") else ()


def offers(form: str) -> tuple[Format, ...]:
    """The formats in which this form of query is answered, the default first."""
    if form in GRAPH_FORMS:
        return GRAPH_FORMATS
    return RESULT_FORMATS + column_formats() if form == "SELECT" else RESULT_FORMATS


def format_named(name: str, found: Outline, *, more: tuple[Format, ...] = ()) -> Format:
    """The format with this short name, extension or media type.

    :raises NotAcceptable: where this form of query is not answered in it.
    """
    offered = offers(found.form) + more
    named = by_name(name, offered)
    if named is not None:
        return named
    form = found.form or "this"
    if found.form == "SELECT" and by_name(name, COLUMN_FORMATS):
        raise NotAcceptable(f"{name} is not installed here.", suggestion=_EXTRA)
    raise NotAcceptable(
        f"a {form} result is not written as {name!r}.",
        suggestion=f"Use one of {', '.join(offer.name for offer in offered)}.",
    )


def choose_format(
    found: Outline, call: QueryCall, accept: str | None, *, more: tuple[Format, ...] = ()
) -> Format:
    """The format for this form of query: the parameter before the header; ``more`` come last.

    :raises NotAcceptable: where none fits.
    """
    if call.format_name:
        return format_named(call.format_name, found, more=more)
    try:
        return _negotiate(accept, offers(found.form) + more)
    except NotAcceptable as error:
        missing = [f for f in COLUMN_FORMATS if f.media_type in (accept or "").lower()]
        if found.form != "SELECT" or not missing:
            raise
        raise NotAcceptable(
            f"{missing[0].name} is not installed here.", suggestion=_EXTRA
        ) from error


_negotiate = of_header(negotiate)
