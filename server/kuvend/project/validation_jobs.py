"""Validation without waiting: jobs that go on when the client has gone, and are kept for a while.

Source: RFC 7240 (``Prefer: respond-async``).
"""

from __future__ import annotations

import secrets
import threading
import time
import zlib
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any

from kuvend.errors import Conflict, KuvendError, NotFound, TooLarge, TooManyRequests
from kuvend.project.project import Project
from kuvend.project.validation_call import Progress, Reports, ValidationCall
from kuvend.project.validation_process import ValidationProcess

WAITING, RUNNING, DONE, FAILED = "waiting", "running", "done", "failed"
_MIB = 1024 * 1024


@dataclass
class Job:
    """One validation: what was asked while it is not done, and then what came of it.

    ``texts`` are the reports by format, compressed.
    """

    id: str
    client: str
    call: ValidationCall | None
    created: float = field(default_factory=time.monotonic)
    state: str = WAITING
    progress: Progress = Progress(WAITING)
    ended: float | None = None
    conforms: bool = False
    texts: dict[str, bytes] = field(default_factory=dict)
    error: KuvendError | None = None
    is_cancelled: bool = False

    @property
    def is_over(self) -> bool:
        """Whether nothing more will happen."""
        return self.state in (DONE, FAILED)

    @property
    def size(self) -> int:
        """The bytes its reports take."""
        return sum(map(len, self.texts.values()))

    def elapsed_s(self) -> float:
        """The seconds since it was handed in, up to its end."""
        return (self.ended or time.monotonic()) - self.created

    def status(self) -> dict[str, Any]:
        """What a client is told of it."""
        found = {
            "id": self.id,
            "state": self.state,
            **self.progress.as_json(),
            "elapsed_s": round(self.elapsed_s(), 1),
        }
        if self.state == DONE:
            found["conforms"] = self.conforms
        return found

    def report(self, form: str) -> str:
        """The report of a job that is done.

        :raises KuvendError: where it failed.
        :raises Conflict: where it is not over yet.
        """
        if self.error is not None:
            raise self.error
        if self.state != DONE:
            raise Conflict("the validation is still under way.")
        return zlib.decompress(self.texts[form]).decode()


class ValidationJobs:
    """The jobs of one project: a bounded number, one under way at a time, in a worker of their own.

    The worker and the thread that waits for it are there only while there is something to do.
    """

    def __init__(self, project: Project) -> None:
        self.settings = project.settings
        self._process = ValidationProcess(project)
        self._jobs: dict[str, Job] = {}
        self._changed = threading.Condition()
        self._thread: threading.Thread | None = None
        self._is_closed = False

    def submit(self, call: ValidationCall, client: str) -> Job:
        """The job that ``call`` became.

        :raises TooManyRequests: where there are too many, of this client or in all.
        """
        with self._changed:
            self._drop_old()
            active = [job for job in self._jobs.values() if not job.is_over]
            own = sum(job.client == client for job in active)
            if own >= self.settings.client_jobs:
                raise TooManyRequests(
                    f"{own} of your validations are waiting or under way.", retry_after_s=30
                )
            if len(active) >= self.settings.validation_jobs:
                raise TooManyRequests("too many validations are waiting.", retry_after_s=30)
            job = Job(secrets.token_urlsafe(18), client, call)
            self._jobs[job.id] = job
            self._work()
            self._changed.notify_all()
        return job

    def get(self, job_id: str) -> Job:
        """The job with this name.

        :raises NotFound: where there is none, or none any more.
        """
        with self._changed:
            self._drop_old()
            found = self._jobs.get(job_id)
        if found is None:
            raise NotFound(
                "there is no such validation.",
                suggestion=f"Reports are kept for {self.settings.job_keep_s:g} s.",
            )
        return found

    def wait(self, job: Job, timeout_s: float) -> bool:
        """Whether the job was over within so many seconds."""
        with self._changed:
            return self._changed.wait_for(lambda: job.is_over, timeout_s)

    def cancel(self, job_id: str) -> None:
        """Forget a job; one under way is ended.

        :raises NotFound: where there is none.
        """
        job = self.get(job_id)
        with self._changed:
            job.is_cancelled = True
            self._jobs.pop(job_id, None)
            self._changed.notify_all()

    def close(self) -> None:
        """Forget everything and end the worker."""
        with self._changed:
            self._is_closed = True
            for job in self._jobs.values():
                job.is_cancelled = True
            self._jobs.clear()
            self._changed.notify_all()
            thread = self._thread
        if thread is not None:
            thread.join(timeout=10)

    # -- the thread that waits for the worker ----------------------------------------------

    def _work(self) -> None:
        if self._thread is None or not self._thread.is_alive():
            self._thread = threading.Thread(target=self._run, name="kuvend-jobs", daemon=True)
            self._thread.start()

    def _run(self) -> None:
        for job in self._next_jobs():
            self._carry_out(job)

    def _next_jobs(self) -> Iterator[Job]:
        """The jobs one after the other, until there is nothing left to do or to forget."""
        while True:
            with self._changed:
                self._drop_old()
                waiting = next((j for j in self._jobs.values() if j.state == WAITING), None)
                if waiting is None:
                    # No process stays for what is only kept.
                    self._process.close()
                    if self._is_closed or not self._jobs:
                        self._thread = None
                        return
                    self._changed.wait(self._next_expiry_s())
                    continue
                waiting.state = RUNNING
            yield waiting

    def _carry_out(self, job: Job) -> None:
        assert job.call is not None, "it is kept until the job is over"
        error: KuvendError | None = KuvendError("the validation ended unexpectedly.")
        texts: dict[str, bytes] = {}
        conforms = False
        try:
            reports = self._process.validate(
                job.call,
                timeout_s=self.settings.job_timeout_s,
                stop=lambda: NotFound("cancelled.") if job.is_cancelled else None,
                report=lambda progress: setattr(job, "progress", progress),
            )
            conforms, texts = reports.conforms, self._compressed(reports)
            error = None
        except KuvendError as found:
            error = found
        finally:
            with self._changed:
                job.texts, job.conforms, job.error = texts, conforms, error
                job.call, job.ended = None, time.monotonic()
                job.state = FAILED if error else DONE
                job.progress = Progress(job.state)
                self._changed.notify_all()

    def _compressed(self, reports: Reports) -> dict[str, bytes]:
        texts = {form: zlib.compress(text, 1) for form, text in reports.texts.items()}
        if sum(map(len, texts.values())) > self.settings.job_reports_mb * _MIB:
            raise TooLarge(
                "the report is too large to be kept.",
                suggestion="Validate the data in parts, or with kuvend validate.",
            )
        return texts

    # -- forgetting ------------------------------------------------------------------------

    def _next_expiry_s(self) -> float | None:
        ends = [job.ended for job in self._jobs.values() if job.ended is not None]
        if not ends:
            return None
        return max(0.0, min(ends) + self.settings.job_keep_s - time.monotonic())

    def _drop_old(self) -> None:
        """Forget what was kept long enough, and the oldest where all together take too much."""
        now = time.monotonic()
        over = sorted((j for j in self._jobs.values() if j.is_over), key=lambda j: j.ended or 0)
        held = sum(job.size for job in over)
        for job in over:
            is_old = (job.ended or now) + self.settings.job_keep_s <= now
            if is_old or held > self.settings.job_reports_mb * _MIB:
                held -= job.size
                del self._jobs[job.id]


__all__ = ["DONE", "FAILED", "RUNNING", "WAITING", "Job", "ValidationJobs"]
