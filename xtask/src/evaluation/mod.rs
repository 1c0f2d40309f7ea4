//! The evaluation data of `telemetry-redact/testdata/evaluation`, expanded: what is stored are forms and sentences, so
//! that nothing in the repository is, or looks like, a secret. The same data is made each time.

mod encode;
mod expand;
mod messages;
mod secrets;

pub(crate) use encode::LOOKALIKES;

use std::fs;
use std::path::Path;

use anyhow::{Context as _, Result, bail};

/// A text with a secret in it.
#[derive(Debug)]
pub(crate) struct Secret {
    pub(crate) class: String,
    pub(crate) kind: String,
    pub(crate) carrier: String,
    pub(crate) value: String,
    pub(crate) text: String,
}

/// An error message with a user's data in it.
#[derive(Debug)]
pub(crate) struct Message {
    pub(crate) class: String,
    pub(crate) text: String,
    /// What must not survive.
    pub(crate) gone: Vec<String>,
    /// Ordinary words that should.
    pub(crate) keep: Vec<String>,
}

/// An ordinary message.
#[derive(Debug)]
pub(crate) struct Benign {
    pub(crate) class: String,
    pub(crate) text: String,
}

/// All of it.
#[derive(Debug)]
pub(crate) struct Evaluation {
    pub(crate) secrets: Vec<Secret>,
    pub(crate) messages: Vec<Message>,
    pub(crate) benign: Vec<Benign>,
}

/// How much there must be: figures over less would say something else.
const LEAST: [(&str, usize); 4] =
    [("kinds of secrets", 150), ("carriers", 12), ("messages", 300), ("benign texts", 800)];

impl Evaluation {
    /// Reads and expands the data.
    pub(crate) fn load(root: &Path) -> Result<Self> {
        let directory = root.join("telemetry-redact").join("testdata").join("evaluation");
        let read = |name: &str| {
            let file = directory.join(name);
            fs::read_to_string(&file).with_context(|| format!("cannot read {}", file.display()))
        };
        let secrets = secrets::secrets(&read("secrets.txt")?, &read("carriers.txt")?)?;
        let messages = messages::messages(&read("messages.txt")?, &read("people.txt")?)?;
        let benign = [read("benign.txt")?, read("facts.txt")?].iter().flat_map(|text| benign(text)).collect();
        let evaluation = Self { secrets, messages, benign };
        let Self { secrets, messages, benign } = &evaluation;
        let kinds = distinct(secrets.iter().map(|secret| secret.kind.as_str()));
        let carriers = distinct(secrets.iter().map(|secret| secret.carrier.as_str()));
        for ((what, least), found) in LEAST.into_iter().zip([kinds, carriers, messages.len(), benign.len()]) {
            if found < least {
                bail!("{}: {found} {what}, where there must be {least}", directory.display());
            }
        }
        Ok(evaluation)
    }
}

fn benign(text: &str) -> Vec<Benign> {
    sections(text).map(|(class, line)| Benign { class: class.to_owned(), text: line.to_owned() }).collect()
}

/// The number of different ones.
pub(crate) fn distinct<'a>(names: impl Iterator<Item = &'a str>) -> usize {
    names.collect::<std::collections::BTreeSet<_>>().len()
}

/// Each line with the section it stands in; `#` begins a comment, `[name]` a section.
fn sections(text: &str) -> impl Iterator<Item = (&str, &str)> {
    let mut section = "";
    text.lines().filter_map(move |line| {
        if line.is_empty() || line.starts_with('#') {
            return None;
        }
        if let Some(name) = line.strip_prefix('[').and_then(|rest| rest.strip_suffix(']')) {
            section = name;
            return None;
        }
        Some((section, line))
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_data_is_whole_and_the_same_each_time() {
        let root = Path::new(env!("CARGO_MANIFEST_DIR")).parent().unwrap();
        let one = Evaluation::load(root).unwrap();
        let other = Evaluation::load(root).unwrap();
        assert_eq!(format!("{one:?}"), format!("{other:?}"));
        for secret in &one.secrets {
            let words = |text: &str| text.split_whitespace().collect::<String>();
            assert!(words(&secret.text).contains(&words(&secret.value)), "{secret:?}");
            for slot in ["{secret}", "{name}", "{NAME}", "{flag}", "{wrapped}", "{sp}", "{nl}"] {
                assert!(!secret.text.contains(slot), "{secret:?}");
            }
        }
        for message in &one.messages {
            assert!(!message.gone.is_empty(), "{message:?}");
        }
    }

    #[test]
    fn sections_are_told_apart() {
        let lines: Vec<_> = sections("# x\n[a]\nb\n\n[c]\nd\n").collect();
        assert_eq!(lines, [("a", "b"), ("c", "d")]);
    }
}
