//! The judge at the door: an event from elsewhere is taken only if redaction would leave it as it is.

use telemetry_schema::{
    App, Command, Deprecated, Event, Flag, Misspelling, Outcome, Place, Positional, Problem, Prompt,
    SchemaVersion,
};

use crate::command::judge_switch;
use crate::near::is_near;
use crate::policy::{Dialect, FlagId, NameKind, NodeId, Policy, Record, Takes, root};
use crate::{Redactor, prompt};

/// An event that was checked at the door. Only [`Redactor::admit`] makes one.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Admitted(Event);

impl Admitted {
    /// The event.
    #[must_use]
    pub fn event(&self) -> &Event {
        &self.0
    }
}

impl Redactor {
    /// Checks an event against the policy: every word, value, message and time must be one that redaction would make.
    ///
    /// # Errors
    ///
    /// Every problem: the field and the rule, never the value.
    pub fn admit(&self, event: Event) -> Result<Admitted, Vec<Problem>> {
        let mut door = Door { problems: Vec::new() };
        let Event {
            schema_version: SchemaVersion,
            policy_version,
            event_id: _,
            install_id: _,
            app: App { name, version: _, install_source: _ },
            os: _,
            auth_method: _,
            command,
            prompts,
            started_at,
            completed_at,
            duration_us: _,
            outcome,
            exit_code: _,
            context: _,
        } = &event;
        door.check(policy_version.is_some() == self.policy().is_some(), "policy_version", "policy.unknown");
        door.check(name.as_ref() == self.policy().map(Policy::program), "app.name", "program.not_declared");
        match self.policy() {
            Some(policy) => door.command(policy, command),
            None => door.check(*command == Command::default(), "command", "command.not_declared"),
        }
        door.prompts(self.policy(), command, prompts);
        let precision = self.policy().map(|policy| policy.tree().timestamps()).unwrap_or_default();
        for (field, time) in [("started_at", started_at), ("completed_at", completed_at)] {
            door.check(time.coarsened(precision) == *time, field, "time.too_exact");
        }
        match outcome {
            Outcome::Success | Outcome::Interrupted { .. } => {}
            Outcome::Panic { location } => {
                let is_kept = location.as_ref().is_none_or(|location| self.takes_location(location));
                door.check(is_kept, "outcome.location", "location.not_kept");
            }
            Outcome::Error { code, message, fingerprint } => {
                door.check(self.takes_code(code.as_str()), "outcome.code", "error_code.not_declared");
                let redacted = message.as_ref().map(|message| (message, self.redact_text(message.as_str())));
                let is_same = redacted.as_ref().is_none_or(|(message, redacted)| {
                    self.policy().is_some() && redacted.text == message.as_str()
                });
                door.check(is_same, "outcome.message", "text.not_redacted");
                let computed = redacted.map(|(_, redacted)| redacted.fingerprint);
                door.check(*fingerprint == computed, "outcome.fingerprint", "fingerprint.of_other_text");
            }
        }
        if door.problems.is_empty() { Ok(Admitted(event)) } else { Err(door.problems) }
    }
}

struct Door {
    problems: Vec<Problem>,
}

impl Door {
    fn check(&mut self, holds: bool, field: &str, rule: &str) {
        if !holds {
            self.problems.push(Problem { field: field.to_owned(), rule: rule.to_owned() });
        }
    }

    fn command(&mut self, policy: &Policy, command: &Command) {
        let Command { path, flags, positional_count, positionals, misspellings, deprecated, dropped: _ } =
            command;
        let tree = policy.tree();
        let mut node = root();
        let mut walked = vec![node];
        for (index, word) in path.iter().enumerate() {
            let Some((child, NameKind::Canonical)) = tree.child(node, word.as_str()) else {
                return self.check(false, &format!("command.path[{index}]"), "command.not_declared");
            };
            node = child;
            walked.push(child);
        }
        let record = tree.record(node);
        self.check(flags.is_empty() || record < Record::Path, "command.flags", "flag.withheld");
        for (index, flag) in flags.iter().enumerate() {
            let first = flags.iter().take(index).all(|before| before.name != flag.name);
            self.check(first, &format!("command.flags[{index}].name"), "flag.repeated");
            self.flag(policy, &walked, index, flag);
            let withheld = record > Record::Everything || tree.withholds_flag(node, flag.name.as_str());
            let at = format!("command.flags[{index}].values");
            self.check(!withheld || flag.values.is_empty(), &at, "value.withheld");
        }
        let kept = positionals.is_empty() || record == Record::Everything;
        self.check(kept, "command.positionals", "value.withheld");
        let passable = tree.passable_places(node);
        for (place, Positional { index, values }) in positionals.iter().enumerate() {
            let at = |field: &str| format!("command.positionals[{place}].{field}");
            let is_counted = *index < positional_count.saturating_add(passable) && *positional_count > 0;
            self.check(is_counted, &at("index"), "positional.not_counted");
            let judge = tree.positional_values(node, *index).judge;
            for (place, value) in values.iter().enumerate() {
                let declared = judge.is_some_and(|judge| judge.keeps(value.as_str()));
                self.check(declared, &format!("{}[{place}]", at("values")), "value.not_in_closed_set");
            }
            self.check(!values.is_empty(), &at("values"), "value.missing");
        }
        for (index, misspelling) in misspellings.iter().enumerate() {
            let holds = is_a_misspelling(policy, &walked, misspelling);
            self.check(holds, &format!("command.misspellings[{index}]"), "misspelling.not_near");
        }
        for (index, deprecated) in deprecated.iter().enumerate() {
            let holds = is_deprecated(policy, &walked, deprecated);
            self.check(holds, &format!("command.deprecated[{index}]"), "deprecated.not_declared");
        }
    }

    fn prompts(&mut self, policy: Option<&Policy>, command: &Command, prompts: &[Prompt]) {
        let record = policy.map_or(Record::Path, |policy| prompt::record(policy, command));
        self.check(prompts.len() <= Prompt::MAX_PROMPTS, "prompts", "prompt.too_many");
        for (index, Prompt { id, kind, default_kept: _, left_empty: _, choices }) in
            prompts.iter().enumerate()
        {
            let at = |field: &str| format!("prompts[{index}].{field}");
            let Some((declared, judge)) = policy.and_then(|policy| policy.tree().prompt(id.as_str())) else {
                self.check(false, &at("id"), "prompt.not_declared");
                continue;
            };
            self.check(record != Record::Path, &at("id"), "prompt.withheld");
            self.check(*kind == declared, &at("kind"), "prompt.other_kind");
            let withheld = !choices.is_empty() && record != Record::Everything;
            self.check(!withheld, &at("choices"), "prompt.choice_withheld");
            self.check(choices.len() <= kind.max_choices(), &at("choices"), "prompt.too_many_choices");
            for (place, choice) in choices.iter().enumerate() {
                let declared = judge.is_some_and(|judge| judge.keeps(choice.as_str()));
                self.check(declared, &format!("{}[{place}]", at("choices")), "prompt.choice_not_declared");
            }
        }
    }

    fn flag(&mut self, policy: &Policy, walked: &[NodeId], index: usize, flag: &Flag) {
        let Flag { name, values } = flag;
        let tree = policy.tree();
        let named = |id: &FlagId| tree.flag_name(*id) == name.as_str();
        // Two commands on the way may each have a flag of that name: a value is fine if one of them declares it.
        let known: Vec<FlagId> =
            walked.iter().rev().filter_map(|node| tree.flags_of(*node).find(named)).collect();
        // A flag's own name may also be another name of a flag that stands before it.
        let is_declared = tree.all_flags().any(|id| named(&id));
        self.check(is_declared, &format!("command.flags[{index}].name"), "flag.not_declared");
        for (place, value) in values.iter().enumerate() {
            let declared = known.iter().any(|id| match tree.takes(*id).0 {
                Takes::Nothing => judge_switch(value.as_str().as_bytes(), Dialect::Clap).is_some(),
                Takes::Value | Takes::OptionalValue | Takes::Values | Takes::OptionalValues => {
                    tree.flag_values(*id).judge.is_some_and(|judge| judge.keeps(value.as_str()))
                }
            });
            let at = format!("command.flags[{index}].values[{place}]");
            self.check(declared, &at, "value.not_in_closed_set");
            self.check(!values.iter().take(place).any(|before| before == value), &at, "value.repeated");
        }
    }
}

fn is_a_misspelling(policy: &Policy, walked: &[NodeId], misspelling: &Misspelling) -> bool {
    let Misspelling { place, typed, meant } = misspelling;
    let tree = policy.tree();
    let near = is_near(typed.as_str(), meant.as_str());
    let mut nodes = walked.iter().copied();
    match place {
        Place::Command => {
            near && nodes.next_back().is_some_and(|node| tree.child(node, meant.as_str()).is_some())
        }
        Place::Flag => near && nodes.any(|node| tree.long_flag(node, meant.as_str()).is_some()),
    }
}

fn is_deprecated(policy: &Policy, walked: &[NodeId], Deprecated { place, name }: &Deprecated) -> bool {
    let tree = policy.tree();
    match place {
        Place::Command => walked.windows(2).any(|step| match step {
            [above, below] => tree.child(*above, name.as_str()) == Some((*below, NameKind::Deprecated)),
            _ => false,
        }),
        Place::Flag => walked.iter().any(|node| {
            tree.long_flag(*node, name.as_str()).is_some_and(|(_, kind)| kind == NameKind::Deprecated)
        }),
    }
}
