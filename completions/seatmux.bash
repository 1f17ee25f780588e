# SPDX-License-Identifier: MIT
# Completion of seatmux and seatmuxd for bash.

_seatmux_profiles() {
    sed -n '/^profiles:/,/^[^ #]/s/^ \{1,4\}\([A-Za-z0-9._-]\{1,\}\):[[:space:]]*$/\1/p' \
        "${XDG_CONFIG_HOME:-$HOME/.config}/seatmux/config.yaml" 2>/dev/null
}

_seatmux() {
    local word=${COMP_WORDS[COMP_CWORD]} before=${COMP_WORDS[COMP_CWORD - 1]} command=${COMP_WORDS[1]} words
    COMPREPLY=()
    case $before in
    --scenario) words=$("${COMP_WORDS[0]}" practice --list 2>/dev/null) ;;
    --profile) words=$(_seatmux_profiles) ;;
    --lang) words='zh-CN en' ;;
    --availability) words='online busy away offline' ;;
    --color) words='auto always never' ;;
    --as) words='config keys desk pack theme scenario exam' ;;
    --by) words='agent team inbox hour day desk' ;;
    --rows) words='turns conversations' ;;
    --map) words='default readline irc one-hand' ;;
    --password-file | --cafile | --log | --html | --cursor-file)
        mapfile -t COMPREPLY < <(compgen -f -- "$word")
        return
        ;;
    --auto) words='good slow silent' ;;
    --until) words='breach resolved rated' ;;
    --from | --to | --filter | --since | --exec | --exam | --who | --verify | --out | --timeout | --explain | --of | --enquiry-days | --server | --login | --pin | --seed | --speed | --customers | --rate | --at-once) return ;;
    esac
    if [[ -z ${words-} ]]; then
        case $command in
        practice) words='--scenario --seed --customers --lang --color --speed --auto --record --list --json --help' ;;
        scenario) words='from-log --log --conversation --id --help' ;;
        exam) words='--exam --who --lang --color --out --json --seed --auto --verify --help' ;;
        simulate) words='--server --customers --rate --at-once --seed --scenario --lang --speed --help' ;;
        check)
            words='--json --as --help'
            [[ $word == -* ]] || mapfile -t COMPREPLY < <(compgen -f -- "$word")
            ;;
        report) words='--server --login --profile --password-file --cafile --pin --lang --log --from --to --by --table --csv --json --html --rows --explain --of --enquiry-days --help' ;;
        tail) words='--server --login --profile --password-file --cafile --pin --lang --color --json --filter --since --cursor-file --exec --snapshot --once --until --timeout --help' ;;
        keys) words='--map --help' ;;
        options) words='--help' ;;
        -* | supervise) words='--server --login --profile --password-file --cafile --pin --lang --availability --color --help --version' ;;
        *)
            words='--server --login --profile --password-file --cafile --pin --lang --availability --color --help --version'
            ((COMP_CWORD == 1)) && words="practice exam scenario simulate supervise tail report check keys options $words"
            ;;
        esac
    fi
    ((${#COMPREPLY[@]})) || mapfile -t COMPREPLY < <(compgen -W "$words" -- "$word")
}

_seatmuxd() {
    local word=${COMP_WORDS[COMP_CWORD]} before=${COMP_WORDS[COMP_CWORD - 1]} command=${COMP_WORDS[1]} words
    COMPREPLY=()
    case $before in
    --role) words='agent supervisor trainee' ;;
    --data)
        mapfile -t COMPREPLY < <(compgen -d -- "$word")
        return
        ;;
    --password-file)
        mapfile -t COMPREPLY < <(compgen -f -- "$word")
        return
        ;;
    --listen | --limit | --team | --shown | --capacity | --weight) return ;;
    esac
    if [[ -z ${words-} ]]; then
        case $command in
        init)
            mapfile -t COMPREPLY < <(compgen -d -- "$word")
            return
            ;;
        agent)
            words='--data --role --team --shown --capacity --weight --password-file --help'
            ((COMP_CWORD == 2)) && words='add password remove list'
            ;;
        policy)
            words='--data --help'
            ((COMP_CWORD == 2)) && words='set check'
            if ((COMP_CWORD > 2)) && [[ $word != -* ]]; then
                mapfile -t COMPREPLY < <(compgen -f -- "$word")
                return
            fi
            ;;
        export | import | identity) words='--data --help' ;;
        *)
            words='--data --listen --behind-proxy --limit --verbose --help --version'
            ((COMP_CWORD == 1)) && words="init agent policy identity export import $words"
            ;;
        esac
    fi
    mapfile -t COMPREPLY < <(compgen -W "$words" -- "$word")
}

complete -F _seatmux seatmux
complete -F _seatmuxd seatmuxd
