#!/usr/bin/env bash
# Makes the logs of the web's other tools: real runs of package managers, linters, bundlers, test runners and release tools over a small shop with one fault each.
#
# Recorded with Node 20; npm 11; yarn 1.22 and 4.18; bun 1.4; Deno 2; Stylelint 16; oxlint 1; markdownlint-cli2 0.22; CSpell 9; knip 5; madge 8; Spectral 6; changesets 2.29;
# semantic-release 24; wrangler 4.86; firebase-tools 13; Nx 22; Turborepo 2; Lerna 9; esbuild 0.25; Rollup 4; Karma 6.4; Jasmine 5; AVA 6; Astro 6; svelte-check 4; Knex 3; TypeORM 0.3;
# PHP 8.2 with Composer 2.5; Ruby 3.1 with Bundler 2.3.
# Needs TOOLS (a folder whose node_modules hold the Node tools), OUT (folder for the logs) and WORK (an empty scratch folder).
set -u
. "$(dirname "$0")/recorder.sh"
: "${TOOLS:?}" "${OUT:?}" "${WORK:?}"
export PATH="$TOOLS/node_modules/.bin:$PATH" CI=true GITHUB_ACTIONS=true NO_COLOR=1 FORCE_COLOR=0 NX_DAEMON=false NX_NO_CLOUD=true TURBO_TELEMETRY_DISABLED=1 ASTRO_TELEMETRY_DISABLED=1
export GIT_AUTHOR_NAME=shop GIT_AUTHOR_EMAIL=shop@shop.example GIT_COMMITTER_NAME=shop GIT_COMMITTER_EMAIL=shop@shop.example COMPOSER_ALLOW_SUPERUSER=1
fresh() {
  rm -rf "$WORK/shop" && mkdir -p "$WORK/shop/src" "$WORK/shop/test" && cd "$WORK/shop" || exit 1
  ln -s "$TOOLS/node_modules" node_modules
  package "$@"
}
package() { printf '{"name": "shop", "version": "1.0.0"%s}\n' "${1:+, $1}" >package.json; }
committed() { git init -q . && git add -A . && git commit -q -m "Shop"; }

# npm
fresh '"dependencies": {"fsevents": "2.3.3"}' && rm node_modules
record npm/platform-unsupported "npm install"
package '"dependencies": {"is-odd": "^3.0.0"}, "overrides": {"is-odd": "1.0.0"}'
record npm/override-conflict "npm install"
package '"dependencies": {"is-odd": "workspace:*"}'
record npm/protocol-unsupported "npm install"
record npm/workspace-missing "npm run build -w cart"
mkdir -p fail-inst
printf '{"name": "fail-inst", "version": "1.0.0", "scripts": {"postinstall": "echo building; exit 4"}}\n' >fail-inst/package.json
package '"dependencies": {"fail-inst": "file:./fail-inst"}'
record npm/install-script-failed "npm install --install-links"

# yarn 1 and 4
record yarn/install-script-failed "npx --yes yarn@1.22.22 install"
package '"packageManager": "yarn@4.1.0"'
record yarn/wrong-version "npx --yes yarn@1.22.22 install"
yarn4="node $TOOLS/node_modules/@yarnpkg/cli-dist/bin/yarn.js"
fresh '"dependencies": {"is-odd": "^99.0.0"}' && rm node_modules
printf 'nodeLinker: node-modules\nenableTelemetry: false\n' >.yarnrc.yml
touch yarn.lock
record yarn/candidates-missing "$yarn4 install"
package '"dependencies": {"no-such-package-xyz": "1.0.0"}'
record yarn/package-missing "$yarn4 install"
package '"dependencies": {"@shop/cart": "workspace:*"}'
record yarn/workspace-missing "$yarn4 install --no-immutable"
package '"dependencies": {"is-odd": "^3.0.0"}'
$yarn4 install --no-immutable >"$WORK/quiet" 2>&1
sed -i -E 's#(checksum: 10c0/)#\10#' yarn.lock
rm -rf node_modules
record yarn/checksum "YARN_GLOBAL_FOLDER=$WORK/yarn $yarn4 install"

# bun
fresh '"scripts": {"build": "exit 3"}, "dependencies": {"is-odd": "^9.0.0", "no-such-package-xyz": "1.0.0"}' && rm node_modules
record bun/version-not-found "bun install"
record bun/script-missing "bun run typecheck"
record bun/script-failed "bun run build"
package '"dependencies": {"is-odd": "^3.0.0"}'
bun install >"$WORK/quiet" 2>&1
package '"dependencies": {"is-odd": "^3.0.0", "is-even": "1.0.0"}'
record bun/lock-out-of-date "bun install --frozen-lockfile"
printf 'import { expect, test } from "bun:test";\ntest("adds prices", () => { expect(1 + 1).toBe(3) });\ntest("waits for the server", async () => { await new Promise(r => setTimeout(r, 9000)) }, 50);\n' >src/cart.test.ts
printf 'import {rate} from "./rates";\nrate();\n' >src/index.ts
record bun/test-failed "bun test"
record bun/no-tests "bun test e2e"
record bun/module-not-found "bun run src/index.ts"
record bun/module-not-found-build "bun build src/index.ts"

# Deno
fresh && rm node_modules
printf 'export const price: number = "x";\nvar total = 2\n' >src/cart.ts
printf 'Deno.test("adds prices", () => { if (1 + 1 !== 3) throw new Error("wrong total"); });\n' >src/cart_test.ts
printf 'Deno.readTextFileSync("/etc/shop.json")\n' >src/read.ts
printf 'import "./rates.ts"\n' >src/main.ts
printf 'import "npm:is-odd@99"\n' >src/odd.ts
printf 'throw new Error("no rate for EUR")\n' >src/throw.ts
record deno/type-error "deno check src/cart.ts"
record deno/lint "deno lint src/cart.ts"
record deno/format "deno fmt --check src/cart.ts"
record deno/test-failed "deno test src/cart_test.ts"
record deno/permission-missing "deno run src/read.ts"
record deno/module-not-found "deno run src/main.ts"
record deno/version-not-found "deno run src/odd.ts"
record deno/error "deno run src/throw.ts"
printf '{"imports": {"is-odd": "npm:is-odd@3"}}\n' >deno.json && deno install >"$WORK/quiet" 2>&1
printf '{"imports": {"is-odd": "npm:is-odd@2"}}\n' >deno.json
record deno/lock-out-of-date "deno install --frozen"

# linters
fresh '"type": "module", "dependencies": {"is-odd": "*"}'
printf '{"extends": "stylelint-config-standard"}\n' >.stylelintrc.json
printf 'a { color: #FFFFFF; }\n.FooBar { color: red }\n' >src/app.css
printf 'a {\n  color: red;\n' >src/bad.css
record stylelint/error "stylelint 'src/*.css'"
record stylelint/config-broken "stylelint --config missing.json 'src/*.css'"
printf 'debugger;\nconst a = 1;\n' >src/cart.js
record oxlint/error "oxlint -D correctness src"
printf '#Setup\n\n\n\nThe kartlist page\n' >setup.md
record markdownlint/error "markdownlint-cli2 setup.md"
record cspell/unknown-word "cspell setup.md"
printf 'import fs from "fs"; import z from "zod"; import "./price.js"\n' >src/index.js
printf 'import "./index.js"; export const unused = 1\n' >src/price.js
printf 'x\n' >src/old.js
record knip/unused "knip"
record madge/circular "madge --circular src/index.js"
printf 'openapi: 3.0.0\ninfo: {title: x}\npaths: {/a: {get: {}}}\n' >openapi.yaml
printf 'extends: ["spectral:oas"]\n' >.spectral.yaml
record spectral/error "spectral lint openapi.yaml"
printf '<script lang="ts">let price: number = "x";</script>\n' >src/Cart.svelte
printf '{"compilerOptions": {"strict": true}}\n' >tsconfig.json
record svelte/type-error "svelte-check --output machine"

# bundlers and test runners
fresh
printf 'import "nope-pkg"; import {q} from "./b.js"; q();\n' >src/a.js
printf 'export const z = 1\n' >src/b.js
printf 'const x = ;\n' >src/c.js
record esbuild/unresolved "esbuild --bundle src/a.js"
record esbuild/error "esbuild --bundle src/c.js"
record rollup/error "rollup src/c.js"
printf 'module.exports = c => c.set({frameworks: ["jasmine"], files: ["test/*.js"], browsers: ["ChromeHeadless"], singleRun: true})\n' >karma.conf.js
record karma/browser-missing "karma start"
printf 'describe("Cart", () => { it("adds prices", () => expect(1).toBe(2)) })\n' >test/cart.spec.js
record jasmine/test-failed "jasmine test/cart.spec.js"
printf 'import test from "ava"; test("adds prices", t => { t.is(1, 2) })\n' >test/cart.mjs
record ava/test-failed "ava test/cart.mjs"
printf 'import test from "node:test"; import assert from "node:assert"; test("adds prices", () => { assert.strictEqual(1, 2) })\n' >test/cart.test.mjs
record node/test-failed "node --test --test-reporter=spec test/cart.test.mjs"
record node/test-failed-tap "node --test --test-reporter=tap test/cart.test.mjs"
mkdir -p src/pages && printf '<h1>Shop</h1>\n' >src/pages/index.astro
record node/version-too-old "astro build"

# Node.js itself
printf 'not a library' >src/broken.node
printf 'require("./broken.node")\n' >src/native.js
printf 'const fs = require("fs")\n' >src/require.mjs
printf 'import data from "../package.json"\n' >src/json.mjs
record node/native-module-broken "node src/native.js"
record node/option-unknown "node --watchx src/index.js"
record node/option-not-allowed "NODE_OPTIONS=--openssl-legacy-provider-x node -e 1"
record node/require-in-esm "node src/require.mjs"
record node/esm-loader "node src/json.mjs"

# databases
fresh
mkdir -p migrations
printf 'exports.up = k => k.raw("insert into rate values(1)"); exports.down = () => {}\n' >migrations/1_rates.js
printf 'module.exports = {client: "better-sqlite3", connection: {filename: "./shop.db"}, useNullAsDefault: true}\n' >knexfile.js
record knex/migration-failed "knex migrate:latest"
record typeorm/command-failed "typeorm migration:run -d data-source.js"

# releases and deploys
fresh '"private": true, "workspaces": ["packages/*"]'
mkdir -p .changeset packages/cart
printf '{"name": "@shop/cart", "version": "1.0.0"}\n' >packages/cart/package.json
printf '{"baseBranch": "main"}\n' >.changeset/config.json
printf '{}\n' >package-lock.json
printf 'node_modules\n' >.gitignore
committed
record changesets/base-unknown "changeset status"
printf -- '---\n"cart": minor\n---\nNew rates\n' >.changeset/brave-cats-sing.md
record changesets/package-unknown "changeset version"
printf '{"ignore": ["zzz"]}\n' >.changeset/config.json
record changesets/error "changeset version"
record semantic-release/access-missing "semantic-release --no-ci"
printf 'export default {fetch() { return new Response("shop") }}\n' >src/index.js
printf 'name = "shop"\nmain = "src/index.js"\ncompatibility_date = "2024-01-01"\n' >wrangler.toml
record wrangler/token-missing "wrangler deploy"
printf 'name = "shop"\nmain = "src/missing.js"\ncompatibility_date = "2024-01-01"\n' >wrangler.toml
record wrangler/error "wrangler deploy --dry-run"
printf '{"hosting": {"public": "dist"}}\n' >firebase.json
record firebase/auth "firebase deploy --project shop"

# monorepos
fresh '"private": true, "workspaces": ["cart"], "packageManager": "npm@10.0.0"'
mkdir -p cart
printf '{"name": "cart", "scripts": {"build": "exit 1"}}\n' >cart/package.json
printf '{}\n' >nx.json
printf 'node_modules\n' >.gitignore
committed
record nx/target-failed "nx run-many -t build"
record nx/project-missing "nx build nope"
record nx/base-missing "nx affected -t build --base=origin/main"
printf '{"tasks": {"build": {}}}\n' >turbo.json
record turbo/task-failed "turbo run build"
printf '{"pipeline": {"build": {}}}\n' >turbo.json
record turbo/config-broken "turbo run build"

# Composer and Bundler, as far as they come without their registries
fresh && rm package.json
printf '{"name": "shop/shop",}\n' >composer.json
record php/composer-json-broken "composer install --no-interaction"
printf '{"require": {}}\n' >composer.json
record php/composer-validate "composer validate --strict"
printf '{"scripts": {"test": "exit 3"}}\n' >composer.json
record php/script-failed "composer test"
printf 'gem "rake\n' >Gemfile
record ruby/gemfile-broken "bundle install"
printf 'gem "rake"\n' >Gemfile
record ruby/lock-missing "BUNDLE_DEPLOYMENT=true bundle install"
printf '\n' >Gemfile
record ruby/command-missing "bundle exec rubocop"

sed -i -E -e 's#https?://registry\.npm[a-z]*\.org#https://registry.npm.example#g' -e 's#https?://jsr\.io#https://jsr.example#g' -e "s#$TOOLS/node_modules#/home/runner/work/shop/shop/node_modules#g" -e "s#$HOME/#/home/runner/#g" \
  -e '/npm warn Unknown .* config/d' "$OUT"/*/*.log
