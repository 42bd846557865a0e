# Sourced by ./test: finding the browser, building, running the projects, counting. Needs eng/toolchain.sh.

results=$artifacts/test-results
passed=0 failed=0 skipped=0

# Two projects at a time where there are two cores: more would make tests wait for each other, not end sooner.
parallel=2
# Seconds: longer than the slowest project takes on a busy machine; a hang must not hold continuous integration for ever.
project_timeout=1800

find_chromium() {
  command -v chromium || command -v chromium-browser || command -v google-chrome
} >/dev/null 2>&1

find_or_install_chromium() {
  find_chromium && return
  if command -v apt-get >/dev/null 2>&1; then
    local as_root=
    [ "$(id -u)" = 0 ] || as_root="sudo -n"
    if [ -z "$as_root" ] || sudo -n true 2>/dev/null; then
      say "Installing Chromium…"
      export DEBIAN_FRONTEND=noninteractive
      $as_root apt-get update -qq >&2 && $as_root apt-get install -y -qq --no-install-recommends chromium >&2 || true
    fi
  fi
  find_chromium && return
  if [ "${CI:-}" = true ]; then
    say "No Chromium, and it could not be installed: the browser tests cannot run."
    failed=$((failed + 1))
  else
    say "No Chromium: the browser tests will be skipped."
  fi
}

build_all() {
  say "Building…"
  local log=$artifacts/build.log
  mkdir -p "$artifacts"
  if ! (cd "$root" && dotnet build Lodestream.slnx -c Release -v q --nologo -m:$parallel) >"$log" 2>&1; then
    cat "$log" >&2
    fail_early "The build failed."
  fi
  (build_viewer) || fail_early "The viewer did not build."
}

fail_early() {
  say "$1"
  failed=$((failed + 1))
  report
}

# Random scenarios with a fresh seed, against the law checker, beside the other projects; named like one: NAME words choose it by Soak.
soak=Soak
soak_seconds=${LODESTREAM_SOAK_SECONDS:-60}

# Broken files of every kind with a fresh seed, against every parser, in the same way.
fuzz=Fuzz
fuzz_seconds=${LODESTREAM_FUZZ_SECONDS:-15}

# The browser's tests time frames and draw in software: they get the machine for themselves.
run_test_projects() {
  rm -rf "$results"
  mkdir -p "$results"
  local name others=() browsers=()
  for project in "$root"/tests/*/*.Tests.csproj; do
    name=$(basename "$project" .csproj)
    matches "$name" "$@" || continue
    case $name in
      *Browser*) browsers+=("$name") ;;
      *) others+=("$name") ;;
    esac
  done
  if matches "$fuzz" "$@" && [ "$fuzz_seconds" != 0 ]; then
    others=("$fuzz" ${others[@]+"${others[@]}"})
  fi
  if matches "$soak" "$@" && [ "$soak_seconds" != 0 ]; then
    # First: it lasts as long whenever it begins.
    others=("$soak" ${others[@]+"${others[@]}"})
  fi
  run_projects $parallel ${others[@]+"${others[@]}"}
  run_projects 1 ${browsers[@]+"${browsers[@]}"}
  for name in ${others[@]+"${others[@]}"} ${browsers[@]+"${browsers[@]}"}; do
    count_project "$name"
  done
}

matches() {
  local name=$1 word
  shift
  [ $# -gt 0 ] || return 0
  for word; do
    case $name in *"$word"*) return 0 ;; esac
  done
  return 1
}

run_projects() {
  local at_once=$1
  shift
  [ $# -gt 0 ] || return 0
  export root results project_timeout soak soak_seconds fuzz fuzz_seconds
  export -f run_project run_check run_limited
  printf '%s\0' "$@" | xargs -0 -n 1 -P "$at_once" bash -c 'run_project "$1"' _
}

# Never fails itself: how it went is in $results/NAME.status, .log and .trx.
run_project() {
  local name=$1 status=0
  if [ "$name" = "$soak" ]; then
    run_check "$name" "$soak_seconds" bench/Lodestream.Bench soak --seconds "$soak_seconds"
    return
  fi
  if [ "$name" = "$fuzz" ]; then
    # One thread: the other core has a test project at the same time.
    run_check "$name" "$fuzz_seconds" bench/Lodestream.Fuzz --seconds "$fuzz_seconds" --threads 1
    return
  fi
  (cd "$root" && run_limited "$project_timeout" dotnet test "tests/$name" -c Release --no-build --nologo -v q \
    --results-directory "$results" --logger "trx;LogFileName=$name.trx" --logger "console;verbosity=normal") >"$results/$name.log" 2>&1 || status=$?
  printf '%s\n' "$status" >"$results/$name.status"
  {
    if [ "$status" = 0 ]; then
      # What was skipped, and why, is said even when all is well.
      grep -E -A 1 '\[SKIP\]' "$results/$name.log" | grep -v '^--$' || true
    else
      cat "$results/$name.log"
    fi
    printf '%s: %s\n' "$name" "$([ "$status" = 0 ] && echo ok || echo "failed (exit $status)")"
  } >&2
}

# run_limited SECONDS COMMAND...: ends what takes longer, where the machine can.
run_limited() {
  local seconds=$1
  shift
  if command -v timeout >/dev/null 2>&1; then
    timeout --kill-after=10s "$seconds" "$@"
  else
    "$@"
  fi
}

# run_check NAME SECONDS PROJECT ARGUMENT...: one check, that nothing is found, which means to last so long. The seed is said either way; a
# failure says how to run it again.
run_check() {
  local name=$1 seconds=$2 project=$3 status=0
  shift 3
  (cd "$root" && run_limited "$(($(printf '%.0f' "$seconds") + project_timeout))" dotnet run --project "$project" -c Release --no-build -- "$@") >"$results/$name.log" 2>&1 || status=$?
  printf '%s\n' "$status" >"$results/$name.status"
  {
    cat "$results/$name.log"
    printf '%s: %s\n' "$name" "$([ "$status" = 0 ] && echo ok || echo "failed (exit $status)")"
  } >&2
}

count_project() {
  local name=$1 status total ran ok bad
  status=$(cat "$results/$name.status")
  if [ "$name" = "$soak" ] || [ "$name" = "$fuzz" ]; then
    if [ "$status" = 0 ]; then passed=$((passed + 1)); else failed=$((failed + 1)); fi
    return
  fi
  total=$(counter "$name" total) ran=$(counter "$name" executed) ok=$(counter "$name" passed)
  bad=$((ran - ok))
  # A crash, a timeout or a project that was not built is a failure even if no test of it says so.
  [ "$status" = 0 ] || [ "$bad" -gt 0 ] || bad=1
  passed=$((passed + ok)) failed=$((failed + bad)) skipped=$((skipped + total - ran))
}

# counter PROJECT ATTRIBUTE: from the <Counters> of its result file; 0 where there is none (a project without tests).
counter() {
  local value
  value=$(sed -n "s/.*<Counters\( [^>]*\)* $2=\"\([0-9]*\)\".*/\2/p" "$results/$1.trx" 2>/dev/null | head -n 1)
  printf '%s\n' "${value:-0}"
}

report() {
  local line="$passed passed, $failed failed"
  [ "$skipped" = 0 ] || line="$line, $skipped skipped"
  printf '%s\n' "$line"
  [ "$failed" = 0 ] || exit 1
  exit 0
}
