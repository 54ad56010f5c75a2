#!/usr/bin/env bash
# An entrypoint that has to clean up after its worker, so it cannot "exec" it, and still passes SIGTERM on.
set -u
work=$(mktemp -d) || exit 1
trap 'rm -rf "$work"' EXIT
cat >"$work/worker.sh" <<'SH'
trap 'echo "worker: finished my job"; exit 0' TERM
echo ready
for _ in {1..50}; do sleep 0.1; done
SH
cat >"$work/entrypoint.sh" <<'SH'
trap 'kill -TERM "$worker"' TERM # pass it on
bash "$1" &
worker=$!
wait "$worker" # comes back early when a signal arrives ...
wait "$worker" # ... so wait once more, for the end
code=$?
echo 'entrypoint: cleaned up'
exit "$code"
SH
bash "$work/entrypoint.sh" "$work/worker.sh" >"$work/log" &
entrypoint=$!
for _ in {1..50}; do grep -qs ready "$work/log" || sleep 0.1; done
kill -TERM "$entrypoint"
wait "$entrypoint"
echo "exit code of the entrypoint: $?" >>"$work/log"
cat "$work/log"
[ "$(tail -n 3 "$work/log" | cut -d : -f 1 | xargs)" = 'worker entrypoint exit code of the entrypoint' ] &&
  grep -q 'code of the entrypoint: 0' "$work/log"
