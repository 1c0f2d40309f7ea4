//! The list of detectors, for those who review them.

use std::collections::BTreeMap;
use std::fmt::Write as _;

use telemetry_redact::detect::{Rule, rules};

pub(super) fn markdown() -> String {
    let mut families: BTreeMap<_, Vec<&Rule>> = BTreeMap::new();
    for rule in rules() {
        families.entry(rule.family()).or_default().push(rule);
    }
    let mut text = String::from(
        "<!-- Written by `cargo xtask gen` from telemetry-redact. Do not edit. -->\n\
         # Detectors\n\n\
         What is dropped whatever a detector says: everything that no policy declares. These rules name what was dropped, \
         keep what looks sensitive out of policies, and find it in any text (`telemetry_redact::detect::scan`).\n\n\
         A form is written in the part of the syntax of regular expressions that is sets, counts and alternatives; `.` \
         is any character but space, `\\T` may be a space too. A secret that begins like its form counts even when it \
         was cut short.\n",
    );
    let secrets = rules().iter().filter(|rule| rule.placeholder() == "<secret>").count();
    let _ = write!(text, "\n{} rules, {secrets} of them for secrets.\n", rules().len());
    for (family, rules) in families {
        let _ = write!(
            text,
            "\n## {}\n\n| rule | form | besides | placeholder | source |\n| --- | --- | --- | --- | --- |\n",
            family.name()
        );
        for rule in rules {
            let _ = writeln!(
                text,
                "| `{}` | {} | {} | `{}` | {} |",
                rule.id(),
                code(rule.pattern()),
                besides(rule),
                rule.placeholder(),
                cell(rule.source())
            );
        }
    }
    text
}

fn besides(rule: &Rule) -> String {
    let cues = rule.cues().collect::<Vec<_>>().join("`, `");
    match (rule.check(), cues.as_str()) {
        (check, "") => cell(check),
        (check, cues) => format!("{}; digits alone only after `{cues}`", cell(check)),
    }
}

/// A form may have anything in it but the mark that ends a cell.
fn code(pattern: &str) -> String {
    let pattern = pattern.replace('|', "\\|");
    if pattern.contains('`') { format!("`` {pattern} ``") } else { format!("`{pattern}`") }
}

/// Text inside of a table: a bar would end the cell.
fn cell(text: &str) -> String {
    text.replace('|', "\\|")
}
