#compdef orchard

autoload -U is-at-least

_orchard() {
    typeset -A opt_args
    typeset -a _arguments_options
    local ret=1

    if is-at-least 5.2; then
        _arguments_options=(-s -S -C)
    else
        _arguments_options=(-s -C)
    fi

    local context curcontext="$curcontext" state line
    _arguments "${_arguments_options[@]}" : \
'-P+[The profile to use]:NAME:_default' \
'--profile=[The profile to use]:NAME:_default' \
'*-v[Say more]' \
'*--verbose[Say more]' \
'-h[Print help]' \
'--help[Print help]' \
":: :_orchard_commands" \
"*::: :->orchard" \
&& ret=0
    case $state in
    (orchard)
        words=($line[1] "${words[@]}")
        (( CURRENT += 1 ))
        curcontext="${curcontext%:*:*}:orchard-command-$line[1]:"
        case $line[1] in
            (trees)
_arguments "${_arguments_options[@]}" : \
'-P+[The profile to use]:NAME:_default' \
'--profile=[The profile to use]:NAME:_default' \
'-h[Print help]' \
'--help[Print help]' \
":: :_orchard__subcmd__trees_commands" \
"*::: :->trees" \
&& ret=0

    case $state in
    (trees)
        words=($line[1] "${words[@]}")
        (( CURRENT += 1 ))
        curcontext="${curcontext%:*:*}:orchard-trees-command-$line[1]:"
        case $line[1] in
            (plant)
_arguments "${_arguments_options[@]}" : \
'-f+[What it is to bear]: :(apple pear)' \
'--fruit=[What it is to bear]: :(apple pear)' \
'--soil=[What it stands in]: :((loam\:"Rich and dark"
sand\:"Light and dry"))' \
'--name=[What to call it]: :_default' \
'--label=[What to call it]: :_default' \
'--color=[When to use colours]::WHEN:_default' \
'--rows=[The rows to plant in]:ROW:_default' \
'-P+[The profile to use]:NAME:_default' \
'--profile=[The profile to use]:NAME:_default' \
'-n[Only say what would be done]' \
'--dry-run[Only say what would be done]' \
'-h[Print help (see more with '\''--help'\'')]' \
'--help[Print help (see more with '\''--help'\'')]' \
'::place -- Where to plant it:_default' \
&& ret=0
;;
(add)
_arguments "${_arguments_options[@]}" : \
'-f+[What it is to bear]: :(apple pear)' \
'--fruit=[What it is to bear]: :(apple pear)' \
'--soil=[What it stands in]: :((loam\:"Rich and dark"
sand\:"Light and dry"))' \
'--name=[What to call it]: :_default' \
'--label=[What to call it]: :_default' \
'--color=[When to use colours]::WHEN:_default' \
'--rows=[The rows to plant in]:ROW:_default' \
'-P+[The profile to use]:NAME:_default' \
'--profile=[The profile to use]:NAME:_default' \
'-n[Only say what would be done]' \
'--dry-run[Only say what would be done]' \
'-h[Print help (see more with '\''--help'\'')]' \
'--help[Print help (see more with '\''--help'\'')]' \
'::place -- Where to plant it:_default' \
&& ret=0
;;
(new)
_arguments "${_arguments_options[@]}" : \
'-f+[What it is to bear]: :(apple pear)' \
'--fruit=[What it is to bear]: :(apple pear)' \
'--soil=[What it stands in]: :((loam\:"Rich and dark"
sand\:"Light and dry"))' \
'--name=[What to call it]: :_default' \
'--label=[What to call it]: :_default' \
'--color=[When to use colours]::WHEN:_default' \
'--rows=[The rows to plant in]:ROW:_default' \
'-P+[The profile to use]:NAME:_default' \
'--profile=[The profile to use]:NAME:_default' \
'-n[Only say what would be done]' \
'--dry-run[Only say what would be done]' \
'-h[Print help (see more with '\''--help'\'')]' \
'--help[Print help (see more with '\''--help'\'')]' \
'::place -- Where to plant it:_default' \
&& ret=0
;;
(list)
_arguments "${_arguments_options[@]}" : \
'-o+[How to print them]: :(json table)' \
'--output=[How to print them]: :(json table)' \
'-P+[The profile to use]:NAME:_default' \
'--profile=[The profile to use]:NAME:_default' \
'-h[Print help]' \
'--help[Print help]' \
&& ret=0
;;
(help)
_arguments "${_arguments_options[@]}" : \
":: :_orchard__subcmd__trees__subcmd__help_commands" \
"*::: :->help" \
&& ret=0

    case $state in
    (help)
        words=($line[1] "${words[@]}")
        (( CURRENT += 1 ))
        curcontext="${curcontext%:*:*}:orchard-trees-help-command-$line[1]:"
        case $line[1] in
            (plant)
_arguments "${_arguments_options[@]}" : \
&& ret=0
;;
(list)
_arguments "${_arguments_options[@]}" : \
&& ret=0
;;
(help)
_arguments "${_arguments_options[@]}" : \
&& ret=0
;;
        esac
    ;;
esac
;;
        esac
    ;;
esac
;;
(tree)
_arguments "${_arguments_options[@]}" : \
'-P+[The profile to use]:NAME:_default' \
'--profile=[The profile to use]:NAME:_default' \
'-h[Print help]' \
'--help[Print help]' \
":: :_orchard__subcmd__trees_commands" \
"*::: :->trees" \
&& ret=0

    case $state in
    (trees)
        words=($line[1] "${words[@]}")
        (( CURRENT += 1 ))
        curcontext="${curcontext%:*:*}:orchard-trees-command-$line[1]:"
        case $line[1] in
            (plant)
_arguments "${_arguments_options[@]}" : \
'-f+[What it is to bear]: :(apple pear)' \
'--fruit=[What it is to bear]: :(apple pear)' \
'--soil=[What it stands in]: :((loam\:"Rich and dark"
sand\:"Light and dry"))' \
'--name=[What to call it]: :_default' \
'--label=[What to call it]: :_default' \
'--color=[When to use colours]::WHEN:_default' \
'--rows=[The rows to plant in]:ROW:_default' \
'-P+[The profile to use]:NAME:_default' \
'--profile=[The profile to use]:NAME:_default' \
'-n[Only say what would be done]' \
'--dry-run[Only say what would be done]' \
'-h[Print help (see more with '\''--help'\'')]' \
'--help[Print help (see more with '\''--help'\'')]' \
'::place -- Where to plant it:_default' \
&& ret=0
;;
(add)
_arguments "${_arguments_options[@]}" : \
'-f+[What it is to bear]: :(apple pear)' \
'--fruit=[What it is to bear]: :(apple pear)' \
'--soil=[What it stands in]: :((loam\:"Rich and dark"
sand\:"Light and dry"))' \
'--name=[What to call it]: :_default' \
'--label=[What to call it]: :_default' \
'--color=[When to use colours]::WHEN:_default' \
'--rows=[The rows to plant in]:ROW:_default' \
'-P+[The profile to use]:NAME:_default' \
'--profile=[The profile to use]:NAME:_default' \
'-n[Only say what would be done]' \
'--dry-run[Only say what would be done]' \
'-h[Print help (see more with '\''--help'\'')]' \
'--help[Print help (see more with '\''--help'\'')]' \
'::place -- Where to plant it:_default' \
&& ret=0
;;
(new)
_arguments "${_arguments_options[@]}" : \
'-f+[What it is to bear]: :(apple pear)' \
'--fruit=[What it is to bear]: :(apple pear)' \
'--soil=[What it stands in]: :((loam\:"Rich and dark"
sand\:"Light and dry"))' \
'--name=[What to call it]: :_default' \
'--label=[What to call it]: :_default' \
'--color=[When to use colours]::WHEN:_default' \
'--rows=[The rows to plant in]:ROW:_default' \
'-P+[The profile to use]:NAME:_default' \
'--profile=[The profile to use]:NAME:_default' \
'-n[Only say what would be done]' \
'--dry-run[Only say what would be done]' \
'-h[Print help (see more with '\''--help'\'')]' \
'--help[Print help (see more with '\''--help'\'')]' \
'::place -- Where to plant it:_default' \
&& ret=0
;;
(list)
_arguments "${_arguments_options[@]}" : \
'-o+[How to print them]: :(json table)' \
'--output=[How to print them]: :(json table)' \
'-P+[The profile to use]:NAME:_default' \
'--profile=[The profile to use]:NAME:_default' \
'-h[Print help]' \
'--help[Print help]' \
&& ret=0
;;
(help)
_arguments "${_arguments_options[@]}" : \
":: :_orchard__subcmd__trees__subcmd__help_commands" \
"*::: :->help" \
&& ret=0

    case $state in
    (help)
        words=($line[1] "${words[@]}")
        (( CURRENT += 1 ))
        curcontext="${curcontext%:*:*}:orchard-trees-help-command-$line[1]:"
        case $line[1] in
            (plant)
_arguments "${_arguments_options[@]}" : \
&& ret=0
;;
(list)
_arguments "${_arguments_options[@]}" : \
&& ret=0
;;
(help)
_arguments "${_arguments_options[@]}" : \
&& ret=0
;;
        esac
    ;;
esac
;;
        esac
    ;;
esac
;;
(harvest)
_arguments "${_arguments_options[@]}" : \
'--baskets=[How many baskets there are]:COUNT:_default' \
'-P+[The profile to use]:NAME:_default' \
'--profile=[The profile to use]:NAME:_default' \
'-h[Print help]' \
'--help[Print help]' \
&& ret=0
;;
(help)
_arguments "${_arguments_options[@]}" : \
":: :_orchard__subcmd__help_commands" \
"*::: :->help" \
&& ret=0

    case $state in
    (help)
        words=($line[1] "${words[@]}")
        (( CURRENT += 1 ))
        curcontext="${curcontext%:*:*}:orchard-help-command-$line[1]:"
        case $line[1] in
            (trees)
_arguments "${_arguments_options[@]}" : \
":: :_orchard__subcmd__help__subcmd__trees_commands" \
"*::: :->trees" \
&& ret=0

    case $state in
    (trees)
        words=($line[1] "${words[@]}")
        (( CURRENT += 1 ))
        curcontext="${curcontext%:*:*}:orchard-help-trees-command-$line[1]:"
        case $line[1] in
            (plant)
_arguments "${_arguments_options[@]}" : \
&& ret=0
;;
(list)
_arguments "${_arguments_options[@]}" : \
&& ret=0
;;
        esac
    ;;
esac
;;
(harvest)
_arguments "${_arguments_options[@]}" : \
&& ret=0
;;
(help)
_arguments "${_arguments_options[@]}" : \
&& ret=0
;;
        esac
    ;;
esac
;;
        esac
    ;;
esac
}

(( $+functions[_orchard_commands] )) ||
_orchard_commands() {
    local commands; commands=(
'trees:Work with trees' \
'tree:Work with trees' \
'harvest:Pick what is ripe' \
'help:Print this message or the help of the given subcommand(s)' \
    )
    _describe -t commands 'orchard commands' commands "$@"
}
(( $+functions[_orchard__subcmd__harvest_commands] )) ||
_orchard__subcmd__harvest_commands() {
    local commands; commands=()
    _describe -t commands 'orchard harvest commands' commands "$@"
}
(( $+functions[_orchard__subcmd__help_commands] )) ||
_orchard__subcmd__help_commands() {
    local commands; commands=(
'trees:Work with trees' \
'harvest:Pick what is ripe' \
'help:Print this message or the help of the given subcommand(s)' \
    )
    _describe -t commands 'orchard help commands' commands "$@"
}
(( $+functions[_orchard__subcmd__help__subcmd__harvest_commands] )) ||
_orchard__subcmd__help__subcmd__harvest_commands() {
    local commands; commands=()
    _describe -t commands 'orchard help harvest commands' commands "$@"
}
(( $+functions[_orchard__subcmd__help__subcmd__help_commands] )) ||
_orchard__subcmd__help__subcmd__help_commands() {
    local commands; commands=()
    _describe -t commands 'orchard help help commands' commands "$@"
}
(( $+functions[_orchard__subcmd__help__subcmd__trees_commands] )) ||
_orchard__subcmd__help__subcmd__trees_commands() {
    local commands; commands=(
'plant:Plant a tree' \
'list:List the trees' \
    )
    _describe -t commands 'orchard help trees commands' commands "$@"
}
(( $+functions[_orchard__subcmd__help__subcmd__trees__subcmd__list_commands] )) ||
_orchard__subcmd__help__subcmd__trees__subcmd__list_commands() {
    local commands; commands=()
    _describe -t commands 'orchard help trees list commands' commands "$@"
}
(( $+functions[_orchard__subcmd__help__subcmd__trees__subcmd__plant_commands] )) ||
_orchard__subcmd__help__subcmd__trees__subcmd__plant_commands() {
    local commands; commands=()
    _describe -t commands 'orchard help trees plant commands' commands "$@"
}
(( $+functions[_orchard__subcmd__trees_commands] )) ||
_orchard__subcmd__trees_commands() {
    local commands; commands=(
'plant:Plant a tree' \
'add:Plant a tree' \
'new:Plant a tree' \
'list:List the trees' \
'help:Print this message or the help of the given subcommand(s)' \
    )
    _describe -t commands 'orchard trees commands' commands "$@"
}
(( $+functions[_orchard__subcmd__trees__subcmd__help_commands] )) ||
_orchard__subcmd__trees__subcmd__help_commands() {
    local commands; commands=(
'plant:Plant a tree' \
'list:List the trees' \
'help:Print this message or the help of the given subcommand(s)' \
    )
    _describe -t commands 'orchard trees help commands' commands "$@"
}
(( $+functions[_orchard__subcmd__trees__subcmd__help__subcmd__help_commands] )) ||
_orchard__subcmd__trees__subcmd__help__subcmd__help_commands() {
    local commands; commands=()
    _describe -t commands 'orchard trees help help commands' commands "$@"
}
(( $+functions[_orchard__subcmd__trees__subcmd__help__subcmd__list_commands] )) ||
_orchard__subcmd__trees__subcmd__help__subcmd__list_commands() {
    local commands; commands=()
    _describe -t commands 'orchard trees help list commands' commands "$@"
}
(( $+functions[_orchard__subcmd__trees__subcmd__help__subcmd__plant_commands] )) ||
_orchard__subcmd__trees__subcmd__help__subcmd__plant_commands() {
    local commands; commands=()
    _describe -t commands 'orchard trees help plant commands' commands "$@"
}
(( $+functions[_orchard__subcmd__trees__subcmd__list_commands] )) ||
_orchard__subcmd__trees__subcmd__list_commands() {
    local commands; commands=()
    _describe -t commands 'orchard trees list commands' commands "$@"
}
(( $+functions[_orchard__subcmd__trees__subcmd__plant_commands] )) ||
_orchard__subcmd__trees__subcmd__plant_commands() {
    local commands; commands=()
    _describe -t commands 'orchard trees plant commands' commands "$@"
}

if [ "$funcstack[1]" = "_orchard" ]; then
    _orchard "$@"
else
    compdef _orchard orchard
fi
