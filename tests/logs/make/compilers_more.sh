#!/usr/bin/env bash
# Makes the logs of Maven, Kotlin, Scala, Checkstyle, Ruby and PHP: the real tools over tiny projects with one fault each.
#
# Recorded with Debian 12's Maven 3.8.7 (offline, its own repository), Kotlin 1.3, Scala 2.11, Checkstyle 9.3, Ruby 3.1, Bundler 2.3,
# RSpec 3.12, PHP 8.2, PHPUnit 9.6 and Composer 2.5. Needs OUT (folder for the logs) and WORK (an empty scratch folder).
set -u
. "$(dirname "$0")/recorder.sh"
: "${OUT:?}" "${WORK:?}"
export TERM=dumb LC_ALL=C.UTF-8 COMPOSER_ALLOW_SUPERUSER=1 BUNDLE_SILENCE_ROOT_WARNING=1 BUNDLE_APP_CONFIG=.bundle MAVEN_OPTS=-Djansi.mode=strip
fresh() { rm -rf "$WORK/shop" && mkdir -p "$WORK/shop" && cd "$WORK/shop" || exit 1; }
bin=$WORK/bin
mkdir -p "$bin"
printf '#!/bin/sh\nexec /usr/bin/mvn -o -Dmaven.repo.local=/usr/share/maven-repo "$@"\n' >"$bin/mvn"
chmod +x "$bin/mvn"
export PATH=$bin:$PATH

# Maven
fresh
mkdir -p src/main/java/shop src/test/java/shop
pom() {
  cat >pom.xml <<XML
<project xmlns="http://maven.apache.org/POM/4.0.0">
  <modelVersion>4.0.0</modelVersion>
  <groupId>example.shop</groupId>
  <artifactId>shop</artifactId>
  <version>1.0</version>
  <properties>
    <maven.compiler.source>${RELEASE:-11}</maven.compiler.source>
    <maven.compiler.target>${RELEASE:-11}</maven.compiler.target>
    <project.build.sourceEncoding>UTF-8</project.build.sourceEncoding>
  </properties>
  <dependencies>
    <dependency>
      <groupId>${GROUP:-junit}</groupId>
      <artifactId>${ARTIFACT:-junit}</artifactId>
      <version>${VERSION:-4.x}</version>
      <scope>test</scope>
    </dependency>
  </dependencies>
  <build>
    <plugins>
      <plugin><artifactId>maven-resources-plugin</artifactId><version>3.3.0</version></plugin>
      <plugin><artifactId>maven-compiler-plugin</artifactId><version>3.10.1</version></plugin>
      <plugin><artifactId>maven-surefire-plugin</artifactId><version>2.22.3</version></plugin>
      ${PLUGIN:-}
    </plugins>
  </build>
</project>
XML
}
printf 'package shop;\n\nimport org.missing.Tax;\n\npublic class Order {\n    int total() {\n        String name = 42;\n        return Tax.of(name);\n    }\n}\n' >src/main/java/shop/Order.java
pom
record java/compile-error-maven mvn -B -ntp compile
RELEASE=25 pom
record java/release-unsupported mvn -B -ntp compile
printf 'package shop;\n\npublic class Order {\n    int total(int a, int b) {\n        return a + b;\n    }\n\n    String first(String[] lines) {\n        return lines[0];\n    }\n}\n' >src/main/java/shop/Order.java
printf 'package shop;\n\nimport static org.junit.Assert.assertEquals;\n\nimport org.junit.Test;\n\npublic class OrderTest {\n    @Test\n    public void addsTax() {\n        assertEquals(4, new Order().total(1, 2));\n    }\n\n    @Test\n    public void firstOfNone() {\n        new Order().first(new String[0]);\n    }\n\n    @Test\n    public void adds() {\n        assertEquals(3, new Order().total(1, 2));\n    }\n}\n' >src/test/java/shop/OrderTest.java
pom
record java/test-failed-maven mvn -B -ntp test
GROUP=example.nowhere ARTIFACT=tax VERSION=9 pom
record maven/dependency-unresolved mvn -B -ntp test
PLUGIN='<plugin><artifactId>maven-enforcer-plugin</artifactId><version>3.1.0</version><executions><execution><goals><goal>enforce</goal></goals><configuration><rules><requireMavenVersion><version>3.9.0</version></requireMavenVersion><requireJavaVersion><version>21</version></requireJavaVersion></rules></configuration></execution></executions></plugin>' pom
record maven/version-required mvn -B -ntp validate
record maven/no-pom sh -c "'cd src && mvn -B -ntp test'"
sed -i -e 's#https://repo\.[a-z.]*/maven2#https://repo.maven.example/maven2#g' -e 's/\x1b\[[0-9;]*m//g' -e 's#/usr/share/maven-repo#/home/runner/.m2/repository#g' "$OUT"/maven/*.log "$OUT"/java/*.log

# A class file for a newer Java
fresh
printf 'public class Main {\n    public static void main(String[] rows) {\n        System.out.println("shop");\n    }\n}\n' >Main.java
javac Main.java && printf '\000\101' | dd of=Main.class bs=1 seek=6 conv=notrunc 2>/dev/null
record java/unsupported-class-version java -cp . Main

# Kotlin and Scala
printf 'fun total(lines: List<Int>): Int {\n    val name: String = 42\n    return lines.sumOf(missing)\n}\n' >Order.kt
record kotlin/compile-error kotlinc Order.kt -d out
printf 'object Order {\n  def total(lines: List[Int]): Int = missing(lines)\n  val name: String = 42\n}\n' >Order.scala
record scala/compile-error scalac Order.scala

# Checkstyle
mkdir -p src/shop
printf '<?xml version="1.0"?>\n<!DOCTYPE module PUBLIC "-//Checkstyle//DTD Checkstyle Configuration 1.3//EN" "https://checkstyle.org/dtds/configuration_1_3.dtd">\n<module name="Checker">\n  <module name="TreeWalker">\n    <module name="UnusedImports"/>\n    <module name="MagicNumber"/>\n  </module>\n</module>\n' >checks.xml
printf 'package shop;\n\nimport java.util.List;\n\npublic class Order {\n    int rate() {\n        return 42;\n    }\n}\n' >src/shop/Order.java
record checkstyle/violation checkstyle -c checks.xml src/shop/Order.java

# Ruby
fresh
printf 'source "https://rubygems.example"\ngem "shop-tax"\n' >Gemfile
record ruby/gem-not-found bundle install --local
record ruby/gem-not-found-exec bundle exec rspec
printf 'source "https://rubygems.example"\ngem "rspec"\n' >Gemfile
bundle install --local >/dev/null 2>&1
printf 'gem "rake"\n' >>Gemfile
record ruby/bundler-lock sh -c "'bundle config set --local frozen true && bundle install --local'"
record ruby/bundler-lock-deployment sh -c "'bundle config set --local deployment true && bundle install --local'"
rm -rf .bundle Gemfile Gemfile.lock
printf 'require "shop_tax"\n' >load.rb
record ruby/load-error ruby load.rb
record ruby/syntax-error sh -c "'printf \"def total(a\\n  a +\\nend\\n\" > broken.rb; ruby broken.rb'"
printf 'rows = nil\nputs rows.first\n' >nothing.rb
record ruby/exception ruby nothing.rb
mkdir spec
printf 'RSpec.describe "Order" do\n  it "adds tax" do\n    expect(1 + 2).to eq(4)\n  end\n\n  it "has a first line" do\n    nil.first\n  end\n\n  it "adds" do\n    expect(1 + 2).to eq(3)\n  end\nend\n' >spec/order_spec.rb
record ruby/rspec-failed rspec
printf 'require "shop_tax"\nRSpec.describe "Order" do\nend\n' >spec/order_spec.rb
record ruby/rspec-load-error rspec
printf 'require "minitest/autorun"\n\nclass OrderTest < Minitest::Test\n  def test_adds_tax\n    assert_equal 4, 1 + 2\n  end\n\n  def test_first\n    nil.first\n  end\nend\n' >order_test.rb
record ruby/minitest-failed ruby order_test.rb --seed 1

# PHP
fresh
printf '{"name": "shop/shop", "require": {"shop/tax": "^2.0"}, "repositories": [{"packagist": false}]}\n' >composer.json
record php/composer-unresolved composer install --no-interaction
printf '{"name": "shop/shop", "require": {"php": "^9.0", "ext-shopdb": "*"}, "repositories": [{"packagist": false}]}\n' >composer.json
record php/composer-platform composer install --no-interaction
printf '<?php\nfunction total(array $lines) {\n    return array_sum($lines)\n}\n' >order.php
record php/parse-error php order.php
record php/parse-error-lint php -l order.php
printf '<?php\nnew Shop\\Missing();\n' >missing.php
record php/fatal-error php missing.php
mkdir tests
printf '<?php\nuse PHPUnit\\Framework\\TestCase;\n\nfinal class OrderTest extends TestCase\n{\n    public function testAddsTax(): void\n    {\n        $this->assertSame(4, 1 + 2);\n    }\n\n    public function testFirst(): void\n    {\n        (new Missing())->first();\n    }\n\n    public function testAdds(): void\n    {\n        $this->assertSame(3, 1 + 2);\n    }\n}\n' >tests/OrderTest.php
record php/phpunit-failed phpunit tests
