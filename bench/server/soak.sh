#!/usr/bin/env bash
# Memory of `lodestream serve` under a mixed load, minute by minute.
#   bench/server/soak.sh FOLDER [MINUTES] [CACHE_MB] [CONNECTIONS]
# The cache is smaller than the folder unless named otherwise, so that contents come and go all the time. Needs wrk on the PATH.
# SERVER=DIR runs the program built there instead of building it.
set -euo pipefail
root=$(cd "$(dirname "${BASH_SOURCE[0]}")/../.." && pwd)
folder=$(cd "${1:?usage: soak.sh FOLDER [MINUTES] [CACHE_MB] [CONNECTIONS]}" && pwd)
minutes=${2:-10} cache=${3:-8} connections=${4:-64}
work=$(mktemp -d)
server_pid=
stop() { [ -z "$server_pid" ] || { kill "$server_pid" 2>/dev/null || true; wait "$server_pid" 2>/dev/null || true; }; rm -rf "$work"; }
trap stop EXIT

if [ -z "${SERVER:-}" ]; then
  SERVER=$root/src/Lodestream.Cli/bin/Release/net10.0
  dotnet build "$root/src/Lodestream.Cli" -c Release -v q --nologo -p:NoViewerPublish=true >"$work/build.log" || { cat "$work/build.log"; exit 1; }
fi
echo "{ \"cache\": { \"memoryMB\": $cache } }" >"$work/config.json"
dotnet "$SERVER/Lodestream.Cli.dll" serve "$folder" --port 0 --config "$work/config.json" >"$work/out" 2>"$work/err" &
server_pid=$!
until url=$(grep -oE 'http://127\.0\.0\.1:[0-9]+' "$work/out" | head -1) && [ -n "$url" ]; do
  kill -0 "$server_pid" 2>/dev/null || { cat "$work/err"; exit 1; }
  sleep 0.1
done
document=$(curl -sf "$url/tilesets" | python3 -c 'import json, sys; print(json.load(sys.stdin)["tilesets"][0]["url"])')
(cd "$folder" && find . -type f \( -name '*.b3dm' -o -name '*.glb' -o -name '*.pnts' -o -name '*.i3dm' -o -name '*.cmpt' \) | sort | sed "s|^\.|${document%/*}|") >"$work/urls"

sample() {
  curl -sf "$url/metrics" >"$work/metrics"
  awk -v at="$1" -v rss="$(awk '/VmRSS/ { print $2 / 1024 }' "/proc/$server_pid/status")" '
    /^dotnet_gc_last_collection_heap_size_bytes/ { heap += $2 } /^dotnet_gc_last_collection_memory_committed_size_bytes/ { committed = $2 }
    /^lodestream_server_requests_total/ { requests += $2 } /^lodestream_server_cache_size_bytes/ { cached = $2 } /^lodestream_server_errors_total\{reason="failed"/ { failed = $2 }
    /^lodestream_server_cache_lookups_total\{result="miss"/ { misses = $2 }
    END { printf "%4s  RSS %6.1f MiB  GC heap %6.1f MiB  committed %6.1f MiB  cache %5.1f MiB  %10d requests  %9d misses  %d failed\n", at, rss, heap / 1048576, committed / 1048576, cached / 1048576, requests, misses, failed }' "$work/metrics"
}

export LODESTREAM_URLS=$work/urls LODESTREAM_DOCUMENT=$document
echo "$(wc -l <"$work/urls") tiles, cache $cache MiB, $connections connections; load $(cut -d' ' -f1-3 /proc/loadavg)"
sample start
for minute in $(seq "$minutes"); do
  wrk -t1 -c"$connections" -d60s -s "$root/bench/server/mixed.lua" "$url" >"$work/wrk.log"
  sample "$minute min"
done
grep -E "Socket errors" "$work/wrk.log" || true
