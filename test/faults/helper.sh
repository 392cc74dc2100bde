#!/bin/sh
# Stands before a helper program in PATH, under its name. Counts, and may put the tracer in between.
echo >> "$FAULTS_FOLDER/helpers"
while [ "${PATH%%:*}" = "$FAULTS_FOLDER/bin" ]; do PATH=${PATH#*:}; done
real=$(command -v "${0##*/}") || exit 127
PATH=$FAULTS_FOLDER/bin:$PATH
[ "helper $(wc -l < "$FAULTS_FOLDER/helpers")" = "$FAULTS_PLACE" ] || exec "$real" "$@"
# shellcheck disable=SC2086 # its words, which have no spaces
exec strace $FAULTS_TRACE "$real" "$@"
