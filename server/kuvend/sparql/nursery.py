"""The process that forks workers: small, single-threaded, and never shown a visitor's text.

Forking from it takes milliseconds, where starting Python anew takes a tenth of a second or more,
and a store it holds in memory is shared by all its workers. Run as
``python -m kuvend.sparql.nursery FD`` by the pool.
"""

from __future__ import annotations

import array
import gc
import importlib
import json
import os
import signal
import socket
import sys
import threading
from pathlib import Path
from typing import Any

from kuvend import sandbox
from kuvend.sparql import frames
from kuvend.sparql.data import Data, load_in_memory, open_on_disk, size_bytes
from kuvend.sparql.worker import serve

# The engine recurses on nested input; a large stack costs only address space until it is used.
_WORKER_STACK_BYTES = 256 * 1024 * 1024


def main(control: socket.socket) -> None:
    """Open the store named in the first frame, then fork one worker per socket received."""
    _, payload = frames.receive(control)
    options = json.loads(payload)
    # So does every worker it forks.
    sandbox.let_wakers_go_on()
    isolated = options["network"] or sandbox.leave_network()
    try:
        data = _shared_data(options)
    except OSError as error:
        control.sendall(frames.pack_json(frames.ERROR, {"message": str(error)}))
        return
    signal.signal(signal.SIGCHLD, signal.SIG_IGN)
    gc.freeze()
    control.sendall(frames.pack_json(frames.READY, {"network_isolated": isolated}))
    while True:
        received = _receive_fds(control)
        if received is None:
            return
        wish, *handed_over = received
        if wish == frames.WITH_COLUMNS:
            _load_columns()
        nursery_pid = os.getpid()
        pid = os.fork()
        if pid == 0:
            sandbox.die_with_parent(nursery_pid)
            control.close()
            _become_worker(handed_over[0], handed_over[1], data, options)
        for fd in handed_over:
            os.close(fd)
        control.sendall(frames.pack_json(frames.READY, {"pid": pid}))


def _shared_data(options: dict[str, Any]) -> Data | None:
    """The store in memory, shared by all workers; ``None`` where each opens it on disk."""
    path = Path(options["store_path"])
    if path.is_dir() and size_bytes(path) > options["memory_store_bytes"]:
        return None
    return load_in_memory(path, options["base_iri"])


def _load_columns() -> None:
    """Load the library for columns once, for all workers to come.

    Here and not in a worker: what is mapped before the fork does not count against its ceiling.
    """
    if "kuvend.sparql.column_files" not in sys.modules:
        # A fork copies no threads; so none are started, nor memory set aside for them.
        os.environ |= {"ARROW_DEFAULT_MEMORY_POOL": "system", "OPENBLAS_NUM_THREADS": "1"}
        importlib.import_module("kuvend.sparql.column_files")
        gc.freeze()


def _receive_fds(control: socket.socket) -> tuple[bytes, int, int] | None:
    """What is wished, and the socket and the standard error of the next worker.

    ``None`` when the pool is gone.
    """
    numbers = array.array("i")
    message, ancillary, _, _ = control.recvmsg(1, socket.CMSG_LEN(2 * numbers.itemsize))
    if not message or not ancillary:
        return None
    numbers.frombytes(ancillary[0][2][: 2 * numbers.itemsize])
    return message, numbers[0], numbers[1]


def _become_worker(
    socket_fd: int, stderr_fd: int, shared: Data | None, options: dict[str, Any]
) -> None:
    sock = socket.socket(fileno=socket_fd)
    os.dup2(stderr_fd, 2)

    def run() -> None:
        data = shared or open_on_disk(Path(options["store_path"]), options["base_iri"])
        sandbox.limit_memory(options["memory_bytes"])
        sandbox.forbid_files_and_processes()
        serve(sock, data, options["prefixes"])

    threading.stack_size(_WORKER_STACK_BYTES)
    thread = threading.Thread(target=run)
    thread.start()
    thread.join()
    os._exit(0)


if __name__ == "__main__":
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    signal.signal(signal.SIGTERM, signal.SIG_IGN)
    with socket.socket(fileno=int(sys.argv[1])) as control_socket:
        main(control_socket)
