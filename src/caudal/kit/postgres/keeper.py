"""Stands behind one embedded server: stops it when its last user is gone, however that user went.

Run as a script of its own and with the standard library only, because it lives as long as the server:

    python -I -S keeper.py '{"command": [...], "users": path, "lock": descriptor, "uid": null, "gid": null}'

Every user of the server holds a shared lock on the file `users`. The keeper waits for the exclusive one: it gets it
when the last user left or was killed, because the system takes a lock back from the dead. It adopts orphans of a
killed server, so that none stays a zombie where nobody else reaps.
"""

import ctypes
import fcntl
import json
import os
import signal
import subprocess
import sys
import threading
from pathlib import Path
from typing import Any

PR_SET_CHILD_SUBREAPER = 36


def main(order: dict[str, Any]) -> int:
    if os.fork():
        return 0
    os.setsid()
    if sys.platform == "linux":
        ctypes.CDLL(None).prctl(PR_SET_CHILD_SUBREAPER, 1, 0, 0, 0)
    server = start(order)
    signal.signal(signal.SIGTERM, lambda *_: os.kill(server, signal.SIGINT))
    threading.Thread(target=stop_when_unused, args=(order["users"], server), daemon=True).start()
    reap(server)
    return 0


def start(order: dict[str, Any]) -> int:
    """Start the server in a session of its own. It and its children inherit the lock that says "a server lives"."""
    account: dict[str, Any] = (
        {} if order["uid"] is None else {"user": order["uid"], "group": order["gid"], "extra_groups": []}
    )
    process: subprocess.Popen[bytes] = subprocess.Popen(
        order["command"],
        cwd="/",
        stdin=subprocess.DEVNULL,
        stdout=subprocess.DEVNULL,
        pass_fds=(order["lock"],),
        start_new_session=True,
        **account,
    )
    return process.pid


def stop_when_unused(users: str, server: int) -> None:
    """Wait until nobody uses the server, then ask it to stop; the lock is kept until this process ends."""
    descriptor = os.open(users, os.O_RDWR)
    fcntl.flock(descriptor, fcntl.LOCK_EX)
    os.kill(server, signal.SIGINT)


def reap(server: int) -> None:
    """Wait for the server and for whatever it leaves behind when it is killed."""
    while True:
        try:
            pid, status = os.waitpid(-1, 0)
        except ChildProcessError:
            return
        if pid == server and os.WIFSIGNALED(status):
            quit_orphans()


def quit_orphans() -> None:
    """Tell the children of a killed server to go; they would finish their statement first and block the next start."""
    for path in Path("/proc/self/task").glob("*/children"):
        for pid in path.read_text().split():
            os.kill(int(pid), signal.SIGQUIT)


if __name__ == "__main__":
    # Leaving through the interpreter would wait for the thread that waits for the lock.
    os._exit(main(json.loads(sys.argv[1])))
