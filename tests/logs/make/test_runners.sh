#!/usr/bin/env bash
# Makes the logs of test runners in which five of nine tests fail, over two files or packages: what the readers of totals and names read.
#
# Recorded with unittest of CPython 3.8 and 3.13; Jest 27 and 29; Vitest 1 and 3; Mocha 9 and 11; Playwright 1.65; Go 1.19; Cargo 1.95;
# Maven 3.8 with Surefire 2.22 and JUnit 4.13 (Debian's offline repository); Django 4.2; Alembic 1.20 with SQLAlchemy 2.0.
# Needs NODE_NEW and NODE_OLD (folders whose node_modules hold them), PYTHON_NEW, PYTHON_OLD, DATABASE_PYTHON (with Django and Alembic), OUT, WORK.
set -u
. "$(dirname "$0")/recorder.sh"
: "${NODE_NEW:?}" "${NODE_OLD:?}" "${PYTHON_NEW:?}" "${PYTHON_OLD:?}" "${DATABASE_PYTHON:?}" "${OUT:?}" "${WORK:?}"
export CI=1 NO_COLOR=1
unset RUST_BACKTRACE
fresh() {
  rm -rf "$WORK/shop"
  mkdir -p "$WORK/shop"
  cd "$WORK/shop" || exit 1
}
run() { # run NAME COMMAND...: recorded with the tools of $BIN, interpreters and modules under a runner's paths
  local name=$1
  shift
  PATH="$BIN:$PATH" record "$name" "$*"
  sed -i -E -e '/^$/N;/^\n$/D' -e "s#($NODE_NEW|$NODE_OLD)/node_modules#/home/runner/work/shop/shop/node_modules#g" -e "s#(\.\./)+[^ ]*node(_old)?/node_modules#node_modules#g" \
    -e "s#[^ \"]*/(lib/python[0-9.]+/|bin/alembic)#/opt/hostedtoolcache/Python/3.11.7/x64/\1#g" "$OUT/$name.log"
}

# unittest
for age in new old; do
  fresh
  BIN="$WORK/bin-$age"
  mkdir -p "$BIN" tests
  ln -sf "$([ "$age" = new ] && echo "$PYTHON_NEW" || echo "$PYTHON_OLD")" "$BIN/python"
  touch tests/__init__.py
  cat >tests/test_cart.py <<'PY'
import unittest


class CartTest(unittest.TestCase):
    def test_total(self):
        self.assertEqual(3, 4)

    def test_name(self):
        {}["name"]

    def test_tax(self):
        for rate in (7, 19):
            with self.subTest(rate=rate):
                self.assertEqual(rate, 0)

    def test_fine(self):
        pass

    @unittest.skip("no printer here")
    def test_print(self):
        pass
PY
  cat >tests/test_orders.py <<'PY'
import unittest


class OrdersTest(unittest.TestCase):
    def test_lines(self):
        self.assertIn("pen", [])

    def test_empty(self):
        pass

    @unittest.expectedFailure
    def test_known(self):
        self.fail("a known fault")


class StockTest(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        raise ConnectionError("no stock server")

    def test_count(self):
        pass
PY
  run "python/unittest-many-$age" "python -m unittest discover -t . -s tests"
  run "python/unittest-many-verbose-$age" "python -m unittest discover -v -t . -s tests"
done

# Jest, Vitest, Mocha, Playwright
fresh
mkdir -p src test vtest mtest e2e
printf 'module.exports = { testEnvironment: "node", testMatch: ["**/test/*.test.js"] };\n' >jest.config.js
cat >test/cart.test.js <<'JS'
describe("cart", () => {
  test("adds up", () => {
    expect(1 + 2).toBe(4);
  });
  test("has a name", () => {
    expect(undefined.name).toBe("pen");
  });
  describe("with tax", () => {
    test("rounds", () => {
      expect(0.1 + 0.2).toBe(0.3);
    });
    test("is positive", () => {});
  });
  test.skip("prints", () => {});
});
JS
cat >test/orders.test.js <<'JS'
test("an order has lines", () => {
  console.error("Tests: 7 failed is only what a test prints");
  expect([]).toContain("pen");
});
test("an order has a number", () => {
  expect({ number: 1 }).toEqual({ number: 2 });
});
test("an order is empty", () => {});
JS
printf 'test("stock is counted", () => {});\n' >test/stock.test.js
printf 'require("../src/nowhere");\ntest("a", () => {});\n' >test/broken.test.js
{
  echo 'import { describe, expect, test } from "vitest";'
  cat test/cart.test.js
} >vtest/cart.test.ts
{
  echo 'import { expect, test } from "vitest";'
  cat test/orders.test.js
} >vtest/orders.test.ts
printf 'import { test } from "vitest";\ntest("stock is counted", () => {});\n' >vtest/stock.test.ts
printf 'import "../src/nowhere";\nimport { test } from "vitest";\ntest("a", () => {});\n' >vtest/broken.test.ts
cat >mtest/cart.js <<'JS'
const assert = require("assert");
describe("cart", () => {
  it("adds up", () => assert.strictEqual(3, 4));
  it("has a name", () => undefined.name);
  describe("with tax", () => {
    it("rounds", () => assert.strictEqual(0.1 + 0.2, 0.3));
    it("is positive", () => {});
  });
  it("prints");
});
it("an order has lines", () => assert(false));
describe("orders", () => {
  before(() => { throw new Error("no stock server"); });
  it("has a number", () => {});
});
JS
for age in new old; do
  folder=$([ "$age" = new ] && echo "$NODE_NEW" || echo "$NODE_OLD")
  rm -f node_modules
  ln -s "$folder/node_modules" node_modules
  BIN="$WORK/shop/node_modules/.bin"
  run "jest/many-failed-$age" "jest test/cart test/orders test/stock"
  run "jest/many-failed-verbose-$age" "jest --verbose -i"
  run "vitest/many-failed-$age" "vitest run vtest"
  run "vitest/many-failed-verbose-$age" "vitest run --reporter=verbose vtest/cart vtest/orders vtest/stock"
  run "mocha/many-failed-$age" "mocha mtest"
  run "mocha/many-failed-dot-$age" "mocha --reporter dot mtest"
done
rm -f node_modules
ln -s "$NODE_NEW/node_modules" node_modules
BIN="$WORK/shop/node_modules/.bin"
cat >e2e/cart.spec.js <<'JS'
const { test, expect } = require("@playwright/test");
test.describe("cart", () => {
  test("adds up", async () => expect(1 + 2).toBe(4));
  test("rounds", async () => expect(0.1 + 0.2).toBe(0.3));
  test("is empty", async () => {});
  test("prints", async () => test.skip());
});
test("is flaky", async ({}, info) => expect(info.retry).toBe(1));
JS
cat >e2e/orders.spec.js <<'JS'
const { test, expect } = require("@playwright/test");
test("an order has lines", async () => expect([]).toContain("pen"));
test.describe.serial("in turn", () => {
  test("first", async () => { throw new Error("no stock server"); });
  test("second", async () => {});
});
JS
printf 'module.exports = { retries: 1, projects: [{ name: "desktop" }, { name: "mobile" }] };\n' >e2e/playwright.config.js
run playwright/many-failed "playwright test -c e2e"
run playwright/many-failed-list "playwright test -c e2e --reporter=list --retries=0 --project=desktop"
run playwright/many-failed-line "playwright test -c e2e --reporter=line --retries=0 --project=desktop"

# Go: two packages that fail, one that does not build, one that passes, one without tests
fresh
BIN=/usr/bin
export GOFLAGS=-mod=mod GOCACHE="$WORK/go-cache" GOPATH="$WORK/go"
printf 'module example.com/shop\n\ngo 1.19\n' >go.mod
mkdir cart orders stock tax docs
for package in cart orders stock tax docs; do printf 'package %s\n' "$package" >$package/$package.go; done
cat >cart/cart_test.go <<'GO'
package cart

import "testing"

func TestAddsUp(t *testing.T) {
	t.Errorf("total = %d, want %d", 3, 4)
}

func TestTax(t *testing.T) {
	t.Run("of a pen", func(t *testing.T) { t.Fatal("no rate") })
	t.Run("of a book", func(t *testing.T) {})
	t.Run("of paper", func(t *testing.T) { t.Fatal("no rate at all") })
}

func TestEmpty(t *testing.T) {}

func TestPrint(t *testing.T) { t.Skip("no printer here") }
GO
cat >orders/orders_test.go <<'GO'
package orders

import "testing"

func TestLines(t *testing.T) { t.Error("no lines") }

func TestNumber(t *testing.T) { t.Error("number = 1, want 2") }
GO
printf 'package stock\n\nimport "testing"\n\nfunc TestCount(t *testing.T) { count() }\n' >stock/stock_test.go
printf 'package tax\n\nimport "testing"\n\nfunc TestRate(t *testing.T) {}\n' >tax/tax_test.go
run go/many-failed "go test ./..."
run go/many-failed-verbose "go test -v ./cart ./orders ./tax"
unset GOFLAGS GOCACHE GOPATH

# Cargo: unit tests, integration tests and documentation tests are programs of their own
fresh
cargo=$(dirname "$(command -v cargo)")
BIN=$cargo
mkdir -p src tests
printf '[package]\nname = "shop"\nversion = "0.1.0"\nedition = "2021"\n' >Cargo.toml
cat >src/lib.rs <<'RS'
/// ```
/// assert_eq!(shop::total(1, 2), 4);
/// ```
pub fn total(a: i32, b: i32) -> i32 {
    a + b
}

#[cfg(test)]
mod tests {
    #[test]
    fn adds_up() {
        assert_eq!(super::total(1, 2), 4);
    }
    #[test]
    fn rounds() {
        let prices: Vec<i32> = vec![];
        assert_eq!(prices[0], 1);
    }
    #[test]
    fn is_positive() {}
    #[test]
    #[ignore]
    fn prints() {}
}
RS
cat >tests/orders.rs <<'RS'
#[test]
fn has_lines() {
    assert!(Vec::<i32>::new().len() > 0, "no lines");
}
#[test]
fn has_a_number() -> Result<(), String> {
    Err("no number".to_string())
}
#[test]
fn is_empty() {}
RS
printf '#[test]\nfn counts() {}\n' >tests/stock.rs
run rust/many-failed "cargo test --no-fail-fast"
run rust/many-failed-first "cargo test --quiet"

# Maven: two modules, both are tested (-fae)
fresh
BIN="$WORK/mvn-bin"
mkdir -p "$BIN"
printf '#!/bin/sh\nexec /usr/bin/mvn -o -Dmaven.repo.local=/usr/share/maven-repo "$@"\n' >"$BIN/mvn"
chmod +x "$BIN/mvn"
cat >pom.xml <<'XML'
<project xmlns="http://maven.apache.org/POM/4.0.0">
  <modelVersion>4.0.0</modelVersion>
  <groupId>example.shop</groupId><artifactId>shop</artifactId><version>1.0</version><packaging>pom</packaging>
  <modules><module>cart</module><module>orders</module></modules>
  <properties><maven.compiler.source>17</maven.compiler.source><maven.compiler.target>17</maven.compiler.target>
  <project.build.sourceEncoding>UTF-8</project.build.sourceEncoding></properties>
  <dependencies><dependency><groupId>junit</groupId><artifactId>junit</artifactId><version>4.x</version><scope>test</scope></dependency></dependencies>
</project>
XML
for module in cart orders; do
  mkdir -p $module/src/test/java/shop
  printf '<project xmlns="http://maven.apache.org/POM/4.0.0"><modelVersion>4.0.0</modelVersion><parent><groupId>example.shop</groupId><artifactId>shop</artifactId><version>1.0</version></parent><artifactId>%s</artifactId></project>\n' $module >$module/pom.xml
done
cat >cart/src/test/java/shop/CartTest.java <<'JAVA'
package shop;
import static org.junit.Assert.*;
import org.junit.*;
public class CartTest {
    @Test public void addsUp() { assertEquals(4, 3); }
    @Test public void rounds() { assertEquals("0.3", "0.30000000000000004"); }
    @Test public void hasName() { String name = null; name.length(); }
    @Test public void isEmpty() {}
    @Ignore @Test public void prints() {}
}
JAVA
cat >orders/src/test/java/shop/OrdersTest.java <<'JAVA'
package shop;
import static org.junit.Assert.*;
import org.junit.*;
public class OrdersTest {
    @Test public void hasLines() { assertTrue("no lines", false); }
    @Test public void hasNumber() { throw new IllegalStateException("no number"); }
    @Test public void isEmpty() {}
}
JAVA
run java/many-failed-maven "mvn -B -ntp -fae test"

# Django's runner and its migrations; Alembic's legs
fresh
BIN=$(dirname "$DATABASE_PYTHON")
mkdir -p storefront/migrations
touch storefront/__init__.py storefront/migrations/__init__.py
cat >settings.py <<'PY'
SECRET_KEY = "only for the tests"
INSTALLED_APPS = ["storefront"]
DATABASES = {"default": {"ENGINE": "django.db.backends.sqlite3", "NAME": "shop.sqlite3"}}
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"
USE_TZ = True
PY
printf 'import os, sys\nos.environ["DJANGO_SETTINGS_MODULE"] = "settings"\nfrom django.core.management import execute_from_command_line\nexecute_from_command_line(sys.argv)\n' >manage.py
printf 'from django.db import models\n\n\nclass Order(models.Model):\n    number = models.IntegerField()\n' >storefront/models.py
python_in() { "$BIN/python" "$@"; }
python_in manage.py makemigrations storefront >/dev/null
cat >storefront/tests.py <<'PY'
from django.test import SimpleTestCase


class OrderTest(SimpleTestCase):
    def test_total(self):
        self.assertEqual(3, 4)

    def test_number(self):
        raise KeyError("number")

    def test_fine(self):
        pass
PY
run django/tests-failed "python manage.py test"
cat >storefront/migrations/0002_total.py <<'PY'
from django.db import migrations


class Migration(migrations.Migration):
    dependencies = [("storefront", "0001_initial")]
    operations = [migrations.RunSQL("ALTER TABLE storefront_order ADD COLUMN number integer", "SELECT broken FROM nowhere")]
PY
run django/migrate-failed "python manage.py migrate"
sed -i 's/ADD COLUMN number/ADD COLUMN total/' storefront/migrations/0002_total.py
run django/migrate-back-failed "python manage.py migrate --noinput
python manage.py migrate storefront 0001"

fresh
python_in -m alembic init migrations >/dev/null
sed -i 's#^sqlalchemy.url.*#sqlalchemy.url = sqlite:///shop.db#' alembic.ini
cat >migrations/versions/1a2b3c4d5e6f_orders.py <<'PY'
"""orders"""

import sqlalchemy as sa
from alembic import op

revision = "1a2b3c4d5e6f"
down_revision = None


def upgrade():
    op.create_table("orders", sa.Column("id", sa.Integer, primary_key=True))


def downgrade():
    op.drop_table("orders")
PY
cat >migrations/versions/2b3c4d5e6f7a_total.py <<'PY'
"""total"""

import sqlalchemy as sa
from alembic import op

revision = "2b3c4d5e6f7a"
down_revision = "1a2b3c4d5e6f"


def upgrade():
    op.add_column("orders", sa.Column("total", sa.Integer))
    op.create_table("totals", sa.Column("id", sa.Integer, primary_key=True))


def downgrade():
    with op.batch_alter_table("orders") as batch:
        batch.drop_column("total")
PY
run alembic/second-leg-failed "alembic upgrade head
alembic downgrade base
alembic upgrade head"
rm -f shop.db
sed -i 's/"totals"/"orders"/' migrations/versions/2b3c4d5e6f7a_total.py
run alembic/forward-leg-failed "alembic upgrade head"
rm -f shop.db
sed -i -e '/create_table/d' -e 's/drop_column("total")/drop_column("sum")/' migrations/versions/2b3c4d5e6f7a_total.py
run alembic/rollback-leg-failed "alembic upgrade head
alembic downgrade base"
