"""Whether a missing module is the repository's own, told by the paths of the traceback."""

from __future__ import annotations

import pytest

from diagnosis.readers import READERS
from diagnosis.report import Value

INSTALLED = "/opt/hostedtoolcache/Python/3.12/x64/lib/python3.12/site-packages/shop/cart.py:3: in <module>"


@pytest.mark.parametrize(
    ("lines", "module", "expected"),
    [
        (
            ["shop/config.py:3: in <module>"],
            "shop.credentials",
            {"own": "shop", "expected": "shop/credentials.py"},
        ),
        (
            ['  File "/home/runner/work/store/store/backend/src/shop/api/cart.py", line 3, in <module>'],
            "shop.utils.money",
            {"own": "shop", "expected": "backend/src/shop/utils/money.py"},
        ),
        (["src/shop/config.py:3: in <module>"], "shop", {"unpathed": "src/shop"}),
        (["tests/test_cart.py:1: in <module>"], "shop.cart", {"unsure": "shop"}),
        (["tests/test_cart.py:1: in <module>"], "yaml", {"unsure": "yaml"}),
        ([INSTALLED], "shop.gone", {"unsure": "shop"}),
        (["E   ModuleNotFoundError: No module named 'yaml'"], "yaml", {"unsure": "yaml"}),
        (["shop/config.py is mentioned"], "shop.gone", {"unsure": "shop"}),
        ([], "", {}),
    ],
)
def test_the_owner_of_a_missing_module(lines: list[str], module: str, expected: dict[str, Value]) -> None:
    assert READERS["module_owner"](lines, {"module": module}) == expected
