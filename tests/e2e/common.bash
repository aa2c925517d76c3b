# Sourced by the scripts beside it, once they have their arguments: a folder of work that goes when they end, and with it
# what they started, by process id.
#
# Sets: work; children, to which each child's id is added. A script with more to undo defines undo(), which runs when the
# children have ended.
work=$(mktemp -d)
children=()
stop_children() {
  for child in "${children[@]}"; do kill "$child" 2> /dev/null || true; done
  for child in "${children[@]}"; do wait "$child" 2> /dev/null || true; done
  if declare -F undo > /dev/null; then undo; fi
  rm -rf "$work"
}
trap stop_children EXIT

# fail WORDS...: ends the test, with what was logged last.
fail() {
  echo "FAILED: $*"
  tail -n 20 "$work"/*.log 2> /dev/null
  exit 1
}

# wait_for FILE TEXT: half a minute at most.
wait_for() {
  for _ in $(seq 300); do grep -q -- "$2" "$1" 2> /dev/null && return; sleep 0.1; done
  fail "no '$2' in $1"
}
