# Completion of floom for bash. Put this into ~/.bashrc:  eval "$(floom completion bash)"
_floom() {
  local line directive="" current="${COMP_WORDS[COMP_CWORD]}"
  local -a words=()
  COMPREPLY=()
  while IFS= read -r line; do
    if [[ -z "$directive" ]]; then
      directive="$line"
    else
      words+=("${line%%$'\t'*}")
    fi
  done < <(floom __complete "${COMP_WORDS[@]:1:COMP_CWORD}" 2>/dev/null)
  case "$directive" in
    :files)
      compopt -o filenames 2>/dev/null
      while IFS= read -r line; do COMPREPLY+=("$line"); done < <(compgen -f -- "$current")
      ;;
    :folders)
      compopt -o filenames 2>/dev/null
      while IFS= read -r line; do COMPREPLY+=("$line"); done < <(compgen -d -- "$current")
      ;;
  esac
  while IFS= read -r line; do COMPREPLY+=("$line"); done < <(compgen -W "${words[*]}" -- "$current")
}
complete -F _floom floom
