//! The C library.

use telemetry_schema::Libc;

/// The C library that this program was built for, by `target_env` (The Rust Reference, "Conditional compilation"). A constant:
/// no machine is looked at. `None` where a system has but its own, as macOS and the BSDs, and on Windows.
///
/// A program that was built for glibc also runs with what takes its place elsewhere (gcompat on Alpine), and one that is
/// linked to it statically with none of the machine's: what is told is the build.
#[must_use]
pub const fn libc() -> Option<Libc> {
    if cfg!(target_os = "android") {
        Some(Libc::Bionic)
    } else if !cfg!(target_os = "linux") {
        None
    } else if cfg!(target_env = "gnu") {
        Some(Libc::Glibc)
    } else if cfg!(target_env = "musl") {
        Some(Libc::Musl)
    } else if cfg!(target_env = "uclibc") {
        Some(Libc::Uclibc)
    } else {
        Some(Libc::Other)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_program_for_linux_has_one() {
        let is_linux = cfg!(any(target_os = "linux", target_os = "android"));
        assert_eq!(libc().is_some(), is_linux);
        #[cfg(all(target_os = "linux", target_env = "gnu"))]
        assert_eq!(libc(), Some(Libc::Glibc));
        #[cfg(all(target_os = "linux", target_env = "musl"))]
        assert_eq!(libc(), Some(Libc::Musl));
    }
}
