//! Questions that the program asked: kept where they are declared, with choices from the closed set of each.

use serde::Serialize;
use telemetry_schema::{Command, Prompt, Value, Word};

use crate::policy::{Fit, Policy, Record};
use crate::{Raw, RawPrompt, Verdict};

/// What became of a question or of a choice. Names the rule; what is dropped is not in it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct PromptFinding {
    /// Which question, counted from 0 in the order of asking.
    pub prompt: usize,
    /// Kept or dropped.
    pub verdict: Verdict,
    /// The rule that decided, such as `prompt.declared` or `prompt.choice_not_declared`.
    pub rule: &'static str,
    /// What is kept, in the spelling that is stored.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub kept_as: Option<String>,
}

/// Questions as an event holds them, with what became of each.
#[derive(Debug, Default)]
pub(crate) struct PromptReading {
    pub(crate) prompts: Vec<Prompt>,
    pub(crate) findings: Vec<PromptFinding>,
    /// Choices that were dropped, for taking them out of error text.
    pub(crate) dropped: Vec<Raw>,
}

/// Reads the questions of a run of `command`, as it was kept.
pub(crate) fn read(policy: Option<&Policy>, command: &Command, seen: Vec<RawPrompt>) -> PromptReading {
    let record = policy.map_or(Record::Path, |policy| record(policy, command));
    let mut reading = PromptReading::default();
    for (index, seen) in seen.into_iter().enumerate() {
        reading.take(index, policy, record, seen);
    }
    reading
}

/// How much of the questions of a command is recorded: as much as of its flags.
pub(crate) fn record(policy: &Policy, command: &Command) -> Record {
    let tree = policy.tree();
    // A path that leads nowhere is refused elsewhere.
    tree.walk(command.path.iter().map(AsRef::as_ref)).map_or(Record::Path, |node| tree.record(node))
}

impl PromptReading {
    fn find(&mut self, prompt: usize, rule: &'static str, kept_as: Option<String>) {
        let verdict = if kept_as.is_some() { Verdict::Kept } else { Verdict::Dropped };
        self.findings.push(PromptFinding { prompt, verdict, rule, kept_as });
    }

    fn take(&mut self, index: usize, policy: Option<&Policy>, record: Record, seen: RawPrompt) {
        let RawPrompt { id, kind, choices, default_kept, left_empty } = seen;
        let declared = policy.and_then(|policy| policy.tree().prompt(&id.text()));
        let known = declared.and_then(|declared| Some((declared, Word::new(&*id.text()).ok()?)));
        let refused = match &known {
            None => Some("prompt.not_declared"),
            Some(((declared, _), _)) if *declared != kind => Some("prompt.other_kind"),
            Some(_) if record == Record::Path => Some("prompt.withheld"),
            Some(_) if self.prompts.len() >= Prompt::MAX_PROMPTS => Some("prompt.too_many"),
            Some(_) => None,
        };
        let (Some(((_, judge), id)), None) = (known, refused) else {
            self.find(index, refused.unwrap_or("prompt.not_declared"), None);
            self.dropped.extend(choices);
            return;
        };
        self.find(index, "prompt.declared", Some(id.to_string()));
        let mut kept: Vec<Value> = Vec::new();
        for choice in choices {
            let member = judge.and_then(|judge| match judge.judge(&choice.text()) {
                Fit::Whole { kept, .. } => Value::new(&*kept).ok(),
                Fit::Key { .. } | Fit::Nothing { .. } => None,
            });
            let rule = match kind.max_choices() {
                0 => "prompt.typed",
                _ if record != Record::Everything => "prompt.choice_withheld",
                _ if member.is_none() => "prompt.choice_not_declared",
                most if kept.len() >= most => "prompt.too_many_choices",
                _ => "prompt.choice_declared",
            };
            let member = member.filter(|_| rule == "prompt.choice_declared");
            self.find(index, rule, member.as_ref().map(ToString::to_string));
            match member {
                Some(member) => kept.push(member),
                None => self.dropped.push(choice),
            }
        }
        self.prompts.push(Prompt { id, kind, default_kept, left_empty, choices: kept });
    }
}
