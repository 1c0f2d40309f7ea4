//! Which sums one run is in.

use telemetry_schema::{App, AuthMethod, Event, InstallSource, Os};

use super::names::{Names, Segment};
use super::number;
use super::sum::Timed;
use crate::report::monday;
use crate::store::run::{Fault, day, in_ci, place_key};
use crate::store::{BANDS_MS, Subject};

/// A place in the table of counts.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub(super) struct Place {
    pub(super) subject: u8,
    pub(super) segment: i64,
    pub(super) day: i64,
    pub(super) key: i64,
}

/// Each place once, however often the run names it: a flag given twice is one run with that flag.
pub(super) fn cells(event: &Event, names: &mut Names) -> rusqlite::Result<Vec<(Place, Timed)>> {
    let segments = segments(event, names)?;
    let mut keys = keys(event, names)?;
    keys.sort_unstable();
    keys.dedup();
    let mut cells = Vec::with_capacity(segments.len() * keys.len());
    for (segment, day) in segments {
        for (subject, key) in &keys {
            let timed = match subject {
                Subject::All | Subject::Command | Subject::Version => Timed::Yes,
                _ => Timed::No,
            };
            cells.push((Place { subject: number(*subject), segment, day, key: *key }, timed));
        }
    }
    Ok(cells)
}

fn segments(event: &Event, names: &mut Names) -> rusqlite::Result<Vec<(i64, i64)>> {
    let App { name, version, install_source } = &event.app;
    let program = name.as_ref().map(AsRef::<str>::as_ref);
    let version = version.as_ref().map(AsRef::<str>::as_ref);
    let (os, source) = (Some(event.os.name.key()), install_source.map(InstallSource::key));
    let bare = Segment { level: 0, program, version: None, os: None, source: None, ci: in_ci(event) };
    let day = day(event.started_at);
    [
        (bare.clone(), day),
        (Segment { level: 1, version, ..bare.clone() }, day),
        (Segment { level: 2, os, ..bare.clone() }, day),
        (Segment { level: 3, source, ..bare.clone() }, day),
        (Segment { level: 4, version, os, source, ..bare }, monday(day)),
    ]
    .iter()
    .map(|(segment, day)| Ok((names.segment(segment)?, *day)))
    .collect()
}

fn keys(event: &Event, names: &mut Names) -> rusqlite::Result<Vec<(Subject, i64)>> {
    let words: Vec<&str> = event.command.path.iter().map(AsRef::as_ref).collect();
    let command = words.join(" ");
    let command = Some(command.as_str());
    let Os { name: os, version: os_version, arch } = &event.os;
    let os_version = os_version.as_ref().map(AsRef::<str>::as_ref);
    let version = event.app.version.as_ref().map(AsRef::<str>::as_ref);
    let mut keys = Vec::new();
    let mut add = |subject, words: &[Option<&str>]| names.key(words).map(|key| keys.push((subject, key)));
    add(Subject::All, &[])?;
    add(Subject::Command, &[command])?;
    add(Subject::Version, &[version])?;
    add(Subject::System, &[Some(os.key()), os_version])?;
    add(Subject::Arch, &[Some(arch.key())])?;
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
