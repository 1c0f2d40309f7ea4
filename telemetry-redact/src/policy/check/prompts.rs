//! What a policy's questions must be like.

use telemetry_schema::Word;

use super::Check;
use crate::policy::PromptRule;

impl Check<'_> {
    pub(super) fn prompt(&mut self, id: &str, PromptRule { kind, values }: &PromptRule) {
        let place = format!("prompts.{id}");
        self.text(place.as_str(), id, Word::new(id));
        let Some(set) = values else { return };
        if kind.max_choices() == 0 {
            let message =
                format!("what is typed is never kept: a prompt of the kind `{}` has none", kind.key());
            self.report(format!("{place}.values"), message);
        } else if !self.source.sets.contains_key(set) {
            // A rule keeps something of what is no member, and nothing else of an answer may be kept.
            self.report(format!("{place}.values"), format!("there is no set `{set}` in `sets`"));
        }
    }
}
