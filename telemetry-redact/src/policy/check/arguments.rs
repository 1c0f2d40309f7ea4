//! What decides which of the arguments behind a flag are its values, and which positional argument a word is.

use std::convert::Infallible;

use super::Check;
use crate::policy::{Dashes, Dialect, Missing, PositionalRule, Repeats, Takes};

impl Check<'_> {
    pub(super) fn arguments(&mut self, key: &str, takes: Takes, dashes: Dashes, terminator: Option<&str>) {
        let at = |field: &str| format!("flags.{key}.{field}");
        let takes_arguments = !matches!(takes, Takes::Nothing | Takes::OptionalValue);
        if dashes != Dashes::Flags && !takes_arguments {
            self.report(at("dashes"), "only an argument of its own can begin with a dash: see `takes`");
        }
        let Some(terminator) = terminator else { return };
        self.terminator(at("terminator"), terminator);
        if !takes_arguments {
            self.report(at("terminator"), "only arguments of its own can end: see `takes`");
        }
    }

    pub(super) fn positionals(&mut self, index: usize, rules: &[PositionalRule]) {
        for (place, rule) in rules.iter().enumerate() {
            let PositionalRule { values, list, dashes: _, repeats, terminator, missing } = rule;
            let at = |field: &str| format!("commands[{index}].positionals[{place}].{field}");
            let is_last = place + 1 == rules.len();
            self.values(at("values"), values.as_ref());
            self.list(at("list"), *list, values.as_ref());
            if let Some(terminator) = terminator {
                self.terminator(at("terminator"), terminator);
            } else if *repeats != Repeats::Once && !is_last {
                self.report(
                    at("repeats"),
                    "only the last positional argument can stand for all that follow, or one with a `terminator`",
                );
            }
            if *missing == Missing::Never {
                continue;
            }
            if self.source.dialect != Dialect::Clap {
                self.report(at("missing"), "only clap looks whether a word stands behind");
            }
            if is_last || rules.iter().take(place).any(|before| before.missing != Missing::Never) {
                self.report(at("missing"), "one positional argument can be missing, and not the last");
            }
        }
    }

    fn terminator(&mut self, place: String, terminator: &str) {
        const MAX_LENGTH: usize = 64;
        if terminator.is_empty() || terminator.len() > MAX_LENGTH || terminator.contains(char::is_control) {
            self.report(
                place.as_str(),
                format!("expected 1 to {MAX_LENGTH} bytes and no control characters"),
            );
        }
        self.text(place, terminator, Ok::<_, Infallible>(()));
    }
}
