#!/usr/bin/env bash
# Makes the logs of what cargo, go, make, CMake, autoconf and java refuse besides compile errors: the real tools over tiny projects with one fault each.
#
# Recorded with rustc and cargo 1.95, go 1.19, GNU make 4.3, CMake 3.25, autoconf 2.71 and OpenJDK 17.
# Needs OUT (folder for the logs) and WORK (an empty scratch folder).
set -u
. "$(dirname "$0")/recorder.sh"
: "${OUT:?}" "${WORK:?}"
export TERM=dumb CARGO_TERM_COLOR=never RUST_BACKTRACE=0 LC_ALL=C.UTF-8 GOFLAGS= GOTOOLCHAIN=local GOPROXY=off CARGO_NET_OFFLINE=true
fresh() { rm -rf "$WORK/shop" && mkdir -p "$WORK/shop/src" && cd "$WORK/shop" || exit 1; }
cargo_toml() { printf '[package]\nname = "shop"\nversion = "0.1.0"\nedition = "2021"\n%s\n' "${1:-}" >Cargo.toml; }
# rust
fresh; cargo_toml; printf '/// Adds.\n/// ```\n/// assert_eq!(shop::total(3, 4), 12);\n/// ```\npub fn total(p: u32, c: u32) -> u32 { p + c }\n' >src/lib.rs
record rust/doctest cargo test
fresh; cargo_toml; printf '//! Shop [`Missing`]\npub fn total() {}\n' >src/lib.rs
record rust/rustdoc env RUSTDOCFLAGS=-Dwarnings cargo doc
record rust/feature-missing cargo build --features fancy
record rust/target-missing cargo build --target aarch64-unknown-linux-gnu
record rust/bin-missing cargo run --bin missing
fresh; cargo_toml; printf 'pub fn f() {}\n#[cfg(test)] mod tests {\n #[test] fn deep() { fn r(n: u64) -> u64 { if n == u64::MAX { 0 } else { r(n+1) + std::hint::black_box(n) } } assert_eq!(r(0), 1); }\n}\n' >src/lib.rs
record rust/stack-overflow cargo test
printf '#[cfg(test)] mod tests {\n #[test] #[should_panic] fn refuses() {}\n #[test] fn err() -> Result<(), String> { Err("no such order".into()) }\n #[test] fn exits() { }\n}\n' >src/lib.rs
record rust/should-panic cargo test
printf '#[cfg(test)] mod tests {\n #[test] fn aborts() { std::process::abort() }\n}\n' >src/lib.rs
record rust/test-abort cargo test
printf 'pub fn f() {}\n' >src/lib.rs; mkdir tests; printf 'use shop::missing;\n#[test] fn a() { missing() }\n' >tests/it.rs
record rust/integration-compile cargo test
fresh; printf '[workspace]\nmembers = ["missing"]\n' >Cargo.toml
record rust/member-missing cargo build
fresh; cargo_toml '[dependencies]
shopdb = { path = "../shopdb" }'; echo > src/lib.rs
record rust/path-missing cargo build
fresh; printf '[package]\nname = "shop"\nversion = "0.1.0"\nedition = "2099"\n' >Cargo.toml; echo >src/lib.rs
record rust/edition cargo build
fresh; cargo_toml '[build]
x = '; echo >src/lib.rs
record rust/toml cargo build
fresh; cargo_toml; printf 'extern "C" { fn shop_total() -> i32; }\nfn main() { unsafe { shop_total(); } }\n' >src/main.rs
record rust/undefined-symbol cargo build
fresh; cargo_toml; printf '#![deny(warnings)]\nfn main() { let x = 1; }\n' >src/main.rs
fresh; cargo_toml; printf 'fn main() { println!("{}", include_str!("missing.txt")); env!("SHOP_KEY"); }\n' >src/main.rs
fresh; cargo_toml; printf 'mod missing;\nfn main() {}\n' >src/main.rs
fresh; cargo_toml; printf 'fn main() { println!("warn"); let v: Vec<i32> = vec![]; let x = 3; if v.len() == 0 { println!("a") } }\n' >src/main.rs
# go
gm() { fresh; rm -rf src; printf 'module shop.example/shop\n\ngo 1.19\n' >go.mod; }
gm; printf 'package shop\nimport "testing"\nfunc ExampleTotal() {\n\tprintln(1)\n\t// Output: 12\n}\nfunc TestA(t *testing.T) {}\n' >a_test.go; printf 'package shop\nfunc Total() int { return 1 }\n' >a.go
record go/example go test ./...
printf 'package shop\nimport ("testing";"time")\nfunc TestA(t *testing.T) { time.Sleep(5*time.Second) }\n' >a_test.go
record go/timeout go test -timeout 1s ./...
printf 'package shop\nimport ("testing";"os")\nfunc TestA(t *testing.T) { os.Exit(3) }\n' >a_test.go
record go/exit go test ./...
printf 'package shop\nimport ("testing")\nfunc TestA(t *testing.T) { var m map[string]int; m["a"] = 1 }\n' >a_test.go
printf 'package shop\nimport ("testing")\nfunc TestA(t *testing.T) { missing() }\n' >a_test.go
printf 'package shop\nimport ("testing";"fmt")\nfunc TestA(t *testing.T) { fmt.Printf("%%d", "a") }\n' >a_test.go
gm; mkdir a b; printf 'package a\nimport _ "shop.example/shop/b"\n' >a/a.go; printf 'package b\nimport _ "shop.example/shop/a"\n' >b/b.go
record go/cycle go build ./...
gm; printf 'package shop\nimport _ "shop.example/shop/missing"\n' >a.go
gm; printf '//go:build windows\n\npackage shop\n' >a.go
record go/constraints go build .
gm; printf 'package shop\nfunc  A( ) {}\n' >a.go
gm; printf 'package a\n' >a.go; printf 'package b\n' >b.go
record go/two-packages go build ./...
gm; printf 'package main\n' >a.go
record go/main-missing go build -o shop .
gm; sed -i 's/go 1.19/go 1.24.3\n\ntoolchain go1.24.3/' go.mod; printf 'package shop\n' >a.go
record go/nomod 'cd / && go build ./...'
gm; printf 'package main\nimport "C"\n// #include <shopdb.h>\nfunc main() {}\n' >a.go;  printf 'package main\n\n// #include <shopdb.h>\nimport "C"\nfunc main() {}\n' >a.go
record go/cgo go build ./...
gm; printf 'package main\nimport "fmt"\nfunc main() { var p *int; fmt.Println(*p) }\n' >a.go
# make cmake autoconf
fresh; printf 'all:\n    echo hi\n' >Makefile
record make/separator make
printf 'include missing.mk\nall:\n\techo hi\n' >Makefile
record make/include make
printf 'all:\n\tmissing-tool --version\n' >Makefile
record make/tool make
rm Makefile; record make/none make
fresh; printf 'cmake_minimum_required(VERSION 3.99)\nproject(shop C)\n' >CMakeLists.txt
record cmake/too-old cmake -S . -B build
printf 'cmake_minimum_required(VERSION 3.10)\nproject(shop C)\nadd_subdirectory(third_party/json)\nadd_executable(shop src/missing.c)\n' >CMakeLists.txt
record cmake/subdir cmake -S . -B build
printf 'cmake_minimum_required(VERSION 3.10)\nproject(shop C)\nadd_executable(shop src/missing.c)\n' >CMakeLists.txt
record cmake/source cmake -S . -B build
printf 'cmake_minimum_required(VERSION 3.10)\nproject(shop C)\nfind_package(OpenSSL 9 REQUIRED)\nfind_package(Boost REQUIRED COMPONENTS shopping)\n' >CMakeLists.txt
printf 'cmake_minimum_required(VERSION 3.10)\nproject(shop C)\nfind_package(PkgConfig REQUIRED)\npkg_check_modules(SHOPDB REQUIRED shopdb>=2)\n' >CMakeLists.txt
record cmake/pkgconfig cmake -S . -B build
printf 'cmake_minimum_required(VERSION 3.10)\nproject(shop C)\nadd_executable(shop src/a.c)\ntarget_link_libraries(shop Shop::db)\n' >CMakeLists.txt; echo 'int main(void){return 0;}' >src/a.c
record cmake/target cmake -S . -B build
printf 'cmake_minimum_required(VERSION 3.10)\nproject(shop C)\ninclude(FetchContent)\nFetchContent_Declare(json URL http://127.0.0.1:9/json.tgz)\nFetchContent_MakeAvailable(json)\n' >CMakeLists.txt
record cmake/nobuild cmake --build nothere
fresh; printf '{"version":3,"configurePresets":[{"name":"a","binaryDir":"b"}]}' >CMakePresets.json; printf 'cmake_minimum_required(VERSION 3.10)\nproject(shop C)\n' >CMakeLists.txt
record cmake/preset2 cmake --preset ci
fresh; printf 'AC_INIT([shop],[1])\nAC_PROG_LIBSHOP\nAC_OUTPUT\n' >configure.ac
record autoconf/macro autoconf
fresh; printf 'AC_INIT([shop],[1])\nAC_PROG_CC\nAC_CHECK_LIB([shopdb],[x],,[AC_MSG_ERROR([libshopdb is required])])\nAC_OUTPUT\n' >configure.ac; autoconf >/dev/null 2>&1
record autoconf/lib ./configure
# javac kotlinc
fresh; printf 'class Shop { public static void main(String[] a) { int[] x = {}; System.out.println(x[0]); } }\n' >Shop.java
record java/run java Shop.java
record java/nomain java -cp . Missing
record java/jar java -jar missing.jar
