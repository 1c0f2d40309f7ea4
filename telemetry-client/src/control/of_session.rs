//! From a run of the program to what its user controls telemetry with.

use telemetry_redact::consent::{Mode, Notice};

use super::{Commands, Control, ControlError};
use crate::installation::Installation;
use crate::session::HELPER_ARGUMENT;
use crate::{App, Telemetry};

/// The name of the subcommand that is mounted, and of none other.
pub(crate) const SUBCOMMAND: &str = "telemetry";

impl Telemetry {
    /// What this program's user controls telemetry with, instead of a record of this run.
    ///
    /// The run is not recorded, whatever is done then: one that turns telemetry off leaves nothing behind, and one that
    /// turns it on is no run that its user had agreed to have recorded when they started it.
    ///
    /// ```no_run
    /// use telemetry_client::Telemetry;
    /// # fn set(telemetry: Telemetry, value: &str) -> Result<(), telemetry_client::control::ControlError> {
    /// // `orchard config set telemetry_enabled false`
    /// let switched = telemetry.into_control()?.set_enabled(value)?;
    /// # Ok(())
    /// # }
    /// ```
    ///
    /// What is controlled is this program's, and never what is for all programs. A program that controls that says so:
    /// `Control::new(Client::new(), Host::default(), …)`.
    ///
    /// # Errors
    ///
    /// [`ControlError::NoProgram`] where the program's name is none, [`ControlError::RunOver`] where the run was recorded
    /// before.
    pub fn into_control(self) -> Result<Control, ControlError> {
        let (builder, started) = self.run.give_up().ok_or(ControlError::RunOver)?;
        let program = builder.ruling.program().ok_or(ControlError::NoProgram)?;
        let client = builder.client(&started, &program);
        let is_off = client.consent(&builder.host(Notice::Seen)).mode() == Mode::Off;
        // With consent off no file of the state directory is opened.
        let shown = client.state_dir().filter(|_| !is_off).and_then(|dir| Installation::read(dir).notice);
        let is_seen = is_off || (shown.is_some() && shown == builder.notice_version());
        let host = builder.host(if is_seen { Notice::Seen } else { Notice::Unseen });
        let commands = builder.commands.clone().unwrap_or_else(|| Commands::mounted(&program));
        let app = App {
            version: builder.version,
            auth_method: builder.auth_method,
            executable: std::env::current_exe().ok(),
        };
        let control = Control::new(client, host, commands).app(app).helper(&[HELPER_ARGUMENT]);
        Ok(match builder.ruling.into_redactor() {
            Some(redactor) => control.redactor(redactor),
            None => control,
        })
    }
}
