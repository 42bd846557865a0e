# Sourced by ./run and ./test: what they need from the machine, and the builds they share. Needs $root.
# Everything is checked before anything is done; messages go to stderr, so that a command's own output stays clean.

export DOTNET_NOLOGO=1 DOTNET_CLI_TELEMETRY_OPTOUT=1

artifacts=$root/artifacts
viewer=$root/src/Lodestream.Browser/bin/publish/wwwroot
cli=$root/src/Lodestream.Cli/bin/Release/net10.0/Lodestream.Cli.dll
node_major_needed=20

say() { printf '%s\n' "$*" >&2; }

fail() {
  say "$*"
  exit 2
}

require_toolchain() {
  command -v dotnet >/dev/null 2>&1 ||
    fail "Lodestream needs the .NET SDK 10.0 (10.0.400 or a later 10.0.4xx): https://dotnet.microsoft.com/download/dotnet/10.0"
  # Asked for in the repository, dotnet answers by global.json.
  (cd "$root" && dotnet --version >/dev/null 2>&1) ||
    fail "Lodestream needs the .NET SDK 10.0.400 or a later 10.0.4xx; installed: $(dotnet --list-sdks 2>/dev/null | cut -d' ' -f1 | paste -sd' ' -). See https://dotnet.microsoft.com/download/dotnet/10.0"
  command -v node >/dev/null 2>&1 && command -v npm >/dev/null 2>&1 ||
    fail "Lodestream needs Node.js $node_major_needed or later, with npm, to build its viewer: https://nodejs.org"
  local major
  major=$(node -p 'process.versions.node.split(".")[0]')
  [ "$major" -ge "$node_major_needed" ] ||
    fail "Lodestream needs Node.js $node_major_needed or later to build its viewer; installed: $(node --version). See https://nodejs.org"
}

# A checksum of every source file under the given paths: what a build was made from.
fingerprint() {
  (cd "$root" && find "$@" Directory.Build.props Directory.Packages.props global.json \
    \( -name bin -o -name obj -o -name node_modules \) -prune -o -type f -print |
    LC_ALL=C sort | tr '\n' '\0' | xargs -0 cksum | cksum)
}

# build_if_stale NAME OUTPUT COMMAND PATH...: runs COMMAND unless OUTPUT was built from these sources already.
build_if_stale() {
  local name=$1 output=$2 command=$3 now log
  shift 3
  now=$(fingerprint "$@")
  if [ -e "$output" ] && [ "$(cat "$artifacts/$name.fingerprint" 2>/dev/null)" = "$now" ]; then
    return
  fi
  say "Building the $name…"
  mkdir -p "$artifacts"
  log=$artifacts/$name.log
  rm -f "$artifacts/$name.fingerprint"
  if ! (cd "$root" && $command) >"$log" 2>&1; then
    cat "$log" >&2
    fail "The $name did not build; the log is $log"
  fi
  printf '%s\n' "$now" >"$artifacts/$name.fingerprint"
}

# npm's packages come with it: the project restores them from its lockfile.
build_viewer() {
  build_if_stale viewer "$viewer/index.html" "dotnet publish src/Lodestream.Browser -c Release -v q" \
    src/Lodestream src/Lodestream.Formats src/Lodestream.Browser
}

build_cli() {
  build_if_stale "command line" "$cli" "dotnet build src/Lodestream.Cli -c Release -v q" src
}
