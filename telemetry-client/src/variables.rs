//! The environment variables this project reads, each once.

/// Where events go; stands for the setting `endpoint`.
pub const ENDPOINT: &str = "TELEMETRY_ENDPOINT";
/// Where the spool and the ledger lie.
pub const STATE_DIR: &str = "TELEMETRY_STATE_DIR";
/// Which settings file is read.
pub const CONFIG: &str = "TELEMETRY_CONFIG";
/// The user's yes or no for all programs.
pub const ENABLED: &str = "TELEMETRY_ENABLED";
/// The no that many programs honour (consoledonottrack.com).
pub const DO_NOT_TRACK: &str = "DO_NOT_TRACK";

/// What a collector that asks for keys is shown, in place of the program's own.
pub const WRITE_KEY: &str = "TELEMETRY_WRITE_KEY";

/// For tests of programs that derive their policy: with `write` the lock file is written anew, and what is compiled of it.
/// No user's, so it is not in the reference.
pub const LOCK: &str = "TELEMETRY_LOCK";

/// What each is for, for the reference.
pub const ALL: [(&str, &str); 6] = [
    (DO_NOT_TRACK, "anything but empty, 0, false, no or off turns telemetry off; nothing overrides it"),
    (ENABLED, "true, false or local for every program; overrides the setting telemetry_enabled"),
    (ENDPOINT, "where events go, and by which protocol; overrides the setting endpoint; see docs/sinks.md"),
    (WRITE_KEY, "what a collector that asks for keys is shown"),
    (STATE_DIR, "where the spool and the ledger lie"),
    (CONFIG, "which settings file is read"),
];
