"""Files that are written whole or not at all, in a folder that may be lost at any time."""

from __future__ import annotations

import contextlib
from pathlib import Path


def write_whole(path: Path, data: bytes) -> None:
    """Put the file there at once. A folder that can not be written costs the time of making the data anew."""
    import tempfile  # takes a while, and is needed once in a catalogue's life

    with contextlib.suppress(OSError):
        path.parent.mkdir(parents=True, exist_ok=True)
        with tempfile.NamedTemporaryFile(dir=path.parent, delete=False) as file:
            file.write(data)
        Path(file.name).replace(path)
