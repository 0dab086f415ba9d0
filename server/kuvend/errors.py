"""The error tree: every failure Kuvend reports on purpose, drawn once.

Each class names its HTTP ``status`` and its ``slug``, which is the heading in
``docs/reference/errors.md`` and the tail of the problem type (RFC 9457).
The attributes say what, where and what to do; the layers ``web`` and ``cli``
alone decide how that is shown.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, ClassVar


class KuvendError(Exception):
    """Something Kuvend refuses or cannot do, said in words for the person who asked.

    ``source`` names the file or parameter, ``line`` and ``column`` count from 1,
    ``suggestion`` says what to do; each is ``None`` where it is not known.
    """

    status: ClassVar[int] = 500
    slug: ClassVar[str] = "internal-error"
    title: ClassVar[str] = "Internal error"

    def __init__(
        self,
        detail: str,
        *,
        source: str | None = None,
        line: int | None = None,
        column: int | None = None,
        suggestion: str | None = None,
    ) -> None:
        super().__init__(detail)
        self.detail = detail
        self.source = source
        self.line = line
        self.column = column
        self.suggestion = suggestion

    @property
    def where(self) -> str:
        """``file:line:column`` as far as it is known, for messages.

        >>> BadSyntax("no", source="a.ttl", line=3, column=7).where
        'a.ttl:3:7'
        >>> BadRequest("no").where
        ''
        """
        parts = [self.source, self.line, self.column]
        return ":".join(str(part) for part in parts if part is not None)

    @classmethod
    def told(cls, name: str, detail: str, **place: Any) -> KuvendError:
        """The error of the class called ``name`` as another process told it.

        >>> KuvendError.told("TooManyRequests", "later.", line=3).retry_after_s
        1
        """
        kind = globals().get(name)
        if not (isinstance(kind, type) and issubclass(kind, KuvendError)):
            kind = KuvendError
        # Some classes ask for more than travels; they have defaults for it.
        error = kind.__new__(kind)
        KuvendError.__init__(error, detail, **place)
        return error

    @classmethod
    def of_problem(cls, problem: Mapping[str, Any]) -> KuvendError | None:
        """The error that a service told as a problem object; ``None`` where its type is not known.

        >>> KuvendError.of_problem({"type": "urn:errors#not-found", "detail": "no."}).title
        'Not found'
        """
        slug = str(problem.get("type", "")).rpartition("#")[2]
        known = [kind for kind in globals().values() if isinstance(kind, type)]
        for kind in known:
            if issubclass(kind, KuvendError) and kind.slug == slug:
                advice = problem.get("suggestion")
                return KuvendError.told(kind.__name__, problem.get("detail", ""), suggestion=advice)
        return None

    def __str__(self) -> str:
        text = f"{self.where}: {self.detail}" if self.where else self.detail
        return f"{text} {self.suggestion}" if self.suggestion else text


class BadRequest(KuvendError):
    """The request or the command is wrong in itself."""

    status = 400
    slug = "bad-request"
    title = "Bad request"


class BadSyntax(BadRequest):
    """RDF or SPARQL that does not parse; carries line and column where the parser knows them.

    ``is_loss`` tells of what a reader would drop in silence: the rest can be read as it stands.
    ``is_minor`` tells of such a loss that may well be meant.
    """

    slug = "bad-syntax"
    title = "Syntax error"
    is_loss: bool = False
    is_minor: bool = False


class Unauthorized(KuvendError):
    """The operation needs a token and none, or a wrong one, was given."""

    status = 401
    slug = "unauthorized"
    title = "A token is needed"


class Forbidden(KuvendError):
    """The operation is understood and refused."""

    status = 403
    slug = "forbidden"
    title = "Refused"


class NotFound(KuvendError):
    """There is nothing under this name."""

    status = 404
    slug = "not-found"
    title = "Not found"


class MethodNotAllowed(KuvendError):
    """The path exists but not for this method; ``allow`` lists those it takes."""

    status = 405
    slug = "method-not-allowed"
    title = "Method not allowed"
    allow: tuple[str, ...] = ()

    def __init__(self, detail: str, *, allow: tuple[str, ...]) -> None:
        super().__init__(detail)
        self.allow = allow


class NotAcceptable(KuvendError):
    """None of the formats asked for is offered, or the one chosen cannot hold the answer."""

    status = 406
    slug = "not-acceptable"
    title = "No such format"


class TooSlow(KuvendError):
    """The request did not come whole in the time it has."""

    status = 408
    slug = "too-slow"
    title = "The request came too slowly"


class Conflict(KuvendError):
    """The change contradicts the state it would be applied to."""

    status = 409
    slug = "conflict"
    title = "Conflict"


class PreconditionFailed(KuvendError):
    """The dataset, or the graph, is not as the request says it has to be."""

    status = 412
    slug = "precondition-failed"
    title = "Not as expected"


class Gone(KuvendError):
    """What was asked for was here and is no more, such as the next page of an older release."""

    status = 410
    slug = "gone"
    title = "No longer there"


class TooLarge(KuvendError):
    """The input is larger than the limit named in the text."""

    status = 413
    slug = "too-large"
    title = "Too large"


class AddressTooLong(KuvendError):
    """The address in the first line of a request is longer than is read."""

    status = 414
    slug = "address-too-long"
    title = "Address too long"


class HeadTooLarge(KuvendError):
    """The headers of a request are more, or longer, than are read."""

    status = 431
    slug = "head-too-large"
    title = "Request head too large"


class UnsupportedMediaType(KuvendError):
    """The body is in a format that is not read here."""

    status = 415
    slug = "unsupported-media-type"
    title = "Format not read here"


class Unprocessable(KuvendError):
    """Well-formed input that cannot be accepted as data."""

    status = 422
    slug = "unprocessable"
    title = "Cannot be accepted"


class TooManyRequests(KuvendError):
    """The client or the service is at its limit; ``retry_after_s`` says when to come back."""

    status = 429
    slug = "too-many-requests"
    title = "Too many requests"
    retry_after_s: int = 1

    def __init__(self, detail: str, *, retry_after_s: int = 1) -> None:
        super().__init__(detail)
        self.retry_after_s = retry_after_s


class Timeout(KuvendError):
    """The work was stopped at its deadline."""

    status = 503
    slug = "timeout"
    title = "Stopped at the deadline"


class Unavailable(KuvendError):
    """The service cannot answer now, for instance while nothing is built yet."""

    status = 503
    slug = "unavailable"
    title = "Not available"


class OutOfMemory(KuvendError):
    """The work was stopped at its memory ceiling."""

    status = 507
    slug = "out-of-memory"
    title = "Stopped at the memory limit"


class DiskFull(KuvendError):
    """There is no room on the disk for what was to be made; what was there before is unharmed."""

    status = 507
    slug = "disk-full"
    title = "The disk is full"


class ProjectError(KuvendError):
    """A project folder that cannot be opened: a file is missing or is not what it should be."""

    status = 500
    slug = "project-error"
    title = "Project cannot be opened"


class QuoteError(Unprocessable):
    """A quote that is not in its document, or is there more than once.

    ``places`` are the stretches ``(start, end)`` of the document in question, in code points: all
    where it stands or, where it is ``absent``, the nearest one.
    """

    slug = "quote-error"
    title = "Quote not found"
    places: tuple[tuple[int, int], ...] = ()
    absent: bool = False

    def __init__(
        self,
        detail: str,
        *,
        suggestion: str | None = None,
        places: tuple[tuple[int, int], ...] = (),
        absent: bool = False,
    ) -> None:
        super().__init__(detail, suggestion=suggestion)
        self.places = places
        self.absent = absent


class CorpusError(Unprocessable):
    """Documents and statements that do not fit together; ``problems`` holds every finding."""

    slug = "corpus-error"
    title = "Documents and statements do not fit together"
    problems: tuple[KuvendError, ...] = ()

    def __init__(self, problems: tuple[KuvendError, ...]) -> None:
        lines = "\n".join(str(problem) for problem in problems)
        super().__init__(f"{len(problems)} problems in documents and statements:\n{lines}")
        self.problems = problems


class Contradiction(Unprocessable):
    """The data contradict the ontology; nothing is published from such a state."""

    slug = "contradiction"
    title = "Contradiction"


class NonConforming(Unprocessable):
    """The data do not conform to the shapes; the report says where."""

    slug = "non-conforming"
    title = "Data do not conform"
