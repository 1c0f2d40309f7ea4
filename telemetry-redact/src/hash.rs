//! One hash function, for tables that are laid out when something is built and read when a process starts.

/// FNV-1a, 32 bits (Fowler, Noll, Vo; draft-eastlake-fnv): short words, no keys to defend against.
pub(crate) const fn fnv1a(bytes: &[u8]) -> u32 {
    let mut hash = 0x811c_9dc5_u32;
    let mut at = 0;
    while at < bytes.len() {
        hash = (hash ^ bytes[at] as u32).wrapping_mul(0x0100_0193);
        at += 1;
    }
    hash
}
