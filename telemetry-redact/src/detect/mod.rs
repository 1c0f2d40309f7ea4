//! Detectors: what kind of thing a piece of text is that no list declares.
//!
//! They are the second line: what is not declared is dropped whatever they say. They name what was dropped, so that
//! errors still group, and they keep what looks sensitive out of policies. They also stand on their own: [`scan`] goes
//! over any text and says which [`rules`] found something and how often, never what.

mod ai;
mod auth;
mod chat;
mod check;
mod ci;
mod cloud;
mod connection;
mod generic;
mod identifier;
mod lookalikes;
mod mail;
mod measure;
mod monitoring;
mod national;
mod network;
mod path;
mod pattern;
mod payment;
mod personal;
mod registry;
mod row;
mod rows;
mod rule;
mod scan;
mod service;
mod shape;
mod skeleton;
mod source;
mod steps;
mod table;
mod vcs;
mod wallet;

pub use rule::{Family, Rule};

use crate::text::is_invisible;
use check::Check;
pub(crate) use shape::Shape;

/// Every rule, the strongest first.
///
/// ```
/// use telemetry_redact::detect::{Family, rules};
///
/// let github = rules().iter().find(|rule| rule.id() == "detect.github").expect("there is one");
/// assert_eq!(github.family(), Family::Vcs);
/// assert_eq!(github.placeholder(), "<secret>");
/// assert_eq!(github.pattern(), "(ghp|gho|ghu|ghs|ghr)_[A-Za-z0-9]{36,251}");
/// ```
#[must_use]
pub fn rules() -> &'static [Rule] {
    &rows::RULES
}

/// What was found in a text: by which rule, and how often. Neither the value nor its place or length.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[non_exhaustive]
pub struct Finding {
    /// The identifier of the rule.
    pub rule: &'static str,
    /// How often it found something.
    pub count: u32,
}

/// Goes over a text and says what is in it, by rule, in the order of the rules' identifiers.
///
/// The text is brought into one form first, so that escapes, letters of other scripts that look like Latin ones, signs
/// that cannot be seen and the colours of terminals hide nothing. Of a text of more than 64 KiB the beginning is read.
/// It takes time in proportion to the text, and never panics.
///
/// Nothing found is no proof that there is nothing: a password can be any word. What keeps a value out of an event is
/// the policy, not this.
///
/// ```
/// use telemetry_redact::detect::scan;
///
/// let findings = scan("cannot reach ada%40example.com with --password hunter2");
/// let found: Vec<_> = findings.iter().map(|finding| (finding.rule, finding.count)).collect();
/// assert_eq!(found, [("detect.assigned", 1), ("detect.email", 1)]);
/// ```
#[must_use]
pub fn scan(text: &str) -> Vec<Finding> {
    let mut found: Vec<&str> = scan::hits(text).1.iter().map(|hit| hit.rule.id()).collect();
    #[expect(
        clippy::stable_sort_primitive,
        reason = "texts are sorted so elsewhere: no second sort in every host"
    )]
    found.sort();
    let each = found.chunk_by(|rule, next| rule == next);
    each.map(|same| Finding { rule: same[0], count: u32::try_from(same.len()).unwrap_or(u32::MAX) }).collect()
}

/// A kind of thing.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Kind {
    /// What stands in its place.
    pub(crate) placeholder: &'static str,
    /// The detector's identifier.
    pub(crate) rule: &'static str,
}

impl From<&Rule> for Kind {
    fn from(rule: &Rule) -> Self {
        Self { placeholder: rule.placeholder(), rule: rule.id() }
    }
}

/// Of what is longer nothing more needs to be known.
const MAX_TOKEN: usize = 2048;

/// What a token is, where a detector knows.
pub(crate) fn kind(token: &str) -> Option<Kind> {
    rule_of(token).map(Kind::from)
}

/// As [`kind`], of a token of which it is known what bytes it has.
pub(crate) fn kind_of(token: &str, shape: Shape) -> Option<Kind> {
    rule_of_shape(token.as_bytes(), shape).map(Kind::from)
}

fn rule_of(token: &str) -> Option<&'static Rule> {
    rule_of_shape(token.as_bytes(), Shape::of(token.as_bytes()))
}

fn rule_of_shape(text: &[u8], shape: Shape) -> Option<&'static Rule> {
    let first = *text.first().filter(|_| text.len() <= MAX_TOKEN)?;
    if let Some(rule) = headed(text) {
        return Some(rule);
    }
    let digits_alone = shape.is_only(Shape::DIGIT);
    let frame = table::first_frame(text, first, shape, |frame| {
        let rule = &rows::RULES[usize::from(frame.rule)];
        let asked = !rule.needs_cue() || !digits_alone;
        asked && (frame.settles || rule.is_form_of(text)) && rule.check.holds(text)
    })?;
    rows::RULES.get(usize::from(frame.rule))
}

/// A rule that tells a token by its beginning: by its whole form, or else by a good part of it.
fn headed(text: &[u8]) -> Option<&'static Rule> {
    let probes = table::probes(text);
    if probes.is_empty() {
        return None;
    }
    let start = table::start(text);
    let begun = || probes.iter().filter(move |probe| probe.holds(start));
    let rule = |probe: &table::Probe| &rows::RULES[usize::from(probe.rule)];
    // Where no other rule begins so, the whole form tells nothing that a good part of it does not.
    let mut each = begun();
    if let (Some(only), None) = (each.next(), each.next())
        && only.is_cut_short(text)
    {
        return Some(rule(only));
    }
    begun()
        .map(rule)
        .find(|rule| rule.is_form_of(text) && rule.check.holds(text))
        .or_else(|| begun().find(|probe| probe.is_cut_short(text)).map(rule))
}

/// The detector that finds a value of a policy sensitive: personal data or a secret has no place in one. Paths, hosts
/// and numbers can be a program's own.
///
/// ```
/// use telemetry_redact::detect::sensitive;
///
/// assert_eq!(sensitive("US_EAST_1"), None);
/// assert!(sensitive("ada@mail.example").is_some());
/// ```
#[must_use]
pub fn sensitive(value: &str) -> Option<&'static str> {
    // Nearly all values are names; what is sensitive has a digit or a sign in it. A policy is read at every start.
    if value.bytes().all(|b| b.is_ascii_alphabetic() || matches!(b, b'_' | b'-' | b' ')) {
        return None;
    }
    let found = rule_of(value)?;
    let own = ["<path>", "<host>", "<number>", "<url>"].contains(&found.placeholder());
    // Long names of a program's own look random: only a secret of a known form is taken for one.
    let weak =
        found.family == Family::Generic || found.check == Check::None && found.family == Family::National;
    (!own && !weak).then_some(found.id())
}

#[cfg(test)]
mod tests;
