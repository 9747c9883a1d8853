"""A COPY whose source is not in the build context: ignored, elsewhere, in other capitals, or not committed."""

from __future__ import annotations

from pathlib import Path

import pytest

from diagnosis.probes import Answer
from diagnosis.repo import Unknown
from tests.tree import CI, Files, Tree, apply, ask, checkout

JOB = "on: push\njobs:\n  image:\n    runs-on: ubuntu-latest\n    steps:\n"
RUN = JOB + "      - run: docker build -t shop .\n"
DOCKERFILE = "FROM python:3.12\nCOPY requirements.txt ./\nCOPY --chown=app docs/guide.md /srv/\n"
FILES: Files = {
    CI: RUN,
    "Dockerfile": DOCKERFILE,
    ".dockerignore": "# docs\ndocs\n*.txt\n",
    "requirements.txt": "",
    "docs/guide.md": "",
}


def answer(
    files: Files | Tree, path: str = "/requirements.txt", step: str = "Run docker build -t shop ."
) -> Answer | None:
    return ask("dockerfile_copy", files, {"path": path}, job="image", step=step)


@pytest.mark.parametrize(
    ("path", "where"), [("/requirements.txt", ".dockerignore:3"), ("/docs/guide.md", ".dockerignore:2")]
)
def test_the_pattern_that_leaves_it_out_and_an_exception(path: str, where: str, tmp_path: Path) -> None:
    told = answer(FILES, path)
    assert told
    assert told.facts["ignored_by"] == where
    checkout(tmp_path, FILES)
    apply(tmp_path, told.fixes[0])
    mended = {name: (tmp_path / name).read_text() for name in FILES}
    assert mended[".dockerignore"].splitlines()[-1] == f"!{path.strip('/')}"
    assert answer(mended, path) is None


def test_an_action_with_a_folder_of_its_own_and_its_own_ignore_file() -> None:
    step = (
        "      - name: Image\n        uses: docker/build-push-action@v6\n        "
        "with: {context: api, file: api/prod.Dockerfile}\n"
    )
    files = {
        CI: JOB + step,
        "api/prod.Dockerfile": 'FROM x\nADD ["src", "/srv"]\n',
        "api/prod.Dockerfile.dockerignore": "*\n!main.go\n",
        "api/.dockerignore": "",
        "api/src/a.go": "",
    }
    told = answer(files, "/src", "Image")
    assert told
    assert told.facts["ignored_by"] == "api/prod.Dockerfile.dockerignore:1"


@pytest.mark.parametrize(
    ("files", "path", "told"),
    [
        pytest.param(
            {
                CI: JOB + "      - run: docker build -f web/Dockerfile .\n",
                "web/Dockerfile": "COPY package.json .\n",
                "web/package.json": "",
            },
            "/package.json",
            "the file is `web/package.json`",
            id="the context is the root, the file beside the Dockerfile",
        ),
        pytest.param(
            {
                CI: JOB + "      - run: docker buildx build --push web\n",
                "web/Dockerfile": "COPY package.json .\n",
                "package.json": "",
            },
            "/package.json",
            "the file is `package.json`",
            id="the context is too small",
        ),
        pytest.param(
            {CI: RUN, "Dockerfile": "COPY readme.md .\n", "README.md": ""},
            "/readme.md",
            "called `README.md`",
            id="capitals",
        ),
        pytest.param(
            {CI: RUN, "Dockerfile": "COPY dist/app.js .\n", ".gitignore": "dist/\n"},
            "/dist/app.js",
            "`.gitignore` line 1 (`dist/`)",
            id="not committed",
        ),
        pytest.param(
            {CI: JOB + "      - uses: docker/build-push-action@v6\n", "Dockerfile": "COPY dist .\n"},
            "/dist",
            "what earlier steps make is not seen",
            id="the action builds from the commit",
        ),
    ],
)
def test_where_it_is_or_why_it_is_not(files: Files, path: str, told: str) -> None:
    text = str(files[CI])
    step = "Run " + text.rpartition("- ")[2].partition(": ")[2].strip()
    found = answer(files, path, step)
    assert found
    assert told in found.why


@pytest.mark.parametrize(
    "files",
    [
        pytest.param({**FILES, ".dockerignore": ""}, id="nothing is left out"),
        pytest.param({**FILES, ".dockerignore": "*.txt\n!requirements.txt\n"}, id="a later pattern takes it back"),
        pytest.param({**FILES, ".dockerignore": "/docs\nsub/*.txt\n"}, id="the pattern is for another folder"),
        pytest.param({**FILES, "Dockerfile": "COPY --from=build /requirements.txt .\n"}, id="from another stage"),
        pytest.param({**FILES, "Dockerfile": "COPY $FILE .\n"}, id="the Dockerfile fills it in"),
        pytest.param({**FILES, CI: JOB + "      - run: docker compose build\n"}, id="a composition"),
        pytest.param({**FILES, CI: RUN.replace("shop .", "shop $DIR")}, id="the context is a variable"),
        pytest.param(
            {**FILES, CI: JOB + "      - run: |\n          cd x\n          docker build .\n"}, id="in another folder"
        ),
        pytest.param(Tree(FILES, paths=Unknown("truncated")), id="the tree cannot be told"),
        pytest.param({**FILES, "Dockerfile": Unknown("forbidden")}, id="the Dockerfile cannot be read"),
    ],
)
def test_silent_where_the_files_do_not_show_it(files: Files | Tree) -> None:
    assert answer(files) is None
