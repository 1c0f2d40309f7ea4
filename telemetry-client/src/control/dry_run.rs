//! What would be kept of a command line, token by token, without running it.

use std::ffi::OsString;

use serde::Serialize;
use telemetry_redact::{
    Ending, Finding, Observation, Part, Policy, Preview, Raw, Redactor, Run, TextFinding, Verdict,
};
use telemetry_schema::Event;

use super::Control;
use super::layout::{Column, Width, paragraph, table};
use crate::{App, Client};

/// A command line that is not run.
///
/// Holds what the user typed, so it can be neither printed nor serialised.
#[derive(Debug, Clone)]
pub struct Typed {
    argv: Vec<Raw>,
    error: Option<Raw>,
    exit_code: Option<i32>,
}

impl Typed {
    /// This command line, the program's name first. Without more it ends well.
    #[must_use]
    pub fn new(argv: Vec<Raw>) -> Self {
        Self { argv, error: None, exit_code: None }
    }

    /// This command line as the system gives it, the program's name first.
    pub fn of_arguments<'a>(argv: impl IntoIterator<Item = &'a OsString>) -> Self {
        Self::new(argv.into_iter().map(|argument| Raw::from(argument.as_encoded_bytes())).collect())
    }

    /// With the error text that the command would have printed.
    #[must_use]
    pub fn error(self, text: Option<&str>) -> Self {
        Self { error: text.map(Raw::from), ..self }
    }

    /// With the exit code that the command would have ended with.
    #[must_use]
    pub fn exit_code(self, code: Option<i32>) -> Self {
        Self { exit_code: code, ..self }
    }

    fn observation(self, client: &Client, app: &App) -> Observation {
        let Self { argv, error, exit_code } = self;
        let ending = match (error, exit_code) {
            (None, None | Some(0)) => Ending::Success,
            (text, _) => Ending::Error { code: None, text },
        };
        let now = client.now();
        let success = matches!(ending, Ending::Success);
        let known_values = if success { Vec::new() } else { client.known_values() };
        let exit_code = exit_code.or(success.then_some(0));
        let run = Run { started_at: now, completed_at: now, duration_us: 0, ending, exit_code };
        Observation { argv, prompts: Vec::new(), run, facts: client.facts(app), known_values }
    }
}

/// What would be kept of a command line. Nothing was recorded.
#[derive(Debug, Clone, Serialize)]
#[non_exhaustive]
pub struct DryRun {
    /// What would become of each argument, in their order. What would be dropped is not in it.
    pub findings: Vec<Finding>,
    /// What would be taken out of the error text.
    pub text_findings: Vec<TextFinding>,
    /// The event there would be; its id and times are made anew for each run.
    pub event: Event,
}

impl Control {
    /// What would be kept of a command line, by [`Control::redactor`].
    #[must_use]
    pub fn dry_run(&self, typed: Typed) -> DryRun {
        DryRun::new(&self.client, &self.redactor, &self.app, typed)
    }

    /// [`DryRun::text`], by the policy of this program.
    #[must_use]
    pub fn dry_run_text(&self, dry_run: &DryRun, argv: &[OsString], width: Width) -> String {
        dry_run.text(self.redactor.policy(), argv, width)
    }
}

impl DryRun {
    /// What a redactor would keep of a command line.
    #[must_use]
    pub fn new(client: &Client, redactor: &Redactor, app: &App, typed: Typed) -> Self {
        // Nobody is asked anything.
        let Preview { event, findings, prompt_findings: _, text_findings } =
            redactor.preview(typed.observation(client, app));
        Self { findings, text_findings, event }
    }

    /// The same for people, beside the arguments as they were typed, which the user is shown and nobody else.
    #[must_use]
    pub fn text(&self, policy: Option<&Policy>, argv: &[OsString], width: Width) -> String {
        let mut text = if let Some(policy) = policy {
            let version = policy.version().0;
            let head = paragraph(&format!("Policy for {}, version {version}", policy.program()), width);
            format!("{head}\n{}", self.table(argv, width))
        } else {
            let nothing =
                "There is no policy for this program, so nothing of its name and arguments is kept:";
            let only = "only that a run happened, how it ended, how long it took, and where.";
            paragraph(nothing, width) + &paragraph(only, width)
        };
        for TextFinding { rule, count } in &self.text_findings {
            let line = format!("error text: {rule} took something out {count} times");
            text.push_str(&paragraph(&line, width));
        }
        text.push('\n');
        text.push_str(&paragraph("The event (its id and times are made anew for each run):", width));
        // An event is made of words and numbers, which always have a form.
        text.push_str(&serde_json::to_string_pretty(&self.event).unwrap_or_default());
        text.push('\n');
        text
    }

    fn table(&self, argv: &[OsString], width: Width) -> String {
        let columns = [
            Column { title: "argument", name: "argument" },
            Column { title: "is", name: "is" },
            Column { title: "", name: "verdict" },
            Column { title: "rule", name: "rule" },
            Column { title: "in the event", name: "in the event" },
        ];
        let rows = self.findings.iter().map(|finding| {
            let argument = argv.get(finding.argument).map(printable).unwrap_or_default();
            let verdict = if finding.verdict == Verdict::Kept { "kept" } else { "dropped" };
            let kept_as = finding.kept_as.clone().unwrap_or_default();
            [argument, part(finding.part).to_owned(), verdict.to_owned(), finding.rule.to_owned(), kept_as]
        });
        table(columns, &rows.collect::<Vec<_>>(), width)
    }
}

fn part(part: Part) -> &'static str {
    match part {
        Part::Program => "program",
        Part::CommandWord => "command word",
        Part::FlagName => "flag",
        Part::FlagValue => "value",
        Part::Positional => "positional",
        Part::Separator => "separator",
    }
}

/// An argument as it can be shown on a terminal: the user's own, so it is shown, but it cannot move the cursor.
fn printable(argument: &OsString) -> String {
    let text = argument.to_string_lossy();
    text.chars().map(|c| if c.is_control() { char::REPLACEMENT_CHARACTER } else { c }).collect()
}
