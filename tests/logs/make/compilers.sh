#!/usr/bin/env bash
# Makes the logs of the compilers and build tools: the real tools over tiny projects with one fault each.
#
# Recorded with gcc 12.2, clang 14.0, GNU make 4.3, CMake 3.25, ninja 1.11, rustc and cargo 1.95, go 1.19, javac 17 and Maven 3.8.
# Needs OUT (folder for the logs) and WORK (an empty scratch folder).
set -u
. "$(dirname "$0")/recorder.sh"
: "${OUT:?}" "${WORK:?}"
export TERM=dumb CARGO_TERM_COLOR=never RUST_BACKTRACE=0 LC_ALL=C.UTF-8 GOFLAGS= GOTOOLCHAIN=local GOPROXY=off
fresh() { rm -rf "$WORK/shop" && mkdir -p "$WORK/shop" && cd "$WORK/shop" || exit 1; }

# C and C++
fresh
mkdir src
cat >src/order.c <<'C'
#include <stdio.h>
struct order { int total; };
int main(void) {
    struct order o = { 1 };
    int unused;
    printf("%d\n", o.price);
    return tax(o.total)
}
C
cat >src/cart.cpp <<'C'
#include <string>
#include <vector>
struct Line { std::string name; };
int main() {
    std::vector<Line> lines;
    lines.push_back(42);
    return lines.front().price;
}
C
cat >src/header.c <<'C'
#include <stdio.h>
#include <shop/missing.h>
int main(void) { return 0; }
C
cat >src/link.cpp <<'C'
int total(int);
int main() { return total(1); }
C
cat >src/warn.c <<'C'
int main(void) { int unused = 1; return 0; }
C
cat >src/main.c <<'C'
int main(void) { return 0; }
C
record gcc/error-gcc gcc -Wall -c src/order.c
record gcc/error-gxx g++ -c src/cart.cpp
record gcc/error-clang clang -c src/order.c
record gcc/error-werror gcc -Wall -Werror -c src/warn.c
record gcc/missing-header-gcc gcc -c src/header.c
record gcc/missing-header-clang clang -c src/header.c
record gcc/undefined-reference-gcc g++ src/link.cpp -o shop
record gcc/undefined-reference-clang clang++ src/link.cpp -o shop
record gcc/linker-missing-library gcc src/main.c -lshopdb -o shop
record gcc/passing-warnings gcc -Wall -c src/warn.c

# make
printf 'all: order.o\n\n%%.o: src/%%.c\n\tgcc -Wall -c $< -o $@\n\nship: dist/shop.tar\n\techo shipped\n' >Makefile
record gnu-make/target-failed make
record gnu-make/no-rule make ship
record gnu-make/no-target make deploy

# CMake and ninja
printf 'cmake_minimum_required(VERSION 3.10)\nproject(shop C)\nfind_package(OpenCV REQUIRED)\n' >CMakeLists.txt
record cmake/package-not-found-config cmake -S . -B build
rm -rf build
printf 'cmake_minimum_required(VERSION 3.10)\nproject(shop C)\nfind_package(GDAL REQUIRED)\n' >CMakeLists.txt
record cmake/package-not-found-module cmake -S . -B build
rm -rf build
printf 'cmake_minimum_required(VERSION 3.10)\nproject(shop C)\nadd_executable(shop src/missing.c)\nadd_subdirectory(vendor)\nmessage(FATAL_ERROR "Set SHOP_REGION")\n' >CMakeLists.txt
record cmake/configure-error cmake -S . -B build
rm -rf build
record cmake/generator-missing env PATH=/usr/bin cmake -S . -B build -G "Watcom WMake"
rm -rf build
printf 'cmake_minimum_required(VERSION 3.10)\nproject(shop C)\nadd_executable(shop src/order.c)\n' >CMakeLists.txt
record ninja/build-stopped sh -c "'cmake -S . -B build -G Ninja && cmake --build build'"
record ninja/no-build-file ninja -C nowhere

# CMake without build tools, and ninja without its file
fresh
printf 'cmake_minimum_required(VERSION 3.10)\nproject(shop C CXX)\n' >CMakeLists.txt
mkdir -p "$WORK/tools" && ln -sf "$(command -v cmake)" "$(command -v bash)" "$WORK/tools/"
record cmake/generator-missing-tool env -i "PATH=$WORK/tools" cmake -S . -B build -G Ninja
rm -rf build && ln -sf "$(command -v ninja)" "$WORK/tools/"
record cmake/compiler-missing env -i "PATH=$WORK/tools" cmake -S . -B build -G Ninja
record ninja/no-manifest ninja

# Rust
fresh
mkdir src
printf '[package]\nname = "shop"\nversion = "0.1.0"\nedition = "2021"\n' >Cargo.toml
printf 'use shop_utils::tax;\n\npub fn total(lines: &[u32]) -> u32 {\n    let sum: u32 = lines.iter().sum();\n    "none"\n}\n' >src/lib.rs
record rust/compile-error cargo test
printf 'pub fn total(lines: &[u32]) -> u32 {\n    let sum = lines.iter().sum();;\n    sum\n' >src/lib.rs
record rust/compile-error-syntax cargo build
printf 'pub fn total(lines: &[u32]) -> u32 {\n    lines.iter().sum()\n}\n\npub fn first(lines: &[u32]) -> u32 {\n    lines[0]\n}\n\n#[cfg(test)]\nmod tests {\n    use super::*;\n\n    #[test]\n    fn adds_tax() {\n        assert_eq!(total(&[1, 2]), 4);\n    }\n\n    #[test]\n    fn first_of_none() {\n        first(&[]);\n    }\n\n    #[test]\n    fn adds() {\n        assert_eq!(total(&[1, 2]), 3);\n    }\n}\n' >src/lib.rs
record rust/test-failed cargo test
printf 'fn main() {\n    let rows: Vec<u32> = Vec::new();\n    let first = std::env::var("SHOP_REGION").unwrap();\n    println!("{first} {}", rows[0]);\n}\n' >src/main.rs
record rust/test-panicked cargo run -q
rm src/main.rs Cargo.lock
record rust/lockfile-needs-update cargo build --locked
printf '[dependencies]\nshop-utils = { path = "../nowhere" }\n' >>Cargo.toml
record rust/dependency-path-missing cargo build --offline
sed -i 's#shop-utils = .*#serde-shop-missing = "9"#' Cargo.toml
record rust/dependency-unresolved cargo build --offline
sed -i '/dependencies/,$d' Cargo.toml
printf 'pub fn total(lines: &[u32]) -> u32 {\n    let mut sum = 0;\n    for i in 0..lines.len() {\n        sum += lines[i];\n    }\n    return sum;\n}\npub fn  badly( a:u32 )->u32{a}\n' >src/lib.rs
record rust/clippy cargo clippy -- -D warnings
record rust/clippy-warnings cargo clippy
record rust/rustfmt cargo fmt --check
printf 'pub fn total(lines: &[u32]) -> u32 {\n    let unused = 1;\n    lines.iter().sum()\n}\n' >src/lib.rs
record rust/warnings cargo build

# Go
fresh
printf 'module example.com/shop\n\ngo 1.19\n' >go.mod
printf 'package main\n\nimport "os"\n\nfunc main() {\n\tvar total int = "none"\n\tundefinedCall()\n}\n' >main.go
record go/compile-error go build ./...
printf 'package main\n\nimport "example.com/missing/tax"\n\nfunc main() {\n\ttax.Add()\n}\n' >main.go
record go/module-missing go build ./...
printf 'package main\n\nimport "github.com/shop/tax"\n\nfunc main() {\n\ttax.Add()\n}\n' >main.go
printf 'module example.com/shop\n\ngo 1.19\n\nrequire github.com/shop/tax v1.2.0\n' >go.mod
record go/sum-missing go build ./...
printf 'module example.com/shop\n\ngo 1.19\n' >go.mod
printf 'package main\n\nimport "fmt"\n\nfunc main() {\n\tfmt.Printf("%%d\\n", "one")\n}\n' >main.go
record go/vet go vet ./...
printf 'package main\n\nimport "fmt"\n\nfunc Total(a, b int) int { return a + b }\n\nfunc main() {\n\tfmt.Println(Total(1, 2))\n}\n' >main.go
printf 'package main\n\nimport "testing"\n\nfunc TestAdds(t *testing.T) {\n\tif Total(1, 2) != 3 {\n\t\tt.Fatal("no")\n\t}\n}\n\nfunc TestTax(t *testing.T) {\n\tt.Run("with_tax", func(t *testing.T) {\n\t\tif got := Total(1, 2); got != 4 {\n\t\t\tt.Errorf("Total() = %%d, want 4", got)\n\t\t}\n\t})\n}\n' >main_test.go
record go/test-failed go test ./...
record go/test-failed-verbose go test -v ./...
printf 'package main\n\nimport "testing"\n\nfunc TestFirst(t *testing.T) {\n\tvar rows []int\n\t_ = rows[0]\n}\n' >main_test.go
record go/test-panicked go test ./...
printf 'package main\n\nimport (\n\t"sync"\n\t"testing"\n)\n\nfunc TestCounts(t *testing.T) {\n\tcount := 0\n\tvar group sync.WaitGroup\n\tfor i := 0; i < 4; i++ {\n\t\tgroup.Add(1)\n\t\tgo func() { count++; group.Done() }()\n\t}\n\tgroup.Wait()\n}\n' >main_test.go
record go/race go test -race ./...
printf 'package main\n\nimport "testing"\n\nfunc TestAdds(t *testing.T) {\n\tTotals(1)\n}\n' >main_test.go
record go/test-build-failed go test ./...
printf 'package main\n\nimport "testing"\n\nfunc TestFailureIsReported(t *testing.T) {\n\tt.Log("--- FAIL: expected by this test")\n}\n' >main_test.go
record go/passing go test -v ./...

# Java
fresh
mkdir -p src/main/java/shop
printf 'package shop;\n\nimport org.missing.Tax;\n\npublic class Order {\n    int total() {\n        String name = 42;\n        return Tax.of(name)\n    }\n}\n' >src/main/java/shop/Order.java
record java/compile-error-syntax javac src/main/java/shop/Order.java
sed -i 's/of(name)/of(name);/' src/main/java/shop/Order.java
record java/compile-error javac src/main/java/shop/Order.java
printf 'package shop;\n\npublic class Main {\n    public static void main(String[] rows) {\n        System.out.println(rows[0]);\n    }\n}\n' >src/main/java/shop/Main.java
record java/exception sh -c "'javac -d out src/main/java/shop/Main.java && java -cp out shop.Main'"

# Rust and Go: versions, tools and modules that are missing
fresh
mkdir src
printf 'pub fn total() {}\n' >src/lib.rs
printf '[package]\nname = "shop"\nversion = "0.1.0"\nedition = "2021"\nrust-version = "1.999"\n' >Cargo.toml
record rust/rustc-too-old cargo build
sed -i '/rust-version/d' Cargo.toml
record rust/cargo-command-missing cargo shop-nextest run
printf '[dependencies\n' >>Cargo.toml
record rust/manifest-invalid cargo build
sed -i '/dependencies/d' Cargo.toml
printf '[dependencies]\nshop-utils = { path = "utils", version = "2" }\n' >>Cargo.toml
mkdir -p utils/src && touch utils/src/lib.rs && printf '[package]\nname = "shop-utils"\nversion = "0.1.0"\nedition = "2021"\n' >utils/Cargo.toml
record rust/dependency-version-missing cargo build --offline
sed -i '/dependencies/,$d' Cargo.toml
printf 'fn main() {\n    let library = std::env::var("SHOPDB_DIR").expect("set SHOPDB_DIR to where libshopdb is");\n    println!("{library}");\n}\n' >build.rs
record rust/build-script-failed cargo build
rm build.rs
mkdir -p .cargo src/bin && printf '[target.x86_64-unknown-linux-gnu]\nlinker = "shop-cc"\n' >.cargo/config.toml
printf 'fn main() {}\n' >src/bin/shop.rs
record rust/linker-missing cargo build
rm -rf .cargo
printf 'extern "C" { fn shop_total() -> i32; }\nfn main() { unsafe { shop_total(); } }\n' >src/bin/shop.rs
record rust/linking-failed cargo build
fresh
printf 'module example.com/shop\n\ngo 1.21.0\n' >go.mod
printf 'package main\n\nfunc main() {}\n' >main.go
record go/version-too-old go build ./...
printf 'module example.com/shop\n\ngo 1.19\n' >go.mod
printf 'package main\n\nimport "slices"\n\nfunc main() {\n\tslices.Sort([]int{2, 1})\n}\n' >main.go
record go/module-missing-standard go build ./...
printf 'package main\n\nfunc main() {\n\tvar rows map[string]int\n\trows["one"] = 1\n}\n' >main.go
record go/panicked go run .
