//! Policies that keep less than another.

use super::clashes::drop_clashes;
use proptest::prelude::*;
use proptest::sample::Index;

use crate::policy::{PolicySource, Record};

/// Policies that keep less than this one, or as much: the program is the same, with the same commands and flags, but
/// sets are smaller, values are withheld, buckets are wider. The policy itself is the wider one of each pair.
pub fn narrower(source: &PolicySource) -> impl Strategy<Value = PolicySource> + use<> {
    let source = source.clone();
    prop::collection::vec((0..9_usize, any::<Index>(), any::<Index>()), 0..6).prop_map(move |steps| {
        let mut narrow = source.clone();
        for (step, which, part) in steps {
            narrow_once(&mut narrow, step, which, part);
        }
        // To withhold what no command takes is an error, and so is a spelling of what is no member any more.
        drop_clashes(&mut narrow);
        drop_spellings(&mut narrow);
        narrow
    })
}

fn drop_spellings(PolicySource { sets, value_rules, .. }: &mut PolicySource) {
    for rule in value_rules.values_mut() {
        let members = rule.values.as_ref().and_then(|set| sets.get(set));
        rule.spellings.retain(|_, meant| members.is_some_and(|members| members.contains(meant)));
    }
}

fn narrow_once(source: &mut PolicySource, step: usize, which: Index, part: Index) {
    /// One of several, where there are any.
    fn one<T>(mut all: Vec<T>, which: Index) -> Option<T> {
        (!all.is_empty()).then(|| all.swap_remove(which.index(all.len())))
    }
    /// Takes one out of a list, but never the last.
    fn take_out<T>(list: &mut Vec<T>, part: Index) {
        if list.len() > 1 {
            list.remove(part.index(list.len()));
        }
    }
    match step {
        0 => one(source.sets.values_mut().collect(), which).into_iter().for_each(|set| take_out(set, part)),
        1 => one(source.value_rules.values_mut().collect(), which)
            .into_iter()
            .for_each(|rule| take_out(&mut rule.numbers, part)),
        2 => one(source.value_rules.values_mut().collect(), which)
            .into_iter()
            .for_each(|rule| take_out(&mut rule.durations, part)),
        3 => one(source.value_rules.values_mut().collect(), which).into_iter().for_each(|rule| {
            rule.case = crate::policy::Case::Exact;
        }),
        4 => {
            let keys: Vec<String> = source.flags.keys().cloned().collect();
            if let (Some(key), Some(rule)) =
                (one(keys, part), one(source.commands.iter_mut().collect(), which))
                && !rule.withhold.contains(&key)
            {
                rule.withhold.push(key);
            }
        }
        5 | 6 => one(source.commands.iter_mut().collect(), which).into_iter().for_each(|rule| {
            rule.record = rule.record.max(if step == 5 { Record::Names } else { Record::Path });
        }),
        7 => one(source.error_codes.clone(), which).into_iter().for_each(|code| {
            source.error_codes.retain(|known| *known != code);
        }),
        _ => {
            let finest_first = telemetry_schema::TimestampPrecision::ALL;
            let at =
                finest_first.iter().position(|precision| *precision == source.timestamps).unwrap_or_default();
            source.timestamps = finest_first.get(at + 1).copied().unwrap_or(source.timestamps);
        }
    }
}
