"""What went wrong in a worker, as an error for the person who asked."""

from __future__ import annotations

from kuvend.config import Settings
from kuvend.errors import (
    BadRequest,
    KuvendError,
    OutOfMemory,
    Timeout,
    TooLarge,
    TooManyRequests,
    Unavailable,
)


def deadline_passed(timeout_s: float) -> KuvendError:
    """The query ran until its deadline."""
    return Timeout(
        f"the query was stopped after {timeout_s:g} s.",
        suggestion="Make it more selective or add a LIMIT; the service description has the limits.",
    )


def reader_too_slow(limit_s: float) -> KuvendError:
    """The client took too long to read the result."""
    return Timeout(f"the result was not read within {limit_s:g} s and was broken off.")


def result_too_large(settings: Settings) -> KuvendError:
    """The result passed the ceiling."""
    return TooLarge(
        f"the result is larger than {settings.max_result_bytes} bytes.",
        suggestion="Ask for it in parts, with ORDER BY, LIMIT and OFFSET.",
    )


def too_many_long_queries(limit: int) -> KuvendError:
    """Room for long queries is taken; short ones are still answered."""
    return TooManyRequests(
        f"{limit} long queries are running already; this one was stopped as it became the next.",
        retry_after_s=10,
    )


def cancelled() -> KuvendError:
    """An operator stopped the query."""
    return Unavailable("the query was cancelled by the operator.")


def crashed(last_words: str, settings: Settings) -> KuvendError:
    """The worker died by itself; its last words tell memory from stack.

    A stack that overflows outside the engine's own threads dies without a word.
    """
    if "memory allocation" in last_words or "bad_alloc" in last_words:
        return out_of_memory(settings)
    if not last_words or "overflowed its stack" in last_words:
        return BadRequest(
            "the query ended the process that evaluated it; most likely it is nested too deeply.",
            suggestion="Write it with fewer nested brackets or a shorter chain of operators.",
        )
    return Unavailable("the worker that ran the query ended unexpectedly.")


def out_of_memory(settings: Settings) -> KuvendError:
    """The query needed more memory than one query may have."""
    return OutOfMemory(
        f"the query needed more than {settings.query_memory_mb} MiB of memory and was stopped.",
        suggestion="Sort, group or deduplicate fewer rows at a time.",
    )
