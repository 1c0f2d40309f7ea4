//! Whether this Linux is one of Windows.

use telemetry_schema::Wsl;

use super::Environment;

/// The release of the kernel: `proc_sys_kernel(5)`.
const RELEASE: &str = "/proc/sys/kernel/osrelease";

/// How the releases of the second version's kernels end: `-microsoft-standard-WSL2`, without the last part before 5.4
/// (microsoft/WSL2-Linux-Kernel; microsoft/WSL, issue 423).
const OF_TWO: [&str; 2] = ["microsoft-standard", "WSL2"];

/// How the release ends that the first version makes up: `4.4.0-19041-Microsoft` (microsoft/WSL, issue 423).
const OF_ONE: &str = "-Microsoft";

/// Variables that WSL sets in what it starts (Microsoft, "Basic commands for WSL", and microsoft/WSL, issue 4479). Both
/// versions do; `sudo` and `ssh` take them away.
const VARIABLES: [&str; 2] = ["WSL_DISTRO_NAME", "WSL_INTEROP"];

/// Which Windows Subsystem for Linux this is, if it is one: by the kernel's release, and where that is of a kernel that
/// somebody built, which the second version alone can have, by variables.
///
/// A container has the kernel of what it runs on: one on such a machine says so too.
#[must_use]
pub fn wsl(environment: &Environment) -> Option<Wsl> {
    let release = environment.read(RELEASE).unwrap_or_default();
    let release = release.trim_end();
    if OF_TWO.iter().any(|part| release.contains(part)) {
        Some(Wsl::Two)
    } else if release.ends_with(OF_ONE) {
        Some(Wsl::One)
    } else {
        let is_said = || VARIABLES.iter().any(|name| environment.is_set(name));
        (!release.is_empty() && is_said()).then_some(Wsl::Two)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_kernel_of_windows_is_told_by_its_release() {
        for (release, variables, expected) in [
            (Some("5.15.167.4-microsoft-standard-WSL2\n"), &[][..], Some(Wsl::Two)),
            (Some("4.19.104-microsoft-standard\n"), &[], Some(Wsl::Two)),
            (Some("6.6.36.3-adas-WSL2+\n"), &[], Some(Wsl::Two)),
            (Some("4.4.0-19041-Microsoft\n"), &[], Some(Wsl::One)),
            (Some("4.4.0-19041-Microsoft\n"), &[("WSL_DISTRO_NAME", "Ubuntu")], Some(Wsl::One)),
            (Some("6.9.0-adas\n"), &[("WSL_DISTRO_NAME", "Ubuntu")], Some(Wsl::Two)),
            (Some("6.9.0-adas\n"), &[("WSL_INTEROP", "/run/WSL/8_interop")], Some(Wsl::Two)),
            (Some("6.9.0-adas\n"), &[("WSL_DISTRO_NAME", "")], None),
            (Some("6.8.0-1021-azure\n"), &[], None),
            // `WSLENV` carries variables over to Windows, where there is no such file.
            (None, &[("WSL_DISTRO_NAME", "Ubuntu")], None),
            (None, &[], None),
        ] {
            let root = tempfile::tempdir().unwrap();
            if let Some(release) = release {
                let path = root.path().join(RELEASE.trim_start_matches('/'));
                std::fs::create_dir_all(path.parent().unwrap()).unwrap();
                std::fs::write(path, release).unwrap();
            }
            let environment = Environment::fake(variables.iter().copied(), root.path());
            assert_eq!(wsl(&environment), expected, "{release:?} {variables:?}");
        }
    }
}
