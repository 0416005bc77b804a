/**
 * `bin/wait-for-paths`, below its first line. launchd knows no such wait, and a condition of systemd skips a start for
 * good instead of waiting, so on both a unit that needs a volume which comes late starts through this.
 */
export const waitForPaths = String.raw`#
# wait-for-paths PATH ... -- PROGRAM [ARGUMENT ...]
#
# Waits until every PATH is there, says once for which it waits, then PROGRAM takes this process over.
# A wrong command line is exit 64.

set -u

while [ $# -gt 0 ] && [ "$1" != -- ]; do
  if ! [ -e "$1" ]; then
    printf 'wait-for-paths: waiting for %s\n' "$1" >&2
    until [ -e "$1" ]; do sleep 1; done
  fi
  shift
done

if [ $# -lt 2 ]; then
  printf 'wait-for-paths: no program after --\n' >&2
  exit 64
fi
shift
exec "$@"
`
