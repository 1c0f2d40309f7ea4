//! The one judge: from what was seen to what may be kept.

use std::fmt;

use serde::Serialize;
use telemetry_schema::{
    App, CodeLocation, Command, ErrorCode, Event, Fingerprint, Message, Outcome, SchemaVersion,
};

use crate::command::{self, CommandReading};
use crate::consent::{Reach, RecordPermit};
use crate::policy::Policy;
use crate::prompt::{self, PromptFinding, PromptReading};
use crate::text::{self, Cache, Lexicon, NoLexicon};
use crate::{Ending, Facts, Finding, Observation, Raw, Run};

/// Redacts what was seen, by one policy or by none.
#[derive(Debug, Default)]
pub struct Redactor {
    policy: Option<Policy>,
    cache: Option<Cache<ErrorCode>>,
}

/// What only a [`Redactor`] can make: a value with nothing undeclared in it, and leave to record it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Redacted<T> {
    value: T,
    reach: Reach,
}

impl<T> Redacted<T> {
    /// The value.
    pub fn get(&self) -> &T {
        &self.value
    }

    /// How far it may go.
    pub fn reach(&self) -> Reach {
        self.reach
    }
}

/// A redacted event and what became of each part of what was seen.
#[derive(Debug, Clone)]
pub struct Redaction {
    /// The event.
    pub event: Redacted<Event>,
    /// What became of the command line.
    pub findings: Vec<Finding>,
    /// What became of the questions.
    pub prompt_findings: Vec<PromptFinding>,
    /// What was taken out of the error text.
    pub text_findings: Vec<TextFinding>,
}

/// What an event would be: for showing, not for recording.
#[derive(Debug, Clone)]
pub struct Preview {
    /// The event.
    pub event: Event,
    /// What became of the command line.
    pub findings: Vec<Finding>,
    /// What became of the questions.
    pub prompt_findings: Vec<PromptFinding>,
    /// What was taken out of the error text.
    pub text_findings: Vec<TextFinding>,
}

/// Error text with everything undeclared replaced by placeholders.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RedactedText {
    /// The text: declared words, the vocabulary, placeholders and ASCII punctuation.
    pub text: String,
    /// What was taken out.
    pub findings: Vec<TextFinding>,
    /// The class of the error, where its wording is a known one.
    pub code: Option<ErrorCode>,
    /// What texts of this wording have in common, whatever was taken out of them.
    ///
    /// ```
    /// use telemetry_redact::Redactor;
    ///
    /// let redactor = Redactor::without_policy();
    /// let one = redactor.redact_text("open /home/ada/notes.txt: permission denied");
    /// let other = redactor.redact_text("open C:\\Users\\bob: permission denied");
    /// assert_eq!(one.fingerprint, other.fingerprint);
    /// assert_ne!(one.fingerprint, redactor.redact_text("read <path>: permission denied").fingerprint);
    /// ```
    pub fingerprint: Fingerprint,
}

/// How often a rule took something out of a text.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
pub struct TextFinding {
    /// The rule, such as `text.slot` or `detect.email`.
    pub rule: &'static str,
    /// How often.
    pub count: u32,
}

impl fmt::Display for RedactedText {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(&self.text)
    }
}

/// How many times a message is cut and redacted anew until it stays as it is.
const MAX_PASSES: usize = 4;

/// The rule by which a slot's value is dropped.
const SLOT_RULE: &str = "text.slot";

impl Redactor {
    /// A redactor for the program of this policy.
    #[must_use]
    pub fn new(policy: Policy) -> Self {
        Self { policy: Some(policy), cache: None }
    }

    /// A redactor for a program without a policy: nothing of its command line and of its name is kept.
    #[must_use]
    pub fn without_policy() -> Self {
        Self::default()
    }

    /// With a memory of texts that redaction left as they are, for a process that redacts many: what a text is, and what
    /// becomes of it, stays the same, and a repeated one takes a look-up instead. Of up to 8,192 texts of at most 512
    /// bytes, each only as it came out of redaction.
    ///
    /// ```
    /// use telemetry_redact::Redactor;
    ///
    /// let redactor = Redactor::without_policy().with_cache();
    /// let first = redactor.redact_text("open /home/ada/notes.txt: permission denied");
    /// assert_eq!(redactor.redact_text("open <path>: permission denied").fingerprint, first.fingerprint);
    /// ```
    #[must_use]
    pub fn with_cache(self) -> Self {
        Self { cache: Some(Cache::default()), ..self }
    }

    /// The policy.
    #[must_use]
    pub fn policy(&self) -> Option<&Policy> {
        self.policy.as_ref()
    }

    /// Makes an event of what was seen. The permit is used up: one permit, one event.
    #[must_use]
    #[expect(clippy::needless_pass_by_value, reason = "using the permit up is the point")]
    pub fn redact(&self, observation: Observation, permit: RecordPermit) -> Redaction {
        let RecordPermit { reach } = permit;
        let Preview { event, findings, prompt_findings, text_findings } = self.preview(observation);
        Redaction { event: Redacted { value: event, reach }, findings, prompt_findings, text_findings }
    }

    /// What [`Redactor::redact`] would make, for showing it. Needs no consent, since nothing takes it further.
    #[must_use]
    pub fn preview(&self, observation: Observation) -> Preview {
        let Observation { argv, prompts, run, facts, mut known_values } = observation;
        let Run { started_at, completed_at, duration_us, ending, exit_code } = run;
        let Facts { event_id, install_id, app_version, install_source, os, auth_method, context } = facts;

        let CommandReading { command, findings, dropped } = match &self.policy {
            Some(policy) => command::read(policy, &argv),
            None => CommandReading { command: Command::default(), findings: Vec::new(), dropped: Vec::new() },
        };
        known_values.extend(dropped);
        let PromptReading { prompts, findings: prompt_findings, dropped } =
            prompt::read(self.policy.as_ref(), &command, prompts);
        known_values.extend(dropped);
        let mut text_findings = Vec::new();
        let outcome = match ending {
            Ending::Success => Outcome::Success,
            Ending::Interrupted(signal) => Outcome::Interrupted { signal },
            Ending::Panic { location } => {
                Outcome::Panic { location: location.filter(|location| self.takes_location(location)) }
            }
            Ending::Explained { code, template, slots } => {
                let (outcome, found) = self.explained(code, template, &slots, &known_values);
                text_findings = found;
                outcome
            }
            Ending::Error { code, text } => {
                let (outcome, found) = self.error(code, text.as_ref(), &known_values);
                text_findings = found;
                outcome
            }
        };
        let precision = self.policy.as_ref().map(|policy| policy.tree().timestamps()).unwrap_or_default();
        let event = Event {
            schema_version: SchemaVersion,
            policy_version: self.policy.as_ref().map(Policy::version),
            event_id,
            install_id,
            app: App {
                name: self.policy.as_ref().map(|policy| policy.program().clone()),
                version: app_version,
                install_source,
            },
            os,
            auth_method,
            command,
            prompts,
            started_at: started_at.coarsened(precision),
            completed_at: completed_at.coarsened(precision),
            duration_us,
            outcome,
            exit_code,
            context,
        };
        Preview { event, findings, prompt_findings, text_findings }
    }

    /// Reads a command line, the program's name first; see [`Redactor::read_raw_command`].
    #[must_use]
    pub fn read_command(&self, argv: &[&str]) -> CommandReading {
        let argv: Vec<Raw> = argv.iter().map(|argument| Raw::from(*argument)).collect();
        self.read_raw_command(&argv)
    }

    /// Reads a command line, the program's name first. Without a policy nothing of it is kept, and nothing is found.
    #[must_use]
    pub fn read_raw_command(&self, argv: &[Raw]) -> CommandReading {
        match &self.policy {
            Some(policy) => command::read(policy, argv),
            None => CommandReading { command: Command::default(), findings: Vec::new(), dropped: Vec::new() },
        }
    }

    /// Redacts an error text: what is not declared, in the vocabulary or a placeholder becomes one.
    ///
    /// ```
    /// use telemetry_redact::Redactor;
    ///
    /// let text = Redactor::without_policy().redact_text("open /home/ada/notes.txt: permission denied");
    /// assert_eq!(text.text, "open <path>: permission denied");
    /// ```
    #[must_use]
    pub fn redact_text(&self, text: &str) -> RedactedText {
        self.redact_text_without(text, &[])
    }

    /// As [`Redactor::redact_text`]; the values given are taken out wherever they stand.
    #[must_use]
    pub fn redact_text_without(&self, text: &str, known_values: &[&str]) -> RedactedText {
        let lexicon: &dyn Lexicon = match &self.policy {
            Some(policy) => policy,
            None => &NoLexicon,
        };
        let text::Redaction { text, findings, code, fingerprint } =
            text::redact(text, lexicon, known_values, self.cache.as_ref());
        RedactedText { text, findings, code, fingerprint: Fingerprint::of(fingerprint) }
    }

    /// Whether an event may have this code: a built-in one, or one that the policy declares.
    pub(crate) fn takes_code(&self, code: &str) -> bool {
        code == ErrorCode::UNCLASSIFIED
            || text::CODES.contains(&code)
            || self.policy.as_ref().is_some_and(|policy| policy.has_error_code(code))
    }

    /// Whether an event may have this place in it. A program without a policy has no source that could be told from
    /// the user's; else the detectors look over what its form lets through.
    pub(crate) fn takes_location(&self, location: &CodeLocation) -> bool {
        self.policy.is_some() && crate::detect::sensitive(location.as_str()).is_none()
    }

    /// The message an event holds: redacted, of the length that fits, and such that redacting it again leaves it as
    /// it is. Nothing where that cannot be had.
    pub(crate) fn message(&self, text: &str, known_values: &[&str]) -> Option<(Message, RedactedText)> {
        let mut redacted = self.redact_text_without(text, known_values);
        for _ in 0..MAX_PASSES {
            let cut = cut_at_word(&redacted.text, Message::MAX_LENGTH);
            let again = self.redact_text(cut);
            let is_same = again.text == redacted.text;
            redacted.fingerprint = again.fingerprint;
            redacted.text = again.text;
            if is_same {
                return Message::new(redacted.text.as_str()).ok().map(|message| (message, redacted));
            }
        }
        None
    }

    /// An error that explains itself: its slots are filled by what is declared, and then it is a text like any other.
    fn explained(
        &self,
        code: ErrorCode,
        template: &str,
        slots: &[(&'static str, Raw)],
        known: &[Raw],
    ) -> (Outcome, Vec<TextFinding>) {
        let texts: Vec<_> = slots.iter().map(|(name, value)| (*name, value.text())).collect();
        let values: Vec<(&str, &str)> = texts.iter().map(|(name, value)| (*name, &**value)).collect();
        let filled = self.policy.as_ref().and_then(|policy| text::fill(template, &values, policy));
        let Some((text, dropped)) = filled else { return self.error(Some(code), None, known) };
        let (outcome, mut findings) = self.error(Some(code), Some(&Raw::from(text)), known);
        if dropped > 0 {
            // What was dropped here is not seen again as anything but a placeholder.
            findings.retain(|finding| finding.rule != SLOT_RULE);
            findings.push(TextFinding { rule: SLOT_RULE, count: dropped });
            findings.sort_unstable_by_key(|finding| finding.rule);
        }
        (outcome, findings)
    }

    fn error(
        &self,
        code: Option<ErrorCode>,
        text: Option<&Raw>,
        known: &[Raw],
    ) -> (Outcome, Vec<TextFinding>) {
        let known: Vec<_> = known.iter().map(Raw::text).collect();
        let known: Vec<&str> = known.iter().map(|text| &**text).collect();
        // A program without a policy has no words that could be told from the user's, so its text is not kept.
        let text = text.filter(|_| self.policy.is_some()).map(Raw::text);
        let redacted = text.and_then(|text| self.message(text.trim(), &known));
        let code = code.filter(|code| self.takes_code(code.as_str()));
        let Some((message, RedactedText { text: _, findings, code: found, fingerprint })) = redacted else {
            let code = code.unwrap_or_else(ErrorCode::unclassified);
            return (Outcome::Error { code, message: None, fingerprint: None }, Vec::new());
        };
        let code = code.or(found).unwrap_or_else(ErrorCode::unclassified);
        (Outcome::Error { code, message: Some(message), fingerprint: Some(fingerprint) }, findings)
    }
}

fn cut_at_word(text: &str, max: usize) -> &str {
    if text.len() <= max {
        return text;
    }
    let mut end = max;
    while !text.is_char_boundary(end) {
        end -= 1;
    }
    let head = &text[..end];
    head.rfind(char::is_whitespace).map_or("", |space| &head[..space])
}
