#!/usr/bin/env bash
# Makes the logs of Elixir, Haskell, R, Lua, Perl, LaTeX, Zig, Conan, protobuf, Solidity, Fortran and NASM: the real tools over tiny projects with one fault each.
#
# Recorded with Elixir 1.14, GHC 9.0 and cabal 3.4, R 4.2, Lua 5.4 with busted 2.1 and luacheck 1.1, Perl 5.36, pdfTeX 1.40 with latexmk 4.79, Zig 0.16, Conan 2, protoc 3.21, buf 1, solc 0.8 (solcjs), gfortran 12.2, nasm 2.16.
# Needs OUT (folder for the logs) and WORK (an empty scratch folder); TOOLS, when set, is a list of folders put before PATH.
set -u
. "$(dirname "$0")/recorder.sh"
: "${OUT:?}" "${WORK:?}"
export PATH="${TOOLS:+$TOOLS:}$PATH" TERM=dumb LC_ALL=C.UTF-8 NO_COLOR=1
fresh() { rm -rf "$WORK/shop" && mkdir -p "$WORK/shop" && cd "$WORK/shop" || exit 1; }

# Elixir
fresh
mkdir -p lib test
cat >mix.exs <<'C'
defmodule Shop.MixProject do
  use Mix.Project
  def project, do: [app: :shop, version: "0.1.0", deps: []]
end
C
cat >lib/shop.ex <<'C'
defmodule Shop do
  def total(price, count), do: price + count
  def load(_id), do: raise("no such order")
end
C
echo 'ExUnit.start()' >test/test_helper.exs
cat >test/shop_test.exs <<'C'
defmodule ShopTest do
  use ExUnit.Case
  test "adds up", do: assert(Shop.total(2, 0) == 2)
  test "multiplies", do: assert(Shop.total(3, 4) == 12)
  test "loads an order", do: Shop.load(1)
end
C
record elixir/test-failed mix test --seed 0
record elixir/passing mix test --seed 0 --only line:3 test/shop_test.exs
cat >lib/broken.ex <<'C'
defmodule Broken do
  def total(price), do: price * cuont
end
C
record elixir/compile-error mix compile
cat >lib/broken.ex <<'C'
defmodule Broken do
  def total(price) do
    price * 2
end
C
record elixir/syntax-error mix compile
cat >lib/broken.ex <<'C'
defmodule Broken do
  def total(price, unused), do: price * 2
end
C
record elixir/warnings-as-errors mix compile --warnings-as-errors
printf 'defmodule Broken do\n  def total(price),   do: price*2\nend\n' >lib/broken.ex
record elixir/unformatted mix format --check-formatted lib/broken.ex
rm lib/broken.ex
sed -i 's/deps: \[\]/deps: [{:plug, "~> 1.0"}]/' mix.exs
record elixir/dependency-unavailable mix test
record elixir/task-missing mix credo --strict

# Haskell
fresh
mkdir -p src "$WORK/cabal"
export CABAL_DIR="$WORK/cabal"
printf 'documentation: False\n' >"$CABAL_DIR/config"
cat >shop.cabal <<'C'
cabal-version: 2.4
name: shop
version: 0.1.0.0
library
  hs-source-dirs: src
  exposed-modules: Shop
  build-depends: base
  default-language: Haskell2010
C
cat >src/Shop.hs <<'C'
module Shop (total) where
total :: Int -> Int -> Int
total price count = price ++ count
missing = cuont
C
record haskell/compile-error cabal v2-build --offline
cat >src/Shop.hs <<'C'
module Shop (total) where
import Data.Shop.Missing
total :: Int -> Int -> Int
total price count = price * count
C
record haskell/module-missing cabal v2-build --offline
cat >src/Shop.hs <<'C'
module Shop (total) where
total :: Int -> Int -> Int
total price count = let unused = 1 in price * count
C
record haskell/warning-as-error cabal v2-build --offline --ghc-options=-Werror --ghc-options=-Wall
sed -i 's/build-depends: base/build-depends: base <4.10, shopdb >=2/' shop.cabal
record haskell/dependency-unresolved cabal v2-build --offline

# R
fresh
mkdir -p R tests man
printf 'Package: shop\nTitle: A Shop\nVersion: 0.1.0\nAuthor: A B\nMaintainer: A B <a@shop.example>\nDescription: Sells things.\nLicense: GPL-3\n' >DESCRIPTION
printf 'export(total)\n' >NAMESPACE
printf 'total <- function(price, count) price + count\n' >R/shop.R
printf 'library(shop)\nstopifnot(total(3, 4) == 12)\n' >tests/total.R
cp -r . "$WORK/rpackage" && mv "$WORK/rpackage" shop
record r/check-failed R CMD check --no-manual shop
printf 'total <- function(price, count) { price * count\n' >shop/R/shop.R
record r/parse-error R CMD INSTALL shop
printf 'total <- function(price, count) price * count\n' >shop/R/shop.R
printf 'Imports: shopdb\n' >>shop/DESCRIPTION
record r/dependency-missing R CMD INSTALL shop
printf 'library(shopdb)\n' >load.R
record r/package-missing Rscript load.R
printf 'total <- function(price) {\n  price * count\n}\ntotal(3)\n' >run.R
record r/error-in Rscript run.R

# Lua
fresh
mkdir -p spec src
printf 'local shop = {}\nfunction shop.total(price, count) return price + count end\nfunction shop.load() error("no such order") end\nreturn shop\n' >src/shop.lua
printf 'local shop = require("src.shop")\ndescribe("cart", function()\n  it("adds up", function() assert.are.equal(2, shop.total(2, 0)) end)\n  it("multiplies", function() assert.are.equal(12, shop.total(3, 4)) end)\n  it("loads", function() shop.load() end)\nend)\n' >spec/shop_spec.lua
record lua/busted-failed busted -o plainTerminal
printf 'local unused = 1\nfunction total(price) return price * cuont end\n' >src/bad.lua
record lua/luacheck luacheck --no-color src/bad.lua
printf 'local total = require("shopdb")\n' >main.lua
record lua/module-missing lua5.4 main.lua
printf 'local total = nil\nprint(total.price)\n' >main.lua
record lua/runtime-error lua5.4 main.lua

# Perl
fresh
mkdir -p t lib
printf 'use strict; use warnings; use Test::More tests => 2;\nis(3 + 4, 12, "prices multiply");\nok(1, "orders load");\n' >t/cart.t
printf 'use strict; use Test::More tests => 1;\nok(1, "passes");\n' >t/order.t
printf 'use Shop::Missing;\nuse Test::More tests => 1;\nok(1);\n' >t/missing.t
record perl/test-failed prove -l t/cart.t t/order.t
record perl/module-missing prove -l t/missing.t
printf 'use strict;\nmy $total = 1;\nprint $totl;\n' >shop.pl
record perl/compile-error perl shop.pl

# LaTeX
fresh
printf '\\documentclass{article}\n\\begin{document}\nA \\total{} of all.\n\\end{document}\n' >paper.tex
record latex/undefined-command pdflatex -interaction=nonstopmode -halt-on-error paper.tex
record latex/undefined-command-file-line latexmk -pdf -file-line-error -halt-on-error -interaction=nonstopmode paper.tex
printf '\\documentclass{article}\n\\usepackage{shopstyle}\n\\begin{document}\nA\n\\end{document}\n' >style.tex
record latex/file-missing latexmk -pdf -interaction=nonstopmode style.tex
rm -f style.fdb_latexmk style.log style.aux style.fls
record latex/file-missing-file-line latexmk -pdf -file-line-error -interaction=nonstopmode style.tex
printf '\\documentclass{article}\n\\begin{document}\n\\begin{itemize}\nA\n\\end{document}\n' >item.tex
record latex/missing-item latexmk -pdf -interaction=nonstopmode -halt-on-error item.tex
printf '\\documentclass{article}\n\\begin{document}\nA $x of\n\nall.\n\\end{document}\n' >math.tex
record latex/missing-dollar latexmk -pdf -interaction=nonstopmode -halt-on-error math.tex
printf '\\documentclass{article}\n\\begin{document}\nSee \\ref{cart}.\n\\end{document}\n' >ok.tex
record latex/passing latexmk -pdf -interaction=nonstopmode ok.tex

# Zig
fresh
mkdir -p src
printf 'const std = @import("std");\nfn total(price: u32, count: u32) u32 {\n    return price + count;\n}\ntest "prices multiply" {\n    try std.testing.expectEqual(@as(u32, 12), total(3, 4));\n}\ntest "orders load" {\n    try std.testing.expect(true);\n}\n' >src/main.zig
record zig/test-failed zig test src/main.zig
printf 'fn total(price: u32) u32 {\n    const unused = 1;\n    return prcie;\n}\npub fn main() void {\n    _ = total(1);\n}\n' >src/bad.zig
record zig/compile-error zig build-exe src/bad.zig
printf 'pub fn main() void {\nvar  x:u8=1;\n_ = &x;}\n' >src/fmt.zig
record zig/unformatted zig fmt --check src

sed -i -E -e 's#/[^ ]*/ziglang/lib/#/opt/hostedtoolcache/zig/0.16.0/x64/lib/#' -e "s#$HOME/\.cache#/home/runner/.cache#" "$OUT"/zig/*.log

# Conan
fresh
export CONAN_HOME="$WORK/conan"
rm -rf "$CONAN_HOME"
conan profile detect >/dev/null 2>&1
conan remote disable '*' >/dev/null 2>&1
printf '[requires]\nshopdb/2.1\n' >conanfile.txt
record conan/package-unresolved conan install . --build=missing
mkdir -p recipe
printf 'from conan import ConanFile\nclass Shopdb(ConanFile):\n    name = "shopdb"\n    version = "2.1"\n    settings = "os", "compiler", "build_type"\n    def build(self):\n        self.run("false")\n' >recipe/conanfile.py
conan export recipe >/dev/null 2>&1
record conan/binary-missing conan install .
record conan/build-failed conan install . --build=missing
printf '[requires]\nshopdb/[>=3]\n' >conanfile.txt
record conan/version-unresolved conan install .
printf '[requires]\nshopdb/2.1\n' >conanfile.txt
record conan/profile-missing conan install . -pr shopprofile

# Protobuf
fresh
mkdir -p proto/shop/v1
printf 'syntax = "proto3";\npackage shop.v1;\nimport "shop/v1/missing.proto";\nmessage Order {\n  string id = 1;\n  Total total = 1;\n}\n' >proto/shop/v1/order.proto
record protobuf/compile-error protoc -I proto --cpp_out=. proto/shop/v1/order.proto
printf 'syntax = "proto3";\npackage shop.v1;\nmessage order {\n  string   orderId=1;\n}\n' >proto/shop/v1/order.proto
printf 'version: v2\nmodules:\n  - path: proto\nlint:\n  use:\n    - STANDARD\n' >buf.yaml
record buf/lint buf lint
record buf/unformatted buf format --diff --exit-code
git init -q . && git -c user.name=a -c user.email=a@shop.example add . && git -c user.name=a -c user.email=a@shop.example commit -qm a
printf 'syntax = "proto3";\npackage shop.v1;\nmessage order {\n  int32 orderId = 1;\n}\n' >proto/shop/v1/order.proto
record buf/breaking buf breaking --against .git

# Solidity
fresh
mkdir -p contracts
printf '// SPDX-License-Identifier: MIT\npragma solidity ^0.8.0;\nimport "./Missing.sol";\ncontract Shop {\n    function total(uint price) public pure returns (uint) { return prcie * 2; }\n}\n' >contracts/Shop.sol
record solidity/import-missing solcjs --bin contracts/Shop.sol
sed -i /Missing/d contracts/Shop.sol
record solidity/compile-error solcjs --bin contracts/Shop.sol
sed -i 's/\^0.8.0/^0.5.0/' contracts/Shop.sol
record solidity/version-mismatch solcjs --bin contracts/Shop.sol
printf '{"extends": "solhint:recommended", "rules": {"func-visibility": "error", "no-empty-blocks": "error"}}' >.solhint.json
printf 'pragma solidity ^0.8.0;\ncontract shop {\n    function Total() public {}\n}\n' >contracts/Bad.sol
record solidity/solhint solhint contracts/Bad.sol

sed -i '/[┌│└]/d' "$OUT/solidity/solhint.log"

# Fortran, NASM, GNU as
fresh
printf 'program shop\n  implicit none\n  integer :: price\n  price = cuont * 2\nend program\n' >shop.f90
record fortran/compile-error gfortran -c shop.f90
printf 'program shop\n  use shopdb\nend program\n' >mod.f90
record fortran/module-missing gfortran -c mod.f90
printf 'section .text\nmain:\n  mvo eax, 1\n' >shop.asm
record nasm/error nasm -f elf64 shop.asm
printf 'main:\n  mvo %%eax, %%ebx\n' >shop.s
record gcc/assembler gcc -c shop.s
printf 'int total(int price) { return price; }\n' >a.c
printf 'int total(int price) { return price; }\nint main(void) { return total(0); }\n' >b.c
record gcc/multiple-definition gcc a.c b.c -o shop
printf 'ERROR(\n' >ld.map
printf 'int main(void) { return 0; }\n' >c.c
record gcc/unknown-option gcc -mtune=shop -fno-such-flag c.c
record gcc/unknown-argument-clang clang -fno-such-flag c.c
record gcc/no-input gcc -o shop missing.c
record gcc/object-wrong-format gcc -o shop shop.f90x c.c
