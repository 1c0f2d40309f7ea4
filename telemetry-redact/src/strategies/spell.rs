//! The forms in which a dialect lets a flag and its values be written.

use crate::policy::{Dialect, Takes};

/// How a flag is called on the command line.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Name {
    Long(String),
    Short(char),
}

/// Whether the parser knows a flag where it stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Known {
    /// It does.
    Here,
    /// It will, when it has found the command: until then the next argument goes for its value (cobra).
    Later,
    /// It does not, so nobody knows whether the next argument is its value.
    Never,
}

/// One use of a flag.
#[derive(Debug, Clone)]
pub(super) struct Use {
    pub(super) name: Name,
    pub(super) known: Known,
    pub(super) takes: Takes,
    /// Whether its values can begin with a dash.
    pub(super) takes_dashes: bool,
    /// What ends its values.
    pub(super) terminator: Option<String>,
    /// How many values one use takes at most.
    pub(super) most: usize,
    /// The values that are there to be written; of a switch, what stands behind `=`.
    pub(super) values: Vec<String>,
    /// Which of the forms.
    pub(super) form: usize,
}

impl Use {
    /// Whether what follows is none of its values.
    fn is_closed_by(&self, after: After<'_>) -> bool {
        if self.takes_dashes { after.argument.is_none() } else { after.is_no_value() }
    }
}

/// A use as it is written.
#[derive(Debug, Clone)]
pub(super) struct Written {
    pub(super) arguments: Vec<String>,
    /// How many of the values are in it.
    pub(super) values: usize,
    /// Whether letters of switches can be put before its own.
    pub(super) takes_bundle: bool,
    /// Whether it can be put before the letters of what follows.
    joins: bool,
}

/// What stands behind a use.
#[derive(Debug, Clone, Copy)]
pub(super) struct After<'a> {
    pub(super) argument: Option<&'a str>,
    pub(super) takes_bundle: bool,
}

impl After<'_> {
    /// Whether what follows cannot be taken for a value.
    fn is_no_value(self) -> bool {
        self.argument.is_none_or(|next| next.len() > 1 && next.starts_with('-'))
    }
}

/// Writes a use in one of the forms it has there, or not at all where it has none. What is bundled takes the
/// argument that follows into its own.
pub(super) fn write(dialect: Dialect, used: &Use, after: After<'_>) -> Option<Written> {
    let forms = match &used.name {
        Name::Long(name) => long(dialect, used, name, after),
        Name::Short(letter) => short(dialect, used, *letter, after),
    };
    let mut written = forms.get(used.form.checked_rem(forms.len())?)?.clone();
    if written.joins
        && let (Some(argument), Some(next)) = (written.arguments.first_mut(), after.argument)
    {
        argument.push_str(next.trim_start_matches('-'));
    }
    Some(written)
}

/// Whether a form takes the argument that follows into its own.
pub(super) fn joins(written: &Written) -> bool {
    written.joins
}

fn form(arguments: Vec<String>, values: usize) -> Written {
    Written { arguments, values, takes_bundle: false, joins: false }
}

/// Whether the arguments after a flag can be its values.
fn can_stand_apart(dialect: Dialect, used: &Use, value: &str) -> bool {
    let looks_like_flag = value.starts_with('-') && (value.len() > 1 || used.known != Known::Here);
    let takes_anything = used.known == Known::Here
        && (used.takes_dashes || used.takes == Takes::Value && dialect != Dialect::Clap);
    takes_anything || !looks_like_flag
}

/// The values that can be written as arguments of their own behind the flag, with nothing taken that is not its own, and
/// how many of the arguments they are.
fn apart(dialect: Dialect, used: &Use, after: After<'_>) -> Option<(Vec<String>, usize)> {
    let takes_next = match used.known {
        Known::Never => true,
        Known::Here | Known::Later => !matches!(used.takes, Takes::Nothing | Takes::OptionalValue),
    };
    let several = used.known == Known::Here && matches!(used.takes, Takes::Values | Takes::OptionalValues);
    let most = if several { used.most } else { 1 };
    let count =
        used.values.iter().take(most).take_while(|value| can_stand_apart(dialect, used, value)).count();
    let mut arguments: Vec<String> = used.values.iter().take(count).cloned().collect();
    let mut is_closed = !several || count == most || used.is_closed_by(after);
    if let Some(terminator) = used.terminator.as_ref().filter(|_| !is_closed) {
        arguments.push(terminator.clone());
        is_closed = true;
    }
    (takes_next && count > 0 && is_closed).then_some((arguments, count))
}

/// Whether the flag can be written without a value.
fn can_be_bare(used: &Use, after: After<'_>) -> bool {
    let is_followed_by_none = after.argument.is_none_or(|next| next.starts_with('-'));
    match (used.known, used.takes) {
        (Known::Later | Known::Here, Takes::Value | Takes::Values) => false,
        (Known::Never | Known::Later, _) => is_followed_by_none,
        (Known::Here, Takes::Nothing | Takes::OptionalValue) => true,
        (Known::Here, Takes::OptionalValues) => used.is_closed_by(after),
    }
}

fn long(dialect: Dialect, used: &Use, name: &str, after: After<'_>) -> Vec<Written> {
    let mut forms = Vec::new();
    let dashes: &[&str] = if dialect == Dialect::GoFlag { &["-", "--"] } else { &["--"] };
    for dashes in dashes {
        let flag = format!("{dashes}{name}");
        if let Some(value) = used.values.first() {
            forms.push(form(vec![format!("{flag}={value}")], 1));
        }
        if let Some((values, count)) = apart(dialect, used, after) {
            forms.push(form(std::iter::once(flag.clone()).chain(values).collect(), count));
        }
        if can_be_bare(used, after) {
            forms.push(form(vec![flag], 0));
        }
    }
    forms
}

fn short(dialect: Dialect, used: &Use, letter: char, after: After<'_>) -> Vec<Written> {
    if dialect == Dialect::GoFlag {
        return long(dialect, used, &letter.to_string(), after);
    }
    let mut forms = Vec::new();
    // The letters of other flags can follow such a one, and no glued value can.
    let is_optional = used.takes == Takes::OptionalValue && dialect != Dialect::Getopt;
    let is_switch = (used.takes == Takes::Nothing || is_optional) && used.known != Known::Never;
    let takes_bundle = used.known == Known::Here;
    if let Some(value) = used.values.first() {
        if dialect != Dialect::Getopt {
            forms.push(Written { takes_bundle, ..form(vec![format!("-{letter}={value}")], 1) });
        }
        let reads_as_equals = value.starts_with('=') && dialect != Dialect::Getopt;
        if !(is_switch || value.is_empty() || reads_as_equals) {
            forms.push(Written { takes_bundle, ..form(vec![format!("-{letter}{value}")], 1) });
        }
    }
    if let Some((values, count)) = apart(dialect, used, after) {
        let arguments = std::iter::once(format!("-{letter}")).chain(values).collect();
        forms.push(Written { takes_bundle, ..form(arguments, count) });
    }
    if can_be_bare(used, after) {
        let bare = Written { takes_bundle, ..form(vec![format!("-{letter}")], 0) };
        if is_switch && used.known == Known::Here && after.takes_bundle {
            forms.push(Written { joins: true, ..bare.clone() });
        }
        forms.push(bare);
    }
    forms
}
