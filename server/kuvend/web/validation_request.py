"""What a request to validate asks: sources, shapes, report format, and whether to wait."""

from __future__ import annotations

import re
import threading
from collections.abc import Iterator
from dataclasses import dataclass

from flask import current_app, request

from kuvend.config import Settings
from kuvend.errors import BadRequest, TooManyRequests
from kuvend.formats import HTML, Format, by_name, negotiate
from kuvend.project.shape_catalogue import ShapeCatalogue, names_in
from kuvend.project.submission import fetch
from kuvend.project.validation_call import Selection, select
from kuvend.shacl.writers import WRITERS
from kuvend.syntax import Source

REPORTS: tuple[Format, ...] = tuple(form for form, _ in WRITERS.values())
FORMS = {form.media_type: name for name, (form, _) in WRITERS.items()}
_OFFERED = (WRITERS["json"][0], HTML, *(form for form in REPORTS if form.name != "json"))
# A longer wait would keep a thread from answering others.
_MAX_WAIT_S = 10.0
_MAX_URLS = 10
# Each keeps a thread of the server while another host answers.
_FETCHES = threading.BoundedSemaphore(4)
_WAIT = re.compile(r"[0-9]{1,6}(?:\.[0-9]{1,3})?")


@dataclass(frozen=True)
class Preference:
    """``Prefer: respond-async``: whether the client asks for a job, and how long it waits first.

    Source: RFC 7240 §4.1, §4.3.
    """

    is_async: bool = False
    wait_s: float = 0.0

    @property
    def applied(self) -> str:
        """The value of ``Preference-Applied``."""
        return f"respond-async, wait={self.wait_s:g}" if self.wait_s else "respond-async"


def preference() -> Preference:
    """What the headers ``Prefer``, or the field ``prefer`` of a form, ask for."""
    names: dict[str, str] = {}
    for text in [*request.headers.getlist("Prefer"), *request.form.getlist("prefer")]:
        for part in text.split(","):
            name, _, value = part.partition(";")[0].partition("=")
            # The first of several wins (RFC 7240 §2).
            names.setdefault(name.strip().lower(), value.strip().strip('"'))
    wait = names.get("wait", "")
    return Preference(
        is_async="respond-async" in names,
        wait_s=min(float(wait), _MAX_WAIT_S) if _WAIT.fullmatch(wait) else 0.0,
    )


def allow_long_texts() -> None:
    """Take a text in a form as long as a body may be."""
    request.max_form_memory_size = current_app.config["MAX_CONTENT_LENGTH"]


def sources(settings: Settings) -> tuple[Source, ...]:
    """What was sent: files of a form, its text, or the body; and what ``?url=`` names.

    :raises BadRequest: where nothing was sent.
    :raises KuvendError: for a URL that is not read, as :func:`~kuvend.project.submission.fetch`.
    """
    if request.mimetype == "multipart/form-data" or request.form:
        files = [file for file in request.files.getlist("file") if file.filename]
        found = [Source(_name(f.filename), f.read(), _told(f.mimetype)) for f in files]
        text = request.form.get("text", "")
        if text.strip():
            media_type = request.form.get("type") or None
            found.append(Source("text", text.replace("\r\n", "\n").encode(), media_type))
    else:
        body = request.get_data(cache=False)
        name = _name(request.args.get("name") or _disposed() or "submission")
        found = [Source(name, body, _told(request.mimetype))] if body.strip() else []
    found += _fetched(settings)
    if not found:
        raise BadRequest(
            "nothing was sent to validate.",
            suggestion="Send RDF as the body with its Content-Type, as the form field text, as "
            "files named file, or name a URL as url.",
        )
    return tuple(found)


def _fetched(settings: Settings) -> Iterator[Source]:
    """What the parameters ``url`` name, together no longer than a body may be."""
    urls = [url.strip() for url in request.values.getlist("url") if url.strip()]
    if len(urls) > _MAX_URLS:
        raise BadRequest(f"{len(urls)} URLs are more than the {_MAX_URLS} that are read at once.")
    allowed = frozenset(settings.fetch_hosts.lower().split())
    room = settings.max_body_bytes
    for url in urls:
        if not _FETCHES.acquire(blocking=False):
            raise TooManyRequests("other submissions are being read by their URL.")
        try:
            source = fetch(url, allowed=allowed, max_bytes=room)
        finally:
            _FETCHES.release()
        room -= len(source.content)
        yield source


def selection(catalogue: ShapeCatalogue) -> Selection:
    """What to check against: ``?profile=``, ``?shapes=``, files named shapes, ``?alone``.

    :raises BadRequest: for names there are not.
    """
    files = [file for file in request.files.getlist("shapes") if file.filename]
    return select(
        catalogue,
        profile=request.values.get("profile") or None,
        sets=tuple(names_in(request.values.getlist("shapes"))),
        alone=flag("alone"),
        uploaded=[Source(_name(f.filename), f.read(), _told(f.mimetype)) for f in files],
    )


def report_format() -> Format:
    """The report format: ``?format=``, else by Accept.

    :raises BadRequest: for a format there is not.
    :raises NotAcceptable: where nothing offered fits.
    """
    asked = request.values.get("format")
    if asked:
        if asked == "html":
            return HTML
        found = WRITERS[asked][0] if asked in WRITERS else by_name(asked, REPORTS)
        if found is None:
            names = ", ".join([*WRITERS, "html"])
            raise BadRequest(
                f"there is no report format {asked!r}.", suggestion=f"Use one of {names}."
            )
        return found
    return negotiate(request.headers.get("Accept"), _OFFERED)


def form_name(chosen: Format) -> str:
    """The writer behind a report format; a page is made of the JSON."""
    return "json" if chosen == HTML else FORMS[chosen.media_type]


def flag(name: str) -> bool:
    """Whether a yes-or-no parameter is set."""
    value = request.values.get(name)
    return value is not None and value.lower() not in ("false", "0", "no")


def _name(name: str | None) -> str:
    """A file's name without folders."""
    return (name or "submission").replace("\\", "/").rpartition("/")[2] or "submission"


def _disposed() -> str:
    """The file name in ``Content-Disposition``, which clients send with octet streams."""
    found = re.search(r'filename="?([^";]+)', request.headers.get("Content-Disposition", ""))
    return found[1].strip() if found else ""


def _told(media_type: str) -> str | None:
    """The media type where it tells something; archives are known by their first bytes."""
    vague = ("", "application/octet-stream", "application/zip", "application/gzip",
             "application/x-gzip", "application/x-zip-compressed", "text/plain")  # fmt: skip
    return None if media_type in vague else media_type
