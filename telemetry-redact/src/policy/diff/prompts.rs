//! Questions that become known, and those that do no more.

use std::collections::BTreeSet;

use telemetry_schema::PromptKind;

use super::meaning::{CommandMeaning, Values};
use super::{Comparison, Effect, Subject};

impl Comparison {
    pub(super) fn prompts(&mut self, path: &str, before: &CommandMeaning<'_>, now: &CommandMeaning<'_>) {
        let all: BTreeSet<&(&str, PromptKind)> = before.prompts.keys().chain(now.prompts.keys()).collect();
        let nothing = Values::default();
        for key @ (id, kind) in all {
            let (old, new) = (before.prompts.get(key), now.prompts.get(key));
            let subject = Subject::Prompt { prompt: (*id).to_owned(), kind: *kind };
            match (old, new) {
                (None, Some(_)) => self.add(Effect::Collects, subject, Some(path)),
                (Some(_), None) => self.add(Effect::StopsCollecting, subject, Some(path)),
                _ => {}
            }
            let values = (old.unwrap_or(&nothing), new.unwrap_or(&nothing));
            let choices = |values| Subject::PromptChoices { prompt: (*id).to_owned(), values };
            self.values(path, values, choices);
        }
    }
}
