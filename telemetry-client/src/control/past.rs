//! What a stored event says of what was kept and dropped.
//!
//! An event holds what was kept, and of what was dropped only how much: which of several rules dropped a part was known
//! when the command ran, and was not stored. So the rules here are those that an event can prove; `explain` with a command
//! line goes token by token.

use std::fmt;

use serde::Serialize;
use telemetry_redact::{PLACEHOLDERS, Verdict};
use telemetry_schema::{Command, Event, EventId, Outcome, Place, Prompt, Timestamp};

/// Where an event is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Fate {
    /// It waits to be sent.
    Pending,
    /// It stays on this machine.
    Local,
    /// It was sent.
    Sent,
    /// It was sent, and no answer came: whoever it was sent to may have it. Where it is still in the spool, it is sent again.
    Unanswered,
}

impl fmt::Display for Fate {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(match self {
            Self::Pending => "waits to be sent",
            Self::Local => "stays on this machine",
            Self::Sent => "was sent",
            Self::Unanswered => "was sent, and no answer came",
        })
    }
}

/// One recorded command.
#[derive(Debug, Clone, Serialize)]
#[non_exhaustive]
pub struct PastCommand {
    /// The event's identifier.
    pub event_id: EventId,
    /// When the command started.
    pub started_at: Timestamp,
    /// Where the event is.
    pub fate: Fate,
    /// What was kept and dropped of the command line.
    pub parts: Vec<PastPart>,
    /// How it ended: `success`, `interrupted`, `panic`, or the class of its error.
    pub outcome: String,
    /// What it said, as it is kept.
    pub message: Option<String>,
    /// What stands in the message in place of something that was taken out.
    pub taken_out: Vec<PlaceholderCount>,
}

/// What was kept of one part of a command line, or how many were dropped.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[non_exhaustive]
pub struct PastPart {
    /// Kept or dropped.
    pub verdict: Verdict,
    /// The rule. `value.declared` stands for each that keeps values: a closed set, a bucket, a form; `….not_declared` for
    /// each that drops, `….withheld` among them.
    pub rule: &'static str,
    /// What is kept, as it is stored; nothing of what was dropped.
    pub kept_as: Option<String>,
    /// How many parts.
    pub count: u32,
}

/// How often a placeholder stands in a message.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[non_exhaustive]
pub struct PlaceholderCount {
    /// The placeholder, such as `<path>`.
    pub placeholder: &'static str,
    /// How often.
    pub count: usize,
}

impl PastCommand {
    pub(super) fn new(event: &Event, fate: Fate) -> Self {
        let (outcome, message) = match &event.outcome {
            Outcome::Success => ("success".to_owned(), None),
            Outcome::Panic { location } => {
                ("panic".to_owned(), location.as_ref().map(|location| format!("at {location}")))
            }
            Outcome::Interrupted { .. } => ("interrupted".to_owned(), None),
            Outcome::Error { code, message, .. } => {
                (code.to_string(), message.as_ref().map(ToString::to_string))
            }
        };
        let taken_out = PLACEHOLDERS.iter().map(|placeholder| PlaceholderCount {
            placeholder,
            count: message.as_deref().map_or(0, |message| message.matches(placeholder).count()),
        });
        let program = event.app.name.as_ref().map(|name| kept("program.declared", name.as_str()));
        Self {
            event_id: event.event_id,
            started_at: event.started_at,
            fate,
            parts: program.into_iter().chain(parts(&event.command)).chain(prompts(&event.prompts)).collect(),
            outcome,
            taken_out: taken_out.filter(|found| found.count > 0).collect(),
            message,
        }
    }
}

fn kept(rule: &'static str, what: impl Into<String>) -> PastPart {
    PastPart { verdict: Verdict::Kept, rule, kept_as: Some(what.into()), count: 1 }
}

fn prompts(prompts: &[Prompt]) -> impl Iterator<Item = PastPart> {
    prompts.iter().flat_map(|Prompt { id, kind, default_kept, left_empty, choices }| {
        let told =
            [(*default_kept, "default kept", "default changed"), (*left_empty, "left empty", "answered")];
        let told = told.into_iter().filter_map(|(told, yes, no)| Some(if told? { yes } else { no }));
        let asked = [kind.key()].into_iter().chain(told).collect::<Vec<_>>().join(", ");
        let choices =
            choices.iter().map(move |choice| kept("prompt.choice_declared", format!("{id} {choice}")));
        std::iter::once(kept("prompt.declared", format!("{id} ({asked})"))).chain(choices)
    })
}

fn parts(command: &Command) -> Vec<PastPart> {
    let Command { path, flags, positional_count, positionals, misspellings, deprecated, dropped } = command;
    let mut parts: Vec<PastPart> = path.iter().map(|word| kept("command.declared", word.as_str())).collect();
    for flag in flags {
        parts.push(kept("flag.declared", flag.name.as_str()));
        let values = flag.values.iter();
        parts.extend(values.map(|value| kept("value.declared", format!("{} {value}", flag.name))));
    }
    for positional in positionals {
        // People count from 1.
        let place = u64::from(positional.index) + 1;
        let values = positional.values.iter();
        parts.extend(
            values.map(|value| kept("value.declared", format!("{value} (positional argument {place})"))),
        );
    }
    if *positional_count > 0 {
        let count = *positional_count;
        let what = format!("how many positional arguments: {count}");
        parts.push(kept("positional.counted", what));
    }
    for misspelling in misspellings {
        let rule = match misspelling.place {
            Place::Command => "command.near_miss",
            Place::Flag => "flag.near_miss",
        };
        parts.push(kept(rule, format!("{} (near {})", misspelling.typed, misspelling.meant)));
    }
    for name in deprecated {
        let rule = match name.place {
            Place::Command => "command.deprecated",
            Place::Flag => "flag.deprecated",
        };
        parts.push(kept(rule, name.name.as_str()));
    }
    let dropped = [
        ("command.not_declared", dropped.words),
        ("flag.not_declared", dropped.flags),
        ("value.not_declared", dropped.values),
    ];
    let dropped = dropped.into_iter().filter(|(_, count)| *count > 0);
    parts.extend(dropped.map(|(rule, count)| PastPart {
        verdict: Verdict::Dropped,
        rule,
        kept_as: None,
        count,
    }));
    parts
}
