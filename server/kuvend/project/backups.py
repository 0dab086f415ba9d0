"""Backups: the current release as one file, and back, while the service runs.

A release never changes, so copying its files needs no pause; restoring adds a release and
switches to it, which the service sees at its next request.
"""

from __future__ import annotations

import gzip
import hashlib
import os
import shutil
import tarfile
import zlib
from pathlib import Path

import pyoxigraph as ox

from kuvend.errors import BadRequest, Conflict
from kuvend.project.release import Release, ReleaseFolder

_CHUNK_BYTES = 1 << 20


def back_up(releases: ReleaseFolder, target: Path) -> Release:
    """Write the current release to ``target``, a gzipped tar file; it appears when complete.

    :raises Unavailable: where there is no release.
    :raises Conflict: where ``target`` exists.
    """
    if target.exists():
        raise Conflict(f"{target} exists already.", suggestion="Choose another name.")
    # The lock keeps the release from being pruned.
    with releases.locked():
        release = releases.current()
        fresh = target.with_name(f".{target.name}.{os.getpid()}")
        try:
            with tarfile.open(fresh, "w:gz", compresslevel=3) as archive:
                archive.add(release.path, arcname=f"releases/{release.path.name}")
            with fresh.open("rb") as handle:
                os.fsync(handle.fileno())
            os.replace(fresh, target)
        finally:
            fresh.unlink(missing_ok=True)
        return release


def restore(releases: ReleaseFolder, source: Path) -> Release:
    """Make the release in the backup ``source`` the current one.

    :raises BadRequest: where the file is no backup or is damaged.
    """
    with releases.locked():
        work = releases.releases / f".unfinished-restore-{os.getpid()}"
        try:
            _check_whole(source)
            _unpack(source, work)
            found = [path for path in (work / "releases").iterdir() if path.is_dir()]
            if len(found) != 1:
                raise BadRequest("the backup holds no single release.", source=str(source))
            saved = Release(found[0])
            quads, manifest, written = _quads(saved), saved.manifest, saved.written
        except (OSError, tarfile.TarError, KeyError, ValueError, SyntaxError) as error:
            raise BadRequest(_told(error), source=str(source)) from error
        finally:
            shutil.rmtree(work, ignore_errors=True)
        holds_written = bool(manifest.get("holds_written"))
        return releases.publish(quads, manifest, written, holds_written=holds_written)


def _quads(saved: Release) -> list[ox.Quad]:
    """The quads of a release that was unpacked, as they were parsed once.

    :raises BadRequest: where they are not those it was made of.
    """
    content = saved.dataset_path.read_bytes()
    if hashlib.sha256(content).hexdigest() != saved.dataset_hash:
        raise BadRequest("the backup is damaged: its dataset is not what it was made of.")
    return list(ox.parse(content, ox.RdfFormat.N_QUADS))


def _check_whole(source: Path) -> None:
    """Nothing where the file is as it was compressed: what is unpacked of it is not checked.

    :raises BadRequest: where it is not.
    """
    try:
        with gzip.open(source) as content:
            while content.read(_CHUNK_BYTES):
                pass
    except (gzip.BadGzipFile, EOFError, zlib.error) as error:
        raise BadRequest(
            f"this is no backup, or a damaged one: {error}.",
            source=str(source),
            suggestion="Fetch the file anew, or take another backup.",
        ) from error


def _unpack(source: Path, work: Path) -> None:
    with tarfile.open(source, "r:gz") as archive:
        archive.extractall(work, filter="data")


def _told(error: Exception) -> str:
    """What is wrong with an archive, without the place where it was unpacked."""
    if isinstance(error, FileNotFoundError):
        return f"this is no backup: it holds no {Path(error.filename).name}."
    if isinstance(error, OSError) and error.filename:
        return f"this is no backup: {Path(error.filename).name}: {error.strerror}."
    if isinstance(error, KeyError):
        return f"this is no backup: its release.json has no {error}."
    return f"this is no backup: {error}"
