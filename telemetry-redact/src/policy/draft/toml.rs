//! A draft as a file that somebody goes on with.

use std::fmt::Write as _;

use super::Draft;
use crate::policy::{Abbreviations, CommandRule, FlagRule, PolicySource, Takes};

impl Draft {
    /// The draft in TOML. What the help lists as values stands there as a comment, with what is to be done to keep it.
    #[must_use]
    pub fn to_toml(&self) -> String {
        let PolicySource { format, program, version, dialect, abbreviations, flags, commands, .. } =
            &self.source;
        let mut text = String::new();
        let mut line = |line: &str| {
            text.push_str(line);
            text.push('\n');
        };
        line(&format!(
            "# A draft of the policy for {program}, made from what it says of itself. It keeps the names of"
        ));
        line(
            "# commands and flags; every value is withheld. Read it, declare the values that are safe to keep, and",
        );
        line("# run `telemetry policy check` on it.");
        if !self.notes.is_empty() {
            line("#\n# To look at:");
        }
        for note in &self.notes {
            line(&format!("# - {}", note.to_string().replace('\n', " ")));
        }
        line("");
        line(&format!("format = {format}\nprogram = {}\nversion = {version}", quoted(program)));
        line(&format!("dialect = {}", quoted(&name(dialect))));
        if *abbreviations != Abbreviations::None {
            line(&format!("abbreviations = {}", quoted(&name(abbreviations))));
        }
        if !self.listed.is_empty() {
            line("");
            line(
                "# The help lists these values. To keep one of a flag: take the `#` away before the set and before [sets],",
            );
            line("# and say `values = \"NAME\"` at the flag.");
            line("#[sets]");
        }
        for (key, values) in &self.listed {
            let values: Vec<String> = values.iter().map(|value| quoted(value)).collect();
            line(&format!("#{} = [{}]", bare(key), values.join(", ")));
        }
        if !flags.is_empty() {
            line("\n[flags]");
        }
        for (key, rule) in flags {
            let hint = if self.listed.contains_key(key) { "  # its values are listed above" } else { "" };
            line(&format!("{} = {}{hint}", bare(key), flag(rule)));
        }
        for rule in commands {
            line(&command(rule));
        }
        text
    }
}

fn flag(rule: &FlagRule) -> String {
    let FlagRule { name: long, short, aliases, deprecated, negations, takes, max_values, .. } = rule;
    let mut fields = Vec::new();
    fields.extend(long.as_ref().map(|name| format!("name = {}", quoted(name))));
    fields.extend(short.map(|short| format!("short = \"{short}\"")));
    for (field, names) in [("aliases", aliases), ("deprecated", deprecated), ("negations", negations)] {
        fields.extend((!names.is_empty()).then(|| format!("{field} = {}", list(names))));
    }
    fields.extend((*takes != Takes::Nothing).then(|| format!("takes = {}", quoted(&name(takes)))));
    fields.extend(max_values.map(|most| format!("max_values = {most}")));
    if fields.is_empty() { "{}".to_owned() } else { format!("{{ {} }}", fields.join(", ")) }
}

fn command(rule: &CommandRule) -> String {
    let CommandRule { path, aliases, flags, persistent_flags, positionals, .. } = rule;
    let mut text = format!("\n[[commands]]\npath = {}", quoted(path));
    for (field, names) in [("aliases", aliases), ("flags", flags), ("persistent_flags", persistent_flags)] {
        if !names.is_empty() {
            let _ = write!(text, "\n{field} = {}", list(names));
        }
    }
    if !positionals.is_empty() {
        text.push_str("\npositionals = [{}]");
    }
    text
}

/// A list on one line, or one that is broken where it gets long.
fn list(items: &[String]) -> String {
    const WIDTH: usize = 100;
    let items: Vec<String> = items.iter().map(|item| quoted(item)).collect();
    let line = items.join(", ");
    if line.len() < WIDTH {
        return format!("[{line}]");
    }
    let mut lines = vec![String::new()];
    for item in items {
        if lines.last().is_some_and(|last| last.len() + item.len() > WIDTH) {
            lines.push(String::new());
        }
        if let Some(last) = lines.last_mut() {
            let _ = write!(last, "{}{item},", if last.is_empty() { "    " } else { " " });
        }
    }
    format!("[\n{}\n]", lines.join("\n"))
}

/// A string of printable ASCII.
fn quoted(text: &str) -> String {
    format!("\"{}\"", text.replace('\\', "\\\\").replace('"', "\\\""))
}

fn bare(key: &str) -> String {
    let is_bare = key.bytes().all(|b| b.is_ascii_alphanumeric() || matches!(b, b'-' | b'_'));
    if is_bare { key.to_owned() } else { quoted(key) }
}

/// The name of a variant, as it is in the file.
fn name(variant: &impl serde::Serialize) -> String {
    let value = serde_json::to_value(variant).ok();
    value.and_then(|value| value.as_str().map(str::to_owned)).unwrap_or_default()
}
