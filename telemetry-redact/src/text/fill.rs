//! A template with its slots filled, by what may stand in them.

use super::lex::Fate;
use super::templates::{Part, Slot, judge, parts};
use super::{Lexicon, detect};

/// The text that a template and the values of its slots make: a value that the policy does not declare for its slot is a
/// placeholder from here on. With it, how many are. Nothing where the template is none.
///
/// What comes out is judged as any other text is: that a template says so makes no wording a known one.
pub(crate) fn fill(template: &str, values: &[(&str, &str)], lexicon: &dyn Lexicon) -> Option<(String, u32)> {
    let value_of = |slot: Slot, place: usize| {
        values.iter().filter(|(name, _)| Slot::named(name) == Some(slot)).nth(place).map(|(_, value)| *value)
    };
    let command = value_of(Slot::Command, 0);
    let mut text = String::with_capacity(template.len() + 32);
    let mut filled: Vec<Slot> = Vec::new();
    let mut dropped = 0;
    for part in parts(template) {
        let slot = match part.ok()? {
            Part::Fixed(fixed) => {
                text.push_str(fixed);
                continue;
            }
            Part::Slot(slot) => slot,
        };
        let place = filled.iter().filter(|before| **before == slot).count();
        filled.push(slot);
        let value = value_of(slot, place).unwrap_or_default().trim();
        text.push_str(match judge(slot, value, command, lexicon) {
            Fate::Keep | Fate::Open => value,
            Fate::Replace(placeholder) => {
                dropped += 1;
                placeholder.text()
            }
            Fate::Drop(_) => {
                dropped += 1;
                detect::kind(value).map_or("<value>", |kind| kind.placeholder)
            }
        });
    }
    Some((text, dropped))
}

#[cfg(test)]
mod tests {
    use super::super::NoLexicon;
    use super::*;

    #[test]
    fn a_slot_takes_what_is_declared_and_a_placeholder_otherwise() {
        let filled = |template, values: &[_]| fill(template, values, &NoLexicon).map(|(text, _)| text);
        assert_eq!(filled("no {value} here", &[("value", "grandma's")]).unwrap(), "no <value> here");
        assert_eq!(filled("no {value} here", &[]).unwrap(), "no <value> here", "a slot is never empty");
        assert_eq!(filled("no {value} here", &[("value", "<path>")]).unwrap(), "no <value> here");
        assert_eq!(filled("mail {value}", &[("value", "ada@example.com")]).unwrap(), "mail <email>");
        assert_eq!(filled("in {path}", &[("path", "pear")]).unwrap(), "in <path>");
        let twice = [("number", "7"), ("number", "4711")];
        assert_eq!(filled("{number} of {number}", &twice).unwrap(), "7 of <number>");
        assert_eq!(filled("{nothing} of it", &[]), None);
    }
}
