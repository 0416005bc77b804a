export const shells = ['bash', 'zsh', 'fish'] as const
export type Shell = (typeof shells)[number]

/**
 * What a shell sources. Each asks the program that stands on the line, by `complete -- words…`, and nothing that was typed is ever
 * evaluated. Written here and not taken from a library, because the one at hand evaluates the typed words in bash, needs
 * bash-completion (which macOS has not), and cannot ask the shell for names of files.
 */
export const shellScripts: Readonly<Record<Shell, string>> = {
  bash: `# bash completion of sanctumctl; works without the package bash-completion, and in bash 3.2
_sanctumctl() {
  local program=\${COMP_WORDS[0]/#\\~/$HOME} current=\${COMP_WORDS[COMP_CWORD]} directive=0 line
  if [ "$current" = "=" ]; then current=; fi
  COMPREPLY=()
  while IFS= read -r line; do
    case $line in
      :*) directive=\${line#:} ;;
      *) COMPREPLY+=("\${line%%$'\\t'*}") ;;
    esac
  done < <("$program" complete -- "\${COMP_WORDS[@]:1:COMP_CWORD}" 2>/dev/null </dev/null || echo :4)
  local kind
  case $directive in
    0) kind=-f ;;
    16) kind=-d ;;
    *) return 0 ;;
  esac
  compopt -o filenames 2>/dev/null
  while IFS= read -r line; do COMPREPLY+=("$line"); done < <(compgen "$kind" -- "$current")
}
complete -F _sanctumctl sanctumctl sanctum
`,
  zsh: `#compdef sanctumctl sanctum
# zsh completion of sanctumctl
_sanctumctl() {
  local program=\${words[1]/#\\~/$HOME} directive=0 line
  local -a values shown
  while IFS= read -r line; do
    case $line in
      :*) directive=\${line#:} ;;
      *) values+=("\${line%%$'\\t'*}"); shown+=("\${line/$'\\t'/  -- }") ;;
    esac
  done < <("$program" complete -- "\${(@Q)words[2,CURRENT]}" 2>/dev/null </dev/null || echo :4)
  if (( directive == 0 || directive == 16 )); then
    compset -P '*='
    if (( directive == 16 )); then _files -/; else _files; fi
  else
    (( $#values )) && compadd -l -d shown -a values
  fi
}
if [ "\${funcstack[1]}" = _sanctumctl ]; then
  _sanctumctl "$@"
else
  compdef _sanctumctl sanctumctl sanctum
fi
`,
  fish: `# fish completion of sanctumctl
function __sanctumctl_complete
  set -l tokens (commandline -opc)
  set -l current (commandline -ct)
  set -l program (string replace -r '^~' $HOME -- $tokens[1])
  set -l flag (string match -r '^--[^=]*=' -- $current)
  set -l rest (string replace -- "$flag" '' $current)
  for line in ($program complete -- $tokens[2..-1] "$current" 2>/dev/null </dev/null)
    switch $line
      case :0
        for path in (__fish_complete_path "$rest"); echo "$flag$path"; end
      case :16
        for path in (__fish_complete_directories "$rest"); echo "$flag$path"; end
      case ':*'
      case '*'
        echo $line
    end
  end
end
complete -c sanctumctl -f -a '(__sanctumctl_complete)'
complete -c sanctum -f -a '(__sanctumctl_complete)'
`,
}
