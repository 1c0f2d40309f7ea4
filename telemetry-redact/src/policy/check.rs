//! What a policy's words must be like. Names that resolve to nothing are found by the tree.

use std::collections::{BTreeMap, BTreeSet, HashSet};

use telemetry_schema::{ErrorCode, ProgramName, Value, Word};

use super::{CommandRule, FlagRule, List, POLICY_FORMAT, PolicyProblem, PolicySource, Takes};

/// Every problem of the words themselves.
pub(super) fn problems(source: &PolicySource) -> Vec<PolicyProblem> {
    let mut problems = Vec::new();
    let mut report = |place: String, message: String| problems.push(PolicyProblem::new(place, message));
    let PolicySource {
        format,
        program,
        program_aliases,
        version: _,
        environment_prefix,
        dialect: _,
        timestamps: _,
        error_codes,
        sets,
        flags,
        commands,
    } = source;

    if *format != POLICY_FORMAT {
        report("format".into(), format!("this version reads format {POLICY_FORMAT}"));
    }
    if let Err(error) = ProgramName::new(program.as_str()) {
        report("program".into(), error.to_string());
    }
    for (index, alias) in program_aliases.iter().enumerate() {
        if let Err(error) = ProgramName::new(alias.as_str()) {
            report(format!("program_aliases[{index}]"), error.to_string());
        }
    }
    if let Some(prefix) = environment_prefix {
        let upper = |b: u8| b.is_ascii_uppercase() || b.is_ascii_digit() || b == b'_';
        if prefix.is_empty() || !prefix.bytes().all(upper) {
            report("environment_prefix".into(), "expected upper-case letters, digits and underscores".into());
        }
    }
    for (index, code) in error_codes.iter().enumerate() {
        if let Err(error) = ErrorCode::new(code.as_str()) {
            report(format!("error_codes[{index}]"), error.to_string());
        }
    }
    check_sets(sets, &mut report);
    for (key, rule) in flags {
        check_flag(key, rule, sets, &mut report);
    }
    check_commands(commands, sets, &mut report);
    check_use(source, &mut report);
    problems
}

fn check_sets(sets: &BTreeMap<String, Vec<String>>, report: &mut impl FnMut(String, String)) {
    for (name, values) in sets {
        if values.is_empty() {
            report(format!("sets.{name}"), "a set without values keeps nothing: leave it out".into());
        }
        let mut seen = HashSet::new();
        for (index, value) in values.iter().enumerate() {
            let place = || format!("sets.{name}[{index}]");
            if let Err(error) = Value::new(value.as_str()) {
                report(place(), error.to_string());
            } else if !seen.insert(value) {
                report(place(), "the same value stands there twice".into());
            } else if let Some(rule) = crate::detect::sensitive(value) {
                report(
                    place(),
                    format!("looks like personal data or a secret ({rule}): a policy must not hold one"),
                );
            }
        }
    }
}

fn check_flag(
    key: &str,
    rule: &FlagRule,
    sets: &BTreeMap<String, Vec<String>>,
    report: &mut impl FnMut(String, String),
) {
    let FlagRule { name, short, aliases, takes, values, list } = rule;
    let at = |field: &str| format!("flags.{key}.{field}");
    if let Err(error) = Word::new(name.as_deref().unwrap_or(key)) {
        report(if name.is_some() { at("name") } else { format!("flags.{key}") }, error.to_string());
    }
    for (index, alias) in aliases.iter().enumerate() {
        if let Err(error) = Word::new(alias.as_str()) {
            report(format!("flags.{key}.aliases[{index}]"), error.to_string());
        }
    }
    if short.is_some_and(|short| !short.is_ascii_alphanumeric()) {
        report(at("short"), "expected one ASCII letter or digit".into());
    }
    if let Some(set) = values.as_ref().filter(|set| !sets.contains_key(*set)) {
        report(at("values"), format!("there is no set `{set}` in `sets`"));
    }
    if *takes == Takes::Nothing && values.is_some() {
        report(at("values"), "a switch takes no values: set `takes` to `value` or `optional_value`".into());
    }
    if *list == List::Comma && values.is_none() {
        report(
            at("list"),
            "a list of values that are all dropped says nothing: give `values` or leave `list` out".into(),
        );
    }
}

fn check_commands(
    commands: &[CommandRule],
    sets: &BTreeMap<String, Vec<String>>,
    report: &mut impl FnMut(String, String),
) {
    for (index, rule) in commands.iter().enumerate() {
        let CommandRule { path, aliases, flags: _, persistent_flags: _, positionals } = rule;
        let at = |field: &str| format!("commands[{index}].{field}");
        for word in path.split(' ').filter(|_| !path.is_empty()) {
            if let Err(error) = Word::new(word) {
                report(at("path"), error.to_string());
            }
        }
        if path.split(' ').count() > MAX_DEPTH {
            report(at("path"), format!("a path has at most {MAX_DEPTH} words"));
        }
        if path.is_empty() && !aliases.is_empty() {
            report(at("aliases"), "the program's own other names go into `program_aliases`".into());
        }
        for (place, alias) in aliases.iter().enumerate() {
            if let Err(error) = Word::new(alias.as_str()) {
                report(format!("commands[{index}].aliases[{place}]"), error.to_string());
            }
        }
        for (place, positional) in positionals.iter().enumerate() {
            if let Some(set) = positional.values.as_ref().filter(|set| !sets.contains_key(*set)) {
                report(
                    format!("commands[{index}].positionals[{place}].values"),
                    format!("there is no set `{set}` in `sets`"),
                );
            }
        }
    }
}

/// The longest path an event holds.
const MAX_DEPTH: usize = 16;

/// A rule that nothing refers to is a mistake, not a no-op.
fn check_use(source: &PolicySource, report: &mut impl FnMut(String, String)) {
    let used: BTreeSet<&String> =
        source.commands.iter().flat_map(|rule| rule.flags.iter().chain(&rule.persistent_flags)).collect();
    for key in source.flags.keys().filter(|key| !used.contains(key)) {
        report(format!("flags.{key}"), "no command has this flag".into());
    }
    let of_flags = source.flags.values().filter_map(|rule| rule.values.as_ref());
    let of_positionals = source
        .commands
        .iter()
        .flat_map(|rule| &rule.positionals)
        .filter_map(|positional| positional.values.as_ref());
    let used: BTreeSet<&String> = of_flags.chain(of_positionals).collect();
    for name in source.sets.keys().filter(|name| !used.contains(name)) {
        report(format!("sets.{name}"), "no flag and no positional argument has this set".into());
    }
}
