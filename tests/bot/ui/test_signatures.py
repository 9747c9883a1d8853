"""The pages of the catalogue as a browser gets them."""

from __future__ import annotations

from dataclasses import replace
from urllib.parse import urljoin

import pytest
from flask import Flask
from flask.testing import FlaskClient

from bot.ui import signatures
from diagnosis.catalogue import Catalogue, Negative, Positive
from tests.bot.render.test_page import BROKEN, WET

EVIL = "<script>alert(1)</script>\"'><img src=x onerror=alert(1)>"
HOSTILE = replace(
    BROKEN,
    id="evil/one",
    title=EVIL,
    why=EVIL,
    fix=f"- {EVIL}\n- `{EVIL}`",
    verify=(EVIL,),
    source=EVIL,
    pattern="script",
    beats=(EVIL,),
    should_match=(Positive(EVIL, {}),),
    should_not_match=(Negative(EVIL, EVIL),),
)


@pytest.fixture
def client() -> FlaskClient:
    app = Flask("shop", static_folder=None)
    renamed = replace(WET, was=("shop/damp",))
    app.register_blueprint(signatures.blueprint(lambda: Catalogue([BROKEN, renamed, HOSTILE])))
    return app.test_client()


def test_the_list_leads_to_each_page(client: FlaskClient) -> None:
    text = client.get("/signatures").text
    assert '<a href="signatures/shop/broken">Broken <code><var>part</var></code>' in text
    assert '<a href="signatures/shop/wet">Wet wall</a>' in text


@pytest.mark.parametrize(
    ("query", "found"), [("q=wall", ["shop/wet"]), ("area=evil", ["evil/one"]), ("q=wall&area=evil", []), ("q=%00", [])]
)
def test_the_list_can_be_searched_without_a_script(query: str, found: list[str], client: FlaskClient) -> None:
    text = client.get(f"/signatures?{query}").text
    assert [name for name in ("shop/broken", "shop/wet", "evil/one") if f'href="signatures/{name}"' in text] == found


def test_the_page_leads_to_what_it_explains_and_back_to_the_list(client: FlaskClient) -> None:
    text = client.get("/signatures/shop/broken").text
    assert '<a href="../shop/wet"><code>shop/wet</code></a>' in text
    assert '<a href="../../signatures#generic"><code>generic/*</code></a>' in text
    assert '<a href="../../signatures#shop">shop</a>' in text
    assert "<mark>shop: broken part door</mark>" in text


@pytest.mark.parametrize(
    "path", ["/signatures/evil/one", "/signatures", "/signatures?q=%3Cscript%3E&area=%22%3E%3Ci%3E"]
)
def test_text_of_others_is_never_markup(path: str, client: FlaskClient) -> None:
    text = client.get(path).text
    assert "<script>alert" not in text
    assert "<img" not in text
    assert "<i>" not in text


def test_an_unknown_id_is_said_without_becoming_markup(client: FlaskClient) -> None:
    answer = client.get("/signatures/shop/%3Cscript%3Ealert(1)%3C%2Fscript%3E")
    assert answer.status_code == 404
    answer = client.get("/signatures/shop/%3Cimg%3E")
    assert answer.status_code == 404
    assert "shop/&lt;img&gt;" in answer.text
    assert 'href="../../signatures"' in answer.text
    assert client.get("/signatures/absent.css").status_code == 404


def test_an_id_of_old_leads_to_the_present_one(client: FlaskClient) -> None:
    answer = client.get("/signatures/shop/damp")
    assert (answer.status_code, answer.headers["Location"]) == (301, "../shop/wet")


def test_a_slash_too_many_leads_to_the_list(client: FlaskClient) -> None:
    answer = client.get("/signatures/")
    assert urljoin("https://whyred.example/ci/signatures/", answer.headers["Location"]).endswith("/ci/signatures")


@pytest.mark.parametrize(
    "path", ["/signatures", "/signatures/shop/broken", "/signatures/no/such", "/signatures/style.css", "/signatures/x"]
)
def test_nothing_from_elsewhere_may_run_on_a_page_or_frame_it(path: str, client: FlaskClient) -> None:
    headers = client.get(path).headers
    policy = dict(part.strip().partition(" ")[::2] for part in headers["Content-Security-Policy"].split(";"))
    assert policy["default-src"] == "'none'"
    assert policy["frame-ancestors"] == "'none'"
    assert {policy["style-src"], policy["script-src"], policy["form-action"]} == {"'self'"}
    assert headers["X-Content-Type-Options"] == "nosniff"


@pytest.mark.parametrize(("name", "kind"), [("style.css", "text/css"), ("filter.js", "text/javascript")])
def test_the_pages_bring_their_style_and_script(name: str, kind: str, client: FlaskClient) -> None:
    answer = client.get(f"/signatures/{name}")
    assert answer.status_code == 200
    assert answer.mimetype == kind
    assert "style=" not in client.get("/signatures/shop/broken").text
