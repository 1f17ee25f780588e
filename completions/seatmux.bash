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
    --scenario) words=$("${COMP_WORDS[0]}" practice --list 2>/dev/null | sed 's/ .*//') ;;
    --day) words='next 1 2 3 4 5 6' ;;
    --profile) words=$(_seatmux_profiles) ;;
    --lang) words='zh-CN en' ;;
    --availability) words='online busy away offline' ;;
    --color) words='auto always never' ;;
    --as) words='config keys desk pack theme words scenario exam curriculum manners' ;;
    --by) words='agent team inbox hour day desk' ;;
    --rows) words='turns conversations pages referrers rules hours' ;;
    --map) words='default readline irc one-hand' ;;
    --password-file | --hand-in | --cafile | --log | --html | --cursor-file)
        mapfile -t COMPREPLY < <(compgen -f -- "$word")
        return
        ;;
    --auto) words='good slow silent' ;;
    --until) words='breach resolved rated' ;;
    --from | --to | --filter | --since | --exec | --exam | --curriculum | --who | --verify | --out | --timeout | --explain | --of | --enquiry-days | --server | --login | --pin | --seed | --speed | --customers | --rate | --at-once | --hold) return ;;
    esac
    if [[ -z ${words-} ]]; then
        case $command in
        practice) words='--scenario --seed --customers --lang --color --plain --speed --auto --curriculum --day --any --turns --record --list --json --help' ;;
        scenario) words='from-log --log --conversation --id --help' ;;
        exam) words='--exam --who --lang --color --out --json --seed --auto --verify --hand-in --server --login --profile --password-file --cafile --pin --help' ;;
        simulate) words='--server --customers --rate --at-once --seed --scenario --lang --speed --login --password-file --json --help' ;;
        check)
            words='--json --as --help'
            [[ $word == -* ]] || mapfile -t COMPREPLY < <(compgen -f -- "$word")
            ;;
        report) words='--server --login --profile --password-file --cafile --pin --lang --log --from --to --by --table --csv --json --html --rows --explain --of --enquiry-days --help' ;;
        tail) words='--server --login --profile --password-file --cafile --pin --lang --color --json --filter --since --cursor-file --exec --snapshot --once --until --timeout --help' ;;
        broadcast) words='--server --login --profile --password-file --cafile --pin --lang --filter --pace --preview --stop --text-file --list --json --help' ;;
        review) words='--server --login --profile --password-file --cafile --pin --lang --sample --n --seed --from --to --agent --team --show --give --comment --answer --excuse --link --message --calibration --json --help' ;;
        doctor) words='--server --login --profile --password-file --cafile --pin --lang --hold --json --help' ;;
        incident) words='--server --login --profile --password-file --cafile --pin --lang --team --inbox --for --clear --text-file --list --json --help' ;;
        keys) words='--map --help' ;;
        options) words='--help' ;;
        -* | supervise) words='--server --login --profile --password-file --cafile --pin --lang --availability --color --help --version' ;;
        *)
            words='--server --login --profile --password-file --cafile --pin --lang --availability --color --plain --help --version'
            ((COMP_CWORD == 1)) && words="practice exam scenario simulate supervise tail broadcast incident review report check doctor keys options $words"
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
    --data | --files | --to | --from)
        mapfile -t COMPREPLY < <(compgen -d -- "$word")
        return
        ;;
    --password-file)
        mapfile -t COMPREPLY < <(compgen -f -- "$word")
        return
        ;;
    --listen | --limit | --team | --language | --shown | --capacity | --weight | --keep) return ;;
    esac
    if [[ -z ${words-} ]]; then
        case $command in
        init)
            mapfile -t COMPREPLY < <(compgen -d -- "$word")
            return
            ;;
        agent)
            words='--data --role --team --language --shown --capacity --weight --password-file --help'
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
        check)
            words='--data --help'
            [[ $word == -* ]] || mapfile -t COMPREPLY < <(compgen -f -- "$word")
            ;;
        export | import) words='--data --files --help' ;;
        erase-contact) words='--data --dry-run --help' ;;
        identity) words='--data --help' ;;
        backup) words='--data --to --keep --help' ;;
        restore) words='--from --data --check --help' ;;
        *)
            words='--data --listen --behind-proxy --limit --verbose --quiet --help --version'
            ((COMP_CWORD == 1)) && words="init agent policy check identity backup restore erase-contact export import $words"
            ;;
        esac
    fi
    ((${#COMPREPLY[@]})) || mapfile -t COMPREPLY < <(compgen -W "$words" -- "$word")
}

complete -F _seatmux seatmux
complete -F _seatmuxd seatmuxd
