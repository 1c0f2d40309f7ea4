//! Who decides, and what was kept and dropped of the last commands.

use std::cmp::Reverse;

use serde::Serialize;
use telemetry_redact::Verdict;
use telemetry_schema::Event;

use super::layout::{Column, Width, paragraph, table};
use super::past::{Fate, PastCommand, PlaceholderCount};
use super::show::Show;
use super::{Control, ControlError, Decision};

/// Who decides, and what was kept and dropped of the last commands, by rule.
#[derive(Debug, Clone, Serialize)]
#[non_exhaustive]
pub struct Explanation {
    /// Who decides.
    #[serde(flatten)]
    pub decision: Decision,
    /// The last commands that were recorded, newest first.
    pub commands: Vec<PastCommand>,
    /// Records that are no event of this version's, or damaged, and so left out.
    pub left_out: u64,
}

impl Control {
    /// Who decides, and what was kept and dropped of at most this many of the last commands. Nothing is recorded by
    /// asking, and what was dropped is nowhere to be shown.
    ///
    /// # Errors
    ///
    /// [`ControlError::Spool`] or [`ControlError::Ledger`] where a file that is there cannot be read.
    pub fn explain(&self, last: usize) -> Result<Explanation, ControlError> {
        let mut events: Vec<(Event, Fate)> = Vec::new();
        let mut left_out = 0;
        for (show, fate) in
            [(Show::Sent, Fate::Sent), (Show::Pending, Fate::Pending), (Show::Local, Fate::Local)]
        {
            let shown = match self.show(show) {
                // Nothing is kept, so nothing was.
                Err(ControlError::NoStateDir) => continue,
                shown => shown?,
            };
            left_out += shown.damaged.len() as u64;
            let unanswered = shown.unanswered.iter().flat_map(|batch| &batch.events);
            let of_fate = shown.events.iter().map(|line| (line, fate));
            for (line, fate) in of_fate.chain(unanswered.map(|line| (line, Fate::Unanswered))) {
                match serde_json::from_str(line.get()) {
                    Ok(event) => events.push((event, fate)),
                    Err(_) => left_out += 1,
                }
            }
        }
        // An identifier begins with its millisecond; of two in one the times are finer, unless the policy coarsens them.
        let order = |event: &Event| (event.event_id.unix_ms(), event.started_at.unix_us(), event.event_id);
        events.sort_by_key(|(event, _)| Reverse(order(event)));
        // One that was sent may still be in the spool.
        events.dedup_by_key(|(event, _)| event.event_id);
        let commands = events.iter().take(last).map(|(event, fate)| PastCommand::new(event, *fate));
        Ok(Explanation { decision: self.decision(), commands: commands.collect(), left_out })
    }
}

impl Explanation {
    /// The same for people.
    #[must_use]
    pub fn text(&self, width: Width) -> String {
        let mut text = self.decision.head(width);
        text.push('\n');
        text.push_str(&self.decision.list(width));
        text.push('\n');
        if self.commands.is_empty() {
            text.push_str(&paragraph("No command is recorded.", width));
        } else {
            text.push_str(&paragraph("The last commands that were recorded, newest first:", width));
        }
        for command in &self.commands {
            text.push('\n');
            text.push_str(&command.text(width));
        }
        if self.left_out > 0 {
            let left_out = format!("{} records cannot be read and are left out", self.left_out);
            text.push_str(&paragraph(&left_out, width));
        }
        if !self.commands.is_empty() {
            text.push('\n');
            text.push_str(&paragraph(
                "An event holds no trace of what was dropped but the count. To see what would become of a command \
                 line, token by token, give it to explain after two dashes.",
                width,
            ));
        }
        text
    }
}

impl PastCommand {
    fn text(&self, width: Width) -> String {
        let Self { event_id, started_at, fate, parts, outcome, message, taken_out } = self;
        let mut text = paragraph(&format!("{started_at}, {outcome}, {fate}"), width);
        text.push_str(&paragraph(&format!("event {event_id}"), width));
        if let Some(message) = message {
            text.push_str(&paragraph(&format!("message: {message}"), width));
        }
        for PlaceholderCount { placeholder, count } in taken_out {
            let taken_out = format!("{placeholder} stands where something was taken out, times: {count}");
            text.push_str(&paragraph(&taken_out, width));
        }
        let columns = [
            Column { title: "", name: "verdict" },
            Column { title: "rule", name: "rule" },
            Column { title: "in the event", name: "in the event" },
        ];
        let rows = parts.iter().map(|part| {
            let (verdict, what) = match part.verdict {
                Verdict::Kept => ("kept", part.kept_as.clone().unwrap_or_default()),
                Verdict::Dropped => ("dropped", format!("only how many: {}", part.count)),
            };
            [verdict.to_owned(), part.rule.to_owned(), what]
        });
        let rows: Vec<_> = rows.collect();
        if rows.is_empty() {
            let nothing = "Nothing of the command line is kept: there is no policy for the program.";
            text.push_str(&paragraph(nothing, width));
        } else {
            text.push_str(&table(columns, &rows, width));
        }
        text
    }
}
