//! The line of a help text that shows a flag: its names, whether it takes values, and which it lists.

use super::Layout;
use crate::policy::Takes;

/// A flag as a help text shows it.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub(super) struct ShownFlag {
    pub(super) longs: Vec<String>,
    pub(super) negations: Vec<String>,
    pub(super) short: Option<char>,
    pub(super) takes: Takes,
    pub(super) max_values: Option<u32>,
    pub(super) listed: Vec<String>,
    /// Whether it is said to hold for all commands.
    pub(super) is_global: bool,
}

/// Reads a line that begins with a dash; what follows the flag is its description.
pub(super) fn read(line: &str, layout: Layout) -> Option<(ShownFlag, &str)> {
    let mut flag = ShownFlag::default();
    let mut rest = line;
    while let Some(after) = name(rest, &mut flag) {
        rest = values(after, layout, &mut flag);
        let next =
            [", ", ",", " / ", "/", " | ", "|", " or ", " "].iter().find_map(|mark| rest.strip_prefix(mark));
        match next.map(str::trim_start).filter(|next| next.starts_with('-')) {
            Some(next) => rest = next,
            None => break,
        }
    }
    let is_named = flag.short.is_some() || !flag.longs.is_empty();
    let ends = rest.len() < line.len()
        && (rest.is_empty()
            || rest.starts_with([' ', '\t', ':', ','])
            || line[..line.len() - rest.len()].ends_with(':'));
    (is_named && ends).then(|| (flag, rest.trim_start_matches([':', ',']).trim()))
}

/// A flag's name, and what follows it.
fn name<'a>(text: &'a str, flag: &mut ShownFlag) -> Option<&'a str> {
    let (is_long, text) = match text.strip_prefix("--") {
        Some(text) => (true, text),
        None => (false, text.strip_prefix('-')?),
    };
    // git writes a switch and its negation as one.
    let (negated, text) = match text.strip_prefix("[no-]") {
        Some(text) => (true, text),
        None => (false, text),
    };
    let is_part = |c: char| c.is_ascii_alphanumeric() || matches!(c, '-' | '_' | '.');
    let end = text.find(|c| !is_part(c)).unwrap_or(text.len());
    let (name, rest) = text.split_at(end);
    let name = name.trim_end_matches('.');
    let rest = if rest.starts_with('.') { rest } else { text.get(name.len()..).unwrap_or(rest) };
    let first = name.chars().next().filter(char::is_ascii_alphanumeric)?;
    if !is_long && name.len() == 1 {
        flag.short.get_or_insert(first);
    } else if let Some(positive) =
        name.strip_prefix("no-").filter(|positive| flag.longs.iter().any(|l| l == positive))
    {
        // click writes `--shout / --no-shout`.
        flag.negations.push(format!("no-{positive}"));
    } else if !flag.longs.iter().any(|known| known == name) {
        flag.longs.push(name.to_owned());
        flag.negations.extend(negated.then(|| format!("no-{name}")));
    }
    Some(rest)
}

/// What a flag takes, and what follows that.
fn values<'a>(text: &'a str, layout: Layout, flag: &mut ShownFlag) -> &'a str {
    let text = text.strip_prefix("...").unwrap_or(text);
    if let Some((inside, after)) = text.strip_prefix("[=").and_then(|text| text.split_once(']')) {
        flag.takes = Takes::OptionalValue;
        flag.listed = choices(inside);
        return after;
    }
    // kubectl shows what holds without the flag: of a switch that is `true` or `false`.
    if let Some(after) = ["=true:", "=false:"].iter().find_map(|mark| text.strip_prefix(mark)) {
        return after;
    }
    if text.starts_with('[')
        && let Some((inside, after)) = bracketed(text, '[', ']')
    {
        flag.takes = Takes::OptionalValue;
        flag.listed = choices(inside);
        return after;
    }
    let spec = match text.strip_prefix('=') {
        Some(text) => text,
        None => match text.strip_prefix(' ') {
            Some(text) if !text.starts_with([' ', '-']) => text,
            _ => return text,
        },
    };
    let is_equals = text.starts_with('=');
    let mut rest = spec;
    let (mut least, mut most, mut many) = (0_u32, 0_u32, false);
    while let Some((word, after)) = value_word(rest, layout, is_equals || least + most > 0) {
        let inside = word.trim_matches(['[', ']']);
        let is_optional = word.starts_with('[') && (!inside.contains('|') || inside.starts_with(['<', '{']));
        if inside.ends_with("...") {
            many = true;
        }
        // `FOO [FOO ...]` names the same thing twice.
        if !is_optional {
            least += 1;
        }
        most += u32::from(!(is_optional && many));
        let listed = choices(inside);
        if flag.listed.is_empty() {
            flag.listed = listed;
        }
        // click: `<FLOAT FLOAT>...` takes as many as it names.
        if let Some(several) =
            word.strip_prefix('<').map(|word| word.split_whitespace().count()).filter(|n| *n > 1)
        {
            most = u32::try_from(several).unwrap_or(u32::MAX);
            rest = after.strip_prefix("...").unwrap_or(after);
        } else {
            many |= after.starts_with("...");
            rest = after.strip_prefix("...").unwrap_or(after);
        }
        if layout == Layout::Click {
            // click names a range by two words, and several values by one pair of brackets.
            rest = rest.strip_prefix(" RANGE").unwrap_or(rest);
            break;
        }
        match rest.strip_prefix(' ').filter(|next| next.starts_with(['<', '[', '{']) || starts_upper(next)) {
            Some(next) => rest = next,
            None => break,
        }
    }
    (flag.takes, flag.max_values) = match (least, most, many) {
        (0, 0, false) => return text,
        (0, _, true) => (Takes::OptionalValues, None),
        (0, most, false) => (Takes::OptionalValues, Some(most)),
        (_, _, true) => (Takes::Values, None),
        (1, 1, false) => (Takes::Value, None),
        (_, most, false) => (Takes::Values, Some(most)),
    };
    // pflag's way to say that the value can be left out.
    if let Some((_, after)) = rest.strip_prefix("[=").and_then(|text| text.split_once(']')) {
        (flag.takes, flag.max_values) = (Takes::OptionalValue, None);
        return after;
    }
    if layout == Layout::Cobra && spec.split(' ').next() == Some("count") {
        (flag.takes, flag.max_values) = (Takes::OptionalValue, None);
    }
    rest
}

/// A word that stands for a value, and what follows it.
fn value_word(text: &str, layout: Layout, is_sure: bool) -> Option<(&str, &str)> {
    for (open, close) in [('<', '>'), ('[', ']'), ('{', '}')] {
        if text.starts_with(open) {
            let (inside, after) = bracketed(text, open, close)?;
            return Some((text.get(..inside.len() + 2)?, after));
        }
    }
    let end = text.find([' ', ',', '\t', '[']).unwrap_or(text.len());
    let (word, after) = text.split_at(end);
    // Go's flag packages show types and names in lower case.
    let is_type = matches!(layout, Layout::Cobra | Layout::GoFlag)
        && (after.is_empty()
            || after.starts_with("  ")
            || after.starts_with('\t')
            || after.starts_with("[="));
    let fits = !word.is_empty() && (is_sure || is_type || is_upper(word));
    fits.then(|| match word.strip_suffix("...") {
        Some(word) => (word, text.get(word.len()..).unwrap_or_default()),
        None => (word, after),
    })
}

fn is_upper(word: &str) -> bool {
    word.contains(|c: char| c.is_ascii_uppercase()) && !word.contains(|c: char| c.is_ascii_lowercase())
}

fn starts_upper(text: &str) -> bool {
    is_upper(text.split([' ', ',']).next().unwrap_or_default())
}

fn bracketed(text: &str, open: char, close: char) -> Option<(&str, &str)> {
    let mut depth = 0_usize;
    for (at, c) in text.char_indices() {
        if c == open {
            depth += 1;
        } else if c == close {
            depth -= 1;
            if depth == 0 {
                return Some((&text[1..at], &text[at + 1..]));
            }
        }
    }
    None
}

/// The values that `{a,b}` or `a|b` lists.
fn choices(text: &str) -> Vec<String> {
    let inside = text.trim_matches(['<', '>', '(', ')', '"']);
    let list = inside.strip_prefix('{').and_then(|text| text.split_once('}')).map(|(list, _)| list);
    let mark = if inside.contains('|') { '|' } else { ',' };
    match list.or_else(|| inside.contains('|').then_some(inside)) {
        Some(list) => list.split(mark).map(|value| value.trim().to_owned()).filter(|v| is_plain(v)).collect(),
        None => Vec::new(),
    }
}

/// The values that a description lists.
pub(super) fn listed(description: &str) -> Vec<String> {
    const BEFORE: [&str; 5] = ["possible values:", "Possible values:", "choices:", "one of:", "One of:"];
    let list = BEFORE
        .iter()
        .find_map(|before| description.split_once(before))
        .map(|(_, list)| list.trim_start().trim_start_matches('('));
    if let Some(list) = list {
        if list.starts_with("- ") {
            // clap's long form: one a line, with what it means.
            let items = list.lines().filter_map(|line| line.trim().strip_prefix("- "));
            let names = items.map(|item| item.split(':').next().unwrap_or(item).trim().to_owned());
            return names.filter(|value| is_plain(value)).collect();
        }
        let list = list.split([']', ')', ';']).next().unwrap_or_default();
        let mark = if list.contains('|') { '|' } else { ',' };
        let values =
            list.split(mark).map(|value| value.trim().trim_matches(['"', '\'', '`', '.']).to_owned());
        return values.filter(|value| is_plain(value)).collect();
    }
    let braced = description.split_once('{').and_then(|(_, rest)| rest.split_once('}'));
    braced.map(|(list, _)| list).filter(|list| list.contains('|')).map(choices).unwrap_or_default()
}

fn is_plain(value: &str) -> bool {
    !value.is_empty() && !value.contains(char::is_whitespace) && !value.ends_with("...")
}

/// Other names that a description tells of: `[aliases: add, new]`.
pub(super) fn aliases(description: &str) -> Vec<String> {
    let list = ["[aliases: ", "[alias: "].iter().find_map(|before| description.split_once(before));
    let list = list.and_then(|(_, list)| list.split_once(']')).map_or("", |(list, _)| list);
    list.split(',').map(|name| name.trim().to_owned()).filter(|name| !name.is_empty()).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn short(line: &str, layout: Layout) -> String {
        let Some((flag, description)) = read(line, layout) else { return "no flag".to_owned() };
        let names = flag
            .short
            .map(|c| format!("-{c}"))
            .into_iter()
            .chain(flag.longs.iter().map(|n| format!("--{n}")));
        let names: Vec<String> = names.chain(flag.negations.iter().map(|n| format!("!{n}"))).collect();
        let most = flag.max_values.map(|most| format!(" {most}")).unwrap_or_default();
        let listed =
            if flag.listed.is_empty() { String::new() } else { format!(" {{{}}}", flag.listed.join(",")) };
        format!("{} {:?}{most}{listed} | {description}", names.join(" "), flag.takes)
    }

    #[test]
    fn flags_are_read_in_every_layout() {
        use Layout::{Argparse, Clap, Click, Cobra, Getopt, GoFlag};
        for (layout, line, expected) in [
            (Clap, "-f, --fruit <FRUIT>  What it bears", "-f --fruit Value | What it bears"),
            (Clap, "--name <NAME>", "--name Value | "),
            (Clap, "-v, --verbose...  Say more", "-v --verbose Nothing | Say more"),
            (Clap, "--color[=<WHEN>]  When", "--color OptionalValue | When"),
            (Clap, "--level [<LEVEL>]  How", "--level OptionalValues 1 | How"),
            (Clap, "--rows <ROW>...  Rows", "--rows Values | Rows"),
            (Clap, "--at <X> <Y>  Where", "--at Values 2 | Where"),
            (Cobra, "-f, --fruit string     what it bears", "-f --fruit Value | what it bears"),
            (
                Cobra,
                "    --dry-run          say what would be done".trim(),
                "--dry-run Nothing | say what would be done",
            ),
            (Cobra, "--color string[=\"auto\"]   when", "--color OptionalValue | when"),
            (Cobra, "-v, --verbose count   more", "-v --verbose OptionalValue | more"),
            (Cobra, "--dry-run='none': Must be", "--dry-run Value | Must be"),
            (Cobra, "-w, --watch=false: Watch", "-w --watch Nothing | Watch"),
            (Argparse, "-f FRUIT, --fruit FRUIT", "-f --fruit Value | "),
            (Argparse, "--fruit {apple,pear}  kind", "--fruit Value {apple,pear} | kind"),
            (Argparse, "--rows ROW [ROW ...]  rows", "--rows Values | rows"),
            (Argparse, "--rows [ROW ...]  rows", "--rows OptionalValues | rows"),
            (Argparse, "--at X Y  where", "--at Values 2 | where"),
            (Argparse, "--level [LEVEL]  how", "--level OptionalValues 1 | how"),
            (Click, "-f, --fruit [apple|pear]  kind", "-f --fruit Value {apple,pear} | kind"),
            (Click, "--shout / --no-shout  loud", "--shout !no-shout Nothing | loud"),
            (Click, "--at <FLOAT FLOAT>...  where", "--at Values 2 | where"),
            (Click, "--count INTEGER RANGE  how many", "--count Value | how many"),
            (Getopt, "-f, --fruit=FRUIT      what it bears", "-f --fruit Value | what it bears"),
            (Getopt, "--color[=WHEN]  when", "--color OptionalValue | when"),
            (Getopt, "-v, --[no-]verbose    be verbose", "-v --verbose !no-verbose Nothing | be verbose"),
            (Getopt, "-S, --gpg-sign[=<key-id>]", "-S --gpg-sign OptionalValue | "),
            (Getopt, "--[no-]branch <name>  on", "--branch !no-branch Value | on"),
            (GoFlag, "-fruit string\tkind", "--fruit Value | kind"),
            (GoFlag, "-n\tdry run", "-n Nothing | dry run"),
            (Getopt, "- a list item", "no flag"),
            (Getopt, "-- ", "no flag"),
            (Getopt, "-", "no flag"),
        ] {
            assert_eq!(short(line, layout), expected, "{line}");
        }
    }

    #[test]
    fn descriptions_list_values_and_other_names() {
        for (text, expected) in [
            ("Kind [default: pear] [possible values: apple, pear]", vec!["apple", "pear"]),
            ("How\nPossible values:\n- loam: Rich\n- sand\n", vec!["loam", "sand"]),
            ("Output format. One of: (json, table).", vec!["json", "table"]),
            ("Format: one of: json|table", vec!["json", "table"]),
            ("Visibility: {public|private}", vec!["public", "private"]),
            ("A path {id} of it", vec![]),
        ] {
            assert_eq!(listed(text), expected, "{text}");
        }
        assert_eq!(aliases("Plant [aliases: add, new]"), ["add", "new"]);
    }
}
