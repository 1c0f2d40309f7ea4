//! The user's settings: a small TOML file, kept as its owner wrote it.

use std::fs;
use std::io::{self, Write as _};
use std::path::{Path, PathBuf};

use etcetera::BaseStrategy as _;
use telemetry_redact::consent::{Mode, Reading};
use telemetry_transport::Endpoint;
use thiserror::Error;

use self::document::{Document, quoted};
use crate::platform::read_plain;

mod document;

/// A settings file larger than this is no settings file.
const MAX_BYTES: usize = 64 * 1024;

/// A setting.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Key {
    /// Whether telemetry is on: `true`, `false` or `local`.
    TelemetryEnabled,
    /// Where events go.
    Endpoint,
}

impl Key {
    /// Every setting.
    pub const ALL: [Self; 2] = [Self::TelemetryEnabled, Self::Endpoint];

    /// Its name in the file.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Self::TelemetryEnabled => "telemetry_enabled",
            Self::Endpoint => "endpoint",
        }
    }

    /// What it is and which values it takes, in a few words.
    #[must_use]
    pub fn help(self) -> &'static str {
        match self {
            Self::TelemetryEnabled => "true, false, or local (record and show here, never send)",
            Self::Endpoint => {
                "where events go: https://telemetry.example.com, or with otlp+, otlp+json+ or atlas+ before it, \
                 file:///var/log/telemetry.ndjson, or export: to wait for telemetry export"
            }
        }
    }

    /// The setting of that name.
    ///
    /// # Errors
    ///
    /// [`SettingsError::UnknownKey`] with the names there are.
    pub fn parse(name: &str) -> Result<Self, SettingsError> {
        Self::ALL
            .into_iter()
            .find(|key| key.name() == name)
            .ok_or_else(|| SettingsError::UnknownKey { key: name.to_owned() })
    }

    /// Whether the setting takes this value.
    pub(crate) fn check(self, text: &str) -> Result<(), SettingsError> {
        let wrong = |why: String| SettingsError::Value { key: self.name(), why };
        match self {
            Self::TelemetryEnabled => {
                let known = Mode::parse(text).map(|_| ());
                known.ok_or_else(|| wrong(format!("`{text}` is not one of true, false, local")))
            }
            Self::Endpoint => text.parse::<Endpoint>().map(|_| ()).map_err(|error| wrong(error.to_string())),
        }
    }
}

/// Settings that cannot be read or written.
#[derive(Debug, Error)]
#[non_exhaustive]
pub enum SettingsError {
    /// There is no such setting.
    #[error("there is no setting `{key}`; the settings are {}", Key::ALL.map(Key::name).join(", "))]
    UnknownKey {
        /// What was asked for.
        key: String,
    },
    /// The setting does not take this value.
    #[error("{key}: {why}")]
    Value {
        /// The setting.
        key: &'static str,
        /// What it takes.
        why: String,
    },
    /// The file cannot be read.
    #[error("cannot read {path}")]
    Read {
        /// The file.
        path: PathBuf,
        /// Why.
        source: io::Error,
    },
    /// The file cannot be written.
    #[error("cannot write {path}")]
    Write {
        /// The file.
        path: PathBuf,
        /// Why.
        source: io::Error,
    },
    /// The file is not what it should be.
    #[error("{path}: {why}")]
    Content {
        /// The file.
        path: PathBuf,
        /// What is wrong, with the line.
        why: String,
    },
    /// Root is about to write it for another user, as with `sudo` and the user's `HOME`.
    #[error(
        "{path} is in another user's directory, and nothing was changed; \
         run this as that user, such as with sudo -u USER"
    )]
    AnotherUsers {
        /// The file.
        path: PathBuf,
    },
    /// There is no home directory, and `TELEMETRY_CONFIG` is not set.
    #[error("there is no home directory to keep settings in; set TELEMETRY_CONFIG to a file")]
    NoHome,
}

/// What a settings file says.
#[derive(Debug, Clone, Default)]
pub struct Said {
    /// The setting as consent reads it: a file that cannot be understood is [`Reading::Unreadable`], since a no may
    /// stand in it.
    pub enabled: Reading,
    /// Where events go. Nothing where the file cannot be understood.
    pub endpoint: Option<String>,
}

/// The file of settings.
#[derive(Debug, Clone)]
pub struct SettingsFile {
    path: PathBuf,
}

impl SettingsFile {
    /// The file at `path`. Touches nothing.
    #[must_use]
    pub fn new(path: impl Into<PathBuf>) -> Self {
        Self { path: path.into() }
    }

    /// The file by the platform's convention: `~/.config/telemetry/config.toml` on Linux. `None` without a home.
    #[must_use]
    pub fn of_the_user() -> Option<Self> {
        Self::of_program_and_user("").1
    }

    /// The file of a program, by the same convention: `~/.config/orchard/telemetry.toml` on Linux. `None` without a home.
    #[must_use]
    pub fn of_program(program: &str) -> Option<Self> {
        Self::of_program_and_user(program).0
    }

    /// Both: the program's, and the user's for all programs.
    pub(crate) fn of_program_and_user(program: &str) -> (Option<Self>, Option<Self>) {
        let strategy = etcetera::base_strategy::choose_native_strategy().ok();
        // A home that is no absolute path would be another in each directory. The XDG specification has it so of its variables.
        let directory = strategy.map(|strategy| strategy.config_dir()).filter(|path| path.is_absolute());
        let own = |directory: &PathBuf| Self::new(directory.join(program).join("telemetry.toml"));
        let for_all = |directory: &PathBuf| Self::new(directory.join("telemetry").join("config.toml"));
        (directory.as_ref().map(own), directory.as_ref().map(for_all))
    }

    /// Where the file is.
    #[must_use]
    pub fn path(&self) -> &Path {
        &self.path
    }

    /// The value of a setting, as text.
    ///
    /// # Errors
    ///
    /// [`SettingsError`] where the file cannot be read or understood. A file that is not there has no settings.
    pub fn get(&self, key: Key) -> Result<Option<String>, SettingsError> {
        let document = self.document()?;
        Ok(document.value(key).map(str::to_owned))
    }

    /// What the file says, read once.
    #[must_use]
    pub fn said(&self) -> Said {
        let document = match self.read() {
            Ok(None) => return Said::default(),
            Ok(Some(bytes)) => self.parse(bytes),
            Err(error) => Err(error),
        };
        let Ok(document) = document else { return Said { enabled: Reading::Unreadable, endpoint: None } };
        let enabled = document.value(Key::TelemetryEnabled).map_or(Reading::Absent, Reading::text);
        Said { enabled, endpoint: document.value(Key::Endpoint).map(str::to_owned) }
    }

    /// Sets a setting, also in the place of a value that is none. What else is in the file, comments too, stays as it is.
    ///
    /// # Errors
    ///
    /// [`SettingsError`] where the value is not one, or the file is no TOML or cannot be written, or has something else in
    /// it that is a doubt and so a no, which a yes does not change; the file is then as it was.
    pub fn set(&self, key: Key, text: &str) -> Result<(), SettingsError> {
        key.check(text)?;
        let value = match (key, Mode::parse(text)) {
            (Key::TelemetryEnabled, Some(Mode::On)) => "true".to_owned(),
            (Key::TelemetryEnabled, Some(Mode::Off)) => "false".to_owned(),
            (Key::TelemetryEnabled, _) => quoted("local"),
            (Key::Endpoint, _) => quoted(text),
        };
        let document = self.to_change()?;
        // A yes that changes nothing, since the file stays a doubt, would be a success that is none.
        let is_yes = key == Key::TelemetryEnabled && Mode::parse(text) != Some(Mode::Off);
        if let Some(why) = document.doubt_besides(key).filter(|_| is_yes) {
            return Err(self.to_correct(&why));
        }
        self.write(&document.set(key, &value))
    }

    /// Takes a setting out of the file: its line, with the comment behind it. Whether it was there.
    ///
    /// # Errors
    ///
    /// [`SettingsError`] where the file is no TOML or cannot be written; the file is then as it was.
    pub fn unset(&self, key: Key) -> Result<bool, SettingsError> {
        match self.to_change()?.unset(key) {
            Some(text) => self.write(&text).map(|()| true),
            None => Ok(false),
        }
    }

    /// Whether the setting, once it is set, is one that can be read.
    pub(crate) fn can_take(&self, key: Key) -> bool {
        self.to_change().is_ok_and(|document| document.doubt_besides(key).is_none())
    }

    fn document(&self) -> Result<Document, SettingsError> {
        self.read()?.map_or_else(|| Ok(Document::default()), |bytes| self.parse(bytes))
    }

    /// The document as far as it must be understood to change a setting in it.
    fn to_change(&self) -> Result<Document, SettingsError> {
        let Some(bytes) = self.read()? else { return Ok(Document::default()) };
        let parsed = self
            .text(bytes)
            .and_then(|text| Document::parse_to_change(text).map_err(|why| self.content(why)));
        parsed.map_err(|error| match error {
            SettingsError::Content { why, .. } => self.to_correct(&why),
            error => error,
        })
    }

    fn to_correct(&self, why: &str) -> SettingsError {
        self.content(format!("{why}; correct or remove that file"))
    }

    /// The file's bytes; nothing where it is not there.
    fn read(&self) -> Result<Option<Vec<u8>>, SettingsError> {
        match read_plain(&self.path, MAX_BYTES) {
            Ok(bytes) => Ok(Some(bytes)),
            Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(None),
            Err(source) => Err(SettingsError::Read { path: self.path.clone(), source }),
        }
    }

    fn parse(&self, bytes: Vec<u8>) -> Result<Document, SettingsError> {
        Document::parse(self.text(bytes)?).map_err(|why| self.content(why))
    }

    fn text(&self, bytes: Vec<u8>) -> Result<String, SettingsError> {
        if bytes.len() > MAX_BYTES {
            return Err(self.content(format!("is larger than {MAX_BYTES} bytes")));
        }
        String::from_utf8(bytes).map_err(|_| self.content("is not UTF-8".to_owned()))
    }

    fn content(&self, why: String) -> SettingsError {
        SettingsError::Content { path: self.path.clone(), why }
    }

    /// Refuses, for root, another user's file. Touches nothing.
    pub(crate) fn check_owner(&self) -> Result<(), SettingsError> {
        telemetry_transport::refuse_as_root_of_another(&self.target())
            .map_err(|_| SettingsError::AnotherUsers { path: self.path.clone() })
    }

    /// A link is followed, since people keep their settings elsewhere and link to them.
    fn target(&self) -> PathBuf {
        fs::canonicalize(&self.path).unwrap_or_else(|_| self.path.clone())
    }

    /// Writes a new file beside the old one and puts it in its place, so that there is a whole file at any time.
    fn write(&self, text: &str) -> Result<(), SettingsError> {
        self.check_owner()?;
        let wrap = |source| SettingsError::Write { path: self.path.clone(), source };
        let target = self.target();
        let directory =
            target.parent().filter(|parent| !parent.as_os_str().is_empty()).unwrap_or(Path::new("."));
        fs::create_dir_all(directory).map_err(wrap)?;
        let beside = directory.join(format!(".config.{}.tmp", std::process::id()));
        let written = (|| {
            let mut file = fs::File::create(&beside)?;
            file.write_all(text.as_bytes())?;
            // The user's no has to survive a power failure.
            file.sync_all()?;
            fs::rename(&beside, &target)
        })();
        written.map_err(|error| {
            // The first error is the one to report; a left-over temporary file does no harm.
            let _ = fs::remove_file(&beside);
            wrap(error)
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn file(content: &str) -> (tempfile::TempDir, SettingsFile) {
        let directory = tempfile::tempdir().unwrap();
        let file = SettingsFile::new(directory.path().join("sub").join("config.toml"));
        if !content.is_empty() {
            fs::create_dir_all(file.path.parent().unwrap()).unwrap();
            fs::write(&file.path, content).unwrap();
        }
        (directory, file)
    }

    #[test]
    fn setting_keeps_the_rest_of_the_file() {
        let (_directory, file) = file("# mine\nendpoint = \"https://t.example.com\" # ours\n");
        file.set(Key::TelemetryEnabled, "FALSE").unwrap();
        let text = fs::read_to_string(file.path()).unwrap();
        assert_eq!(text, "# mine\nendpoint = \"https://t.example.com\" # ours\ntelemetry_enabled = false\n");
        assert_eq!(file.get(Key::TelemetryEnabled).unwrap().as_deref(), Some("false"));
        assert!(file.unset(Key::TelemetryEnabled).unwrap());
        assert!(!file.unset(Key::TelemetryEnabled).unwrap());
        assert_eq!(file.said().enabled, Reading::Absent);
    }

    #[test]
    fn a_file_that_is_not_there_is_made_on_the_first_set() {
        let (_directory, file) = file("");
        assert_eq!(file.said().enabled, Reading::Absent);
        file.set(Key::TelemetryEnabled, "local").unwrap();
        assert_eq!(file.said().enabled, Reading::text("local"));
    }

    #[test]
    fn wrong_values_change_nothing_and_say_what_is_right() {
        let (_directory, file) = file("telemetry_enabled = false\n");
        let error = file.set(Key::TelemetryEnabled, "maybe").unwrap_err().to_string();
        assert_eq!(error, "telemetry_enabled: `maybe` is not one of true, false, local");
        assert!(file.set(Key::Endpoint, "http://telemetry.example.com").is_err(), "https only");
        assert_eq!(
            Key::parse("telemetry").unwrap_err().to_string(),
            "there is no setting `telemetry`; the settings are telemetry_enabled, endpoint"
        );
        assert_eq!(fs::read_to_string(file.path()).unwrap(), "telemetry_enabled = false\n");
    }

    #[cfg(unix)]
    #[test]
    fn what_is_no_plain_file_is_a_doubt() {
        let directory = tempfile::tempdir().unwrap();
        for path in [Path::new("/dev/null"), directory.path()] {
            assert_eq!(SettingsFile::new(path).said().enabled, Reading::Unreadable, "{}", path.display());
        }
    }

    #[test]
    fn what_cannot_be_understood_is_a_doubt_and_is_left_alone() {
        for (content, why) in [
            ("telemetry_enabled = \n", "line 1: not TOML"),
            ("telemetry_enabled = off\n", "line 1: not TOML: string values must be quoted"),
            (
                "telemetry_enabled = true\n# x\ntelemetry_enabled = false\n",
                "line 3: telemetry_enabled is set twice",
            ),
            (
                "telemetry_enabled = true\r\n'telemetry_enabled' = false\r\n",
                "line 2: telemetry_enabled is set twice",
            ),
            ("telemetry_enabled.x = false\n", "line 1: telemetry_enabled takes one value, not a table"),
            ("\n[telemetry_enabled]\n", "line 2: telemetry_enabled takes one value, not a table"),
            ("[[endpoint]]\ntelemetry_enabled = false\n", "line 1: endpoint takes one value, not a table"),
            ("telemetry_enabled = false\n# \u{1}\n", "line 2: not TOML: invalid comment character"),
        ] {
            let (_directory, file) = file(content);
            assert_eq!(file.said().enabled, Reading::Unreadable, "{content}");
            let error = file.set(Key::TelemetryEnabled, "true").unwrap_err().to_string();
            assert!(error.contains(why), "{error}");
            assert!(error.ends_with("; correct or remove that file"), "{error}");
            assert!(!file.can_take(Key::TelemetryEnabled));
            assert_eq!(fs::read_to_string(file.path()).unwrap(), content);
        }
    }

    /// `off` could not be said where the setting was spelt wrongly, though `status` said that `on` would mend it.
    #[test]
    fn a_value_that_is_none_is_a_doubt_until_another_is_set() {
        for (content, why, after) in [
            (
                "# mine\ntelemetry_enabled = \"fales\" # x\n",
                "line 2: telemetry_enabled: `fales` is not one of",
                "# mine\ntelemetry_enabled = true # x\n",
            ),
            (
                "telemetry_enabled = { x = 1 }\n",
                "line 1: telemetry_enabled takes one value, not a table",
                "telemetry_enabled = true\n",
            ),
            (
                "telemetry_enabled = [\n'on', # one\n[true]] # x\nendpoint = 'export:'\n",
                "line 1: telemetry_enabled takes one value, not a table or a list",
                "telemetry_enabled = true # x\nendpoint = 'export:'\n",
            ),
        ] {
            let (_directory, file) = file(content);
            assert_eq!(file.said().enabled, Reading::Unreadable, "{content}");
            assert!(file.get(Key::TelemetryEnabled).unwrap_err().to_string().contains(why), "{content}");
            assert!(file.can_take(Key::TelemetryEnabled));
            file.set(Key::TelemetryEnabled, "true").unwrap();
            assert_eq!(fs::read_to_string(file.path()).unwrap(), after);
            assert_eq!(file.said().enabled, Reading::text("true"));
        }
    }

    #[test]
    fn what_is_wrong_elsewhere_stays_and_stays_a_doubt() {
        for (content, why, after) in [
            (
                "# x\ntelemetry_enable = false\n",
                "line 2: there is no setting `telemetry_enable`",
                "# x\ntelemetry_enable = false\ntelemetry_enabled = false\n",
            ),
            (
                "endpoint = [\n'file:///a']\n",
                "line 1: endpoint takes one value, not a table or a list",
                "endpoint = [\n'file:///a']\ntelemetry_enabled = false\n",
            ),
            (
                "other.telemetry_enabled = 1\ntelemetry_enabled = true\n",
                "line 1: there is no setting `other`",
                "other.telemetry_enabled = 1\ntelemetry_enabled = false\n",
            ),
            (
                "\u{feff} [table]\r\ntelemetry_enabled = true\r\n",
                "line 1: there is no setting `table`",
                "\u{feff}telemetry_enabled = false\r\n [table]\r\ntelemetry_enabled = true\r\n",
            ),
        ] {
            let (_directory, file) = file(content);
            for yes in ["true", "local"] {
                let error = file.set(Key::TelemetryEnabled, yes).unwrap_err().to_string();
                assert!(error.contains(why) && error.ends_with("; correct or remove that file"), "{error}");
            }
            assert_eq!(fs::read_to_string(file.path()).unwrap(), content, "a yes would change nothing");
            file.set(Key::TelemetryEnabled, "false").unwrap();
            assert_eq!(fs::read_to_string(file.path()).unwrap(), after);
            assert!(!file.can_take(Key::TelemetryEnabled), "{content}");
            assert_eq!(file.said().enabled, Reading::Unreadable, "{content}");
            let error = file.get(Key::TelemetryEnabled).unwrap_err().to_string();
            assert!(error.contains(why) || error.contains("`table`"), "{error}");
        }
    }
}
