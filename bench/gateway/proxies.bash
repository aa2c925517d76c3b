# Sourced by the scripts beside it: a folder of work that goes when they end, the simulated expert, and the proxies in
# front of it. Each proxy has one thread. What is started is stopped at the end, by its process id.
#
# Sets: work, upstream (HOST:PORT of the expert), names (in order), port[NAME], pid[NAME].
# Needs: ooe (the program's path), and `set -euo pipefail`.
work=$(mktemp -d)
children=()
stop_children() {
  for child in "${children[@]}"; do kill "$child" 2> /dev/null || true; done
  for child in "${children[@]}"; do wait "$child" 2> /dev/null || true; done
  rm -rf "$work"
}
trap stop_children EXIT
declare -A port pid
names=()
upstream=

# wait_for FILE TEXT
wait_for() {
  for _ in $(seq 600); do grep -q -- "$2" "$1" 2> /dev/null && return; sleep 0.1; done
  echo "${0##*/}: no '$2' in $1:" >&2
  cat "$1" >&2
  exit 1
}
wait_for_port() {
  for _ in $(seq 600); do (exec 3<> "/dev/tcp/127.0.0.1/$1") 2> /dev/null && return; sleep 0.1; done
  echo "${0##*/}: nothing listens on port $1" >&2
  return 1
}
free_port() { echo $((20000 + RANDOM % 12000)); }  # below those that outgoing connections get

# start NAME PORT COMMAND...: a proxy that will listen on that port.
start() {
  names+=("$1")
  port[$1]=$2
  local name=$1
  shift 2
  "$@" > "$work/$name.log" 2>&1 &
  children+=("$!")
  pid[$name]=$!
  wait_for_port "${port[$name]}" || { cat "$work/$name.log" >&2; exit 1; }
}

# start_expert [LINE...]: the simulated expert "sim"; the lines are more of its configuration.
start_expert() {
  printf '[[expert]]\nname = "sim"\ncompetence = { default = 1.0 }\n' > "$work/world.toml"
  [ $# = 0 ] || printf '%s\n' "$@" >> "$work/world.toml"
  "$ooe" simulate --config "$work/world.toml" --write-config "$work/simulated.toml" > "$work/simulate.log" 2>&1 &
  children+=("$!")
  wait_for "$work/simulate.log" "Ctrl-C ends them"
  upstream=$(sed -nE 's|.*http://([0-9.:]+)/v1.*|\1|p' "$work/simulate.log" | head -n 1)
}

# An ooe of its own database: `configure NAME`, `expert MODEL_NAME >> NAME/ooe.toml`, `serve NAME ARGS...`.
configure() {
  mkdir -p "$work/$1"
  printf '[server]\nlisten = "127.0.0.1:0"\nworkers = 1\nconnections_max = 15000\nrequests_max = 15000\n[store]\nurl = "sqlite:%s"\n[privacy]\ndefault = "public"\n' "$work/$1/ooe.db" > "$work/$1/ooe.toml"
}
expert() {
  printf '[[expert]]\nname = "%s"\nmodel = "sim"\nbase_url = "http://%s/v1"\nprice = { input = 1, output = 1 }\n' "$1" "$upstream"
}
serve() {
  local name=$1
  shift
  "$ooe" serve --config "$work/$name/ooe.toml" "$@" > "$work/$name/log" 2>&1 &
  children+=("$!")
  pid[$name]=$!
  wait_for "$work/$name/log" "listening on"
  port[$name]=$(sed -nE 's/.*listening on http[^ ]*127.0.0.1:([0-9]+).*/\1/p' "$work/$name/log" | head -n 1)
  names+=("$name")
}

start_nginx() {
  local at
  at=$(free_port)
  cat > "$work/nginx.conf" << CONF
daemon off; master_process off; worker_processes 1; pid $work/nginx.pid; error_log $work/nginx.error.log;
worker_rlimit_nofile 20000; events { worker_connections 19900; }  # of which it keeps a sixteenth free
http {
  access_log $work/nginx.access.log; proxy_buffering off;
  client_body_temp_path $work/t1; proxy_temp_path $work/t2; fastcgi_temp_path $work/t3; uwsgi_temp_path $work/t4; scgi_temp_path $work/t5;
  keepalive_requests 10000000;
  upstream sim { server $upstream; keepalive 256; keepalive_requests 10000000; }
  server {
    listen 127.0.0.1:$at backlog=4096;
    location / { proxy_pass http://sim; proxy_http_version 1.1; proxy_set_header Connection ""; }
  }
}
CONF
  start nginx "$at" nginx -p "$work" -c nginx.conf
}

start_haproxy() {
  local at
  at=$(free_port)
  cat > "$work/haproxy.cfg" << CONF
global
  nbthread 1
  maxconn 9500
defaults
  mode http
  timeout client 60s
  timeout server 60s
  timeout connect 5s
frontend in
  bind 127.0.0.1:$at backlog 4096
  default_backend sim
backend sim
  http-reuse always
  server sim $upstream
CONF
  start haproxy "$at" haproxy -f "$work/haproxy.cfg"
}

# start_portkey FOLDER: where npm has installed it.
start_portkey() {
  local at
  at=$(free_port)
  start portkey "$at" node "$1/node_modules/@portkey-ai/gateway/build/start-server.js" --headless --port="$at"
}

# 2,000 prompts of about a kilobyte, no two alike, from ordinary words.
words='the committee met on Tuesday to discuss a new library its opening hours and the budget for shelves nobody objected though
many asked whether roof last repaired some years ago would hold another winter which theorem explains why water boils at
lower temperature in mountains please compare two treaties signed after war list causes of inflation prove that square root
is irrational describe how enzymes lower activation energy who wrote this poem what does it mean translate sentence into plain words'
prompts() { # MODEL STREAM
  awk -v seed=7 -v model="$1" -v stream="$2" -v words="$words" 'BEGIN {
    srand(seed); n = split(words, word, /[ \n]+/)
    for (i = 0; i < 2000; ++i) {
      text = "Question " i ":"
      while (length(text) < 930) text = text " " word[int(rand() * n) + 1]
      printf "{\"model\":\"%s\",%s\"messages\":[{\"role\":\"user\",\"content\":\"%s\"}]}\n", model, stream, text
    }
  }'
}

# Nanoseconds on a processor so far, all threads.
cpu_ns() { cat /proc/"$1"/task/*/schedstat | awk '{ sum += $1 } END { printf "%.0f", sum }'; }
rss_kib() { awk '/^VmRSS/ { print $2 }' "/proc/$1/status"; }
rss_kib_max() { awk '/^VmHWM/ { print $2 }' "/proc/$1/status"; }
field() { sed -nE "s/.*\b$1=([0-9.]+).*/\1/p"; }
median() { sort -g "$1" | awk '{ v[NR] = $1 } END { print NR % 2 ? v[(NR + 1) / 2] : (v[NR / 2] + v[NR / 2 + 1]) / 2 }'; }
machine() { echo "$(nproc) processors, $(sed -nE 's/^model name\s*: //p' /proc/cpuinfo | head -n 1); load average $(cut -d ' ' -f 1 /proc/loadavg)"; }
