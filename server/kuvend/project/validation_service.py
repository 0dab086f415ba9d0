"""Validation for visitors who wait: one worker, in turns, with a deadline and a memory ceiling."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable
from typing import Any

from kuvend.errors import KuvendError, TooLarge, TooManyRequests
from kuvend.project.project import Project
from kuvend.project.shape_catalogue import ShapeCatalogue
from kuvend.project.validation_call import Reports, ValidationCall
from kuvend.project.validation_jobs import ValidationJobs
from kuvend.project.validation_process import Stop, ValidationProcess

Gone = Callable[[], bool]

WAIT_S = 20.0
MAX_UNDER_WAY = 9
_LOOK_S = 0.2
_STATES_WAIT_S = 5.0
# A client that has gone may come back with the next version of its text; the worker is worth more.
_UNATTENDED_S = 5.0


class ValidationService:
    """Validates for a project: at once and in turns, or as jobs beside that.

    A call waits at most ``wait_s`` seconds for its turn.
    """

    def __init__(self, project: Project, *, wait_s: float = WAIT_S) -> None:
        self.project = project
        self._wait_s = wait_s
        self.jobs = ValidationJobs(project)
        self._process = ValidationProcess(project, follows_at_once=True)
        self._turn = threading.Lock()
        self._places = threading.BoundedSemaphore(MAX_UNDER_WAY)
        self._catalogue: tuple[str, ShapeCatalogue] | None = None
        self._states: tuple[str, dict[str, Any]] | None = None

    def catalogue(self) -> ShapeCatalogue:
        """The shape sets and profiles of the project, as the folder stood at the last release.

        :raises BadSyntax: for a shapes file that does not parse.
        """
        name = release_name(self.project)
        held = self._catalogue
        if held is None or held[0] != name:
            held = (name, ShapeCatalogue.read(self.project.folder.shapes))
            self._catalogue = held
        return held[1]

    def validate(self, call: ValidationCall, *, is_gone: Gone = lambda: False) -> Reports:
        """The reports. A call whose client has gone is not begun, and ended where it takes long.

        :raises TooLarge: for a submission to be checked as a job.
        :raises TooManyRequests: where too many wait, or the wait for a turn is too long.
        :raises Timeout: past the deadline.
        :raises OutOfMemory: past the memory ceiling.
        :raises KuvendError: for sources or shapes that are refused.
        """
        settings = self.project.settings
        if call.size > settings.validation_wait_bytes:
            raise TooLarge(
                f"{call.size} bytes are more than the {settings.validation_wait_bytes} that are "
                "validated while you wait.",
                suggestion="Send the header Prefer: respond-async, and ask for the report later.",
            )
        # Each that waits keeps a thread of the server from answering others.
        if not self._places.acquire(blocking=False):
            raise _busy()
        try:
            self._wait_for_turn(is_gone)
            try:
                return self._process.validate(
                    call, timeout_s=settings.validation_timeout_s, stop=_unattended(is_gone)
                )
            finally:
                self._turn.release()
        finally:
            self._places.release()

    def states(self) -> dict[str, Any]:
        """How the graph as it stands meets each shape, by the shape's IRI; kept for a release.

        :raises TooManyRequests: where the worker has other things to do.
        :raises KuvendError: where it cannot be found out.
        """
        name = release_name(self.project)
        if self._states is None or self._states[0] != name:
            if not self._turn.acquire(timeout=_STATES_WAIT_S):
                raise _busy()
            try:
                # Who had the turn before may have found them out.
                if self._states is None or self._states[0] != name:
                    limit = self.project.settings.validation_timeout_s
                    self._states = (name, self._process.states(timeout_s=limit))
            finally:
                self._turn.release()
        return self._states[1]

    def close(self) -> None:
        """End the workers, and forget the jobs."""
        self.jobs.close()
        self._process.close()

    def _wait_for_turn(self, is_gone: Gone) -> None:
        end = time.monotonic() + self._wait_s
        while not self._turn.acquire(timeout=_LOOK_S):
            if is_gone():
                raise _gone()
            if time.monotonic() >= end:
                raise _busy()


def release_name(project: Project) -> str:
    """The release that is current, or that there is none."""
    try:
        return project.release().id
    except KuvendError:
        return "folders"


def _unattended(is_gone: Gone) -> Stop:
    """Says to stop once the client has been gone for a while."""
    since: list[float] = []

    def stop() -> KuvendError | None:
        if not is_gone():
            return None
        since.append(time.monotonic())
        return _gone() if since[-1] - since[0] > _UNATTENDED_S else None

    return stop


def _busy() -> TooManyRequests:
    return TooManyRequests("other submissions are being validated.", retry_after_s=10)


def _gone() -> KuvendError:
    return TooManyRequests("the client has gone.")
