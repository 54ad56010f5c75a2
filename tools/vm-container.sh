#!/usr/bin/env bash
# Builds the Linux image in a container of Debian 12, on a machine that is something else: npm run vm:container [-- --release]
# Needs Docker (or Podman under its name) and the packages of npm ci. The result lies where npm run vm:build would write it.
set -euo pipefail
cd "$(dirname "$0")/.."

# With the reader's own user, so that the files are the reader's. apt writes only into the folder of the build.
words=(run --rm --user "$(id -u):$(id -g)" --env HOME=/tmp --volume "$PWD:/course" --workdir /course)

# A registry or a mirror may fail for a moment; a build that fails three times has a reason.
for attempt in 1 2 3; do
  if docker "${words[@]}" node:24-bookworm node linux-vm/build.ts "$@"; then
    exit 0
  fi
  echo "attempt $attempt of 3 failed" >&2
done
exit 1
