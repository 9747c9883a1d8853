"""Faults that a test orders: a status, a delay, a lost answer, a lagging list, a redirect."""

from __future__ import annotations

import fnmatch
import threading
from dataclasses import dataclass, field
from typing import Literal, Self

Kind = Literal["status", "delay", "drop", "drop-502", "lag", "redirect"]


@dataclass(slots=True)
class Fault:
    """What goes wrong, on which requests, how many times (None: always).

    `path` is a shell pattern on the path below the API's root; on the log host it is the whole path.
    `status` answers at once without the effect; `drop` lets the effect happen and closes the connection;
    `drop-502` lets it happen and answers 502; `delay` waits `seconds` before; `lag` hides from lists what is younger
    than `seconds`; `redirect` answers 302 (or `status`) to `location`.
    """

    kind: Kind
    method: str
    path: str
    count: int | None = 1
    after: int = 0
    status: int = 502
    seconds: float = 0.0
    location: str = ""
    headers: dict[str, str] = field(default_factory=dict)
    message: str = "Server Error"

    def matches(self, method: str, path: str) -> bool:
        """Whether the request is one of those."""
        return self.method in ("*", method) and fnmatch.fnmatchcase(path, self.path)


@dataclass(slots=True)
class Faults:
    """The faults that are still to come."""

    waiting: list[Fault] = field(default_factory=list)
    lock: threading.Lock = field(default_factory=threading.Lock)

    def add(self, fault: Fault) -> Self:
        """Order one more."""
        with self.lock:
            self.waiting.append(fault)
        return self

    def clear(self) -> None:
        """Nothing goes wrong any more."""
        with self.lock:
            self.waiting.clear()

    def take(self, method: str, path: str) -> list[Fault]:
        """Those that hit this request; their counts go down."""
        with self.lock:
            return [fault for fault in list(self.waiting) if fault.matches(method, path) and self.used(fault)]

    def used(self, fault: Fault) -> bool:
        """Count one use; False while the fault still lets requests pass."""
        if fault.after > 0:
            fault.after -= 1
            return False
        if fault.count is not None:
            fault.count -= 1
            if fault.count <= 0:
                self.waiting.remove(fault)
        return True
