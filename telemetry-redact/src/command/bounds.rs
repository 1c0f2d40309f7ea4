//! How much of one command line an event holds. What is over is dropped and counted.

/// Flags: more than any command of the Atlas CLI has.
pub(super) const MAX_FLAGS: usize = 256;
/// Values of one flag or positional argument.
pub(super) const MAX_VALUES: usize = 64;
/// Positional arguments whose value is kept.
pub(super) const MAX_POSITIONALS: usize = 64;
/// Misspellings.
pub(super) const MAX_MISSPELLINGS: usize = 16;
/// Deprecated names.
pub(super) const MAX_DEPRECATED: usize = 16;
/// Greatest count that is stored; the schema's bound.
pub(super) const MAX_COUNT: u32 = 1_000_000;
