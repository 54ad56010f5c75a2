#!/usr/bin/env bash
# Finds the files of machine code in a folder that cannot run on this machine.
folder=$(mktemp -d) || exit 1
trap 'rm -rf "$folder"' EXIT

bytes() { od -An -v -tx1 -j "$2" -N "$3" "$1" | xargs; } # bytes FILE FROM HOW_MANY
here=$(bytes "$BASH" 18 2)                               # the CPU that bash itself is for

# For the trial: a program, the same for another CPU, an addon from a Mac, and a text.
cp "$BASH" "$folder/good.bin"
{ head -c 18 "$BASH" && printf '\377\001' && tail -c +21 "$BASH"; } >"$folder/foreign.bin"
{ printf '\317\372\355\376\014\000\000\001' && head -c 100 /dev/zero; } >"$folder/mac.node"
echo 'only a text' >"$folder/text.node"

find "$folder" -type f | sort >"$folder/list"
while read -r file; do
  case $(bytes "$file" 0 4) in
    '7f 45 4c 46')
      cpu=$(bytes "$file" 18 2)
      [ "$cpu" = "$here" ] || echo "${file##*/}: ELF for CPU $cpu, and this machine is $here"
      ;;
    'cf fa ed fe') echo "${file##*/}: Mach-O, from a Mac" ;;
  esac
done <"$folder/list" | tee "$folder/found"
[ "$(cut -d : -f 1 "$folder/found" | xargs)" = 'foreign.bin mac.node' ]
