//! Turning telemetry on, local and off, and deleting what was recorded.

use serde::Serialize;
use telemetry_redact::consent::{Mode, SourceKind};

use super::decision::variables_that_stop;
use super::layout::{Width, paragraph};
use super::{Control, ControlError};
use crate::Purged;
use crate::settings::{Key, SettingsError};

/// What became of a switch: the setting is as asked; the mode need not be, since others have a say too.
#[derive(Debug, Clone, Serialize)]
#[non_exhaustive]
pub struct Switched {
    /// What the setting says now.
    pub setting: Mode,
    /// The file it stands in.
    pub settings_file: String,
    /// What telemetry may do now.
    pub mode: Mode,
    /// The source that decides now.
    pub decided_by: SourceKind,
    /// Its name as its owner knows it.
    pub decided_by_label: String,
    /// Why that cannot be understood, where it is so.
    pub problem: Option<String>,
    /// With the setting off: what was deleted.
    pub purged: Option<Purged>,
}

/// Whether the copies of what was sent are deleted too.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Copies {
    /// They stay, to be shown.
    Keep,
    /// They are deleted. What was sent stays where it was sent to.
    Delete,
}

impl Control {
    /// Turns telemetry on: events are recorded and sent, unless something else says no.
    ///
    /// # Errors
    ///
    /// [`ControlError::Settings`] where the setting cannot be written; it is then as it was.
    pub fn on(&mut self) -> Result<Switched, ControlError> {
        self.switch(Mode::On)
    }

    /// Turns telemetry local: events are recorded and shown, and never sent.
    ///
    /// # Errors
    ///
    /// [`ControlError::Settings`] where the setting cannot be written; it is then as it was.
    pub fn local(&mut self) -> Result<Switched, ControlError> {
        self.switch(Mode::Local)
    }

    /// Turns telemetry off, deletes what was recorded and not sent, and the install id, and asks for what was sent to be
    /// erased.
    ///
    /// # Errors
    ///
    /// [`ControlError::OffNotWritten`] where the setting cannot be written; what was recorded is deleted all the same.
    /// [`ControlError::OffNotPurged`] where the setting is off but something is left.
    pub fn off(&mut self) -> Result<Switched, ControlError> {
        self.switch(Mode::Off)
    }

    /// As [`Control::on`], [`Control::local`] and [`Control::off`], for a program that has a command of its own for
    /// settings, such as `config set telemetry_enabled false`: `true`, `false`, `local` and what else
    /// [`Mode::parse`] takes.
    ///
    /// # Errors
    ///
    /// As theirs; [`crate::SettingsError::Value`] for another value, which says what it takes.
    pub fn set_enabled(&mut self, value: &str) -> Result<Switched, ControlError> {
        Key::TelemetryEnabled.check(value)?;
        self.switch(Mode::parse(value).unwrap_or(Mode::Off))
    }

    /// What the setting says; nothing where it is not set. What telemetry may do is [`Control::status`]'s to say.
    ///
    /// # Errors
    ///
    /// [`ControlError::Settings`] where the file cannot be understood, which counts as off.
    pub fn enabled(&self) -> Result<Option<Mode>, ControlError> {
        let value = self.client.settings()?.get(Key::TelemetryEnabled)?;
        Ok(value.as_deref().and_then(Mode::parse))
    }

    /// Deletes what was recorded and not sent, and the install id; the copies of what was sent if asked to. Asks for what
    /// was sent to be erased.
    ///
    /// # Errors
    ///
    /// [`ControlError::NotPurged`] where the state directory is somebody else's, [`ControlError::Purge`] or
    /// [`ControlError::PurgeSent`] where something is left.
    pub fn purge(&self, copies: Copies) -> Result<Purged, ControlError> {
        self.client.check_state_dir().map_err(ControlError::NotPurged)?;
        let mut purged = self.client.purge().map_err(ControlError::Purge)?;
        if let (Copies::Delete, Some(ledger)) = (copies, self.client.ledger()) {
            purged.sent_batches = Some(ledger.purge().map_err(ControlError::PurgeSent)?);
        }
        self.ask(&purged);
        Ok(purged)
    }

    /// Starts a helper that asks, since the user does not wait for the answer.
    fn ask(&self, purged: &Purged) {
        if !self.helper.is_empty() {
            self.client.ask_now(purged, self.helper);
        }
    }

    fn switch(&mut self, setting: Mode) -> Result<Switched, ControlError> {
        let value = match setting {
            Mode::On => "true",
            Mode::Local => "local",
            Mode::Off => "false",
        };
        let file = self.client.settings().cloned();
        if let Some(error) = file.as_ref().ok().and_then(|file| file.check_owner().err()) {
            return Err(if setting == Mode::Off { self.off_not_written(error, None) } else { error.into() });
        }
        let written = file.and_then(|file| file.set(Key::TelemetryEnabled, value).map(|()| file));
        // A no is one for what was recorded too, be there room for the setting or not.
        let purged = (setting == Mode::Off).then(|| self.client.purge());
        if let Some(Ok(purged)) = &purged {
            self.ask(purged);
        }
        let file = match (written, &purged) {
            (Ok(file), _) => file,
            (Err(source), Some(purged)) => return Err(self.off_not_written(source, purged.as_ref().ok())),
            (Err(source), None) => return Err(source.into()),
        };
        self.client.read_settings_anew();
        let consent = self.client.consent(&self.host);
        let decided_by = consent.decided_by();
        let mut switched = Switched {
            setting,
            settings_file: file.path().display().to_string(),
            mode: consent.mode(),
            decided_by,
            decided_by_label: self.client.source_label(decided_by, &self.host),
            problem: self.client.source_problem(decided_by).map(|problem| problem.to_string()),
            purged: None,
        };
        match purged.transpose() {
            Ok(purged) => switched.purged = purged,
            Err(source) => {
                return Err(ControlError::OffNotPurged { said: switched.said("").join("; "), source });
            }
        }
        Ok(switched)
    }

    /// What is said where the setting that says off is not in its file: whether telemetry is off, and what turns it off.
    fn off_not_written(&self, source: SettingsError, purged: Option<&Purged>) -> ControlError {
        let consent = self.client.consent(&self.host);
        let stops = variables_that_stop(&consent, &self.host).join(" or ");
        let deleted = purged.map(Purged::deleted).unwrap_or_default();
        let is = if consent.mode() == Mode::Off {
            let label = self.client.source_label(consent.decided_by(), &self.host);
            format!("telemetry is off, decided by: {label}{deleted}; {stops} keeps it off")
        } else {
            format!("telemetry is not off{deleted}; {stops} turns it off")
        };
        let said = format!("the setting could not be written: {is}");
        ControlError::OffNotWritten { said, source }
    }
}

impl Switched {
    /// The same for people. Where something else decides, it says so.
    #[must_use]
    pub fn text(&self, width: Width) -> String {
        let deleted = self.purged.as_ref().map(Purged::deleted).unwrap_or_default();
        let asked = self.purged.as_ref().map(|purged| purged.asked(width)).unwrap_or_default();
        let mut lines = self.said(&deleted).into_iter().map(|line| paragraph(&line, width));
        lines.next().into_iter().chain([asked]).chain(lines).collect()
    }

    /// What the setting came to, behind which this goes, and what else decides.
    fn said(&self, deleted: &str) -> Vec<String> {
        let Self { setting, mode, decided_by_label, problem, .. } = self;
        if mode == setting {
            return vec![format!("telemetry is {mode}{deleted}")];
        }
        let problem = problem.as_ref().map(|problem| format!(" ({problem})")).unwrap_or_default();
        let decided = format!("telemetry is {mode}, decided by: {decided_by_label}{problem}");
        vec![format!("the setting is {setting}{deleted}"), decided]
    }
}

impl Purged {
    fn deleted(&self) -> String {
        format!("; {} events that were not sent are deleted", self.events)
    }

    /// The same for people.
    #[must_use]
    pub fn text(&self, width: Width) -> String {
        let Self { events, install_id, sent_batches, .. } = self;
        let what = match (events, install_id) {
            (0, false) => None,
            (0, true) => Some("the install id is deleted".to_owned()),
            (_, false) => Some(format!("{events} events that were not sent are deleted")),
            (_, true) => Some(format!("{events} events that were not sent and the install id are deleted")),
        };
        let copies = sent_batches.filter(|batches| *batches > 0);
        let copies = copies.map(|batches| format!("the copies of {batches} sent batches are deleted"));
        let mut lines: Vec<String> = what.into_iter().chain(copies).collect();
        if lines.is_empty() {
            lines.push("there was nothing to delete".to_owned());
        }
        lines.iter().map(|line| paragraph(line, width)).chain([self.asked(width)]).collect()
    }

    /// Who is asked to erase what was sent, and who cannot be, for people.
    #[must_use]
    pub fn asked(&self, width: Width) -> String {
        let asked = self.asks.iter().map(|destination| {
            format!(
                "{destination} is asked to erase what it has of this installation; `status` says when it has"
            )
        });
        let others = self.cannot_be_asked.iter();
        let others =
            others.map(|destination| format!("what went to {destination} cannot be asked back from here"));
        asked.chain(others).map(|line| paragraph(&line, width)).collect()
    }
}
