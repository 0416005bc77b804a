/**
 * `bin/with-secrets`, below its first line. A unit that needs a secret starts through it, so that the value is in no
 * unit, no plist and no argument: it is read from its 0600 file at the last moment, by the account that runs the service.
 */
export const withSecrets = String.raw`#
# with-secrets [--env NAME=FILE] [--file NAME=FILE] ... -- PROGRAM [ARGUMENT ...]
#
# --env puts the content of FILE into the variable NAME, --file puts the path there. Then PROGRAM takes this process over.
# One line break at the end of FILE is not part of the secret; every other byte is. A file that is missing, empty, open to
# group or others, or that holds a NUL, is refused with exit 78. A wrong command line is exit 64.

set -u

_sanctum_fail() {
  printf 'with-secrets: %s\n' "$2" >&2
  exit "$1"
}

_sanctum_check() {
  [ -e "$1" ] || _sanctum_fail 78 "the secret file $1 is missing; write it with mode 0600"
  [ -f "$1" ] || _sanctum_fail 78 "$1 is no file; a secret lies in a regular file with mode 0600"
  _sanctum_mode=$(ls -ldL -- "$1") || _sanctum_fail 78 "the mode of $1 cannot be read"
  case $_sanctum_mode in
    ?r??------+*) _sanctum_fail 78 "$1 has an access list that may open it to others; remove the list" ;;
    ?r??------*) ;;
    *) _sanctum_fail 78 "$1 is open to others or closed to its owner; run: chmod 600 $1" ;;
  esac
  [ -s "$1" ] || _sanctum_fail 78 "the secret file $1 is empty"
}

_sanctum_read() {
  [ "$(LC_ALL=C tr -cd '\000' <"$1" | wc -c)" -eq 0 ] || _sanctum_fail 78 "$1 holds a NUL, which no variable can carry"
  # The dot keeps line breaks at the end, which the shell would all drop.
  _sanctum_value=$(cat -- "$1" && printf .) || _sanctum_fail 78 "the secret file $1 cannot be read"
  _sanctum_value=${'$'}{_sanctum_value%.}
  _sanctum_value=${'$'}{_sanctum_value%"
"}
}

while [ $# -gt 0 ] && [ "$1" != -- ]; do
  [ $# -ge 2 ] || _sanctum_fail 64 "$1 needs NAME=FILE"
  _sanctum_name=${'$'}{2%%=*}
  _sanctum_file=${'$'}{2#*=}
  case $_sanctum_name in
    '' | [0-9]* | *[!A-Za-z0-9_]*) _sanctum_fail 64 "$2 does not start with the name of a variable" ;;
  esac
  case $1 in
    --env)
      _sanctum_check "$_sanctum_file"
      _sanctum_read "$_sanctum_file"
      export "$_sanctum_name=$_sanctum_value"
      ;;
    --file)
      _sanctum_check "$_sanctum_file"
      export "$_sanctum_name=$_sanctum_file"
      ;;
    *) _sanctum_fail 64 "$1 is neither --env nor --file nor --" ;;
  esac
  shift 2
done

[ $# -ge 2 ] || _sanctum_fail 64 "no program after --"
shift
exec "$@"
`
