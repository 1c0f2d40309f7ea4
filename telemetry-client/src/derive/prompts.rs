//! Questions, which a `clap::Command` knows nothing of.

use telemetry_redact::policy::{PolicySource, PromptRule};

use super::names::{keyed, unfit_value, unfit_word};
use super::said::Question;

/// Adds the questions to a policy, and what is wrong with them to its problems. What is wrong is left out.
pub(super) fn add(questions: &[Question], source: &mut PolicySource, problems: &mut Vec<String>) {
    for Question { id, kind, choices } in questions {
        let line = format!("prompt({id:?}, …)");
        if let Some(why) = unfit_word(id) {
            problems.push(format!("{line}: not recorded: {why}"));
            continue;
        }
        if source.prompts.contains_key(id) {
            problems.push(format!("{line}: stands there twice"));
            continue;
        }
        if kind.max_choices() == 0 && !choices.is_empty() {
            problems.push(format!("{line}: what is typed is never kept, so it has no choices"));
        }
        let mut members: Vec<String> = Vec::new();
        for choice in choices.iter().filter(|_| kind.max_choices() > 0) {
            match unfit_value(choice) {
                Some(why) => problems.push(format!("{line}: the choice {choice:?} is withheld: {why}")),
                None if members.contains(choice) => {}
                None => members.push(choice.clone()),
            }
        }
        let PolicySource { sets, value_rules, prompts, .. } = source;
        let values = (!members.is_empty())
            .then(|| keyed(sets, id, |_| members.clone(), |key| value_rules.contains_key(key)));
        prompts.insert(id.clone(), PromptRule { kind: *kind, values });
    }
}
