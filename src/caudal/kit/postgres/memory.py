"""What a fresh server is told about its machine, in its own postgresql.conf, where whoever runs it changes it."""

import os
from pathlib import Path
from typing import Final

CGROUP: Final = Path("/sys/fs/cgroup/memory.max")
"""How much a container may have; not there, or "max", where nothing limits it."""
_MEGABYTE: Final = 2**20
_HEAD: Final = "\n# Written once by Caudal, for a machine with {memory} MB of memory. Change it as you see fit.\n"


def memory_bytes(limit: Path = CGROUP) -> int:
    """The memory of the machine, or of the container where that is less."""
    machine = os.sysconf("SC_PHYS_PAGES") * os.sysconf("SC_PAGE_SIZE")
    try:
        return min(machine, int(limit.read_text(encoding="ascii")))
    except (OSError, ValueError):
        return machine


def conf_lines(memory: int) -> str:
    """The lines for postgresql.conf: the server shares the machine with the processes of the web and the worker.

    An eighth of the memory is its own cache, within 128 MB and 2 GB, and half of it is what the system is expected to
    cache besides. Disks are taken for solid-state ones. Compiling statements costs more than these statements take.
    """
    megabytes = memory // _MEGABYTE
    settings = {
        "shared_buffers": f"{min(max(megabytes // 8, 128), 2048)}MB",
        "effective_cache_size": f"{max(megabytes // 2, 256)}MB",
        "work_mem": f"{min(max(megabytes // 1024, 4), 32)}MB",
        "random_page_cost": "1.1",
        "jit": "off",
    }
    return _HEAD.format(memory=megabytes) + "".join(f"{name} = {value}\n" for name, value in settings.items())
