//! What a command withholds though it is declared. That is known only at the end, when the command is.

use telemetry_schema::Place;

use super::read::{Walk, count};
use super::{Finding, Part, Verdict};
use crate::policy::Record;

/// A value that was kept as it was read.
pub(super) struct KeptValue<'a> {
    /// Its place among the findings.
    pub(super) finding: usize,
    /// Its flag's place, where it is a flag's.
    pub(super) flag: Option<usize>,
    pub(super) raw: &'a [u8],
}

impl Walk<'_> {
    pub(super) fn withhold(&mut self) {
        if !self.tree.withholds() {
            return;
        }
        let record = self.tree.record(self.node);
        let names = self.command.flags.iter().map(|flag| flag.name.as_str());
        let withheld: Vec<bool> = names
            .map(|name| record != Record::Everything || self.tree.withholds_flag(self.node, name))
            .collect();
        let is_withheld = |kept: &KeptValue<'_>| match kept.flag {
            Some(flag) => withheld.get(flag).copied().unwrap_or(true),
            None => record != Record::Everything,
        };
        self.withdraw(is_withheld, "value.withheld");
        for (flag, withheld) in self.command.flags.iter_mut().zip(withheld) {
            if withheld {
                flag.values.clear();
            }
        }
        if record != Record::Everything {
            self.command.positionals.clear();
        }
        if record == Record::Path {
            self.withhold_flags();
        }
    }

    /// Counts values that were kept as dropped. Taking them out of the command is the caller's.
    pub(super) fn withdraw(&mut self, is_withdrawn: impl Fn(&KeptValue<'_>) -> bool, rule: &'static str) {
        for kept in std::mem::take(&mut self.kept) {
            if !is_withdrawn(&kept) {
                self.kept.push(kept);
                continue;
            }
            count(&mut self.command.dropped.values);
            self.drop_raw(kept.raw);
            if let Some(finding) = self.findings.get_mut(kept.finding) {
                take_back(finding, rule);
            }
        }
    }

    fn withhold_flags(&mut self) {
        let command = &mut self.command;
        for _ in command.flags.drain(..) {
            count(&mut command.dropped.flags);
        }
        command.misspellings.retain(|misspelling| misspelling.place != Place::Flag);
        command.deprecated.retain(|deprecated| deprecated.place != Place::Flag);
        let kept =
            |finding: &&mut Finding| finding.part == Part::FlagName && finding.verdict == Verdict::Kept;
        for finding in self.findings.iter_mut().filter(kept) {
            take_back(finding, "flag.withheld");
        }
    }
}

fn take_back(finding: &mut Finding, rule: &'static str) {
    finding.verdict = Verdict::Dropped;
    finding.rule = rule;
    finding.kept_as = None;
}
