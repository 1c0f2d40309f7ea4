//! What decides which of the arguments behind a flag are its values.

use std::convert::Infallible;

use super::Check;
use crate::policy::{Dashes, Takes};

impl Check<'_> {
    pub(super) fn arguments(&mut self, key: &str, takes: Takes, dashes: Dashes, terminator: Option<&str>) {
        const MAX_LENGTH: usize = 64;
        let at = |field: &str| format!("flags.{key}.{field}");
        let takes_arguments = !matches!(takes, Takes::Nothing | Takes::OptionalValue);
        if dashes != Dashes::Flags && !takes_arguments {
            self.report(at("dashes"), "only an argument of its own can begin with a dash: see `takes`");
        }
        let Some(terminator) = terminator else { return };
        if terminator.is_empty() || terminator.len() > MAX_LENGTH || terminator.contains(char::is_control) {
            self.report(
                at("terminator"),
                format!("expected 1 to {MAX_LENGTH} bytes and no control characters"),
            );
        }
        self.text(at("terminator"), terminator, Ok::<_, Infallible>(()));
        if !takes_arguments {
            self.report(at("terminator"), "only arguments of its own can end: see `takes`");
        }
    }
}
