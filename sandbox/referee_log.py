"""What the referee saw that GitHub's description does not allow."""

from __future__ import annotations

import threading
from dataclasses import dataclass, field


@dataclass(slots=True)
class Violations:
    """One line a violation, in the order of their appearance."""

    lines: list[str] = field(default_factory=list)
    lock: threading.Lock = field(default_factory=threading.Lock)

    def add(self, new: list[str]) -> None:
        """Note some more."""
        with self.lock:
            self.lines += new

    def clear(self) -> None:
        """Forget them."""
        with self.lock:
            self.lines.clear()

    def found(self) -> list[str]:
        """A copy of the lines."""
        with self.lock:
            return list(self.lines)
