"""Measuring without a stopwatch: CPU of this process, the middle of several rounds."""

import gc
import statistics
import time
from collections.abc import Callable


def cpu_ms(act: Callable[[], object], *, rounds: int = 7, times: int = 20) -> float:
    """Milliseconds of CPU that one `act()` takes: the median of several rounds."""
    act()
    found = []
    for _ in range(rounds):
        gc.collect()
        began = time.process_time()
        for _ in range(times):
            act()
        found.append((time.process_time() - began) / times * 1000)
    return statistics.median(found)


def line(name: str, value: float, unit: str, limit: str = "") -> None:
    """Print one result; the limit stands beside it."""
    print(f"  {name:<58} {value:9.3f} {unit:<6} {limit}")
