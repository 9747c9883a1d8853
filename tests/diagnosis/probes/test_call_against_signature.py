"""A call that does not fit its definition: both places, and the name that may be meant."""

from __future__ import annotations

import ast
from pathlib import Path

import pytest

from diagnosis.probes import Answer
from diagnosis.repo import Unknown
from tests.tree import Files, Tree, apply, ask, checkout

TEST = '''
    """Prüfungen"""
    from shop.sockets import SocketService


    def test_connect():
        assert "ü" and SocketService("ws://x", conection_manager=None)


    def test_again():
        SocketService(
            url="ws://y",
            conection_manager=1,  # as above
        )
    '''
FILES: Files = {
    "tests/test_socket.py": TEST,
    "src/shop/__init__.py": "",
    "src/shop/sockets.py": """
        class SocketService:
            retries = 3

            def __init__(self, url, connection_manager, *, timeout=3):
                self.url = url
        """,
}
LOG = """
    tests/test_socket.py F

        def test_connect():
    >       assert SocketService("ws://x", conection_manager=None)
    E       TypeError: {callable}() got an unexpected keyword argument '{argument}'

    tests/test_socket.py:{line}: TypeError
    """


def unexpected(
    files: Files | Tree = FILES,
    callable: str = "SocketService.__init__",
    argument: str = "conection_manager",
    line: int = 6,
) -> Answer | None:
    captures = {"callable": callable, "argument": argument}
    return ask("call_against_signature", files, captures, log=LOG.format(line=line, **captures))


def missing(files: Files | Tree, callable: str, arguments: str, log: str) -> Answer | None:
    captures = {"callable": callable, "arguments": arguments}
    return ask("call_against_signature", files, captures, log=log)


def test_a_name_with_its_words_in_another_order_is_the_nearest() -> None:
    files = {
        **FILES,
        "src/shop/sockets.py": "class SocketService:\n    def __init__(self, url, manager_conection): ...\n",
    }
    told = unexpected(files)
    assert told
    assert told.facts["nearest"] == "manager_conection"


@pytest.mark.parametrize("callable", ["SocketService.__init__", "__init__"])
def test_both_places_and_the_nearest_name_are_told(callable: str) -> None:
    told = unexpected(callable=callable)
    assert told
    assert "`tests/test_socket.py` line 6" in told.why
    assert "`src/shop/sockets.py` line 4 takes `url`, `connection_manager`, `timeout`" in told.why
    assert told.facts["nearest"] == "connection_manager"
    assert [place.line for place in told.places] == [6, 4]
    assert len(told.fixes) == 2


def test_with_the_patch_all_calls_of_the_file_fit(tmp_path: Path) -> None:
    told = unexpected()
    assert told
    checkout(tmp_path, FILES)
    apply(tmp_path, told.fixes[0])
    text = (tmp_path / "tests/test_socket.py").read_text()
    assert "conection_manager" not in text
    assert text.count("connection_manager=") == 2
    assert "# as above" in text
    ast.parse(text)


def test_a_function_is_found_through_the_packages_that_hand_it_on() -> None:
    files = {
        "api/app/__init__.py": "from .mail import send\n",
        "api/app/mail/__init__.py": "from app.mail.out import post as send\n",
        "api/app/mail/out.py": "import os\n\n\ndef post(to, *, retries, body=''):\n    pass\n",
        "api/checks/run.py": "from app import send\n\nsend('x')\n",
    }
    log = """
        Traceback (most recent call last):
          File "/home/runner/work/post/post/api/checks/run.py", line 3, in <module>
            send('x')
        TypeError: send() missing 1 required keyword-only argument: 'retries'
        """
    told = missing(files, "send", "'retries'", log)
    assert told
    assert "`api/app/mail/out.py` line 4" in told.why
    assert "`api/checks/run.py` line 3 does not pass it" in told.why
    assert told.facts["parameters"] == ["to", "retries", "body"]


def test_the_fields_of_a_dataclass_are_its_parameters() -> None:
    files = {
        "lib/model.py": "from dataclasses import dataclass\n@dataclass\nclass Order:\n    item: str\n    n: int = 1\n",
        "lib/test_model.py": "from lib.model import Order\nx = Order(item='a', number=2)\n",
    }
    error = "E   TypeError: Order.__init__() got an unexpected keyword argument 'number'"
    log = f"lib/test_model.py:2: in <module>\n    x = Order()\n{error}"
    captures = {"callable": "Order.__init__", "argument": "number"}
    told = ask("call_against_signature", files, captures, log=log)
    assert told
    assert "takes `item`, `n`" in told.why
    assert not any(fix.files for fix in told.fixes)


def test_a_method_is_told_by_its_class() -> None:
    files = {
        "cart.py": "class Cart:\n    def add(self, item, count):\n        pass\n",
        "test_cart.py": "from cart import Cart\n\ndef test_add():\n    Cart().add('x')\n",
    }
    log = "E   TypeError: Cart.add() missing 1 required positional argument: 'count'\n\ntest_cart.py:4: TypeError"
    told = missing(files, "Cart.add", "'count'", log)
    assert told
    assert "`cart.py` line 2 takes `item`, `count` and has no default for `count`" in told.why


def changed(path: str, text: str) -> Files:
    return {**FILES, path: text}


@pytest.mark.parametrize(
    "files",
    [
        pytest.param(
            changed(
                "tests/test_socket.py",
                "from sockets_of_others import SocketService\n\n\n\n\nSocketService(conection_manager=1)\n",
            ),
            id="a class of others",
        ),
        pytest.param(
            changed("src/shop/sockets.py", "class SocketService:\n    def __init__(self, **kw): ...\n"),
            id="takes anything",
        ),
        pytest.param(
            changed("src/shop/sockets.py", "class SocketService:\n    def __init__(self, conection_manager): ...\n"),
            id="has it",
        ),
        pytest.param(
            changed("src/shop/sockets.py", "class SocketService:\n    @wraps(x)\n    def __init__(self, a): ...\n"),
            id="decorated",
        ),
        pytest.param(changed("src/shop/sockets.py", "class SocketService(Base):\n    pass\n"), id="a base of others"),
        pytest.param(
            changed("src/shop/sockets.py", "class SocketService(metaclass=M):\n    def __init__(self): ...\n"),
            id="a metaclass",
        ),
        pytest.param(
            changed("src/shop/sockets.py", "class SocketService:\n    def __init__(self\n"), id="no valid Python"
        ),
        pytest.param(
            changed("src/shop/sockets.py", "class SocketService: ...\nclass SocketService: ...\n"), id="defined twice"
        ),
        pytest.param({**FILES, "old/shop/sockets.py": ""}, id="two files of that name"),
        pytest.param(
            changed("tests/test_socket.py", "from shop.sockets import SocketService\n\n\n\n\nSocketService(**{})\n"),
            id="hidden arguments",
        ),
        pytest.param(
            changed(
                "tests/test_socket.py",
                "from shop.sockets import SocketService\nSocketService = 1\n\n\n\nSocketService(conection_manager=1)\n",
            ),
            id="the name is set again",
        ),
        pytest.param(changed("tests/test_socket.py", "\n\n\n\n\nx = 1\n"), id="another line than at that commit"),
        pytest.param(Tree(FILES, paths=Unknown("truncated")), id="the tree cannot be told"),
        pytest.param({**FILES, "src/shop/sockets.py": Unknown("too big")}, id="the definition cannot be read"),
    ],
)
def test_silent_where_the_definition_is_not_surely_the_one_called(files: Files | Tree) -> None:
    assert unexpected(files) is None


def test_no_patch_where_no_name_is_surely_meant() -> None:
    both = "class SocketService:\n    def __init__(self, url, conection_manager1, conection_manager2): ...\n"
    for definition in (both, "class SocketService:\n    def __init__(self, url, handler): ...\n"):
        told = unexpected(changed("src/shop/sockets.py", definition))
        assert told
        assert not any(fix.files for fix in told.fixes)


def test_silent_where_the_missing_argument_has_a_default() -> None:
    files = {"a.py": "def send(to=1): ...\n\n\nsend()\n"}
    log = "E   TypeError: send() missing 1 required positional argument: 'to'\n\na.py:4: TypeError"
    assert missing(files, "send", "'to'", log) is None


SHOP: Files = {
    "cart.py": "class Cart:\n    def __init__(self, item, *, count=1): ...\n    @staticmethod\n    def of(a): ...\n",
    "test_cart.py": "from cart import Cart\n\n\ndef test_new():\n    Cart('x', 3)\n    Cart.of(1, 2)\n",
}


def surplus(callable: str, expected: str, given: str, line: int, files: Files = SHOP) -> Answer | None:
    captures = {"callable": callable, "expected": expected, "given": given}
    error = f"E   TypeError: {callable}() takes {expected} positional arguments but {given} were given"
    return ask("call_against_signature", files, captures, log=f"{error}\n\ntest_cart.py:{line}: TypeError")


def test_too_many_by_position_are_counted_without_self() -> None:
    told = surplus("Cart.__init__", "2", "3", 5)
    assert told
    assert "`test_cart.py` line 5 passes 2 by position" in told.why
    assert "`cart.py` line 2 takes `item`, `count`, 1 of them by position" in told.why
    assert surplus("Cart.of", "1", "2", 6)


def test_silent_where_the_counts_are_not_those_of_the_log() -> None:
    assert surplus("Cart.__init__", "from 2 to 3", "4", 5) is None
    assert surplus("Cart.__init__", "2", "4", 5) is None
    assert surplus("Cart.of", "2", "3", 6) is None
