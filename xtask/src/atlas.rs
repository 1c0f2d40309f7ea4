//! `atlas-policy`: the policy for the Atlas CLI, from its command tree as data.
//!
//! Names, aliases and closed sets are taken; descriptions, examples and defaults are not.

use std::cmp::Reverse;
use std::collections::{BTreeMap, BTreeSet, HashMap, HashSet};
use std::fs;
use std::path::Path;

use anyhow::{Context as _, Result, bail};
use serde::{Deserialize, Serialize};
use telemetry_redact::Policy;
use telemetry_redact::policy::{
    CommandRule, Dialect, FlagRule, List, PolicySource, PositionalRule, Repeats, Takes,
};

use crate::say;

/// Options that every command takes. They are declared once, at the root.
const EVERYWHERE: [&str; 2] = ["help", "profile"];

#[derive(Debug, Deserialize)]
struct Command {
    path: Vec<String>,
    aliases: Vec<Option<String>>,
    args: Vec<Argument>,
    options: Vec<Opt>,
    #[serde(default)]
    inherited_options: Vec<Opt>,
}

impl Command {
    fn spoken(&self) -> String {
        self.path.join(" ")
    }
}

#[derive(Debug, Deserialize)]
struct Argument {
    name: String,
    allowed_values: Option<Vec<String>>,
    #[serde(default)]
    repeats: bool,
}

#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
struct Opt {
    name: String,
    shorthand: Option<char>,
    #[serde(rename = "type")]
    kind: String,
    allowed_values: Option<Vec<String>>,
    #[serde(default)]
    aliases: Vec<String>,
}

#[derive(Debug, Deserialize)]
struct Undocumented {
    commands: Vec<Command>,
    options: Vec<UndocumentedOption>,
}

#[derive(Debug, Deserialize)]
struct UndocumentedOption {
    path: Vec<String>,
    persistent: bool,
    option: Opt,
}

/// Reads `commands.json` and `undocumented.json` from a directory and writes the policy file.
pub(crate) fn run(source_dir: &Path, target: &Path) -> Result<()> {
    let documented = read(&source_dir.join("commands.json"))?;
    let undocumented = read(&source_dir.join("undocumented.json"))?;
    let source = policy(documented, undocumented, &mut |reason| say(&reason))?;
    let text = compact(&source)?;
    // What is written is what was meant, and what the product accepts.
    Policy::from_json(&text).context("what was made is no policy")?;
    if PolicySource::from_json(&text)? != source {
        bail!("what was written does not read back as what was made");
    }
    fs::write(target, &text).with_context(|| format!("cannot write {}", target.display()))?;
    let PolicySource { commands, flags, sets, .. } = &source;
    let counts = format!("{} commands, {} flags, {} sets", commands.len(), flags.len(), sets.len());
    say(&format!("wrote {}: {counts}, {} bytes", target.display(), text.len()));
    Ok(())
}

fn read<T: for<'de> Deserialize<'de>>(path: &Path) -> Result<T> {
    let text = fs::read_to_string(path).with_context(|| format!("cannot read {}", path.display()))?;
    serde_json::from_str(&text).with_context(|| path.display().to_string())
}

/// The whole policy. `report` hears what was left out, and why.
fn policy(
    mut commands: Vec<Command>,
    undocumented: Undocumented,
    report: &mut impl FnMut(String),
) -> Result<PolicySource> {
    commands.extend(undocumented.commands);
    drop_duplicates(&mut commands, report);
    // Before the sort: where two commands claim an alias, the documented one has it.
    let aliases = aliases(&commands, report);
    commands.sort_by(|a, b| a.path.cmp(&b.path));
    check_everywhere(&commands)?;
    let is_known = |path| commands.binary_search_by_key(&path, |command| &command.path).is_ok();
    if let Some(lost) = undocumented.options.iter().find(|extra| !is_known(&extra.path)) {
        bail!("--{} is an option of {:?}, which is no command", lost.option.name, lost.path);
    }

    let placed: Vec<Placed> =
        commands.iter().map(|command| place(command, &undocumented.options, report)).collect();
    let sets = set_keys(&placed);
    let flags = flag_keys(&placed);
    let rules = placed.iter().map(|placed| command_rule(placed, &aliases, &flags, &sets)).collect();
    Ok(PolicySource {
        environment_prefix: Some("MONGODB_ATLAS".to_owned()),
        flags: flags.iter().map(|(flag, key)| (key.clone(), flag_rule(flag, key, &sets))).collect(),
        sets: sets.iter().map(|(values, key)| (key.clone(), owned(values))).collect(),
        commands: rules,
        ..PolicySource::new("atlas", 1, Dialect::Pflag)
    })
}

/// Leaves out commands whose path is taken: a documented one, which comes first, has its path to itself.
fn drop_duplicates(commands: &mut Vec<Command>, report: &mut impl FnMut(String)) {
    let mut paths = HashSet::new();
    commands.retain(|command| {
        let is_first = paths.insert(command.path.clone());
        if !is_first {
            report(format!("{}: stands there twice, the second is left out", command.spoken()));
        }
        is_first
    });
}

/// The aliases of each command that lead to it alone: a sibling's name wins over an alias, an earlier alias over a
/// later one.
fn aliases(commands: &[Command], report: &mut impl FnMut(String)) -> HashMap<Vec<String>, Vec<String>> {
    let mut taken: HashMap<&[String], HashMap<&str, &str>> = HashMap::new();
    for (word, above) in commands.iter().filter_map(|command| command.path.split_last()) {
        taken.entry(above).or_default().insert(word, word);
    }
    let mut aliases: HashMap<Vec<String>, Vec<String>> = HashMap::new();
    for command in commands {
        let Some((word, above)) = command.path.split_last() else { continue };
        let taken = taken.entry(above).or_default();
        for alias in command.aliases.iter().flatten() {
            if let Some(owner) = taken.get(alias.as_str()) {
                report(format!("{}: the alias {alias} already leads to {owner}, left out", command.spoken()));
            } else {
                taken.insert(alias, word);
                aliases.entry(command.path.clone()).or_default().push(alias.clone());
            }
        }
    }
    aliases
}

/// That the options declared once at the root are the same option everywhere, and that nothing else is inherited.
fn check_everywhere(commands: &[Command]) -> Result<()> {
    let Some(root) = commands.first().filter(|command| command.path == ["atlas"]) else {
        bail!("there is no command `atlas`");
    };
    for command in commands {
        if command.path.first() != root.path.first() {
            bail!("a path that does not begin with atlas: {:?}", command.path);
        }
        let all = || command.options.iter().chain(&command.inherited_options);
        for option in all().filter(|option| is_everywhere(option)) {
            if !root.options.contains(option) {
                bail!("{}: --{} is another option than that of atlas", command.spoken(), option.name);
            }
        }
        // The pages list --help as each command's own, so only --profile can be seen to be inherited.
        if !all().any(|option| option.name == "profile") {
            bail!("{}: does not inherit --profile", command.spoken());
        }
        if let Some(other) = command.inherited_options.iter().find(|option| !is_everywhere(option)) {
            bail!("{}: inherits --{}, which the root does not declare", command.spoken(), other.name);
        }
    }
    Ok(())
}

fn is_everywhere(option: &Opt) -> bool {
    EVERYWHERE.contains(&option.name.as_str())
}

/// A command with all its options, each where it is declared.
struct Placed<'a> {
    command: &'a Command,
    own: Vec<Flag<'a>>,
    persistent: Vec<Flag<'a>>,
    positionals: &'a [Argument],
}

impl<'a> Placed<'a> {
    fn flags(&self) -> impl Iterator<Item = &Flag<'a>> {
        self.own.iter().chain(&self.persistent)
    }
}

fn place<'a>(
    command: &'a Command,
    extra: &'a [UndocumentedOption],
    report: &mut impl FnMut(String),
) -> Placed<'a> {
    let is_root = command.path.len() == 1;
    let mut placed = Placed {
        command,
        own: Vec::new(),
        persistent: Vec::new(),
        positionals: with_closed_sets(&command.args),
    };
    let documented = command.options.iter().filter(|option| is_root || !is_everywhere(option));
    let documented = documented.map(|option| (option, is_everywhere(option)));
    let hidden = extra.iter().filter(|extra| extra.path == command.path);
    let hidden = hidden.map(|extra| (&extra.option, extra.persistent));
    let mut seen = HashSet::new();
    for (option, is_persistent) in documented.chain(hidden) {
        if seen.insert(option.name.as_str()) {
            let flags = if is_persistent { &mut placed.persistent } else { &mut placed.own };
            flags.push(Flag::new(option));
        } else {
            let name = &option.name;
            report(format!("{}: --{name} stands there twice, the second is left out", command.spoken()));
        }
    }
    placed
}

/// Up to the last argument that has a closed set: the ones before it must be counted to find its place.
fn with_closed_sets(arguments: &[Argument]) -> &[Argument] {
    let end =
        arguments.iter().rposition(|argument| argument.allowed_values.is_some()).map_or(0, |last| last + 1);
    arguments.get(..end).unwrap_or_default()
}

/// A closed set. Sorted, so that sources that list the same values in another order share it.
type Values<'a> = BTreeSet<&'a str>;

fn values(allowed: Option<&Vec<String>>) -> Option<Values<'_>> {
    allowed.filter(|values| !values.is_empty()).map(|values| values.iter().map(String::as_str).collect())
}

fn owned(values: &Values) -> Vec<String> {
    values.iter().map(|value| (*value).to_owned()).collect()
}

/// What makes two options the same entry of `flags`.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
struct Flag<'a> {
    name: &'a str,
    short: Option<char>,
    aliases: &'a [String],
    is_switch: bool,
    is_list: bool,
    values: Option<Values<'a>>,
}

impl<'a> Flag<'a> {
    fn new(option: &'a Opt) -> Self {
        let is_switch = option.kind == "bool";
        let values = values(option.allowed_values.as_ref()).filter(|_| !is_switch);
        Self {
            name: &option.name,
            short: option.shorthand,
            aliases: &option.aliases,
            is_switch,
            // `stringArray` repeats without commas: a comma there is part of the value.
            is_list: option.kind == "strings" && values.is_some(),
            values,
        }
    }
}

/// The keys of the closed sets. A set is called after the flag that uses it most.
fn set_keys<'a>(placed: &[Placed<'a>]) -> BTreeMap<Values<'a>, String> {
    let mut uses: BTreeMap<Values, BTreeMap<&str, usize>> = BTreeMap::new();
    let mut count = |values: Option<Values<'a>>, name: &'a str| {
        if let Some(values) = values {
            *uses.entry(values).or_default().entry(name).or_default() += 1;
        }
    };
    for placed in placed {
        for flag in placed.flags() {
            count(flag.values.clone(), flag.name);
        }
        for argument in placed.positionals {
            count(values(argument.allowed_values.as_ref()), set_name(argument));
        }
    }
    let named = uses.into_iter().filter_map(|(values, names)| {
        let total: usize = names.values().sum();
        let (name, _) = names.into_iter().max_by_key(|(name, uses)| (*uses, Reverse(*name)))?;
        Some((name, total, values))
    });
    number(named)
}

/// An argument is sometimes called by its values, `automated|download|pointInTime`: no name for a set.
fn set_name(argument: &Argument) -> &str {
    if argument.name.contains('|') { "argument" } else { &argument.name }
}

/// The keys of the flags: the name, for the definition that most commands have.
fn flag_keys<'a>(placed: &[Placed<'a>]) -> BTreeMap<Flag<'a>, String> {
    let mut uses: BTreeMap<&Flag, usize> = BTreeMap::new();
    for flag in placed.iter().flat_map(Placed::flags) {
        *uses.entry(flag).or_default() += 1;
    }
    number(uses.into_iter().map(|(flag, uses)| (flag.name, uses, flag.clone())))
}

/// A key for each thing: its name for the one used most, `name#2`, `name#3` … for the others that have the name.
fn number<'a, T: Ord>(named: impl Iterator<Item = (&'a str, usize, T)>) -> BTreeMap<T, String> {
    let mut named: Vec<_> = named.collect();
    named.sort_by(|a, b| (a.0, Reverse(a.1), &a.2).cmp(&(b.0, Reverse(b.1), &b.2)));
    let mut so_far: HashMap<&str, usize> = HashMap::new();
    let mut keys = BTreeMap::new();
    for (name, _, thing) in named {
        let number = so_far.entry(name).and_modify(|number| *number += 1).or_insert(1);
        keys.insert(thing, if *number == 1 { name.to_owned() } else { format!("{name}#{number}") });
    }
    keys
}

fn flag_rule(flag: &Flag, key: &str, sets: &BTreeMap<Values, String>) -> FlagRule {
    FlagRule {
        name: (key != flag.name).then(|| flag.name.to_owned()),
        short: flag.short,
        aliases: flag.aliases.to_vec(),
        takes: if flag.is_switch { Takes::Nothing } else { Takes::Value },
        values: flag.values.as_ref().and_then(|values| sets.get(values)).cloned(),
        list: if flag.is_list { List::Comma } else { List::None },
        ..FlagRule::default()
    }
}

fn command_rule(
    placed: &Placed,
    aliases: &HashMap<Vec<String>, Vec<String>>,
    flags: &BTreeMap<Flag, String>,
    sets: &BTreeMap<Values, String>,
) -> CommandRule {
    let keys = |own: &[Flag]| own.iter().filter_map(|flag| flags.get(flag)).cloned().collect();
    let path = &placed.command.path;
    CommandRule {
        path: path.get(1..).unwrap_or_default().join(" "),
        aliases: aliases.get(path).cloned().unwrap_or_default(),
        flags: keys(&placed.own),
        persistent_flags: keys(&placed.persistent),
        positionals: placed.positionals.iter().map(|argument| positional_rule(argument, sets)).collect(),
        ..CommandRule::default()
    }
}

fn positional_rule(argument: &Argument, sets: &BTreeMap<Values, String>) -> PositionalRule {
    let values = values(argument.allowed_values.as_ref()).and_then(|values| sets.get(&values)).cloned();
    let repeats = if argument.repeats && values.is_some() { Repeats::Rest } else { Repeats::Once };
    PositionalRule { values, repeats, ..PositionalRule::default() }
}

/// Compact, yet a line for each set, flag and command, so that a change can be read as a difference.
fn compact(source: &PolicySource) -> Result<String> {
    let facts = PolicySource {
        sets: BTreeMap::new(),
        flags: BTreeMap::new(),
        commands: Vec::new(),
        ..source.clone()
    };
    let facts = serde_json::to_string(&facts)?;
    let Some(facts) = facts.strip_suffix("\"commands\":[]}") else {
        bail!("the commands are no longer the last field of a policy");
    };
    let sets = entries(&source.sets)?;
    let flags = entries(&source.flags)?;
    let commands = source.commands.iter().map(serde_json::to_string).collect::<Result<Vec<_>, _>>()?;
    Ok(format!(
        "{facts}\n\"sets\":{{\n{}\n}},\n\"flags\":{{\n{}\n}},\n\"commands\":[\n{}\n]}}\n",
        sets.join(",\n"),
        flags.join(",\n"),
        commands.join(",\n")
    ))
}

fn entries<T: Serialize>(entries: &BTreeMap<String, T>) -> Result<Vec<String>> {
    let line = |(key, value)| {
        Ok(format!("{}:{}", serde_json::to_string::<String>(key)?, serde_json::to_string::<T>(value)?))
    };
    entries.iter().map(line).collect()
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn option(name: &str, kind: &str, allowed: &[&str]) -> serde_json::Value {
        json!({"name": name, "shorthand": null, "type": kind,
            "allowed_values": if allowed.is_empty() { None } else { Some(allowed) }})
    }

    fn everywhere() -> [serde_json::Value; 2] {
        let mut both = [option("help", "bool", &[]), option("profile", "string", &[])];
        both[0]["shorthand"] = json!("h");
        both[1]["shorthand"] = json!("P");
        both
    }

    /// A command below the root; `rest` stands over what is here.
    fn command(path: &str, rest: &serde_json::Value) -> serde_json::Value {
        let [help, profile] = everywhere();
        let mut command = json!({"path": path.split(' ').collect::<Vec<_>>(), "aliases": [], "args": [],
            "options": [help], "inherited_options": [profile]});
        let options = rest["options"].as_array().into_iter().flatten().cloned();
        command["options"].as_array_mut().unwrap().extend(options);
        for field in ["aliases", "args", "inherited_options"] {
            if !rest[field].is_null() {
                command[field] = rest[field].clone();
            }
        }
        command
    }

    /// The policy of these commands below the root, and what was reported.
    fn made(
        commands: &[serde_json::Value],
        undocumented: &serde_json::Value,
    ) -> Result<(PolicySource, Vec<String>)> {
        let root = json!({"path": ["atlas"], "aliases": [], "args": [], "options": everywhere()});
        let documented = [&[root], commands].concat();
        let mut reports = Vec::new();
        let source = policy(
            serde_json::from_value(documented.into()).unwrap(),
            serde_json::from_value(undocumented.clone()).unwrap(),
            &mut |reason| reports.push(reason),
        )?;
        Ok((source, reports))
    }

    fn none() -> serde_json::Value {
        json!({"commands": [], "options": []})
    }

    fn rule<'a>(source: &'a PolicySource, path: &str) -> &'a CommandRule {
        source.commands.iter().find(|rule| rule.path == path).unwrap()
    }

    #[test]
    fn what_every_command_takes_stands_at_the_root_only() {
        let (source, reports) = made(&[command("atlas clusters", &json!({}))], &none()).unwrap();
        assert_eq!(rule(&source, "").persistent_flags, ["help", "profile"]);
        assert_eq!(*rule(&source, "clusters"), serde_json::from_value(json!({"path": "clusters"})).unwrap());
        assert_eq!(source.flags["profile"].short, Some('P'));
        assert!(reports.is_empty());
    }

    #[test]
    fn another_help_or_another_inherited_option_is_refused() {
        let odd = option("help", "string", &[]);
        let error = made(&[command("atlas x", &json!({"options": [odd]}))], &none()).unwrap_err();
        assert!(error.to_string().starts_with("atlas x: --help is another option"), "{error}");
        let more = [&everywhere()[1..], &[option("debug", "bool", &[])]].concat();
        let error = made(&[command("atlas x", &json!({"inherited_options": more}))], &none()).unwrap_err();
        assert_eq!(error.to_string(), "atlas x: inherits --debug, which the root does not declare");
        let error = made(&[command("atlas x", &json!({"inherited_options": []}))], &none()).unwrap_err();
        assert_eq!(error.to_string(), "atlas x: does not inherit --profile");
    }

    #[test]
    fn an_alias_never_hides_a_sibling() {
        let commands = [
            command("atlas a", &json!({"aliases": ["b", "x", null, "a"]})),
            command("atlas b", &json!({"aliases": ["x", "y"]})),
        ];
        let (source, reports) = made(&commands, &none()).unwrap();
        assert_eq!(rule(&source, "a").aliases, ["x"]);
        assert_eq!(rule(&source, "b").aliases, ["y"]);
        assert_eq!(
            reports,
            [
                "atlas a: the alias b already leads to b, left out",
                "atlas a: the alias a already leads to a, left out",
                "atlas b: the alias x already leads to a, left out"
            ]
        );
    }

    #[test]
    fn a_documented_command_wins_over_an_undocumented_one() {
        let documented = command("atlas b", &json!({"aliases": ["x"]}));
        let undocumented = json!({"options": [], "commands": [
            command("atlas b", &json!({"aliases": ["z"]})),
            command("atlas a", &json!({"aliases": ["x"]})),
        ]});
        let (source, reports) = made(&[documented], &undocumented).unwrap();
        let paths: Vec<&str> = source.commands.iter().map(|rule| rule.path.as_str()).collect();
        assert_eq!(paths, ["", "a", "b"]);
        assert_eq!(rule(&source, "b").aliases, ["x"]);
        assert_eq!(
            reports,
            [
                "atlas b: stands there twice, the second is left out",
                "atlas a: the alias x already leads to b, left out"
            ]
        );
    }

    #[test]
    fn the_definition_used_most_has_the_plain_key() {
        let commands = [
            command("atlas a", &json!({"options": [option("type", "string", &["p"])]})),
            command("atlas b", &json!({"options": [option("type", "string", &["q", "r"])]})),
            command("atlas c", &json!({"options": [option("type", "string", &["r", "q"])]})),
            command("atlas d", &json!({"options": [option("kind", "strings", &["r", "q"])]})),
        ];
        let (source, _) = made(&commands, &none()).unwrap();
        assert_eq!(rule(&source, "a").flags, ["type#2"]);
        assert_eq!(rule(&source, "b").flags, ["type"]);
        assert_eq!(rule(&source, "c").flags, ["type"], "the order of the values tells nothing apart");
        assert_eq!(source.flags["type#2"].name.as_deref(), Some("type"));
        assert_eq!(source.flags["kind"].values.as_deref(), Some("type"), "a set is shared");
        assert_eq!(source.flags["kind"].list, List::Comma);
        assert_eq!(source.sets["type"], ["q", "r"]);
        assert_eq!(source.sets["type#2"], ["p"]);
    }

    #[test]
    fn a_value_is_kept_only_for_options_that_take_one() {
        let options = [
            option("switch", "bool", &["true"]),
            option("free", "strings", &[]),
            option("each", "stringArray", &["a"]),
            option("number", "int", &[]),
        ];
        let (source, _) = made(&[command("atlas a", &json!({"options": options}))], &none()).unwrap();
        let shape = |name: &str| {
            let FlagRule { takes, values, list, .. } = &source.flags[name];
            (*takes, values.as_deref(), *list)
        };
        assert_eq!(shape("switch"), (Takes::Nothing, None, List::None));
        assert_eq!(shape("free"), (Takes::Value, None, List::None));
        assert_eq!(shape("each"), (Takes::Value, Some("each"), List::None));
        assert_eq!(shape("number"), (Takes::Value, None, List::None));
    }

    #[test]
    fn positionals_end_with_the_last_closed_set() {
        let argument = |name: &str, allowed: Option<[&str; 1]>, repeats: bool| json!({"name": name, "allowed_values": allowed, "repeats": repeats});
        let commands = [
            command(
                "atlas a",
                &json!({"args": [argument("host", None, false),
                argument("a|b", Some(["a"]), true), argument("free", None, true)]}),
            ),
            command("atlas b", &json!({"args": [argument("user", None, true)]})),
        ];
        let (source, _) = made(&commands, &none()).unwrap();
        let expected = json!([{}, {"values": "argument", "repeats": "rest"}]);
        assert_eq!(serde_json::to_value(&rule(&source, "a").positionals).unwrap(), expected);
        assert!(rule(&source, "b").positionals.is_empty());
    }

    #[test]
    fn undocumented_options_stand_at_their_command() {
        let extra = |path: &str, name: &str, persistent: bool| {
            json!({"path": path.split(' ').collect::<Vec<_>>(), "persistent": persistent,
                "option": option(name, "bool", &[])})
        };
        let undocumented = json!({"commands": [], "options": [
            extra("atlas", "debug", true), extra("atlas a", "page", false), extra("atlas a", "force", false),
        ]});
        let commands = [command("atlas a", &json!({"options": [option("page", "int", &[])]}))];
        let (source, reports) = made(&commands, &undocumented).unwrap();
        assert_eq!(rule(&source, "").persistent_flags, ["help", "profile", "debug"]);
        assert_eq!(rule(&source, "a").flags, ["page", "force"]);
        assert_eq!(source.flags["page"].takes, Takes::Value, "what is documented wins");
        assert_eq!(reports, ["atlas a: --page stands there twice, the second is left out"]);

        let lost = json!({"commands": [], "options": [extra("atlas b", "force", false)]});
        assert!(made(&commands, &lost).is_err());
    }

    #[test]
    fn the_file_has_a_line_for_each_entry_and_reads_back() {
        let commands = [
            command("atlas a", &json!({"options": [option("type", "string", &["p"])]})),
            command("atlas b", &json!({"aliases": ["c"]})),
        ];
        let (source, _) = made(&commands, &none()).unwrap();
        let text = compact(&source).unwrap();
        assert_eq!(PolicySource::from_json(&text).unwrap(), source);
        for line in [
            r#""type":["p"]"#,
            r#""type":{"takes":"value","values":"type"}"#,
            r#"{"path":"b","aliases":["c"]}"#,
        ] {
            assert!(text.lines().any(|known| known.trim_end_matches(',') == line), "{line} in\n{text}");
        }
    }
}
