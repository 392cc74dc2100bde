#!/bin/sh
# Stands in for npm in this kit: ./npm run step -- 3 /bin/sh does what the guide says of npm.
set -eu
here=$(cd "$(dirname "$0")" && pwd -P)

if [ "$(uname -m)" != @MACHINE@ ]; then
  echo "This kit is for machines of the kind @MACHINE@, and this is $(uname -m)." >&2
  exit 1
fi
glibc=$(getconf GNU_LIBC_VERSION 2>/dev/null | sed 's/^glibc //') || true
oldest=$(printf '%s\n' "${glibc:-0}" @GLIBC@ | sort -V | head -n 1)
if [ "$oldest" != @GLIBC@ ]; then
  echo "This kit needs glibc @GLIBC@ or newer, and this system has ${glibc:-another C library}." >&2
  exit 1
fi

case ${1-} in
  start | test) command=$1 && shift ;;
  run | run-script) command=${2-} && shift && [ $# -eq 0 ] || shift ;;
  *)
    echo 'usage: ./npm start, or ./npm run COMMAND [-- WORDS…]' >&2
    command=--help
    ;;
esac
# npm keeps the first -- for itself.
if [ "${1-}" = -- ]; then shift; fi
INIT_CWD=$PWD npm_lifecycle_event=$command
export INIT_CWD npm_lifecycle_event
cd "$here"
exec "$here/node/bin/node" tools/run.mjs $command "$@"
