# Runs a command the way a step of a GitHub runner shows it, and rewrites this machine's paths to a runner's.
#
# A caller sets OUT (folder for the logs), WORK (an empty scratch folder: the "checkout" is $WORK/shop) and, for Python, VENV.
# record NAME COMMAND...   writes $OUT/NAME.log: the runner's echo of the command, its output, its exit status.

tidy() {
  tr -d '\007' | sed -E \
    -e "s#${VENV:-/nowhere}/bin/#/opt/hostedtoolcache/Python/3.11.7/x64/bin/#g" \
    -e "s#${VENV:-/nowhere}/#/opt/hostedtoolcache/Python/3.11.7/x64/#g" \
    -e "s#(\.\./)+$(basename "${VENV:-/nowhere}")/#/opt/hostedtoolcache/Python/3.11.7/x64/#g" \
    -e "s#$HOME/\.pyenv/versions/[0-9.]+/#/opt/hostedtoolcache/Python/3.11.7/x64/#g" \
    -e "s#$HOME/\.(cargo|rustup|m2)#/home/runner/.\1#g" \
    -e "s#$WORK/shop#/home/runner/work/shop/shop#g" \
    -e "s#$WORK#/home/runner/work/_temp#g" \
    -e "s#rootdir: /home/runner/work/shop/shop.*#rootdir: /home/runner/work/shop/shop#"
}

record() {
  local name=$1 status
  shift
  mkdir -p "$(dirname "$OUT/$name")"
  {
    printf '##[group]Run %s\n' "$*"
    printf '%s\n' "$*"
    printf 'shell: /usr/bin/bash -e {0}\n##[endgroup]\n'
    (cd "$WORK/shop" && export PATH="${VENV:+$VENV/bin:}$PATH" && printf '%s\n' "$*" >"$WORK/step.sh" && bash -e "$WORK/step.sh" 2>&1)
    status=$?
    if [ "$status" -ne 0 ]; then printf '##[error]Process completed with exit code %s.\n' "$status"; fi
  } | tidy >"$OUT/$name.log"
}
