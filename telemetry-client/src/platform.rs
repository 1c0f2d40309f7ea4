//! What differs between platforms, in one place.

use std::path::PathBuf;

/// The machine-wide file an administrator can put a no into.
pub(crate) fn admin_file() -> Option<PathBuf> {
    if cfg!(windows) {
        std::env::var_os("PROGRAMDATA").map(|root| PathBuf::from(root).join("telemetry").join("config.toml"))
    } else if cfg!(target_os = "macos") {
        Some(PathBuf::from("/Library/Application Support/telemetry/config.toml"))
    } else {
        Some(PathBuf::from("/etc/telemetry/config.toml"))
    }
}
