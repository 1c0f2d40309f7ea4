//! `atlas-policy`: the policy for the Atlas CLI, from its command tree as data.
//!
//! Names, aliases and closed sets are taken; descriptions, examples and defaults are not.

use std::collections::{BTreeMap, BTreeSet, HashSet};
use std::fs;
use std::path::Path;

use anyhow::{Context as _, Result, bail};
use serde::Deserialize;
use telemetry_redact::Policy;
use telemetry_redact::policy::{
    CommandRule, Dialect, FlagRule, List, POLICY_FORMAT, PolicySource, PositionalRule, Repeats, Takes,
};

use crate::say;

#[derive(Debug, Deserialize)]
struct Command {
    path: Vec<String>,
    aliases: Vec<Option<String>>,
    #[serde(default)]
    args: Vec<Argument>,
    #[serde(default)]
    options: Vec<Opt>,
    #[serde(default)]
    inherited_options: Vec<Opt>,
}

#[derive(Debug, Deserialize)]
struct Argument {
    allowed_values: Option<Vec<String>>,
    #[serde(default)]
    repeats: bool,
}

#[derive(Debug, Clone, Deserialize)]
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

pub(crate) fn run(from: &Path, target: &Path) -> Result<()> {
    let mut commands: Vec<Command> = read(&from.join("commands.json"))?;
    let undocumented: Undocumented = read(&from.join("undocumented.json"))?;
    commands.extend(undocumented.commands);
    commands.sort_by(|a, b| a.path.cmp(&b.path));
    let source = policy(&commands, &undocumented.options)?;
    let text = compact(&source)?;
    Policy::from_json(&text).context("what was made is no policy")?;
    fs::write(target, &text).with_context(|| format!("cannot write {}", target.display()))?;
    say(&format!(
        "wrote {}: {} commands, {} flags, {} sets, {} bytes",
        target.display(),
        source.commands.len(),
        source.flags.len(),
        source.sets.len(),
        text.len()
    ));
    Ok(())
}

fn read<T: for<'de> Deserialize<'de>>(path: &Path) -> Result<T> {
    let text = fs::read_to_string(path).with_context(|| format!("cannot read {}", path.display()))?;
    serde_json::from_str(&text).with_context(|| path.display().to_string())
}

fn policy(commands: &[Command], extra: &[UndocumentedOption]) -> Result<PolicySource> {
    let mut tables = Tables::default();
    let mut rules = Vec::with_capacity(commands.len());
    let mut siblings = Siblings::new(commands);
    for command in commands {
        let Some(("atlas", words)) =
            command.path.split_first().map(|(program, words)| (program.as_str(), words))
        else {
            bail!("a path that does not begin with atlas: {:?}", command.path);
        };
        let is_root = words.is_empty();
        // What every command inherits is declared once, at the root.
        let everywhere: BTreeSet<&str> = ["help", "profile"].into();
        let own = command.options.iter().filter(|option| !everywhere.contains(option.name.as_str()));
        let hidden = extra.iter().filter(|extra| extra.path == command.path && !extra.persistent);
        let persistent = extra.iter().filter(|extra| extra.path == command.path && extra.persistent);
        let at_root =
            command.options.iter().filter(|option| is_root && everywhere.contains(option.name.as_str()));
        for inherited in &command.inherited_options {
            if !everywhere.contains(inherited.name.as_str()) {
                bail!("{:?} inherits --{}, which is not declared at the root", command.path, inherited.name);
            }
        }
        let mut seen = HashSet::new();
        let flags = own
            .chain(hidden.map(|extra| &extra.option))
            .filter(|option| seen.insert(option.name.clone()))
            .map(|option| tables.flag(option))
            .collect();
        let persistent_flags =
            at_root.chain(persistent.map(|extra| &extra.option)).map(|option| tables.flag(option)).collect();
        rules.push(CommandRule {
            path: words.join(" "),
            aliases: siblings.aliases(command),
            flags,
            persistent_flags,
            positionals: positionals(&command.args, &mut tables),
        });
    }
    Ok(PolicySource {
        format: POLICY_FORMAT,
        program: "atlas".to_owned(),
        program_aliases: Vec::new(),
        version: 1,
        environment_prefix: Some("MONGODB_ATLAS".to_owned()),
        dialect: Dialect::Pflag,
        timestamps: telemetry_schema::TimestampPrecision::default(),
        error_codes: Vec::new(),
        sets: tables.sets,
        flags: tables.flags,
        commands: rules,
    })
}

/// Up to the last argument that has a closed set; the ones before it are only counted.
fn positionals(arguments: &[Argument], tables: &mut Tables) -> Vec<PositionalRule> {
    let kept =
        arguments.iter().rposition(|argument| argument.allowed_values.is_some()).map_or(0, |last| last + 1);
    arguments
        .iter()
        .take(kept)
        .map(|argument| PositionalRule {
            values: argument.allowed_values.as_ref().map(|values| tables.set("argument", values)),
            repeats: if argument.repeats { Repeats::Rest } else { Repeats::Once },
        })
        .collect()
}

/// The names taken in each place of the tree, so that an alias never hides a command.
struct Siblings {
    taken: BTreeMap<Vec<String>, HashSet<String>>,
}

impl Siblings {
    fn new(commands: &[Command]) -> Self {
        let mut taken: BTreeMap<Vec<String>, HashSet<String>> = BTreeMap::new();
        for command in commands {
            if let Some((word, above)) = command.path.split_last() {
                taken.entry(above.to_vec()).or_default().insert(word.clone());
            }
        }
        Self { taken }
    }

    fn aliases(&mut self, command: &Command) -> Vec<String> {
        let Some((_, above)) = command.path.split_last() else { return Vec::new() };
        let taken = self.taken.entry(above.to_vec()).or_default();
        let mut aliases = Vec::new();
        for alias in command.aliases.iter().flatten() {
            if taken.insert(alias.clone()) {
                aliases.push(alias.clone());
            } else {
                say(&format!("{}: the alias {alias} is taken and left out", command.path.join(" ")));
            }
        }
        aliases
    }
}

/// Flags and sets, each definition once: `name`, and `name#2` for another definition under the same name.
#[derive(Default)]
struct Tables {
    flags: BTreeMap<String, FlagRule>,
    sets: BTreeMap<String, Vec<String>>,
}

impl Tables {
    fn flag(&mut self, option: &Opt) -> String {
        let values = option.allowed_values.as_ref().filter(|_| option.kind != "bool");
        let set = values.map(|values| self.set(&option.name, values));
        let rule = FlagRule {
            name: None,
            short: option.shorthand,
            aliases: option.aliases.clone(),
            takes: if option.kind == "bool" { Takes::Nothing } else { Takes::Value },
            list: if option.kind == "strings" && set.is_some() { List::Comma } else { List::None },
            values: set,
        };
        for key in keys(&option.name) {
            let named = FlagRule { name: (key != option.name).then(|| option.name.clone()), ..rule.clone() };
            match self.flags.get(&key) {
                None => {
                    self.flags.insert(key.clone(), named);
                    return key;
                }
                Some(known) if *known == named => return key,
                Some(_) => {}
            }
        }
        unreachable!("there is always another key")
    }

    fn set(&mut self, name: &str, values: &[String]) -> String {
        if let Some((key, _)) = self.sets.iter().find(|(_, known)| *known == values) {
            return key.clone();
        }
        let key = keys(name).find(|key| !self.sets.contains_key(key)).unwrap_or_default();
        self.sets.insert(key.clone(), values.to_vec());
        key
    }
}

fn keys(name: &str) -> impl Iterator<Item = String> {
    let more = (2..)
        .map(move |number: u32| (number, name.to_owned()))
        .map(|(number, name)| format!("{name}#{number}"));
    std::iter::once(name.to_owned()).chain(more)
}

/// Compact, yet a line for each set, flag and command, so that a change can be read as a difference.
fn compact(source: &PolicySource) -> Result<String> {
    let whole = serde_json::to_value(source)?;
    let mut lines = Vec::new();
    for (key, value) in whole.as_object().into_iter().flatten() {
        let key = serde_json::to_string(key)?;
        lines.push(match value {
            serde_json::Value::Object(entries) => {
                let entry = |(name, value): (&String, &serde_json::Value)| {
                    Ok(format!("{}:{}", serde_json::to_string(name)?, serde_json::to_string(value)?))
                };
                let entries: Vec<String> = entries.iter().map(entry).collect::<Result<_>>()?;
                format!("{key}:{{\n{}\n}}", entries.join(",\n"))
            }
            serde_json::Value::Array(entries) => {
                let entries: Vec<String> =
                    entries.iter().map(serde_json::to_string).collect::<serde_json::Result<_>>()?;
                format!("{key}:[\n{}\n]", entries.join(",\n"))
            }
            other => format!("{key}:{other}"),
        });
    }
    Ok(format!("{{\n{}\n}}\n", lines.join(",\n")))
}
