#!/usr/bin/env bash
# Makes the logs of Node.js, its package managers, compilers, linters and test runners: real tools over a small shop with faults.
#
# Recorded with Node 20; npm 8 and 11; yarn 1.22 and 4; pnpm 8 and 9; TypeScript 4.9 and 5; ESLint 8 and 9; Prettier 2 and 3; Biome 1.9 and 2;
# Jest 27 and 29; Vitest 1 and 3; Mocha 9 and 11; Playwright; Vite 6; webpack 5; Next.js 15; Cypress 13 without its binary.
# Needs NODE_NEW and NODE_OLD (folders whose node_modules hold them), PYTHON, OUT, WORK.
set -u
. "$(dirname "$0")/recorder.sh"
: "${NODE_NEW:?}" "${NODE_OLD:?}" "${OUT:?}" "${WORK:?}"
rm -rf "$WORK/shop"
mkdir -p "$WORK/shop/src"
cd "$WORK/shop" || exit 1
export CI=1 NO_COLOR=1 npm_config_update_notifier=false npm_config_fund=false npm_config_cache="$WORK/npm-cache" NEXT_TELEMETRY_DISABLED=1
# The package manager that a package.json names is not the question here.
export COREPACK_ENABLE_STRICT=0

with() { # with NEW|OLD: the tools of that folder
  local folder=$1
  rm -rf node_modules
  ln -s "$folder/node_modules" node_modules
  cat >"$WORK/path.sh" <<SH
export PATH="$WORK/shop/node_modules/.bin:\$PATH"
SH
}
node_record() {
  local name=$1
  shift
  PATH="$WORK/shop/node_modules/.bin:$PATH" record "$name" "$*"
  sed -i -E -e "s#$HOME/#/home/runner/#g" -e "s,https://yarn[a-z]*[.]com,https://yarn.example,g" -e "/^ +.(tmp|root).*node_modules doesn't exist/d" -e "s#(\.\./)+(node|node_old)/node_modules#node_modules#g" -e "s#($NODE_NEW|$NODE_OLD)/node_modules#/home/runner/work/shop/shop/node_modules#g" \
    -e "s#/home/runner/work/_temp/npm-cache#/home/runner/.npm#g" \
    -e "s#(https?://)registry\.(npm|yarn)[a-z]*\.(org|com)#\1registry.npm.example#g" -e '/npm warn Unknown user config|npm WARN config/d' \
    "$OUT/$name.log"
}

printf '{"name": "shop", "version": "1.0.0", "scripts": {"build": "node build.js", "test": "exit 1"}, "dependencies": {"is-odd": "^3.0.0"}}\n' >package.json

# node itself
printf 'require("express-that-is-nowhere");\n' >src/a.js
printf 'import "./missing.js";\n' >src/b.mjs
printf 'import "left-pad-that-is-nowhere";\n' >src/c.mjs
printf 'const order = {\n  number: 1,\n  lines: [1, 2\n};\n' >src/d.js
printf 'import fs from "fs";\nconsole.log(fs);\n' >src/e.js
printf 'Promise.reject(new Error("no stock"));\n' >src/f.js
printf 'const order = undefined;\nconsole.log(order.lines);\n' >src/g.js
printf 'const all = [];\nfor (;;) all.push(new Array(1000).fill(Math.random()));\n' >src/h.js
printf 'Promise.reject("no stock");\n' >src/i.js
printf 'const http = require("http");\nhttp.createServer().listen(58481);\nhttp.createServer().listen(58481);\n' >src/j.js
printf 'console.log(total);\n' >src/k.js
printf 'require("../config/ci.json");\n' >src/l.js
printf 'require("child_process").execSync("exit 4");\n' >src/m.js
printf 'JSON.parse("<html>");\n' >src/n.js
printf 'const { Order } = require("./o2.mjs");\n' >src/o.js
printf 'import { nothing } from "./p2.mjs";\n' >src/p.mjs
printf 'export const something = 1;\n' >src/p2.mjs
printf 'console.log("Error: Cannot find module is what users see"); console.error("warning: SyntaxError caught as expected");\n' >src/fine.js
record node/module-not-found "node src/a.js"
record node/module-not-found-relative "node src/b.mjs"
record node/module-not-found-esm "node src/c.mjs"
record node/module-not-found-json "node src/l.js"
record node/module-not-found-entry "node dist/index.js"
record node/syntax-error "node src/d.js"
record node/import-outside-module "node --no-experimental-detect-module src/e.js"
record node/unhandled-rejection "node src/f.js"
record node/unhandled-rejection-value "node src/i.js"
record node/type-error "node src/g.js"
record node/reference-error "node src/k.js"
record node/heap-out-of-memory "node --max-old-space-size=30 src/h.js"
record node/address-in-use "node src/j.js"
record node/json-parse "node src/n.js"
record node/export-missing "node src/p.mjs"
printf 'try { require("nowhere") } catch (error) { console.log(error.message) }\n' >src/optional.js
record node/passing-optional "node src/optional.js"
record node/passing "node src/fine.js"

# package managers
for folder in "$NODE_NEW" "$NODE_OLD"; do
  age=$([ "$folder" = "$NODE_NEW" ] && echo new || echo old)
  npm=npm
  [ "$age" = old ] && npm="node $NODE_OLD/node_modules/npm/bin/npm-cli.js"
  rm -rf "$WORK/shop/pm" && mkdir -p "$WORK/shop/pm" && cp package.json pm/
  pm() {
    node_record "$1" "cd pm; $2"
    sed -i -e "s#node $NODE_OLD/node_modules/npm/bin/npm-cli.js#npm#g" -e "s#node /home/runner/work/shop/shop/node_modules/npm/bin/npm-cli.js#npm#g" -e 's#cd pm; ##' "$OUT/$1.log"
  }
  pm "npm/lock-missing-$age" "$npm ci"
  (cd pm && npm install --package-lock-only >/dev/null 2>&1)
  cp pm/package-lock.json pm/good-lock.json
  printf '{"name": "shop", "version": "1.0.0", "dependencies": {"is-odd": "^3.0.0", "is-number": "^7.0.0"}}\n' >pm/package.json
  pm "npm/lock-out-of-date-$age" "$npm ci"
  printf '{"name": "shop", "version": "1.0.0", "dependencies": {"is-odd": "^2.0.0"}}\n' >pm/package.json
  pm "npm/lock-out-of-date-version-$age" "$npm ci"
  cp package.json pm/package.json
  sed -i 's#"integrity": "sha512-[^"]*"#"integrity": "sha512-AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA=="#' pm/package-lock.json
  pm "npm/integrity-$age" "$npm ci"
  rm pm/package-lock.json
  printf '{"name": "shop", "version": "1.0.0", "dependencies": {"@shop-nowhere/ui-that-is-nowhere": "^1.0.0"}}\n' >pm/package.json
  pm "npm/package-not-found-$age" "$npm install"
  printf '{"name": "shop", "version": "1.0.0", "dependencies": {"is-odd": "^99.0.0"}}\n' >pm/package.json
  pm "npm/version-not-found-$age" "$npm install"
  printf '{"name": "shop", "version": "1.0.0", "dependencies": {"react": "^16.0.0", "react-dom": "^18.0.0"}}\n' >pm/package.json
  pm "npm/peer-conflict-$age" "$npm install"
  printf '{"name": "shop", "version": "1.0.0", "engines": {"node": ">=99"}, "scripts": {"build": "node build.js", "lint": "echo checking; exit 3"}}\n' >pm/package.json
  printf 'engine-strict=true\n' >pm/.npmrc
  pm "npm/unsupported-engine-$age" "$npm install"
  rm pm/.npmrc
  pm "npm/unsupported-engine-warning-$age" "$npm install"
  pm "npm/script-missing-$age" "$npm run biuld"
  pm "npm/script-failed-$age" "$npm run lint"
  pm "npm/script-module-missing-$age" "$npm run build"
  printf '{"name": "shop",\n "version": "1.0.0",\n}\n' >pm/package.json
  pm "npm/package-json-broken-$age" "$npm install"
  rm pm/package.json
  mv package.json kept.json
  pm "npm/package-json-missing-$age" "$npm install"
  mv kept.json package.json
  cp package.json pm/package.json
  pm "npm/passing-$age" "$npm install && npm ls"
  rm -rf pm/node_modules pm/package-lock.json
  "$PYTHON" - <<'PY' &
import http.server


class Refusing(http.server.BaseHTTPRequestHandler):
    def do_GET(self):
        self.send_response(401 if "odd" in self.path else 403)
        self.end_headers()

    do_PUT = do_GET

    def log_message(self, *_):
        pass


http.server.HTTPServer(("127.0.0.1", 58482), Refusing).serve_forever()
PY
  server=$!
  sleep 1
  pm "npm/auth-401-$age" "$npm install --registry=http://127.0.0.1:58482/"
  printf '{"name": "shop", "version": "1.0.0", "dependencies": {"is-even": "1"}}\n' >pm/package.json
  pm "npm/auth-403-$age" "$npm install --registry=http://127.0.0.1:58482/"
  kill $server
  wait $server 2>/dev/null
  cp package.json pm/package.json
done
with "$NODE_NEW"
rm -rf pm/* && cp package.json pm/
(cd pm && "$NODE_NEW/node_modules/.bin/yarn" install >/dev/null 2>&1; "$NODE_NEW/node_modules/.bin/pnpm" install --lockfile-only >/dev/null 2>&1)
printf '{"name": "shop", "version": "1.0.0", "scripts": {"lint": "exit 3"}, "dependencies": {"is-odd": "^3.0.0", "is-number": "^7.0.0"}}\n' >pm/package.json
pm yarn/lock-out-of-date "yarn install --frozen-lockfile"
pm yarn/script-missing "yarn run biuld"
pm yarn/script-failed "yarn run lint"
printf '{"name": "shop", "version": "1.0.0", "dependencies": {"shop-ui-that-is-nowhere": "^3.0.0"}}\n' >pm/package.json
pm yarn/package-not-found "yarn install"
printf '{"name": "shop", "version": "1.0.0", "dependencies": {"is-odd": "^99.0.0"}}\n' >pm/package.json
pm yarn/version-not-found "yarn install"
printf '{"name": "shop", "version": "1.0.0", "engines": {"node": ">=99"}}\n' >pm/package.json
pm yarn/unsupported-engine "yarn install"
printf '{"name": "shop", "version": "1.0.0", "scripts": {"lint": "exit 3"}, "dependencies": {"is-odd": "^3.0.0", "is-number": "^7.0.0"}}\n' >pm/package.json
pm pnpm/lock-out-of-date-new "pnpm install --frozen-lockfile"
pm pnpm/script-missing-new "pnpm run biuld"
pm pnpm/script-failed-new "pnpm run lint"
with "$NODE_OLD"
pm pnpm/lock-out-of-date-old "pnpm install --frozen-lockfile"
rm pm/pnpm-lock.yaml
pm pnpm/lock-missing-old "pnpm install --frozen-lockfile"
with "$NODE_NEW"
pm pnpm/lock-missing-new "pnpm install --frozen-lockfile"
printf '{"name": "shop", "version": "1.0.0", "dependencies": {"shop-ui-that-is-nowhere": "^3.0.0"}}\n' >pm/package.json
pm pnpm/package-not-found "pnpm install"
printf '{"name": "shop", "version": "1.0.0", "dependencies": {"is-odd": "^99.0.0"}}\n' >pm/package.json
pm pnpm/version-not-found "pnpm install"
printf '{"name": "shop", "version": "1.0.0", "engines": {"node": ">=99"}}\n' >pm/package.json
printf 'engine-strict=true\n' >pm/.npmrc
pm pnpm/unsupported-engine "pnpm install"
printf '{"name": "shop", "version": "1.0.0", "dependencies": {"react": "^16.0.0", "react-dom": "^18.0.0"}}\n' >pm/package.json
printf 'strict-peer-dependencies=true\n' >pm/.npmrc
pm pnpm/peer-conflict "pnpm install"
rm -rf pm
mkdir pm
printf 'nodeLinker: node-modules\nenableTelemetry: false\n' >pm/.yarnrc.yml
cp package.json pm/
touch pm/yarn.lock
berry="node $NODE_OLD/node_modules/@yarnpkg/cli-dist/bin/yarn.js"
(cd pm && YARN_ENABLE_IMMUTABLE_INSTALLS=false $berry install >/dev/null 2>&1)
berry_record() {
  node_record "$1" "cd pm; $berry $2"
  sed -i -e "s#node [^ ]*yarn\.js#yarn#g" -e 's#cd pm; ##' "$OUT/$1.log"
}
berry_record yarn/passing-berry "install --immutable"
printf '{"name": "shop", "version": "1.0.0", "scripts": {"lint": "exit 3"}, "dependencies": {"is-odd": "^3.0.0", "is-number": "^7.0.0"}}\n' >pm/package.json
berry_record yarn/lock-out-of-date-berry "install --immutable"
berry_record yarn/script-missing-berry "run biuld"
printf '{"name": "shop", "version": "1.0.0", "dependencies": {"shop-ui-that-is-nowhere": "^3.0.0"}}\n' >pm/package.json
berry_record yarn/package-not-found-berry "install"
rm -rf pm

# compilers, linters, formatters, tests
cat >src/orders.ts <<'TS'
import { missing } from "./nowhere";
import chalk from "chalk-that-is-nowhere";

export function total(lines: number[]): string {
  return lines.reduce((sum, line) => sum + line, 0);
}

export const order: { number: string } = { nmber: "1" };
TS
printf 'export const fine: number = 1;\n' >fine.ts
printf '{"compilerOptions": {"strict": true, "noEmit": true, "types": []}, "include": ["src/*.ts"]}\n' >tsconfig.json
printf 'var unused = 1;\nconsole.log( notDefined )\nif (true) {}\n' >src/lint.js
printf 'console.log(1);\n' >src/tidy.js
printf 'const {a,b}=require("./x")\nfunction f(){return a+b}\n' >src/ugly.js
mkdir -p test
cat >test/orders.test.js <<'JS'
const assert = require("assert");
const { add } = require("../src/add");

describe("orders", () => {
  it("adds up", () => {
    assert.strictEqual(add(1, 2), 3);
  });
  it("rounds to cents", () => {
    assert.strictEqual(add(0.1, 0.2), 0.3);
  });
});
JS
printf 'exports.add = (a, b) => a + b;\nexports.never = (a) => {\n  if (a) return 1;\n  return 2;\n};\n' >src/add.js
cat >test/expect.test.js <<'JS'
const { add } = require("../src/add");

describe("totals", () => {
  test("of one order", () => {
    expect(add(1, 2)).toBe(4);
  });
  test("comes in time", () => new Promise(() => {}), 200);
  test("Error: expect(received).toBe(expected) is only a title", () => {});
});
JS
printf 'const x = require("../src/nowhere");\ntest("a", () => {});\n' >test/broken.test.js
printf 'test("adds", () => { expect(require("../src/add").add(1, 1)).toBe(2); });\n' >test/good.test.js
mkdir -p vtest
cat >vtest/orders.test.ts <<'TS'
import { describe, expect, test } from "vitest";

describe("totals", () => {
  test("of one order", () => {
    expect(1 + 2).toBe(4);
  });
  test("of none", () => {
    throw new TypeError("no lines");
  });
  test("adds", () => {
    expect(2).toBe(2);
  });
});
TS
printf 'import { nothing } from "../src/nowhere";\nimport { test } from "vitest";\ntest("a", () => nothing());\n' >vtest/broken.test.ts
printf 'import { expect, test } from "vitest";\nimport { add } from "../src/add.js";\ntest("adds", () => expect(add(1, 2)).toBe(3));\n' >vtest/good.test.ts
cat >.gitignore <<'GIT'
node_modules
GIT
for folder in "$NODE_NEW" "$NODE_OLD"; do
  age=$([ "$folder" = "$NODE_NEW" ] && echo new || echo old)
  with "$folder"
  node_record "typescript/error-$age" "tsc --pretty false"
  node_record "typescript/error-pretty-$age" "tsc --pretty true"
  node_record "typescript/passing-$age" "mkdir -p types && tsc --noEmit --typeRoots types fine.ts"
  node_record "typescript/config-missing-$age" "tsc -p tsconfig.ci.json"
  rm -f .eslintrc* eslint.config.*
  node_record "eslint/config-missing-$age" "eslint src/lint.js"
  if [ "$age" = new ]; then
    printf 'module.exports = [{rules: {"no-unused-vars": "error", "no-undef": "error", "no-constant-condition": "warn", "semi": "error"}}];\n' >eslint.config.js
  else
    printf '{"root": true, "parserOptions": {"ecmaVersion": 2020, "sourceType": "script"}, "rules": {"no-unused-vars": "error", "no-undef": "error", "no-constant-condition": "warn", "semi": "error"}}\n' >.eslintrc.json
  fi
  node_record "eslint/error-$age" "eslint src/lint.js src/tidy.js"
  node_record "eslint/parsing-error-$age" "eslint src/d.js"
  node_record "eslint/error-unix-$age" "eslint --format unix src/lint.js"
  node_record "eslint/warnings-only-$age" "eslint --rule 'no-unused-vars: warn' --rule 'no-undef: warn' --rule 'semi: off' src/lint.js"
  node_record "eslint/max-warnings-$age" "eslint --max-warnings 0 --rule 'no-unused-vars: warn' --rule 'no-undef: warn' --rule 'semi: off' src/lint.js"
  [ "$age" = new ] && printf 'const plugin = require("eslint-plugin-that-is-nowhere");\nmodule.exports = [plugin];\n' >eslint.config.js || printf '{"root": true, "extends": "airbnb-nowhere", "plugins": ["nowhere"]}\n' >.eslintrc.json
  node_record "eslint/plugin-missing-$age" "eslint src/lint.js"
  rm -f .eslintrc* eslint.config.*
  node_record "prettier/would-reformat-$age" "prettier --check src/ugly.js src/tidy.js src/lint.js"
  node_record "prettier/list-different-$age" "prettier --list-different src/ugly.js src/tidy.js"
  node_record "prettier/passing-$age" "prettier --check src/tidy.js"
  node_record "prettier/cannot-parse-$age" "prettier --check src/d.js"
  node_record "biome/ci-$age" "biome ci --colors=off src/ugly.js src/lint.js"
  node_record "biome/lint-$age" "biome lint --colors=off src/lint.js"
  node_record "biome/format-$age" "biome format --colors=off src/ugly.js"
  node_record "biome/passing-$age" "biome lint --colors=off src/tidy.js"
  printf '{"formater": {}}\n' >biome.json
  node_record "biome/config-broken-$age" "biome ci --colors=off src/tidy.js"
  rm biome.json
  printf 'module.exports = { testEnvironment: "node", testMatch: ["**/test/*.test.js"] };\n' >jest.config.js
  node_record "jest/test-failed-$age" "jest test/expect"
  node_record "jest/suite-failed-$age" "jest test/broken"
  node_record "jest/passing-$age" "jest test/good"
  node_record "jest/coverage-below-threshold-$age" "jest test/good --coverage --coverageThreshold '{\"global\": {\"branches\": 90, \"lines\": 95}}'"
  node_record "jest/no-tests-$age" "jest test/nowhere"
  printf 'test("b", () => { expect({a: 1}).toMatchSnapshot(); });\n' >test/snap.test.js
  node_record "jest/snapshot-unwritten-$age" "jest --ci test/snap"
  (PATH="$PWD/node_modules/.bin:$PATH" CI= jest --ci=false test/snap >/dev/null 2>&1)
  sed -i 's/a: 1/a: 2/' test/snap.test.js
  node_record "jest/snapshot-changed-$age" "jest --ci test/snap"
  rm -rf test/__snapshots__ test/snap.test.js
  printf 'test("c", () => { setInterval(() => {}, 50); document.title = "x"; });\n' >test/dom.test.js
  node_record "jest/document-missing-$age" "jest --ci --forceExit test/dom"
  rm test/dom.test.js jest.config.js
  node_record "mocha/test-failed-$age" "mocha test/orders.test.js"
  node_record "mocha/passing-$age" "mocha test/orders.test.js -g 'adds up'"
  node_record "vitest/test-failed-$age" "vitest run vtest/orders"
  node_record "vitest/suite-failed-$age" "vitest run vtest/broken"
  node_record "vitest/passing-$age" "vitest run vtest/good"
  node_record "vitest/no-tests-$age" "vitest run vtest/nowhere"
  node_record "vitest/coverage-$age" "vitest run vtest/good --coverage.enabled --coverage.thresholds.branches=101 --coverage.thresholds.lines=100 --coverage.include=src/add.js"
done
node_record cypress/binary-missing "cypress run"
with "$NODE_NEW"
mkdir -p e2e
cat >e2e/cart.spec.js <<'JS'
const { test, expect } = require("@playwright/test");

test("the cart is empty", async ({ page }) => {
  await page.goto("http://127.0.0.1:58483/");
});
test("prices add up", async () => {
  expect(1 + 1).toBe(3);
});
test("never ends", async () => {
  test.setTimeout(300);
  await new Promise(() => {});
});
test("adds", async () => {
  expect(2).toBe(2);
});
JS
node_record playwright/browser-missing "playwright test -c e2e -g 'is empty'"
node_record playwright/test-failed "playwright test -c e2e -g 'prices|adds'"
node_record playwright/timeout "playwright test -c e2e -g 'never'"
node_record playwright/passing "playwright test -c e2e -g ' adds'"
printf 'module.exports = { webServer: { command: "exit 3", url: "http://127.0.0.1:58484" } };\n' >e2e/playwright.config.js
node_record playwright/server-failed "playwright test -c e2e -g adds"
printf 'module.exports = { webServer: { command: "sleep 9", url: "http://127.0.0.1:58484", timeout: 900 } };\n' >e2e/playwright.config.js
node_record playwright/server-timeout "playwright test -c e2e -g adds"

printf 'import x from "./nowhere";\nimport y from "pkg-that-is-nowhere";\nconsole.log(x, y);\n' >src/index.js
node_record webpack/module-not-found "webpack --mode production --entry ./src/index.js"
node_record webpack/syntax "webpack --mode production --entry ./src/d.js"
node_record webpack/size-warning "webpack --mode production --entry ./src/tidy.js"
printf '<script type="module" src="/src/index.js"></script>\n' >index.html
node_record vite/resolve-failed "vite build"
printf 'import y from "pkg-that-is-nowhere";\nconsole.log(y);\n' >src/index.js
node_record vite/import-unresolved "vite build"
printf 'import { nothing } from "./p2.mjs";\nconsole.log(nothing);\n' >src/index.js
node_record vite/export-missing "vite build"
printf 'const a = {;\n' >src/index.js
node_record vite/syntax "vite build"
printf 'console.log(1);\n' >src/index.js
node_record vite/passing "vite build"
mkdir -p app && cd app && mkdir -p app && ln -s "$NODE_NEW/node_modules" node_modules
printf '{"name": "shop"}\n' >package.json
printf 'export default function Layout({ children }) { return <html><body>{children}</body></html>; }\n' >app/layout.js
printf 'import x from "../nowhere";\nexport default function Page() { return <p>{x}</p>; }\n' >app/page.js
cd ..
node_record next/module-not-found "cd app && next build"
printf 'export default function Page() { return <p>{window.title}</p>; }\n' >app/app/page.js
node_record next/prerender "cd app && next build"
printf '"use client";\nimport { useSearchParams } from "next/navigation";\nexport default function Page() { return <p>{useSearchParams().get("a")}</p>; }\n' >app/app/page.js
node_record next/suspense "cd app && next build"
printf 'import { useState } from "react";\nexport default function Page() { return <p>{useState(1)[0]}</p>; }\n' >app/app/page.js
node_record next/client-hook "cd app && next build"
rm app/app/page.js app/app/layout.js && mkdir -p app/app
printf 'const a: number = "x";\nexport default function Page() { return <p>{a}</p>; }\n' >app/app/page.tsx
printf 'export default function Layout({ children }: any) { return <html><body>{children}</body></html>; }\n' >app/app/layout.tsx
node_record next/type-error "cd app && next build"
