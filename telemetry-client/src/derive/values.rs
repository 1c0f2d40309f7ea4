//! What of an argument's values may be kept: the closed set that its parser declares, and buckets that were asked for.

use std::collections::{BTreeMap, BTreeSet};

use clap::Arg;
use telemetry_redact::Policy;
use telemetry_redact::detect::sensitive;
use telemetry_redact::policy::{Case, CommandRule, Dialect, FlagRule, List, PolicySource, Takes, ValueRule};

use super::names::{keyed, unfit_value};
use super::said::{Asked, What};
use super::tree::Walk;

/// By which rule values are kept, and whether one argument may hold several.
pub(super) type Kept = (Option<String>, List);

impl Walk<'_> {
    pub(super) fn values(&mut self, path: &str, argument: &Arg) -> Kept {
        let mut rule = self.buckets(path, argument);
        let (members, spellings) = self.members(path, argument);
        let mut folded = BTreeSet::new();
        let differ = members.iter().all(|member| folded.insert(member.to_ascii_lowercase()));
        if argument.is_ignore_case_set() && differ && !members.is_empty() {
            rule.case = Case::Folded;
        }
        let id = argument.get_id().as_str();
        let name = if sensitive(id).is_none() { id } else { "values" };
        if !members.is_empty() {
            let PolicySource { sets, value_rules, .. } = &mut self.source;
            let set = keyed(sets, name, |_| members.clone(), |key| value_rules.contains_key(key));
            rule.values = Some(set);
            rule.spellings = spellings;
        }
        let list = if argument.get_value_delimiter() == Some(',') { List::Comma } else { List::None };
        let key = match rule {
            ValueRule { values: None, ref numbers, ref durations, .. }
                if numbers.is_empty() && durations.is_empty() =>
            {
                return (None, List::None);
            }
            ValueRule { values: Some(ref set), .. } if rule == of_set(set) => set.clone(),
            rule => {
                let PolicySource { sets, value_rules, .. } = &mut self.source;
                keyed(value_rules, name, |_| rule.clone(), |key| sets.contains_key(key))
            }
        };
        (Some(key), list)
    }

    /// The declared values, by the name that stands for each, and their other spellings.
    fn members(&mut self, path: &str, argument: &Arg) -> (Vec<String>, BTreeMap<String, String>) {
        let (mut members, mut spellings) = (Vec::new(), BTreeMap::new());
        let mut aliases = Vec::new();
        for value in argument.get_possible_values() {
            let name = value.get_name();
            if let Some(why) = unfit_value(name) {
                self.unfit(path, Some(argument), &format!("the value {name:?} is withheld: {why}"));
            } else if !members.iter().any(|known| known == name) {
                members.push(name.to_owned());
                aliases.extend(
                    value.get_name_and_aliases().skip(1).map(|alias| (alias.to_owned(), name.to_owned())),
                );
            }
        }
        let is_same = |one: &String, other: &String| {
            one == other || argument.is_ignore_case_set() && one.eq_ignore_ascii_case(other)
        };
        for (alias, member) in aliases {
            let is_taken = members.iter().chain(spellings.keys()).any(|known| is_same(known, &alias));
            if let Some(why) = unfit_value(&alias) {
                self.unfit(path, Some(argument), &format!("the value {alias:?} is withheld: {why}"));
            } else if !is_taken {
                spellings.insert(alias, member);
            }
        }
        (members, spellings)
    }

    fn buckets(&mut self, path: &str, argument: &Arg) -> ValueRule {
        let mut rule = ValueRule::default();
        for (index, asked) in self.asked.iter().enumerate() {
            if !asked.is_about(path, argument) {
                continue;
            }
            let mut with = rule.clone();
            match &asked.what {
                What::Numbers(bounds) => with.numbers.clone_from(bounds),
                What::Durations(bounds) => with.durations.clone_from(bounds),
                What::Withhold | What::WithholdCommand => continue,
            }
            self.met.insert(index);
            match unfit_buckets(&with) {
                Some(why) => self.problems.push(format!("{}: {why}", asked.line())),
                None => rule = with,
            }
        }
        rule
    }
}

/// The rule that a set is by itself.
fn of_set(set: &str) -> ValueRule {
    ValueRule { values: Some(set.to_owned()), ..ValueRule::default() }
}

/// What the policy's own check says of buckets.
fn unfit_buckets(rule: &ValueRule) -> Option<String> {
    let mut source = PolicySource::new("program", 1, Dialect::Clap);
    source.value_rules.insert("buckets".to_owned(), rule.clone());
    let flag = FlagRule { takes: Takes::Value, values: Some("buckets".to_owned()), ..FlagRule::default() };
    source.flags.insert("flag".to_owned(), flag);
    source.commands = vec![CommandRule { flags: vec!["flag".to_owned()], ..CommandRule::default() }];
    let error = Policy::from_source(&source).err()?;
    error.problems().first().map(|problem| problem.message.clone())
}

/// Whether a line is about values.
pub(super) fn is_bucket(asked: &Asked) -> bool {
    matches!(asked.what, What::Numbers(_) | What::Durations(_))
}
