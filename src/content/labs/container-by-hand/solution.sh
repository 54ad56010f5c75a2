#!/usr/bin/env bash
# "docker commit" by hand: the layer of a container becomes the top layer of a new image.
set -u
if ! grep -qsF 'lab.machine=throw-away' /proc/cmdline || [ "$(id -u)" -ne 0 ]; then
  echo 'SKIP this makes mounts as root: only on the throw-away machine in the browser'
  exit 0
fi
box=/run/lab-commit
mkdir -p "$box"/image/etc "$box"/layer "$box"/scratch "$box"/root
trap 'umount "$box"/root "$box"/second/root "$box"/third/root 2>/dev/null; rm -rf "$box"' EXIT
echo 'release 1' >"$box/image/etc/release"

# The container changes a file: it lands in the layer.
mount -t overlay x -o "lowerdir=$box/image,upperdir=$box/layer,workdir=$box/scratch" "$box/root"
echo 'release 2' >"$box/root/etc/release"
umount "$box/root"

# start NAME LOWER: a root with a new layer for writes; several lower folders, the upper ones on the left.
start() {
  mkdir -p "$box/$1"/layer "$box/$1"/scratch "$box/$1"/root
  mount -t overlay x -o "lowerdir=$2,upperdir=$box/$1/layer,workdir=$box/$1/scratch" "$box/$1/root"
}
start second "$box/layer:$box/image"
start third "$box/image"
echo "from the new image: $(cat "$box/second/root/etc/release")"
echo "from the old image: $(cat "$box/third/root/etc/release")"
[ "$(cat "$box/second/root/etc/release" "$box/third/root/etc/release" | xargs)" = 'release 2 release 1' ]
