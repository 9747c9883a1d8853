#!/usr/bin/env bash
# Makes the kept logs of git in a shallow or dirty checkout and of yamllint. git 2.39 or later, yamllint 1.37 in $VENV.
# Use: WORK=$(mktemp -d) VENV=/path/to/venv OUT=tests/logs tests/logs/make/unseen_infra.sh
set -u
. "$(dirname "$0")/recorder.sh"
export GIT_CONFIG_GLOBAL=/dev/null GIT_AUTHOR_NAME=Ada GIT_AUTHOR_EMAIL=ada@shop.example GIT_COMMITTER_NAME=Ada GIT_COMMITTER_EMAIL=ada@shop.example

# A shop with two commits, a tag on the first one and two branches; then a shallow clone of it, as actions/checkout makes.
git init -q -b main "$WORK/origin"
(
  cd "$WORK/origin" || exit
  echo 1 >prices.txt && git add prices.txt && git commit -qm "Round prices once" && git tag v1.0.0
  git branch pages && echo 2 >prices.txt && git commit -qam "Round prices twice"
)
git clone -q --depth 1 --no-single-branch "file://$WORK/origin" "$WORK/shop" 2>/dev/null
git -C "$WORK/shop" remote set-branches origin main

record git/shallow-describe git describe --tags
record git/shallow-diff git diff --name-only origin/release...HEAD
record git/nothing-to-commit 'git add -A && git commit -m "Update prices"'
echo 3 >"$WORK/shop/prices.txt"
record git/local-changes 'git fetch -q origin pages && git checkout -q FETCH_HEAD'
git -C "$WORK/shop" checkout -q -- prices.txt
record git/tag-exists 'git tag v2.0.0 && git tag v2.0.0'
printf -- '--- a/prices.txt\n+++ b/prices.txt\n@@ -1 +1 @@\n-9\n+8\n' >"$WORK/shop/fix.patch"
record git/patch-failed git apply fix.patch

mkdir -p "$WORK/shop/config"
printf -- '---\nname: shop\nname:   shop\n' >"$WORK/shop/config/app.yml"
record yamllint/key-duplicates yamllint -f parsable config/app.yml
record yamllint/key-duplicates-standard yamllint -f standard config/app.yml
