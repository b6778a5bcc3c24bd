# Completion of fanout's command line for bash. The program itself says what may stand there.
_fanout() {
  local typed=${COMP_WORDS[COMP_CWORD]} program=${1/#\~\//$HOME/} line
  COMPREPLY=()
  while IFS= read -r line; do
    if [[ $line == :files ]]; then
      compopt -o filenames 2>/dev/null
      [[ $typed != '=' ]] || typed=
      while IFS= read -r line; do COMPREPLY+=("$line"); done < <(compgen -f -- "$typed")
    else
      COMPREPLY+=("${line%%$'\t'*}")
    fi
  done < <("$program" internal-complete "${COMP_WORDS[@]:1:COMP_CWORD}" 2>/dev/null)
}
complete -F _fanout fanout
