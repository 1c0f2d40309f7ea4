//! What differs that is not about a single command.

use std::collections::BTreeSet;

use super::{Comparison, Effect, Subject};
use crate::policy::{Abbreviations, PolicySource};

impl Comparison {
    /// What is not about a single command.
    pub(super) fn whole(&mut self, old: &PolicySource, new: &PolicySource) {
        let programs = |source: &PolicySource| -> BTreeSet<String> {
            source.program_aliases.iter().chain([&source.program]).cloned().collect()
        };
        self.more_or_less((&programs(old), &programs(new)), |name| Subject::Program { name }, None);
        if old.environment_prefix != new.environment_prefix {
            let subject = |prefix: &String| Subject::ConsentVariable {
                variable: format!("{prefix}_TELEMETRY_ENABLED"),
            };
            if let Some(prefix) = &old.environment_prefix {
                self.add(Effect::Collects, subject(prefix), None);
            }
            if let Some(prefix) = &new.environment_prefix {
                self.add(Effect::Nothing, subject(prefix), None);
            }
        }
        if old.dialect != new.dialect {
            let subject = Subject::Dialect { from: old.dialect, to: new.dialect };
            self.add(Effect::ReadsDifferently, subject, None);
        }
        if old.first_word != new.first_word {
            let subject = Subject::FirstWord { first_word: new.first_word };
            self.add(Effect::ReadsDifferently, subject, None);
        }
        let allows = |source: &PolicySource, which: Abbreviations| {
            source.abbreviations == Abbreviations::All || source.abbreviations == which
        };
        for (which, subject) in [
            (Abbreviations::Flags, Subject::AbbreviatedFlags),
            (Abbreviations::Commands, Subject::AbbreviatedCommands),
        ] {
            match (allows(old, which), allows(new, which)) {
                (false, true) => self.add(Effect::Collects, subject, None),
                (true, false) => self.add(Effect::StopsCollecting, subject, None),
                _ => {}
            }
        }
        let (from, to) = (old.timestamps, new.timestamps);
        // The finest comes first.
        let effect = if to < from { Effect::Collects } else { Effect::StopsCollecting };
        if from != to {
            self.add(effect, Subject::Timestamps { from, to }, None);
        }
        let texts = |source: &PolicySource| {
            source.templates.iter().map(|rule| rule.text.clone()).collect::<BTreeSet<_>>()
        };
        let (before, now) = (texts(old), texts(new));
        for (effect, one, other) in
            [(Effect::Collects, &now, &before), (Effect::StopsCollecting, &before, &now)]
        {
            for text in one.difference(other) {
                self.add(effect, Subject::Template { text: text.clone() }, None);
            }
        }
        let codes = |source: &PolicySource| source.error_codes.iter().cloned().collect::<BTreeSet<_>>();
        let (before, now) = (codes(old), codes(new));
        for (effect, one, other) in
            [(Effect::Collects, &now, &before), (Effect::StopsCollecting, &before, &now)]
        {
            let codes: Vec<String> = one.difference(other).cloned().collect();
            if !codes.is_empty() {
                self.add(effect, Subject::ErrorCodes { codes }, None);
            }
        }
    }
}
