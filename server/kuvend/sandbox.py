"""What a process that works on what a visitor sent must not be able to do.

No network (an empty network namespace, and a system call filter where that is refused), no
memory beyond its ceiling, no core dumps, no files written, and no life after its parent.
"""

from __future__ import annotations

import contextlib
import ctypes
import os
import resource
import signal
import sys
import time
from pathlib import Path

_CLONE_NEWNET = 0x40000000
_CLONE_NEWUSER = 0x10000000
_PR_SET_PDEATHSIG = 1
_PR_SET_DUMPABLE = 4
_PR_SET_NO_NEW_PRIVS = 38

_libc = ctypes.CDLL(None, use_errno=True)


def bare_environment() -> dict[str, str]:
    """What a process of ours is told of its environment, which may hold a token.

    Without a home Python asks the list of users for one, each time it starts.
    """
    path = os.pathsep.join(filter(None, sys.path))
    return {"PATH": os.defpath, "PYTHONPATH": path, "HOME": "/nonexistent"}


def leave_network() -> bool:
    """Whether this process, and all it forks, now has a network namespace with nothing in it."""
    if _libc.unshare(_CLONE_NEWNET) == 0:
        return True
    return bool(_libc.unshare(_CLONE_NEWUSER | _CLONE_NEWNET) == 0)


def die_with_parent(parent_pid: int) -> None:
    """Have the kernel kill this process when its parent ends; ends it now if that is past."""
    _libc.prctl(_PR_SET_PDEATHSIG, signal.SIGKILL, 0, 0, 0)
    if os.getppid() != parent_pid:
        os._exit(0)


def limit_memory(extra_bytes: int) -> None:
    """Allow ``extra_bytes`` of address space beyond what this process already maps."""
    ceiling = _mapped_bytes() + extra_bytes
    resource.setrlimit(resource.RLIMIT_AS, (ceiling, ceiling))


def forbid_files_and_processes() -> None:
    """No core dumps, no growing files, no new privileges."""
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    resource.setrlimit(resource.RLIMIT_FSIZE, (0, 0))
    _libc.prctl(_PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0)
    _libc.prctl(_PR_SET_DUMPABLE, 0, 0, 0, 0)


def let_wakers_go_on() -> None:
    """Keep this process, and its threads to come, from interrupting whoever hands it work.

    Who hands work over often has more to do at once; each interruption takes two switches.
    """
    with contextlib.suppress(OSError):
        os.sched_setscheduler(0, os.SCHED_BATCH, os.sched_param(0))


def resident_bytes(pid: int) -> int:
    """The resident memory of a process; 0 where it is gone."""
    try:
        pages = int(Path(f"/proc/{pid}/statm").read_text(encoding="ascii").split()[1])
    except (OSError, IndexError):
        return 0
    return pages * resource.getpagesize()


def cpu_s(pid: int) -> float:
    """The processor time a process has used, in seconds; 0 where it is gone.

    Source: clock_getcpuclockid(3).
    """
    clock = ctypes.c_int()
    if _libc.clock_getcpuclockid(pid, ctypes.byref(clock)) != 0:
        return 0.0
    try:
        return time.clock_gettime(clock.value)
    except OSError:
        return 0.0


def _mapped_bytes() -> int:
    pages = int(Path("/proc/self/statm").read_text(encoding="ascii").split()[0])
    return pages * resource.getpagesize()
