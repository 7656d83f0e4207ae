#compdef floom
# Completion of floom for zsh. Put this into ~/.zshrc, after compinit:  eval "$(floom completion zsh)"
_floom() {
  local line directive="" word about
  local -a described=()
  while IFS= read -r line; do
    if [[ -z "$directive" ]]; then
      directive="$line"
    else
      word="${line%%$'\t'*}"
      about="${line#*$'\t'}"
      described+=("${word//:/\\:}:${about}")
    fi
  done < <(floom __complete "${(@)words[2,CURRENT]}" 2>/dev/null)
  case "$directive" in
    :files) _files ;;
    :folders) _files -/ ;;
  esac
  (( ${#described} )) && _describe -t floom floom described
}
compdef _floom floom
