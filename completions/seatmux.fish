# SPDX-License-Identifier: MIT
# Completion of seatmux and seatmuxd for fish.

function __seatmux_profiles
    set -l directory $XDG_CONFIG_HOME
    test -n "$directory"; or set directory ~/.config
    sed -n '/^profiles:/,/^[^ #]/s/^ \{1,4\}\([A-Za-z0-9._-]\{1,\}\):[[:space:]]*$/\1/p' $directory/seatmux/config.yaml 2>/dev/null
end

set -l commands practice exam scenario simulate supervise tail report check keys options
complete -c seatmux -f
complete -c seatmux -n "not __fish_seen_subcommand_from $commands" -a practice -d 'simulated customers, no desk'
complete -c seatmux -n "not __fish_seen_subcommand_from $commands" -a exam -d 'questions and a shift, marked'
complete -c seatmux -n "not __fish_seen_subcommand_from $commands" -a scenario -d 'a draft from a conversation that was had'
complete -c seatmux -n '__fish_seen_subcommand_from scenario' -a from-log -d 'from an exported log'
complete -c seatmux -n '__fish_seen_subcommand_from scenario' -l log -r -F -d 'an exported log'
complete -c seatmux -n '__fish_seen_subcommand_from scenario' -l conversation -x -d 'which'
complete -c seatmux -n '__fish_seen_subcommand_from scenario' -l id -x -d 'a name for it'
complete -c seatmux -n '__fish_seen_subcommand_from exam' -l exam -r -F -d 'which'
complete -c seatmux -n '__fish_seen_subcommand_from exam' -l who -x -d 'who sits it'
complete -c seatmux -n '__fish_seen_subcommand_from exam' -l out -r -F -d 'where the result is kept'
complete -c seatmux -n '__fish_seen_subcommand_from exam' -l json -d 'print the result as JSON'
complete -c seatmux -n '__fish_seen_subcommand_from exam' -l seed -x -d 'the same questions'
complete -c seatmux -n '__fish_seen_subcommand_from exam' -l auto -x -a 'good slow silent' -d 'a machine does the shift'
complete -c seatmux -n '__fish_seen_subcommand_from exam' -l verify -r -F -d 'as it was sealed?'
complete -c seatmux -n "not __fish_seen_subcommand_from $commands" -a simulate -d 'customers for a desk'
complete -c seatmux -n "not __fish_seen_subcommand_from $commands" -a supervise -d 'live queues'
complete -c seatmux -n "not __fish_seen_subcommand_from $commands" -a tail -d "a desk's events as they happen"
complete -c seatmux -n "not __fish_seen_subcommand_from $commands" -a report -d 'figures of a period'
complete -c seatmux -n "not __fish_seen_subcommand_from $commands" -a check -d 'errors in your files'
complete -c seatmux -n "not __fish_seen_subcommand_from $commands" -a keys -d 'every command and its keys'
complete -c seatmux -n "not __fish_seen_subcommand_from $commands" -a options -d 'every setting'
complete -c seatmux -n "not __fish_seen_subcommand_from practice exam scenario simulate check keys options" -l login -x -d 'your name at the desk'
complete -c seatmux -n "not __fish_seen_subcommand_from practice exam scenario simulate check keys options" -l profile -x -a '(__seatmux_profiles)' -d 'a desk of config.yaml'
complete -c seatmux -n "not __fish_seen_subcommand_from practice exam scenario simulate check keys options" -l password-file -r -F -d 'read the password from a file'
complete -c seatmux -n "not __fish_seen_subcommand_from practice exam scenario simulate check keys options" -l cafile -r -F -d 'certificates to trust'
complete -c seatmux -n "not __fish_seen_subcommand_from practice exam scenario simulate check keys options" -l pin -x -d "the server's key"
complete -c seatmux -n "not __fish_seen_subcommand_from $commands" -l availability -x -a 'online busy away offline' -d 'what to be once logged in'
complete -c seatmux -n "not __fish_seen_subcommand_from $commands" -l version -d version
complete -c seatmux -n 'not __fish_seen_subcommand_from practice exam scenario check keys options' -l server -x -d 'where the desk is'
complete -c seatmux -n 'not __fish_seen_subcommand_from check keys options' -l lang -x -a 'zh-CN en' -d language
complete -c seatmux -n 'not __fish_seen_subcommand_from simulate report check keys options' -l color -x -a 'auto always never' -d colours
complete -c seatmux -n '__fish_seen_subcommand_from practice simulate' -l scenario -x -a '(seatmux practice --list 2>/dev/null)' -d 'who comes'
complete -c seatmux -n '__fish_seen_subcommand_from practice simulate' -l seed -x -d 'the same customers again'
complete -c seatmux -n '__fish_seen_subcommand_from practice simulate' -l speed -x -d 'how fast customers live'
complete -c seatmux -n '__fish_seen_subcommand_from practice' -l list -d 'name the scenarios'
complete -c seatmux -n '__fish_seen_subcommand_from practice' -l auto -x -a 'good slow silent' -d 'a machine answers'
complete -c seatmux -n '__fish_seen_subcommand_from practice' -l record -r -F -d 'keep what was said as a log'
complete -c seatmux -n '__fish_seen_subcommand_from practice' -l json -d 'for programs'
complete -c seatmux -n '__fish_seen_subcommand_from practice simulate' -l customers -x -d 'how many'
complete -c seatmux -n '__fish_seen_subcommand_from simulate' -l rate -x -d 'how they arrive'
complete -c seatmux -n '__fish_seen_subcommand_from simulate' -l at-once -x -d 'most at the same time'
complete -c seatmux -n '__fish_seen_subcommand_from check' -F
complete -c seatmux -n '__fish_seen_subcommand_from check' -l json -d 'a finding a line'
complete -c seatmux -n '__fish_seen_subcommand_from check' -l as -x -a 'config keys desk pack theme scenario exam' -d 'what it is'
complete -c seatmux -n '__fish_seen_subcommand_from tail' -l json -d 'a line of JSON each'
complete -c seatmux -n '__fish_seen_subcommand_from tail' -l filter -x -d 'what passes'
complete -c seatmux -n '__fish_seen_subcommand_from tail' -l since -x -a '1h today' -d 'begin earlier'
complete -c seatmux -n '__fish_seen_subcommand_from tail' -l cursor-file -r -F -d 'go on from there'
complete -c seatmux -n '__fish_seen_subcommand_from tail' -l exec -x -d 'a command for each event'
complete -c seatmux -n '__fish_seen_subcommand_from tail' -l snapshot -d 'the desk as it is'
complete -c seatmux -n '__fish_seen_subcommand_from tail' -l once -d 'what has happened, and end'
complete -c seatmux -n '__fish_seen_subcommand_from tail' -l until -x -a 'breach resolved rated' -d 'end at'
complete -c seatmux -n '__fish_seen_subcommand_from tail' -l timeout -x -d 'end with 3 after so many seconds'
complete -c seatmux -n '__fish_seen_subcommand_from report' -l log -r -F -d 'an exported log instead of a desk'
complete -c seatmux -n '__fish_seen_subcommand_from report' -l from -x -a 'today yesterday 2h' -d 'first instant'
complete -c seatmux -n '__fish_seen_subcommand_from report' -l to -x -a 'now today' -d 'end of the period'
complete -c seatmux -n '__fish_seen_subcommand_from report' -l by -x -a 'agent team inbox hour day desk' -d 'what a row is'
complete -c seatmux -n '__fish_seen_subcommand_from report' -l table -d 'for people'
complete -c seatmux -n '__fish_seen_subcommand_from report' -l csv -d 'for spreadsheets'
complete -c seatmux -n '__fish_seen_subcommand_from report' -l json -d 'for programs'
complete -c seatmux -n '__fish_seen_subcommand_from report' -l html -r -F -d 'a page'
complete -c seatmux -n '__fish_seen_subcommand_from report' -l rows -x -a 'turns conversations' -d 'one row each'
complete -c seatmux -n '__fish_seen_subcommand_from report' -l explain -x -d 'rows and messages behind a figure'
complete -c seatmux -n '__fish_seen_subcommand_from report' -l of -x -d 'whose figure'
complete -c seatmux -n '__fish_seen_subcommand_from report' -l enquiry-days -x -d 'days in which an order counts'
complete -c seatmux -n '__fish_seen_subcommand_from keys' -l map -x -a 'default readline irc one-hand' -d 'a shipped key map'
complete -c seatmux -s h -l help -d help

set -l verbs init agent policy identity export import
complete -c seatmuxd -f
complete -c seatmuxd -n "not __fish_seen_subcommand_from $verbs" -a init -d 'make a new desk'
complete -c seatmuxd -n "not __fish_seen_subcommand_from $verbs" -a agent -d 'the people'
complete -c seatmuxd -n "not __fish_seen_subcommand_from $verbs" -a policy -d 'desk.yaml'
complete -c seatmuxd -n "not __fish_seen_subcommand_from $verbs" -a export -d 'the whole log'
complete -c seatmuxd -n "not __fish_seen_subcommand_from $verbs" -a import -d 'a desk of an exported log'
complete -c seatmuxd -n "not __fish_seen_subcommand_from $verbs" -l listen -x -d 'where to listen'
complete -c seatmuxd -n "not __fish_seen_subcommand_from $verbs" -l behind-proxy -d 'a TLS proxy stands in front'
complete -c seatmuxd -n "not __fish_seen_subcommand_from $verbs" -l limit -x -d 'change a request limit'
complete -c seatmuxd -n "not __fish_seen_subcommand_from $verbs" -s v -l verbose -d 'say more'
complete -c seatmuxd -n "not __fish_seen_subcommand_from $verbs" -l version -d version
complete -c seatmuxd -n '__fish_seen_subcommand_from init' -a '(__fish_complete_directories)'
complete -c seatmuxd -n '__fish_seen_subcommand_from agent; and not __fish_seen_subcommand_from add password remove list' -a 'add password remove list'
complete -c seatmuxd -n '__fish_seen_subcommand_from policy; and not __fish_seen_subcommand_from set check' -a 'set check'
complete -c seatmuxd -n '__fish_seen_subcommand_from set check' -F
complete -c seatmuxd -n '__fish_seen_subcommand_from agent' -l role -x -a 'agent supervisor trainee' -d 'what the person is'
complete -c seatmuxd -n '__fish_seen_subcommand_from agent' -l team -x -d 'a team of desk.yaml'
complete -c seatmuxd -n '__fish_seen_subcommand_from agent' -l shown -x -d 'the name customers see'
complete -c seatmuxd -n '__fish_seen_subcommand_from agent' -l capacity -x -d 'chats at once'
complete -c seatmuxd -n '__fish_seen_subcommand_from agent' -l weight -x -d 'share of what the desk gives out'
complete -c seatmuxd -n '__fish_seen_subcommand_from agent' -l password-file -r -F -d 'read the password from a file'
complete -c seatmuxd -l data -x -a '(__fish_complete_directories)' -d "the desk's directory"
complete -c seatmuxd -s h -l help -d help
