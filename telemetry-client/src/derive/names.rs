//! Keys of a policy: where two things would have one name, the second gets a number.

use std::collections::BTreeMap;

use telemetry_redact::detect::sensitive;
use telemetry_schema::{Value, Word};

/// The key under which `value` stands in `map`: a known one where it stands there already.
pub(super) fn keyed<T: PartialEq>(
    map: &mut BTreeMap<String, T>,
    name: &str,
    value: impl Fn(&str) -> T,
    is_taken: impl Fn(&str) -> bool,
) -> String {
    let mut number = 1;
    loop {
        let key = if number == 1 { name.to_owned() } else { format!("{name}#{number}") };
        let value = value(&key);
        match map.get(&key) {
            Some(known) if *known == value => return key,
            None if !is_taken(&key) => {
                map.insert(key.clone(), value);
                return key;
            }
            _ => number += 1,
        }
    }
}

/// Why a word cannot be a name in a policy.
pub(super) fn unfit_word(word: &str) -> Option<String> {
    unfit(word, Word::new(word).map(drop).err().map(|error| error.to_string()))
}

/// Why a value cannot be one in a policy.
pub(super) fn unfit_value(value: &str) -> Option<String> {
    unfit(value, Value::new(value).map(drop).err().map(|error| error.to_string()))
}

fn unfit(text: &str, form: Option<String>) -> Option<String> {
    form.or_else(|| sensitive(text).map(|rule| format!("looks like personal data or a secret ({rule})")))
}
