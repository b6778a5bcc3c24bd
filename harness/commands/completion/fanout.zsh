#compdef fanout
# Completion of fanout's command line for zsh. The program itself says what may stand there.
_fanout() {
  local -a words_typed known
  local line files
  words_typed=("${(@Q)words[2,CURRENT]}")
  while IFS= read -r line; do
    if [[ $line == :files ]]; then
      files=yes
    else
      known+=("${${line%%$'\t'*}//:/\\:}:${line#*$'\t'}")
    fi
  done < <(${(Q)~words[1]} internal-complete "${words_typed[@]}" 2>/dev/null)
  ((!$#known)) || _describe fanout known
  if [[ -n $files ]]; then
    compset -P '--[^=]##='
    _files
  fi
}
_fanout "$@"
