//! Who decided, of all that has a say.

use std::cmp::Ordering;

use serde::Serialize;
use telemetry_redact::consent::{Consent, Mode, Say, SourceKind};

use super::layout::{Width, pairs, paragraph};
use super::{Commands, Control};
use crate::{Client, Host, variables};

/// What telemetry may do, and who decided.
#[derive(Debug, Clone, Serialize)]
#[non_exhaustive]
pub struct Decision {
    /// What telemetry may do.
    pub mode: Mode,
    /// The source that decided.
    pub decided_by: SourceKind,
    /// Its name as its owner knows it: the variable, or the file with its path.
    pub decided_by_label: String,
    /// Everything that has a say, strongest first.
    pub sources: Vec<Source>,
    /// What a person can do to change it, a sentence each.
    pub would_change_it: Vec<String>,
}

/// What one source said.
#[derive(Debug, Clone, Serialize)]
#[non_exhaustive]
pub struct Source {
    /// The source.
    #[serde(rename = "source")]
    pub kind: SourceKind,
    /// Its name as its owner knows it.
    pub label: String,
    /// What it said, in words.
    pub says: &'static str,
    /// Why it cannot be understood, where that is so.
    pub problem: Option<String>,
}

impl Control {
    /// Who decides, by what files and variables said when the client was made.
    #[must_use]
    pub fn decision(&self) -> Decision {
        let Self { client, host, commands, .. } = self;
        let consent = client.consent(host);
        let sources = consent.reports().iter().map(|report| Source {
            kind: report.source,
            label: client.source_label(report.source, host),
            says: says(report.say),
            problem: client.source_problem(report.source).map(|problem| problem.to_string()),
        });
        Decision {
            mode: consent.mode(),
            decided_by: consent.decided_by(),
            decided_by_label: client.source_label(consent.decided_by(), host),
            sources: sources.collect(),
            would_change_it: remedies(client, &consent, host, commands),
        }
    }
}

impl Decision {
    pub(super) fn head(&self, width: Width) -> String {
        let mode = match self.mode {
            Mode::On => "on: events are recorded and sent",
            Mode::Local => "local: events are recorded and stay on this machine",
            Mode::Off => "off: nothing is recorded",
        };
        let mut text = paragraph(&format!("Telemetry is {mode}."), width);
        text.push_str(&paragraph(&format!("Decided by: {}", self.decided_by_label), width));
        text
    }

    /// Every source on a line, the one that decided said in words: a mark alone tells a screen reader nothing.
    pub(super) fn list(&self, width: Width) -> String {
        let rows = self.sources.iter().map(|source| {
            let decides = if source.kind == self.decided_by { ", which decided" } else { "" };
            let problem = source.problem.as_ref().map(|problem| format!(" ({problem})")).unwrap_or_default();
            [source.label.clone(), format!("{}{decides}{problem}", source.says)]
        });
        let rows: Vec<_> = rows.collect();
        paragraph("Everything that has a say, strongest first:", width) + &pairs(&rows, width)
    }
}

fn says(say: Say) -> &'static str {
    match say {
        Say::Silent => "nothing",
        Say::Mode(Mode::On) => "on",
        Say::Mode(Mode::Local) => "at most local",
        Say::Mode(Mode::Off) => "off",
        Say::Unparsable => "something that is no yes or no, which is off",
        Say::Unreadable => "something that cannot be read, which is off",
    }
}

/// What a person can do, by who decided: never what would change nothing.
fn remedies(client: &Client, consent: &Consent, host: &Host, commands: &Commands) -> Vec<String> {
    let label = client.source_label(consent.decided_by(), host);
    let Commands { on, off, endpoint } = commands;
    let on = client.consent_if(host, Mode::On).and_then(|after| match after.mode().cmp(&consent.mode()) {
        Ordering::Greater => Some(format!("{on} turns it on")),
        Ordering::Equal if after.decided_by() == SourceKind::Endpoint => {
            Some(format!("{on} and {endpoint} let events be sent"))
        }
        _ => None,
    });
    let undo = match consent.decided_by() {
        // The notice of a program that is asked about is still to come; who turns it on needs none.
        SourceKind::HostDefault | SourceKind::Notice => on.filter(|_| consent.mode() != Mode::On),
        SourceKind::Setting if consent.mode() == Mode::On => None,
        SourceKind::Setting => on.or_else(|| {
            Some(match client.source_problem(SourceKind::Setting) {
                Some(problem) => format!("correct or remove the file that cannot be read, {problem}"),
                // That for every program, which a program's own setting cannot loosen.
                None => format!("change the {label}, which decides now"),
            })
        }),
        SourceKind::Endpoint => Some(format!("{endpoint} lets events be sent")),
        SourceKind::AdminFile => Some(format!("an administrator of this machine can change the {label}")),
        SourceKind::DoNotTrack | SourceKind::ProgramVariable | SourceKind::Variable => {
            Some(format!("unset the {label}, which decides now"))
        }
        SourceKind::ProjectFile => Some(format!("change the {label}, which decides now")),
        SourceKind::RunFlag => Some(format!("leave out the {label}")),
    };
    let off = (consent.mode() != Mode::Off).then(|| {
        let is_off = |after: Consent| after.mode() == Mode::Off;
        if client.consent_if(host, Mode::Off).is_some_and(is_off) {
            return format!("{off} turns it off");
        }
        let stops = variables_that_stop(consent, host);
        format!("{} turns it off", stops.first().map_or("", String::as_str))
    });
    undo.into_iter().chain(off).collect()
}

/// The variables that turn telemetry off, whatever the setting is, the nearest first.
pub(super) fn variables_that_stop(consent: &Consent, host: &Host) -> Vec<String> {
    let speaks =
        |kind| consent.reports().iter().any(|report| report.source == kind && report.say != Say::Silent);
    let own = host.program_variable.as_deref();
    let variable = match own {
        // A flag of this run is stronger than either.
        _ if speaks(SourceKind::RunFlag) => None,
        Some(own) if speaks(SourceKind::ProgramVariable) || !speaks(SourceKind::Variable) => Some(own),
        _ => Some(variables::ENABLED),
    };
    let variable = variable.map(|name| format!("{name}=false"));
    variable.into_iter().chain([format!("{}=1", variables::DO_NOT_TRACK)]).collect()
}
