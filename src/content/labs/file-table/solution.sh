#!/usr/bin/env bash
# Who fills the table of the machine? Makes a process that leaks, finds it by counting, and ends it.
set -u
if ! grep -qsF 'lab.machine=throw-away' /proc/cmdline || [ "$(id -u)" -ne 0 ]; then
  echo 'SKIP this harms the machine it runs on: only on the throw-away one in the browser'
  exit 0
fi
was=$(cat /proc/sys/fs/file-max)
trap 'echo "$was" >/proc/sys/fs/file-max' EXIT
allocated() { cut -f 1 /proc/sys/fs/file-nr; }
# student COUNT: how many files a normal user can open.
student() {
  setpriv --reuid 1000 --regid 1000 --clear-groups bash -c '
    for ((n = 0; n < $1; n++)); do exec {descriptor}</dev/null || break; done
    echo "$n"' bash "$1" 2>/dev/null
}

(
  # shellcheck disable=SC2034
  for ((n = 0; n < 150; n++)); do exec {descriptor}</dev/null; done
  exec sleep 600
) &
until [ "$(cat "/proc/$!/comm")" = sleep ]; do sleep 0.2; done
echo $(($(allocated) + 30)) >/proc/sys/fs/file-max
echo "before: a normal user opens $(student 100) of 100, $(allocated) are open in all"

for folder in /proc/[0-9]*; do
  echo "$(find "$folder/fd" -type l 2>/dev/null | wc -l) ${folder#/proc/} $(cat "$folder/comm" 2>/dev/null)"
done | sort -rn | head -n 3 | tee /tmp/by-files
read -r count pid name </tmp/by-files
rm /tmp/by-files
echo "ending $name with $count open files"
kill "$pid"
wait 2>/dev/null

opened=$(student 100)
echo "after: a normal user opens $opened of 100, $(allocated) are open in all"
[ "$opened" -eq 100 ]
