"""Makes diagnosis/data/import_names.txt from the wheels' top-level names that the package pyimport2pkg carries.

pip download --no-deps pyimport2pkg==1.0.0 && unzip pyimport2pkg-*.whl
python bench/import_names.py pyimport2pkg/data/mapping.db
"""

from __future__ import annotations

import re
import sqlite3
import sys
from collections import defaultdict
from pathlib import Path

OUT = Path(__file__).parent.parent / "diagnosis" / "data" / "import_names.txt"
FEWEST_DOWNLOADS = 300_000
"""A month: rarer distributions often carry a stranger's name, and a repository's own modules have such names too."""
MOST_PROVIDERS = 5
"""A name in more distributions than these is a namespace, or a folder that was packed by mistake."""
LEAST_SHARE = 0.02
GENERIC = frozenset(
    re.findall(
        r"\w+",
        """api app auth bench benchmark benchmarks bin build cli client common conf config core data database db demo
        dist doc docs example examples helpers include lib main misc models notebooks plugins resources samples schemas
        scripts server service services settings site src static stubs templates test testing tests third_party tools
        types util utils version web LICENSE NOTICE""",
    )
)
"""What repositories call their own folders."""
STUBS = ("mypy_boto3_", "types_boto3_", "types_aiobotocore_")
"""A distribution for each service of a cloud: nobody imports them unchecked."""
HEAD = """\
# Which distribution provides a Python module: the module, then the distributions, the most downloaded first; none where
# its name is the module's own. Read from the wheels of the 15,000 most downloaded distributions of December 2025 by
# pyimport2pkg 1.0.0 (MIT); made by bench/import_names.py.
"""


def main(database: str) -> None:
    """Write the table."""
    rows = sqlite3.connect(database).execute(
        "select module_name, package_name, download_count from mappings join packages using (package_name)"
    )
    providers: dict[str, list[tuple[int, str]]] = defaultdict(list)
    for module, distribution, downloads in rows:
        if module.isidentifier() and not module.startswith(("_", *STUBS)) and module not in GENERIC:
            providers[module].append((-downloads, distribution))
    told = [line for module in sorted(providers) if (line := _line(module, sorted(providers[module])))]
    OUT.write_text(HEAD + "\n".join(told) + "\n", encoding="utf-8")
    print(f"{len(told)} modules, {OUT.stat().st_size} bytes")


def _line(module: str, found: list[tuple[int, str]]) -> str:
    most = -found[0][0]
    if len(found) > MOST_PROVIDERS or most < FEWEST_DOWNLOADS:
        return ""
    names = [name for downloads, name in found if -downloads >= most * LEAST_SHARE]
    same = len(names) == 1 and re.sub(r"[-_.]+", "_", names[0]).lower() == module.lower()
    return module if same else " ".join((module, *names))


if __name__ == "__main__":
    main(sys.argv[1])
