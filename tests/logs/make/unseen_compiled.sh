#!/usr/bin/env bash
# Makes the logs of test runners, sanitizers, linters and package managers of compiled languages: the real tools over tiny projects with one fault each.
#
# Recorded with gcc 12.2, clang 14.0, GoogleTest 1.12, Catch2 2.13 , Boost 1.74, CMake and CTest 3.25, valgrind 3.19, cppcheck 2.10, clang-tidy 23, clang-format 23, cpplint 2.0, nvcc 13.0,
# Meson 1.0, Conan 2, Zig 0.16, protoc 3.21, buf 1, solc 0.8, Elixir 1.14, GHC 9.0 and cabal 3.4, R 4.2, Lua 5.4 with busted 2.1 and luacheck 1.1, Perl 5.36, pdfTeX 1.40.
# Needs OUT (folder for the logs) and WORK (an empty scratch folder); TOOLS, when set, is a folder put before PATH.
set -u
. "$(dirname "$0")/recorder.sh"
: "${OUT:?}" "${WORK:?}"
export PATH="${TOOLS:+$TOOLS:}$PATH" TERM=dumb LC_ALL=C.UTF-8 NO_COLOR=1
fresh() { rm -rf "$WORK/shop" && mkdir -p "$WORK/shop/src" "$WORK/shop/tests" && cd "$WORK/shop" || exit 1; }

# C++ test frameworks under CTest
fresh
cat >tests/cart_test.cpp <<'C'
#include <gtest/gtest.h>
#include <stdexcept>
int total(int price, int count) { return price + count; }
TEST(Cart, AddsUp) { EXPECT_EQ(total(2, 0), 2); }
TEST(Cart, Multiplies) { EXPECT_EQ(total(3, 4), 12) << "three apples at four each"; }
TEST(Cart, Refuses) { EXPECT_THROW(total(-1, 1), std::invalid_argument); }
TEST(Order, Throws) { throw std::runtime_error("no such order"); }
C
cat >tests/cart_catch.cpp <<'C'
#define CATCH_CONFIG_MAIN
#include <catch2/catch.hpp>
int total(int price, int count) { return price + count; }
TEST_CASE("prices multiply", "[cart]") {
    REQUIRE(total(2, 0) == 2);
    SECTION("several") { CHECK(total(3, 4) == 12); }
}
TEST_CASE("orders load", "[order]") { throw std::runtime_error("no such order"); }
C
cat >tests/cart_boost.cpp <<'C'
#define BOOST_TEST_MODULE cart
#include <boost/test/included/unit_test.hpp>
int total(int price, int count) { return price + count; }
BOOST_AUTO_TEST_SUITE(cart)
BOOST_AUTO_TEST_CASE(multiplies) { BOOST_TEST(total(3, 4) == 12); }
BOOST_AUTO_TEST_CASE(throws) { throw std::runtime_error("no such order"); }
BOOST_AUTO_TEST_SUITE_END()
C
cat >tests/passes.cpp <<'C'
#include <cstdio>
int main() { std::puts("cart: 3 checks passed"); return 0; }
C
cat >tests/aborts.cpp <<'C'
#include <cassert>
int main(int argc, char **) { int price = argc - 1; assert(price > 0 && "price must be positive"); return 0; }
C
cat >tests/plain.cpp <<'C'
#include <cstdio>
int main() { std::puts("expected 12 but got 7"); return 1; }
C
cat >tests/segv.cpp <<'C'
int main(int argc, char **) { int *price = nullptr; return argc ? *price : 0; }
C
cat >CMakeLists.txt <<'C'
cmake_minimum_required(VERSION 3.16)
project(shop CXX)
enable_testing()
foreach(name passes aborts plain segv)
  add_executable(${name} tests/${name}.cpp)
  add_test(NAME ${name} COMMAND ${name})
endforeach()
C
g++ tests/cart_test.cpp -lgtest -lgtest_main -o cart_test
g++ tests/cart_catch.cpp -o cart_catch
g++ tests/cart_boost.cpp -o cart_boost
g++ tests/aborts.cpp -o aborts
record gtest/test-failed ./cart_test
record gtest/passing ./cart_test --gtest_filter=Cart.AddsUp
record catch2/test-failed ./cart_catch
record boost-test/test-failed ./cart_boost --color_output=no
record gcc/assertion-failed ./aborts
cmake -S . -B build >/dev/null && cmake --build build >/dev/null 2>&1
record ctest/test-failed ctest --test-dir build
record ctest/test-failed-output ctest --test-dir build --output-on-failure
record ctest/passing ctest --test-dir build -R passes
record ctest/none-found ctest --test-dir src --no-tests=error

# Sanitizers and valgrind
fresh
cat >src/asan.c <<'C'
#include <stdlib.h>
int main(void) { int *price = malloc(4 * sizeof *price); price[4] = 1; int total = price[0]; free(price); return total; }
C
cat >src/uaf.c <<'C'
#include <stdlib.h>
int main(void) { int *price = malloc(4); free(price); return *price; }
C
cat >src/leak.c <<'C'
#include <stdlib.h>
int *price;
int main(void) { price = malloc(400); price = 0; return 0; }
C
cat >src/ubsan.c <<'C'
#include <limits.h>
int main(int argc, char **argv) { (void)argv; int total = INT_MAX; total += argc; return total == 0; }
C
cat >src/tsan.c <<'C'
#include <pthread.h>
int stock;
static void *sell(void *unused) { stock--; return unused; }
int main(void) { pthread_t seller; pthread_create(&seller, 0, sell, 0); stock++; pthread_join(seller, 0); return 0; }
C
for name in asan uaf leak; do gcc -g -fsanitize=address src/$name.c -o $name; done
gcc -g -fsanitize=undefined -fno-sanitize-recover=all src/ubsan.c -o ubsan
gcc -g -fsanitize=thread src/tsan.c -o tsan -lpthread
for name in asan uaf leak; do gcc -g src/$name.c -o plain-$name 2>/dev/null; done
record sanitizer/address ./asan
record sanitizer/address-use-after-free ./uaf
record sanitizer/leak ./leak
record sanitizer/undefined ./ubsan
record sanitizer/thread ./tsan
record valgrind/memory-error valgrind --error-exitcode=1 --leak-check=full ./plain-asan
record valgrind/leak valgrind --error-exitcode=1 --leak-check=full --errors-for-leak-kinds=all ./plain-leak

# Linters and formatters of C and C++
fresh
cat >src/order.cpp <<'C'
#include <string>
int first(int *prices, int size) {
  int found[3];
  for (int i = 0; i <= 3; i++) found[i] = prices[i];
  if (size = 0) return 0;
  return found[0];
}
char *name() { return NULL; }
C
record cppcheck/finding cppcheck --enable=warning --error-exitcode=1 src
record cppcheck/finding-gcc cppcheck --template=gcc --enable=warning --error-exitcode=1 src
record clang-tidy/finding clang-tidy --checks=-*,modernize-*,bugprone-* --warnings-as-errors=* src/order.cpp --
record clang-format/unformatted clang-format --dry-run -Werror --style=LLVM src/order.cpp
record cpplint/finding cpplint src/order.cpp

# CUDA
fresh
cat >src/price.cu <<'C'
__global__ void price(int *out) { out[0] = missing; }
int main() { price<<<1, 1>>>(nullptr); return 0; }
C
record cuda/compile-error nvcc -c src/price.cu
record cuda/architecture-unsupported nvcc -arch=sm_35 -c src/price.cu

# Meson, Conan
fresh
cat >meson.build <<'C'
project('shop', 'c')
shopdb = dependency('shopdb', version : '>=2.1')
C
record meson/dependency-missing meson setup build
cat >meson.build <<'C'
project('shop', 'c', meson_version : '>=99.0')
C
record meson/too-old meson setup build2
cat >meson.build <<'C'
project('shop', 'c')
fails = find_program('false')
passes = find_program('true')
test('cart adds up', fails)
test('orders load', passes)
C
meson setup build3 >/dev/null 2>&1
record meson/test-failed meson test -C build3
cat >meson.build <<'C'
project('shop', 'c')
executable('shop', 'src/main.c')
C
record meson/file-missing meson setup build4
cat >meson.build <<'C'
project('shop', 'c')
cc = meson.get_compiler('c')
cc.find_library('shopdb')
C
record meson/library-missing meson setup build5
