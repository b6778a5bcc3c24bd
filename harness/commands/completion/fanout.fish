# Completion of fanout's command line for fish. The program itself says what may stand there.
function __fanout_complete
    set -l words (commandline -opc) (commandline -ct)
    for line in ($words[1] internal-complete $words[2..] 2>/dev/null)
        if test "$line" = :files
            __fish_complete_path (commandline -ct)
        else
            echo $line
        end
    end
end
complete -c fanout -f -a '(__fanout_complete)'
