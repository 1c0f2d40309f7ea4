//! What one run is counted by, and in whose sums.

use telemetry_schema::{App, AuthMethod, Event, InstallSource, Os};

use super::names::{Names, Whose};
use crate::store::run::{Fault, in_ci, place_key};
use crate::store::{BANDS_MS, Subject};

/// A place in the table of counts.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub(super) struct Place {
    pub(super) subject: u8,
    pub(super) segment: i64,
    pub(super) day: i64,
    pub(super) key: i64,
}

/// What tells a run's segments apart.
pub(super) fn whose(event: &Event) -> Whose<'_> {
    let App { name, version, install_source } = &event.app;
    Whose {
        program: name.as_ref().map(AsRef::<str>::as_ref),
        version: version.as_ref().map(AsRef::<str>::as_ref),
        os: event.os.name.key(),
        source: install_source.map(InstallSource::key),
        ci: in_ci(event),
    }
}

/// What a run is counted by; the same one twice where the run names it twice.
pub(super) fn keys(event: &Event, names: &mut Names) -> rusqlite::Result<Vec<(Subject, i64)>> {
    let words: Vec<&str> = event.command.path.iter().map(AsRef::as_ref).collect();
    let command = words.join(" ");
    let command = Some(command.as_str());
    let Os { name: os, version: os_version, arch, libc, container, wsl } = &event.os;
    let os_version = os_version.as_ref().map(AsRef::<str>::as_ref);
    let version = event.app.version.as_ref().map(AsRef::<str>::as_ref);
    let mut keys = Vec::new();
    let mut add = |subject, words: &[Option<&str>]| names.key(words).map(|key| keys.push((subject, key)));
    add(Subject::All, &[])?;
    add(Subject::Command, &[command])?;
    add(Subject::Version, &[version])?;
    add(Subject::System, &[Some(os.key()), os_version])?;
    add(Subject::Arch, &[Some(arch.key())])?;
    if let Some(libc) = libc {
        add(Subject::Libc, &[Some(libc.key())])?;
    }
    if let Some(container) = container {
        add(Subject::Container, &[Some(container.key())])?;
    }
    if let Some(wsl) = wsl {
        add(Subject::Wsl, &[Some(wsl.key())])?;
    }
    add(Subject::InstallSource, &[event.app.install_source.map(InstallSource::key)])?;
    add(Subject::AuthMethod, &[event.auth_method.map(AuthMethod::key)])?;
    let bound = BANDS_MS.iter().find(|bound| event.duration_us <= **bound * 1000).map(ToString::to_string);
    add(Subject::Band, &[bound.as_deref()])?;
    if let Some(Fault { code, message, fingerprint }) = Fault::of(event) {
        add(Subject::Error, &[command, Some(code), message, fingerprint])?;
    }
    for flag in &event.command.flags {
        let name = Some(flag.name.as_ref());
        add(Subject::Flag, &[command, name])?;
        if flag.values.is_empty() {
            add(Subject::FlagValue, &[command, name, None])?;
        }
        for value in &flag.values {
            add(Subject::FlagValue, &[command, name, Some(value.as_ref())])?;
        }
    }
    for misspelling in &event.command.misspellings {
        let (typed, meant) = (Some(misspelling.typed.as_ref()), Some(misspelling.meant.as_ref()));
        add(Subject::Misspelling, &[command, Some(place_key(misspelling.place)), typed, meant])?;
    }
    for deprecated in &event.command.deprecated {
        let name = Some(deprecated.name.as_ref());
        add(Subject::Deprecated, &[command, Some(place_key(deprecated.place)), name])?;
    }
    if let Some(vendor) = event.context.ci {
        add(Subject::CiVendor, &[Some(vendor.key())])?;
    }
    if let Some(agent) = event.context.agent {
        add(Subject::Agent, &[Some(agent.key())])?;
    }
    Ok(keys)
}
