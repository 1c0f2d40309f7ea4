//! What no command can have.

use crate::policy::{PolicySource, scope_problems};

/// Takes flags out of the commands where two would share a name, since no program could be started with them, and out of
/// what is withheld where no command takes them.
pub(super) fn drop_clashes(source: &mut PolicySource) {
    let flag_list = |place: &str| {
        let (command, rest) = place.strip_prefix("commands[")?.split_once("].")?;
        let (field, index) = rest.strip_suffix(']')?.split_once('[')?;
        Some((command.parse::<usize>().ok()?, field.to_owned(), index.parse::<usize>().ok()?))
    };
    // Each turn takes one out, and there are only so many.
    while let Some((command, field, index)) =
        scope_problems(source).iter().find_map(|problem| flag_list(&problem.place))
    {
        let Some(rule) = source.commands.get_mut(command) else { return };
        let keys = match field.as_str() {
            "flags" => &mut rule.flags,
            "persistent_flags" => &mut rule.persistent_flags,
            "withhold" => &mut rule.withhold,
            _ => return,
        };
        if index >= keys.len() {
            return;
        }
        keys.remove(index);
    }
}
