//! What a redactor does to the evaluation data, in figures.

use std::collections::BTreeMap;

use super::undo::Readable;
use crate::evaluation::Evaluation;

/// So many of so many.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub(super) struct Share {
    pub(super) of: usize,
    pub(super) holds: usize,
}

impl Share {
    fn add(&mut self, holds: bool) {
        self.of += 1;
        self.holds += usize::from(holds);
    }

    pub(super) fn percent(self) -> String {
        #[expect(clippy::cast_precision_loss, reason = "counts of texts are far below 2^52")]
        let share = 100.0 * self.holds as f64 / self.of.max(1) as f64;
        format!("{share:.2}")
    }
}

/// All figures of one redactor.
#[derive(Debug, Default)]
pub(super) struct Score {
    /// Secrets of which no run of 40 % is left.
    pub(super) secrets: Share,
    pub(super) by_class: BTreeMap<String, Share>,
    pub(super) by_carrier: BTreeMap<String, Share>,
    pub(super) by_kind: BTreeMap<String, Share>,
    /// Messages in which nothing of a user's is left.
    pub(super) messages: Share,
    pub(super) by_message_class: BTreeMap<String, Share>,
    /// Ordinary words of those messages that are left.
    pub(super) words: Share,
    /// Ordinary messages that come out as they are.
    pub(super) benign: Share,
    pub(super) by_benign_class: BTreeMap<String, Share>,
    /// Outputs that come out as they are.
    pub(super) idempotent: Share,
    /// A few of what went wrong.
    pub(super) samples: Vec<String>,
}

/// The texts in the order in which they are scored.
pub(super) fn texts(evaluation: &Evaluation) -> Vec<&str> {
    let Evaluation { secrets, messages, benign } = evaluation;
    let secrets = secrets.iter().map(|secret| secret.text.as_str());
    let messages = messages.iter().map(|message| message.text.as_str());
    secrets.chain(messages).chain(benign.iter().map(|benign| benign.text.as_str())).collect()
}

/// Scores outputs for [`texts`], and what became of those outputs when they were redacted again.
pub(super) fn score(evaluation: &Evaluation, outputs: &[String], again: &[String]) -> Score {
    let Evaluation { secrets, messages, benign } = evaluation;
    let mut score = Score::default();
    let (of_secrets, rest) = outputs.split_at(secrets.len());
    let (of_messages, of_benign) = rest.split_at(messages.len());
    for (secret, output) in secrets.iter().zip(of_secrets) {
        let readable = Readable::new(output);
        let gone = !readable.has(&secret.value) && !readable.has_part(&secret.value, &secret.text);
        score.secrets.add(gone);
        score.by_class.entry(secret.class.clone()).or_default().add(gone);
        score.by_carrier.entry(secret.carrier.clone()).or_default().add(gone);
        score.by_kind.entry(secret.kind.clone()).or_default().add(gone);
        score.sample(gone, "secret", &secret.kind, &secret.text, output);
    }
    for (message, output) in messages.iter().zip(of_messages) {
        let readable = Readable::new(output);
        let left: Vec<&str> =
            message.gone.iter().map(String::as_str).filter(|value| readable.has(value)).collect();
        score.messages.add(left.is_empty());
        score.by_message_class.entry(message.class.clone()).or_default().add(left.is_empty());
        score.sample(
            left.is_empty(),
            "message",
            &format!("{} {left:?}", message.class),
            &message.text,
            output,
        );
        let mut kept = BTreeMap::<&str, usize>::new();
        for word in words(output) {
            *kept.entry(word).or_default() += 1;
        }
        for word in &message.keep {
            let left = kept.get_mut(word.as_str()).filter(|left| **left > 0);
            score.words.add(left.is_some());
            if let Some(left) = left {
                *left -= 1;
            }
        }
    }
    for (benign, output) in benign.iter().zip(of_benign) {
        let intact = benign.text == *output;
        score.benign.add(intact);
        score.by_benign_class.entry(benign.class.clone()).or_default().add(intact);
        score.sample(intact, "benign", &benign.class, &benign.text, output);
    }
    for (output, again) in outputs.iter().zip(again) {
        score.idempotent.add(output == again);
        score.sample(output == again, "idempotent", "", output, again);
    }
    score
}

impl Score {
    fn sample(&mut self, holds: bool, what: &str, class: &str, text: &str, output: &str) {
        if !holds {
            self.samples.push(format!("{what} {class}\n   {text:?}\n   {output:?}"));
        }
    }
}

fn words(text: &str) -> impl Iterator<Item = &str> {
    text.split(|c: char| !c.is_ascii_alphabetic()).filter(|word| !word.is_empty())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::evaluation::{Benign, Message, Secret};

    #[test]
    fn outputs_are_scored() {
        let secret = "q".repeat(10) + &"w".repeat(10);
        let text = |text: &str| text.to_owned();
        let evaluation = Evaluation {
            secrets: vec![Secret {
                class: text("issued"),
                kind: text("x"),
                carrier: text("flag"),
                text: format!("--x {secret}"),
                value: secret,
            }],
            messages: vec![Message {
                class: text("file"),
                text: text("open ada: not open"),
                gone: vec![text("ada")],
                keep: vec![text("open"), text("not"), text("open")],
            }],
            benign: vec![Benign { class: text("x"), text: text("fine") }],
        };
        let outputs = ["--x <secret>", "open <value>: not", "fine"].map(text);
        let score = score(&evaluation, &outputs, &outputs);
        assert_eq!(score.secrets, Share { of: 1, holds: 1 });
        assert_eq!(score.messages, Share { of: 1, holds: 1 });
        assert_eq!(score.words, Share { of: 3, holds: 2 });
        assert_eq!(score.benign, Share { of: 1, holds: 1 });
        assert_eq!(score.idempotent, Share { of: 3, holds: 3 });
    }
}
