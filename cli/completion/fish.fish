# Completion of floom for fish. Install it with:  floom completion fish > ~/.config/fish/completions/floom.fish
function __floom_complete
    set -l before (commandline -opc)
    set -l current (commandline -ct)
    set -l lines (floom __complete $before[2..-1] "$current" 2>/dev/null)
    switch "$lines[1]"
        case :files
            __fish_complete_path "$current"
        case :folders
            __fish_complete_directories "$current"
    end
    printf '%s\n' $lines[2..-1]
end
complete -c floom -f -a '(__floom_complete)'
