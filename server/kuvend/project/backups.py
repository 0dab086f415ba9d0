"""Backups: the current release as one file, and back, while the service runs.

A release never changes, so copying its files needs no pause; restoring adds a release and
switches to it, which the service sees at its next request.
"""

from __future__ import annotations

import os
import shutil
import tarfile
from pathlib import Path

from kuvend.errors import BadRequest, Conflict
from kuvend.project.release import Release, ReleaseFolder
from kuvend.store import Store

_WRITTEN = ("written.nq", "withdrawn.nq")


def back_up(releases: ReleaseFolder, target: Path) -> Release:
    """Write the current release to ``target``, a gzipped tar file; it appears when complete.

    :raises Unavailable: where there is no release.
    :raises Conflict: where ``target`` exists.
    """
    if target.exists():
        raise Conflict(f"{target} exists already.", suggestion="Choose another name.")
    # The lock keeps the release from being pruned, and the written files from changing.
    with releases.locked():
        release = releases.current()
        fresh = target.with_name(f".{target.name}.{os.getpid()}")
        try:
            with tarfile.open(fresh, "w:gz", compresslevel=3) as archive:
                archive.add(release.path, arcname=f"releases/{release.path.name}")
                for name in _WRITTEN:
                    if (releases.data_dir / name).is_file():
                        archive.add(releases.data_dir / name, arcname=name)
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
            _unpack(source, work)
            found = [path for path in (work / "releases").iterdir() if path.is_dir()]
            if len(found) != 1:
                raise BadRequest("the backup holds no single release.", source=str(source))
            quads = list(Store.open_read_only(found[0] / "store").quads())
            manifest = Release(found[0]).manifest
            if manifest.get("quads") != len(quads):
                raise BadRequest("the backup is damaged: quads are missing.", source=str(source))
            for name in _WRITTEN:
                (releases.data_dir / name).unlink(missing_ok=True)
                if (work / name).is_file():
                    shutil.copyfile(work / name, releases.data_dir / name)
        except (OSError, EOFError, tarfile.TarError, KeyError, ValueError) as error:
            raise BadRequest(f"this is no backup: {error}", source=str(source)) from error
        finally:
            shutil.rmtree(work, ignore_errors=True)
        return releases.publish(quads, manifest)


def _unpack(source: Path, work: Path) -> None:
    with tarfile.open(source, "r:gz") as archive:
        archive.extractall(work, filter="data")
