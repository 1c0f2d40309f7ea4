//! Where things are kept.

use std::path::PathBuf;

use etcetera::BaseStrategy as _;

/// The directory for the spool and the ledger by the platform's convention: `~/.local/state/telemetry` on Linux,
/// `~/Library/Application Support/telemetry` on macOS, `%LOCALAPPDATA%\telemetry` on Windows. `None` without a home.
#[must_use]
pub fn state_dir() -> Option<PathBuf> {
    Some(base()?.join("telemetry"))
}

/// The same for one program alone: `~/.local/state/orchard/telemetry` on Linux.
#[must_use]
pub fn state_dir_of(program: &str) -> Option<PathBuf> {
    Some(base()?.join(program).join("telemetry"))
}

fn base() -> Option<PathBuf> {
    let strategy = etcetera::base_strategy::choose_native_strategy().ok()?;
    // Windows has no place for state; what does not roam is the nearest.
    let base = strategy.state_dir().unwrap_or_else(|| strategy.cache_dir());
    let base = if cfg!(target_os = "macos") { strategy.data_dir() } else { base };
    // A home that is no absolute path would be another in each directory. The XDG specification has it so of its variables.
    Some(base).filter(|base| base.is_absolute())
}
