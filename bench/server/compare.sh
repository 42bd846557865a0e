#!/usr/bin/env bash
# Tiles a second and latency of `lodestream serve` and of nginx, which serve the same folder to the same client (wrk), in turns.
#   bench/server/compare.sh FOLDER [ROUNDS] [SECONDS] [CONNECTIONS]
# FOLDER holds a tileset.json and tiles (*.b3dm, *.glb). Needs wrk and nginx on the PATH; both servers listen on 127.0.0.1 only.
# Other load on the machine slows both: what counts is the ratio, taken run by run.
set -euo pipefail
root=$(cd "$(dirname "${BASH_SOURCE[0]}")/../.." && pwd)
folder=$(cd "${1:?usage: compare.sh FOLDER [ROUNDS] [SECONDS] [CONNECTIONS]}" && pwd)
rounds=${2:-7} seconds=${3:-3} connections=${4:-32}
work=$(mktemp -d)
pids=()
stop() { for pid in "${pids[@]}"; do kill "$pid" 2>/dev/null || true; done; wait 2>/dev/null || true; rm -rf "$work"; }
trap stop EXIT

start_lodestream() {
  dotnet build "$root/src/Lodestream.Cli" -c Release -v q --nologo -p:NoViewerPublish=true >"$work/build.log" || { cat "$work/build.log"; exit 1; }
  dotnet "$root/src/Lodestream.Cli/bin/Release/net10.0/Lodestream.Cli.dll" serve "$folder" --port 0 >"$work/lodestream.log" 2>"$work/lodestream.err" &
  pids+=($!)
  lodestream_pid=$!
  until ours=$(grep -oE 'http://127\.0\.0\.1:[0-9]+' "$work/lodestream.log" | head -1) && [ -n "$ours" ]; do
    kill -0 "$lodestream_pid" 2>/dev/null || { cat "$work/lodestream.err"; exit 1; }
    sleep 0.1
  done
}

start_nginx() {
  local port
  port=$(python3 -c 'import socket; s = socket.socket(); s.bind(("127.0.0.1", 0)); print(s.getsockname()[1])')
  theirs=http://127.0.0.1:$port
  cat >"$work/nginx.conf" <<CONF
daemon off;
worker_processes auto;
pid $work/nginx.pid;
error_log $work/nginx.err;
events { worker_connections 1024; }
http {
  access_log off;
  sendfile on;
  tcp_nopush on;
  keepalive_requests 1000000000;
  default_type application/octet-stream;
  client_body_temp_path $work/a; proxy_temp_path $work/b; fastcgi_temp_path $work/c; uwsgi_temp_path $work/d; scgi_temp_path $work/e;
  server {
    listen 127.0.0.1:$port;
    location $prefix/ { alias $folder/; }
  }
}
CONF
  # Its workers drop to another account when it is started as root: that account must be able to read the folder.
  [ "$(id -u)" != 0 ] || sed -i '1i user root;' "$work/nginx.conf"
  nginx -p "$work" -c "$work/nginx.conf" &
  nginx_pid=$!
  pids+=($nginx_pid)
  until curl -sfo /dev/null "$theirs$(head -1 "$work/urls")"; do sleep 0.1; done
}

list_urls() {
  prefix=$(curl -sf "$ours/tilesets" | python3 -c 'import json, sys; print(json.load(sys.stdin)["tilesets"][0]["url"].rsplit("/", 1)[0])')
  (cd "$folder" && find . -type f \( -name '*.b3dm' -o -name '*.glb' -o -name '*.pnts' -o -name '*.i3dm' -o -name '*.cmpt' \) | sort | sed "s|^\.|$prefix|") >"$work/urls"
}

# Seconds of processor time a process and its children have used: unlike rates, these do not depend on what else runs.
cpu_seconds() { cat "/proc/$1/stat" $(pgrep -P "$1" | sed 's|.*|/proc/&/stat|') 2>/dev/null | awk -v hz="$(getconf CLK_TCK)" '{ sub(/.*\) /, ""); ticks += $12 + $13 } END { print ticks / hz }'; }

run() { LODESTREAM_URLS=$work/urls wrk -t1 -c"$connections" -d"${2}s" -s "$root/bench/server/urls.lua" "$1" | grep RESULT | cut -d' ' -f2-; }

start_lodestream
list_urls
start_nginx
echo "$(wc -l <"$work/urls") tiles, $connections connections, $rounds rounds of ${seconds} s each; load before: $(cut -d' ' -f1-3 /proc/loadavg)"
run "$ours" 5 >/dev/null; run "$theirs" 2 >/dev/null   # warm: both have seen every file, and our code is compiled
cpu_before="$(cpu_seconds "$lodestream_pid") $(cpu_seconds "$nginx_pid")"
for round in $(seq "$rounds"); do
  # In turns, each going first as often: the neighbours' load drifts.
  if [ $((round % 2)) = 0 ]; then n=$(run "$theirs" "$seconds"); l=$(run "$ours" "$seconds"); else l=$(run "$ours" "$seconds"); n=$(run "$theirs" "$seconds"); fi
  echo "$l $n"
done | tee "$work/results" | awk '{ printf "lodestream %9.0f/s p50 %6.2f ms p99 %7.2f ms errors %d   nginx %9.0f/s p50 %6.2f ms p99 %7.2f ms errors %d   ratio %.2f\n", $1, $2, $3, $4, $5, $6, $7, $8, $1 / $5 }'
python3 - "$work/results" "$seconds" $cpu_before "$(cpu_seconds "$lodestream_pid")" "$(cpu_seconds "$nginx_pid")" <<'PY'
import statistics, sys
rows = [[float(x) for x in line.split()] for line in open(sys.argv[1])]
median = lambda column: statistics.median(row[column] for row in rows)
ratios = [row[0] / row[4] for row in rows]
print(f"median: lodestream {median(0):.0f}/s, p99 {median(2):.2f} ms; nginx {median(4):.0f}/s, p99 {median(6):.2f} ms; ratio {statistics.median(ratios):.2f} ({min(ratios):.2f} to {max(ratios):.2f})")
seconds, ours_before, theirs_before, ours, theirs = map(float, sys.argv[2:])
tiles = lambda column: sum(row[column] for row in rows) * seconds
print(f"processor time a tile: lodestream {(ours - ours_before) / tiles(0) * 1e6:.1f} us; nginx {(theirs - theirs_before) / tiles(4) * 1e6:.1f} us")
PY
echo "load after: $(cut -d' ' -f1-3 /proc/loadavg); memory of lodestream: $(awk '/VmRSS/ { print int($2 / 1024) " MiB" }' "/proc/$lodestream_pid/status")"
