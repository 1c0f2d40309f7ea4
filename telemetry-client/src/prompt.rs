//! Questions that the program asks its user.

use telemetry_redact::{Raw, RawPrompt};
use telemetry_schema::{Prompt as Kept, PromptKind};

use crate::Telemetry;

/// A question that the program asked, and how it was answered. Its name is one that the policy declares; any other is not
/// recorded. Pass it to [`Telemetry::prompt`].
///
/// ```no_run
/// # fn ask() -> String { String::new() }
/// # fn run(telemetry: &telemetry_client::Telemetry) {
/// use telemetry_client::Prompt;
///
/// let region = ask();
/// let prompt = Prompt::select("region").choice(&region);
/// let is_default = region == "US_EAST_1";
/// telemetry.prompt(if is_default { prompt.default_kept() } else { prompt.default_changed() });
/// // What was typed has no place here: only that it was asked for, and whether something was typed at all.
/// let prompt = Prompt::input("name");
/// telemetry.prompt(if ask().is_empty() { prompt.left_empty() } else { prompt.answered() });
/// # }
/// ```
#[derive(Debug, Clone)]
pub struct Prompt {
    raw: RawPrompt,
}

impl Prompt {
    fn new(id: &'static str, kind: PromptKind) -> Self {
        Self {
            raw: RawPrompt {
                id: Raw::from(id),
                kind,
                choices: Vec::new(),
                default_kept: None,
                left_empty: None,
            },
        }
    }

    /// Yes or no.
    #[must_use]
    pub fn confirm(id: &'static str) -> Self {
        Self::new(id, PromptKind::Confirm)
    }

    /// One of a list.
    #[must_use]
    pub fn select(id: &'static str) -> Self {
        Self::new(id, PromptKind::Select)
    }

    /// Any number of a list.
    #[must_use]
    pub fn multi_select(id: &'static str) -> Self {
        Self::new(id, PromptKind::MultiSelect)
    }

    /// A line of text.
    #[must_use]
    pub fn input(id: &'static str) -> Self {
        Self::new(id, PromptKind::Input)
    }

    /// A line of text that is not shown.
    #[must_use]
    pub fn password(id: &'static str) -> Self {
        Self::new(id, PromptKind::Password)
    }

    /// What was chosen: one more, of at most 64. Kept where it is in the set that the policy declares for this prompt, and
    /// never of [`Prompt::input`] and [`Prompt::password`].
    #[must_use]
    pub fn choice(mut self, choice: &str) -> Self {
        if self.raw.choices.len() < Kept::MAX_CHOICES {
            self.raw.choices.push(Raw::from(choice));
        }
        self
    }

    /// The answer that was offered was taken.
    #[must_use]
    pub fn default_kept(mut self) -> Self {
        self.raw.default_kept = Some(true);
        self
    }

    /// Another answer was given than the one that was offered.
    #[must_use]
    pub fn default_changed(mut self) -> Self {
        self.raw.default_kept = Some(false);
        self
    }

    /// No answer was given.
    #[must_use]
    pub fn left_empty(mut self) -> Self {
        self.raw.left_empty = Some(true);
        self
    }

    /// An answer was given; which, only [`Prompt::choice`] says.
    #[must_use]
    pub fn answered(mut self) -> Self {
        self.raw.left_empty = Some(false);
        self
    }
}

impl Telemetry {
    /// Records that the program asked its user something: at most 16 questions of a run, those that come first.
    pub fn prompt(&self, prompt: Prompt) {
        self.run.change(|builder| {
            if builder.prompts.len() < Kept::MAX_PROMPTS {
                builder.prompts.push(prompt.raw);
            }
        });
    }
}
