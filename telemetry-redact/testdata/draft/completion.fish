# Print an optspec for argparse to handle cmd's options that are independent of any subcommand.
function __fish_orchard_global_optspecs
    string join \n P/profile= v/verbose h/help
end

function __fish_orchard_needs_command
    # Figure out if the current invocation already has a command.
    set -l cmd (commandline -opc)
    set -e cmd[1]
    argparse -s (__fish_orchard_global_optspecs) -- $cmd 2>/dev/null
    or return
    if set -q argv[1]
        # Also print the command, so this can be used to figure out what it is.
        echo $argv[1]
        return 1
    end
    return 0
end

function __fish_orchard_using_subcommand
    set -l cmd (__fish_orchard_needs_command)
    test -z "$cmd"
    and return 1
    contains -- $cmd[1] $argv
end

complete -c orchard -n "__fish_orchard_needs_command" -s P -l profile -d 'The profile to use' -r
complete -c orchard -n "__fish_orchard_needs_command" -s v -l verbose -d 'Say more'
complete -c orchard -n "__fish_orchard_needs_command" -s h -l help -d 'Print help'
complete -c orchard -n "__fish_orchard_needs_command" -f -a "trees" -d 'Work with trees'
complete -c orchard -n "__fish_orchard_needs_command" -f -a "tree" -d 'Work with trees'
complete -c orchard -n "__fish_orchard_needs_command" -f -a "harvest" -d 'Pick what is ripe'
complete -c orchard -n "__fish_orchard_needs_command" -f -a "help" -d 'Print this message or the help of the given subcommand(s)'
complete -c orchard -n "__fish_orchard_using_subcommand trees; and not __fish_seen_subcommand_from plant add new list help" -s P -l profile -d 'The profile to use' -r
complete -c orchard -n "__fish_orchard_using_subcommand trees; and not __fish_seen_subcommand_from plant add new list help" -s h -l help -d 'Print help'
complete -c orchard -n "__fish_orchard_using_subcommand trees; and not __fish_seen_subcommand_from plant add new list help" -f -a "plant" -d 'Plant a tree'
complete -c orchard -n "__fish_orchard_using_subcommand trees; and not __fish_seen_subcommand_from plant add new list help" -f -a "add" -d 'Plant a tree'
complete -c orchard -n "__fish_orchard_using_subcommand trees; and not __fish_seen_subcommand_from plant add new list help" -f -a "new" -d 'Plant a tree'
complete -c orchard -n "__fish_orchard_using_subcommand trees; and not __fish_seen_subcommand_from plant add new list help" -f -a "list" -d 'List the trees'
complete -c orchard -n "__fish_orchard_using_subcommand trees; and not __fish_seen_subcommand_from plant add new list help" -f -a "help" -d 'Print this message or the help of the given subcommand(s)'
complete -c orchard -n "__fish_orchard_using_subcommand trees; and __fish_seen_subcommand_from plant" -s f -l fruit -d 'What it is to bear' -r -f -a "apple\t''
pear\t''"
complete -c orchard -n "__fish_orchard_using_subcommand trees; and __fish_seen_subcommand_from plant" -l soil -d 'What it stands in' -r -f -a "loam\t'Rich and dark'
sand\t'Light and dry'"
complete -c orchard -n "__fish_orchard_using_subcommand trees; and __fish_seen_subcommand_from plant" -l name -l label -d 'What to call it' -r
complete -c orchard -n "__fish_orchard_using_subcommand trees; and __fish_seen_subcommand_from plant" -l color -d 'When to use colours' -r
complete -c orchard -n "__fish_orchard_using_subcommand trees; and __fish_seen_subcommand_from plant" -l rows -d 'The rows to plant in' -r
complete -c orchard -n "__fish_orchard_using_subcommand trees; and __fish_seen_subcommand_from plant" -s P -l profile -d 'The profile to use' -r
complete -c orchard -n "__fish_orchard_using_subcommand trees; and __fish_seen_subcommand_from plant" -s n -l dry-run -d 'Only say what would be done'
complete -c orchard -n "__fish_orchard_using_subcommand trees; and __fish_seen_subcommand_from plant" -s h -l help -d 'Print help (see more with \'--help\')'
complete -c orchard -n "__fish_orchard_using_subcommand trees; and __fish_seen_subcommand_from add" -s f -l fruit -d 'What it is to bear' -r -f -a "apple\t''
pear\t''"
complete -c orchard -n "__fish_orchard_using_subcommand trees; and __fish_seen_subcommand_from add" -l soil -d 'What it stands in' -r -f -a "loam\t'Rich and dark'
sand\t'Light and dry'"
complete -c orchard -n "__fish_orchard_using_subcommand trees; and __fish_seen_subcommand_from add" -l name -l label -d 'What to call it' -r
complete -c orchard -n "__fish_orchard_using_subcommand trees; and __fish_seen_subcommand_from add" -l color -d 'When to use colours' -r
complete -c orchard -n "__fish_orchard_using_subcommand trees; and __fish_seen_subcommand_from add" -l rows -d 'The rows to plant in' -r
complete -c orchard -n "__fish_orchard_using_subcommand trees; and __fish_seen_subcommand_from add" -s P -l profile -d 'The profile to use' -r
complete -c orchard -n "__fish_orchard_using_subcommand trees; and __fish_seen_subcommand_from add" -s n -l dry-run -d 'Only say what would be done'
complete -c orchard -n "__fish_orchard_using_subcommand trees; and __fish_seen_subcommand_from add" -s h -l help -d 'Print help (see more with \'--help\')'
complete -c orchard -n "__fish_orchard_using_subcommand trees; and __fish_seen_subcommand_from new" -s f -l fruit -d 'What it is to bear' -r -f -a "apple\t''
pear\t''"
complete -c orchard -n "__fish_orchard_using_subcommand trees; and __fish_seen_subcommand_from new" -l soil -d 'What it stands in' -r -f -a "loam\t'Rich and dark'
sand\t'Light and dry'"
complete -c orchard -n "__fish_orchard_using_subcommand trees; and __fish_seen_subcommand_from new" -l name -l label -d 'What to call it' -r
complete -c orchard -n "__fish_orchard_using_subcommand trees; and __fish_seen_subcommand_from new" -l color -d 'When to use colours' -r
complete -c orchard -n "__fish_orchard_using_subcommand trees; and __fish_seen_subcommand_from new" -l rows -d 'The rows to plant in' -r
complete -c orchard -n "__fish_orchard_using_subcommand trees; and __fish_seen_subcommand_from new" -s P -l profile -d 'The profile to use' -r
complete -c orchard -n "__fish_orchard_using_subcommand trees; and __fish_seen_subcommand_from new" -s n -l dry-run -d 'Only say what would be done'
complete -c orchard -n "__fish_orchard_using_subcommand trees; and __fish_seen_subcommand_from new" -s h -l help -d 'Print help (see more with \'--help\')'
complete -c orchard -n "__fish_orchard_using_subcommand trees; and __fish_seen_subcommand_from list" -s o -l output -d 'How to print them' -r -f -a "json\t''
table\t''"
complete -c orchard -n "__fish_orchard_using_subcommand trees; and __fish_seen_subcommand_from list" -s P -l profile -d 'The profile to use' -r
complete -c orchard -n "__fish_orchard_using_subcommand trees; and __fish_seen_subcommand_from list" -s h -l help -d 'Print help'
complete -c orchard -n "__fish_orchard_using_subcommand trees; and __fish_seen_subcommand_from help" -f -a "plant" -d 'Plant a tree'
complete -c orchard -n "__fish_orchard_using_subcommand trees; and __fish_seen_subcommand_from help" -f -a "list" -d 'List the trees'
complete -c orchard -n "__fish_orchard_using_subcommand trees; and __fish_seen_subcommand_from help" -f -a "help" -d 'Print this message or the help of the given subcommand(s)'
complete -c orchard -n "__fish_orchard_using_subcommand tree; and not __fish_seen_subcommand_from plant add new list help" -s P -l profile -d 'The profile to use' -r
complete -c orchard -n "__fish_orchard_using_subcommand tree; and not __fish_seen_subcommand_from plant add new list help" -s h -l help -d 'Print help'
complete -c orchard -n "__fish_orchard_using_subcommand tree; and not __fish_seen_subcommand_from plant add new list help" -f -a "plant" -d 'Plant a tree'
complete -c orchard -n "__fish_orchard_using_subcommand tree; and not __fish_seen_subcommand_from plant add new list help" -f -a "add" -d 'Plant a tree'
complete -c orchard -n "__fish_orchard_using_subcommand tree; and not __fish_seen_subcommand_from plant add new list help" -f -a "new" -d 'Plant a tree'
complete -c orchard -n "__fish_orchard_using_subcommand tree; and not __fish_seen_subcommand_from plant add new list help" -f -a "list" -d 'List the trees'
complete -c orchard -n "__fish_orchard_using_subcommand tree; and not __fish_seen_subcommand_from plant add new list help" -f -a "help" -d 'Print this message or the help of the given subcommand(s)'
complete -c orchard -n "__fish_orchard_using_subcommand tree; and __fish_seen_subcommand_from plant" -s f -l fruit -d 'What it is to bear' -r -f -a "apple\t''
pear\t''"
complete -c orchard -n "__fish_orchard_using_subcommand tree; and __fish_seen_subcommand_from plant" -l soil -d 'What it stands in' -r -f -a "loam\t'Rich and dark'
sand\t'Light and dry'"
complete -c orchard -n "__fish_orchard_using_subcommand tree; and __fish_seen_subcommand_from plant" -l name -l label -d 'What to call it' -r
complete -c orchard -n "__fish_orchard_using_subcommand tree; and __fish_seen_subcommand_from plant" -l color -d 'When to use colours' -r
complete -c orchard -n "__fish_orchard_using_subcommand tree; and __fish_seen_subcommand_from plant" -l rows -d 'The rows to plant in' -r
complete -c orchard -n "__fish_orchard_using_subcommand tree; and __fish_seen_subcommand_from plant" -s P -l profile -d 'The profile to use' -r
complete -c orchard -n "__fish_orchard_using_subcommand tree; and __fish_seen_subcommand_from plant" -s n -l dry-run -d 'Only say what would be done'
complete -c orchard -n "__fish_orchard_using_subcommand tree; and __fish_seen_subcommand_from plant" -s h -l help -d 'Print help (see more with \'--help\')'
complete -c orchard -n "__fish_orchard_using_subcommand tree; and __fish_seen_subcommand_from add" -s f -l fruit -d 'What it is to bear' -r -f -a "apple\t''
pear\t''"
complete -c orchard -n "__fish_orchard_using_subcommand tree; and __fish_seen_subcommand_from add" -l soil -d 'What it stands in' -r -f -a "loam\t'Rich and dark'
sand\t'Light and dry'"
complete -c orchard -n "__fish_orchard_using_subcommand tree; and __fish_seen_subcommand_from add" -l name -l label -d 'What to call it' -r
complete -c orchard -n "__fish_orchard_using_subcommand tree; and __fish_seen_subcommand_from add" -l color -d 'When to use colours' -r
complete -c orchard -n "__fish_orchard_using_subcommand tree; and __fish_seen_subcommand_from add" -l rows -d 'The rows to plant in' -r
complete -c orchard -n "__fish_orchard_using_subcommand tree; and __fish_seen_subcommand_from add" -s P -l profile -d 'The profile to use' -r
complete -c orchard -n "__fish_orchard_using_subcommand tree; and __fish_seen_subcommand_from add" -s n -l dry-run -d 'Only say what would be done'
complete -c orchard -n "__fish_orchard_using_subcommand tree; and __fish_seen_subcommand_from add" -s h -l help -d 'Print help (see more with \'--help\')'
complete -c orchard -n "__fish_orchard_using_subcommand tree; and __fish_seen_subcommand_from new" -s f -l fruit -d 'What it is to bear' -r -f -a "apple\t''
pear\t''"
complete -c orchard -n "__fish_orchard_using_subcommand tree; and __fish_seen_subcommand_from new" -l soil -d 'What it stands in' -r -f -a "loam\t'Rich and dark'
sand\t'Light and dry'"
complete -c orchard -n "__fish_orchard_using_subcommand tree; and __fish_seen_subcommand_from new" -l name -l label -d 'What to call it' -r
complete -c orchard -n "__fish_orchard_using_subcommand tree; and __fish_seen_subcommand_from new" -l color -d 'When to use colours' -r
complete -c orchard -n "__fish_orchard_using_subcommand tree; and __fish_seen_subcommand_from new" -l rows -d 'The rows to plant in' -r
complete -c orchard -n "__fish_orchard_using_subcommand tree; and __fish_seen_subcommand_from new" -s P -l profile -d 'The profile to use' -r
complete -c orchard -n "__fish_orchard_using_subcommand tree; and __fish_seen_subcommand_from new" -s n -l dry-run -d 'Only say what would be done'
complete -c orchard -n "__fish_orchard_using_subcommand tree; and __fish_seen_subcommand_from new" -s h -l help -d 'Print help (see more with \'--help\')'
complete -c orchard -n "__fish_orchard_using_subcommand tree; and __fish_seen_subcommand_from list" -s o -l output -d 'How to print them' -r -f -a "json\t''
table\t''"
complete -c orchard -n "__fish_orchard_using_subcommand tree; and __fish_seen_subcommand_from list" -s P -l profile -d 'The profile to use' -r
complete -c orchard -n "__fish_orchard_using_subcommand tree; and __fish_seen_subcommand_from list" -s h -l help -d 'Print help'
complete -c orchard -n "__fish_orchard_using_subcommand tree; and __fish_seen_subcommand_from help" -f -a "plant" -d 'Plant a tree'
complete -c orchard -n "__fish_orchard_using_subcommand tree; and __fish_seen_subcommand_from help" -f -a "list" -d 'List the trees'
complete -c orchard -n "__fish_orchard_using_subcommand tree; and __fish_seen_subcommand_from help" -f -a "help" -d 'Print this message or the help of the given subcommand(s)'
complete -c orchard -n "__fish_orchard_using_subcommand harvest" -l baskets -d 'How many baskets there are' -r
complete -c orchard -n "__fish_orchard_using_subcommand harvest" -s P -l profile -d 'The profile to use' -r
complete -c orchard -n "__fish_orchard_using_subcommand harvest" -s h -l help -d 'Print help'
complete -c orchard -n "__fish_orchard_using_subcommand help; and not __fish_seen_subcommand_from trees harvest help" -f -a "trees" -d 'Work with trees'
complete -c orchard -n "__fish_orchard_using_subcommand help; and not __fish_seen_subcommand_from trees harvest help" -f -a "harvest" -d 'Pick what is ripe'
complete -c orchard -n "__fish_orchard_using_subcommand help; and not __fish_seen_subcommand_from trees harvest help" -f -a "help" -d 'Print this message or the help of the given subcommand(s)'
complete -c orchard -n "__fish_orchard_using_subcommand help; and __fish_seen_subcommand_from trees" -f -a "plant" -d 'Plant a tree'
complete -c orchard -n "__fish_orchard_using_subcommand help; and __fish_seen_subcommand_from trees" -f -a "list" -d 'List the trees'
