//! What a program says of itself before its run begins.

use std::error::Error;
use std::panic::Location;
use std::time::Duration;

use telemetry_redact::RawPrompt;
use telemetry_redact::consent::{Mode, Notice};
use telemetry_schema::{AuthMethod, InstallSource, Version};
use telemetry_transport::helper;

use crate::control::Commands;
use crate::explain::Explainers;
use crate::notice::{NoticeParts, Words};
use crate::ruling::Ruling;
use crate::run::{Run as Open, Started};
use crate::session::HELPER_ARGUMENT;
use crate::sources::is_off_without_files;
use crate::surroundings::Environment;
use crate::{Explain, HELPER_DEADLINE, Telemetry, exit, panic};

/// What a program says of itself, once, at the start of its `main`.
#[derive(Debug)]
pub struct Builder {
    pub(crate) ruling: Ruling,
    pub(crate) version: Option<Version>,
    pub(crate) endpoint: Option<String>,
    pub(crate) write_key: Option<String>,
    pub(crate) auth_method: Option<AuthMethod>,
    pub(crate) run_flag: Option<String>,
    pub(crate) default: Mode,
    pub(crate) notice: Words,
    /// What turns telemetry on and off, as the program says.
    pub(crate) commands: Option<Commands>,
    pub(crate) foreground: Option<Duration>,
    pub(crate) install_source: Option<InstallSource>,
    #[cfg(feature = "interrupts")]
    pub(crate) interrupts: bool,
    pub(crate) explainers: Explainers,
    /// What was asked so far.
    pub(crate) prompts: Vec<RawPrompt>,
    /// A place in the program's own source.
    pub(crate) origin: &'static Location<'static>,
}

impl Builder {
    #[track_caller]
    pub(crate) fn new(ruling: Ruling, version: &str, endpoint: Option<&str>) -> Self {
        Self {
            ruling,
            version: Version::new(version).ok(),
            endpoint: endpoint.map(str::to_owned),
            write_key: None,
            auth_method: None,
            run_flag: None,
            default: Mode::On,
            notice: Words::default(),
            commands: None,
            foreground: None,
            install_source: None,
            #[cfg(feature = "interrupts")]
            interrupts: false,
            explainers: Explainers::default(),
            prompts: Vec::new(),
            origin: Location::caller(),
        }
    }

    /// How the program's user is authenticated.
    #[must_use]
    pub fn auth_method(mut self, method: AuthMethod) -> Self {
        self.auth_method = Some(method);
        self
    }

    /// What the program's own flag for this run says: `true`, `false` or `local`.
    #[must_use]
    pub fn run_flag(mut self, mode: Option<&str>) -> Self {
        self.run_flag = mode.map(str::to_owned);
        self
    }

    /// What happens where the user has not spoken: `On` otherwise.
    #[must_use]
    pub fn default_mode(mut self, mode: Mode) -> Self {
        self.default = mode;
        self
    }

    /// The notice in the program's own words. It says what is collected, why, how to see it and how to stop it. One that
    /// names no variable to stop it by gets a line that does.
    ///
    /// It is shown on standard error, where that is a terminal and no continuous integration, once for each version of
    /// policy and schema. The run that shows it is not recorded.
    #[must_use]
    pub fn notice(mut self, text: impl Into<String>) -> Self {
        self.notice = Words::Text(text.into());
        self
    }

    /// As [`Builder::notice`], made of what it has to name when it is shown: for translations.
    #[must_use]
    pub fn notice_with(mut self, make: fn(&NoticeParts<'_>) -> String) -> Self {
        self.notice = Words::Made(make);
        self
    }

    /// How the program's users turn telemetry on and off: the notice names it, and the answers of
    /// [`control`](crate::control) do. To be said by a program with a command of its own, such as
    /// `Commands::of_setting("orchard config set")`, and by one that mounts the ready-made subcommand without a derived
    /// policy: `Commands::below("orchard telemetry")`. A `CommandPolicy` knows whether that is mounted.
    #[must_use]
    pub fn controlled_by(mut self, commands: Commands) -> Self {
        self.commands = Some(commands);
        self
    }

    /// How the program was installed, by the key of an [`InstallSource`], where that was known when it was built:
    /// `.install_source(option_env!("ORCHARD_INSTALL_SOURCE"))`, set by who packages it. Where there is none, or one that
    /// is no key, it is told by where the program lies, as [`install_source`](crate::surroundings::install_source) does.
    #[must_use]
    pub fn install_source(mut self, key: Option<&str>) -> Self {
        self.install_source = key.and_then(InstallSource::from_key);
        self
    }

    /// The key by which the program's own collector knows whose events these are, where that asks for one. It is no
    /// secret: whoever has the program has it. Another endpoint that the user names is not shown it.
    #[must_use]
    pub fn write_key(mut self, key: impl Into<String>) -> Self {
        self.write_key = Some(key.into());
        self
    }

    /// Sends in this process, for at most this long, instead of starting a helper: for continuous integration and for
    /// containers that are gone once the command ends.
    #[must_use]
    pub fn foreground(mut self, deadline: Duration) -> Self {
        self.foreground = Some(deadline);
        self
    }

    /// Records a run that SIGINT (Ctrl-C), SIGTERM or SIGHUP ends, which then end the program as they would have. This
    /// takes a thread, from [`Builder::start`] on; without it, such a run leaves no event. Nothing is done for a signal
    /// that the program handled or ignored before `start`.
    ///
    /// On Windows it is Ctrl-C, Ctrl-Break, a closed window, a logoff and a shutdown, and no thread until then. What the
    /// program handled before `start` is recorded too, since the system does not say.
    ///
    /// For programs that do not handle signals themselves: one that begins to after `start` is ended all the same where it
    /// does so by `signal-hook` or `tokio`, which call each handler there is. It calls
    /// [`interrupted`](crate::interrupted) instead.
    #[cfg(feature = "interrupts")]
    #[must_use]
    pub fn interrupts(mut self) -> Self {
        self.interrupts = true;
        self
    }

    /// Errors of this type explain themselves, as the error that a run ends by and as a cause of it.
    ///
    /// What a crate like `anyhow` puts around an error is looked into with [`Builder::looks_into`].
    #[must_use]
    pub fn explains<E: Explain + 'static>(mut self) -> Self {
        self.explainers.explain::<E>();
        self
    }

    /// Where the run ends by an error of this type, it and its causes are asked whether they explain themselves:
    /// `.looks_into::<anyhow::Error>(|error| error.as_ref())`. Errors of types that explain themselves, [`std::io::Error`]
    /// and boxed errors are looked into anyway. What is to be found has to be an error of the chain: a
    /// context of `anyhow` is none, nor is what `miette`'s `into_diagnostic` hides.
    #[must_use]
    pub fn looks_into<E: 'static>(mut self, error: fn(&E) -> &(dyn Error + 'static)) -> Self {
        self.explainers.open(error);
        self
    }

    /// Begins the run. To be called first in `main`: where this process was started as the helper that ships, it ships
    /// here and ends. Opens no file and makes no thread otherwise, and where the run's flag or a variable says off, looks no
    /// further: nothing watches how such a run ends.
    pub fn start(self) -> Telemetry {
        let environment = Environment::real();
        if std::env::args_os().nth(1).is_some_and(|argument| argument == HELPER_ARGUMENT) {
            let started = Started::now(environment);
            helper::enter(HELPER_DEADLINE);
            // A helper has nobody to tell. What was not sent stays for the next one.
            let _ = self.ship(&started, HELPER_DEADLINE);
            std::process::exit(0);
        }
        if is_off_without_files(&environment, &self.host(Notice::Seen)) {
            return Telemetry { run: Open::off(self) };
        }
        let started = Started::now(environment);
        panic::watch();
        exit::watch();
        #[cfg(feature = "interrupts")]
        if self.interrupts {
            #[cfg(unix)]
            crate::interrupt::watch();
            #[cfg(windows)]
            telemetry_transport::at_console_end(crate::interrupted);
        }
        Telemetry { run: Open::begin(self, started) }
    }
}
