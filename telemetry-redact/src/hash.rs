//! One family of hash functions: for tables that are laid out when something is built and read when a process starts, and
//! for fingerprints.

/// FNV-1a, 32 bits (Fowler, Noll, Vo; draft-eastlake-fnv): short words, no keys to defend against.
#[derive(Clone, Copy)]
pub(crate) struct Fnv1a(pub(crate) u32);

/// Before the first byte.
pub(crate) const START: Fnv1a = Fnv1a(0x811c_9dc5);

impl Fnv1a {
    /// After another byte.
    #[must_use]
    pub(crate) const fn with(self, byte: u8) -> Self {
        Self((self.0 ^ byte as u32).wrapping_mul(0x0100_0193))
    }
}

/// The hash of a whole text.
pub(crate) fn fnv1a(bytes: &[u8]) -> u32 {
    bytes.iter().fold(START, |hash, byte| hash.with(*byte)).0
}

/// FNV-1a, 64 bits: for what stands in events, where two wordings of a program must not share a number.
#[derive(Clone, Copy)]
pub(crate) struct Fnv1a64(pub(crate) u64);

impl Default for Fnv1a64 {
    fn default() -> Self {
        Self(0xcbf2_9ce4_8422_2325)
    }
}

impl Fnv1a64 {
    /// After another byte.
    #[must_use]
    pub(crate) const fn with(self, byte: u8) -> Self {
        Self((self.0 ^ byte as u64).wrapping_mul(0x0100_0000_01b3))
    }
}
