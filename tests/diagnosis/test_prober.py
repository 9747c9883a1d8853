"""How a finding is taken to the repository: the budget, the paths, the step's place, and a probe that fails."""

from __future__ import annotations

import pytest

from bot.errors import RetryLater
from diagnosis.prober import Prober, Surroundings
from diagnosis.repo import Repository, Unknown
from diagnosis.report import Place
from tests.tree import CI, Tree, finding

WORKFLOW = """
    jobs:
      test:
        defaults: {run: {working-directory: backend}}
        steps:
          - run: pytest
    """


def test_places_become_paths_of_the_repository() -> None:
    tree = Tree({CI: WORKFLOW, "backend/tests/test_a.py": "", "lib/b.py": "", "x/c.py": "", "y/c.py": ""})
    places = tuple(map(Place, ("tests/test_a.py", "lib/b.py", "/srv/app/lib/b.py", "c.py", "absent.py")))
    told = Prober(tree.around()).explain(finding(places=places), (), ())
    assert [place.path for place in told.places] == [
        "backend/tests/test_a.py",
        "lib/b.py",
        "lib/b.py",
        "c.py",
        "absent.py",
    ]


def test_the_texts_name_the_paths_of_the_repository_too() -> None:
    tree = Tree({CI: WORKFLOW, "backend/tests/test_a.py": ""})
    shown = finding(
        title="`tests/test_a.py` fails", why="See `tests/test_a.py`.", places=(Place("tests/test_a.py", 3),)
    )
    told = Prober(tree.around()).explain(shown, (), ())
    assert (told.title, told.why) == ("`backend/tests/test_a.py` fails", "See `backend/tests/test_a.py`.")


def test_a_path_outside_the_repository_gives_way_to_the_places_of_an_answer() -> None:
    tree = Tree({".gitignore": "*secret*\n", "shop/__init__.py": ""})
    places = (Place("/srv/shop/secrets.py"), Place("shop/secrets.py"))
    shown = finding(captures={"module": "shop.secrets"}, places=places)
    told = Prober(tree.around()).explain(shown, ("gitignored_module",), ())
    assert [place.path for place in told.places] == [".gitignore", "shop/secrets.py"]


def test_a_probes_answer_takes_the_place_of_the_general_words() -> None:
    tree = Tree({".gitignore": "*secret*\n", "shop/__init__.py": ""})
    told = Prober(tree.around()).explain(
        finding(captures={"module": "shop.secrets"}, verify=("true",)), ("gitignored_module",), ()
    )
    assert "`.gitignore` line 1" in told.why
    assert told.fixes[0].files[0].path == ".gitignore"
    assert told.verify == ("git ls-files --error-unmatch shop/secrets.py",)


def test_a_finding_without_an_answer_stays_as_it_is() -> None:
    before = finding(captures={"module": "requests"})
    assert Prober(Tree({"a.py": ""}).around()).explain(before, ("gitignored_module",), ()) == before


def test_a_probe_that_fails_loses_its_own_evidence_only() -> None:
    broken = finding(captures={"module": None})
    told = Prober(Tree({"a.py": ""}).around()).explain(broken, ("gitignored_module",), ())
    assert told.facts == {"probes_failed": ["gitignored_module: AttributeError"]}
    assert told.why == broken.why


def test_what_the_view_raises_is_raised() -> None:
    class Down(Tree):
        def read(self, path: str) -> bytes | Unknown | None:
            raise RetryLater("GitHub does not answer", 30)

    down = Down({CI: WORKFLOW})
    with pytest.raises(RetryLater):
        Prober(Surroundings(down, CI)).explain(finding(), (), ())


def test_no_more_is_read_than_the_budget_allows() -> None:
    tree = Tree({f"{number}.txt": "x" * 100 for number in range(30)})
    repo = Repository(tree, files=20, size=550)
    assert sum(repo.text(path) is not None for path in repo.paths) == 6
    assert len(tree.seen) == 6


def test_absence_is_only_told_where_the_tree_is_known() -> None:
    known, untold = Repository(Tree({"a/b.py": ""})), Repository(Tree({"a/b.py": ""}, paths=Unknown("truncated")))
    assert (known.lacks("c.py"), known.lacks("a"), known.lacks("a/b.py")) == (True, False, False)
    assert (untold.lacks("c.py"), untold.has("a/b.py"), untold.text("a/b.py")) == (False, False, "")
