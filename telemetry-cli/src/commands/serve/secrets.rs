//! The files that hold secrets: keys of senders, the token of readers, the certificate's key. What is wrong with one is
//! said without what it holds.

use std::collections::BTreeMap;
use std::fs;
use std::path::Path;

use anyhow::{Context as _, Result, anyhow};
use telemetry_collector::{Key, Tls, WriteKeys};
use telemetry_schema::ProgramName;

/// `orchard = ["…", "…"]`, or the same in JSON.
pub(super) fn write_keys(path: &Path) -> Result<WriteKeys> {
    let text = read(path)?;
    let text = std::str::from_utf8(&text).map_err(|_| anyhow!("{}: not UTF-8", path.display()))?;
    let is_json = path.extension().is_some_and(|extension| extension.eq_ignore_ascii_case("json"));
    // The parsers' own messages quote the line, which may be a key.
    let of_programs: Option<BTreeMap<String, Vec<String>>> =
        if is_json { serde_json::from_str(text).ok() } else { toml::from_str(text).ok() };
    let of_programs = of_programs.with_context(|| {
        format!("{}: expected a list of keys by the name of each program", path.display())
    })?;
    let mut all = WriteKeys::new();
    for (program, keys) in of_programs {
        let program = ProgramName::new(program.as_str())
            .with_context(|| format!("{}: the name of a program", path.display()))?;
        for key in keys {
            let key = Key::new(&key).with_context(|| format!("{}: a key of {program}", path.display()))?;
            all = all.with(program.clone(), key);
        }
    }
    Ok(all)
}

/// The whole file but the line end after it.
pub(super) fn token(path: &Path) -> Result<Key> {
    let text = read(path)?;
    let text = std::str::from_utf8(&text).unwrap_or_default();
    Key::new(text.trim_ascii()).with_context(|| path.display().to_string())
}

pub(super) fn tls(certificate: &Path, key: &Path) -> Result<Tls> {
    let about = || format!("cannot speak TLS with {} and {}", certificate.display(), key.display());
    Tls::from_pem(&read(certificate)?, &read(key)?).with_context(about)
}

fn read(path: &Path) -> Result<Vec<u8>> {
    fs::read(path).with_context(|| format!("cannot read {}", path.display()))
}
