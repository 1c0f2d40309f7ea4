//! Which Windows this is.

use telemetry_schema::Version;

use super::Environment;

/// The version that people call it by, then the build: `11.26100`, and of a server `2025.26100`. Of an injected environment
/// nothing is known.
pub(super) fn version(environment: &Environment) -> Option<Version> {
    #[cfg(windows)]
    if environment.is_real() {
        let found = windows_version::OsVersion::current();
        return named(found.major, found.minor, found.build, windows_version::is_server());
    }
    let _ = environment;
    None
}

/// Windows counts by other numbers than people do: winnt.h, `OSVERSIONINFOEXW`, for the versions; Microsoft's lists of
/// releases for the first build of each ("Windows 11 release information", "Windows Server release information").
#[cfg(any(windows, test))]
fn named(major: u32, minor: u32, build: u32, is_server: bool) -> Option<Version> {
    let name = match (major, minor, is_server) {
        (10, 0, false) => if build >= 22_000 { "11" } else { "10" }.to_owned(),
        (6, 3, false) => "8.1".to_owned(),
        (6, 2, false) => "8".to_owned(),
        (6, 1, false) => "7".to_owned(),
        (10, 0, true) => match build {
            26_100.. => "2025",
            20_348.. => "2022",
            17_763.. => "2019",
            _ => "2016",
        }
        .to_owned(),
        (6, 2 | 3, true) => "2012".to_owned(),
        (6, 1, true) => "2008".to_owned(),
        _ => format!("{major}.{minor}"),
    };
    Version::new(format!("{name}.{build}")).ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_windows_is_called_as_people_call_it() {
        for (major, minor, build, is_server, expected) in [
            (10, 0, 26_100, false, "11.26100"),
            (10, 0, 22_000, false, "11.22000"),
            (10, 0, 19_045, false, "10.19045"),
            (6, 3, 9600, false, "8.1.9600"),
            (6, 2, 9200, false, "8.9200"),
            (6, 1, 7601, false, "7.7601"),
            (10, 0, 26_100, true, "2025.26100"),
            // The annual channel has numbers of its own, between those of the versions with a year.
            (10, 0, 25_398, true, "2022.25398"),
            (10, 0, 17_763, true, "2019.17763"),
            (10, 0, 14_393, true, "2016.14393"),
            (6, 3, 9600, true, "2012.9600"),
            (6, 1, 7601, true, "2008.7601"),
            (12, 1, 7, false, "12.1.7"),
        ] {
            let named = named(major, minor, build, is_server).unwrap();
            assert_eq!(named.as_str(), expected, "{major}.{minor}.{build}");
        }
    }

    #[cfg(windows)]
    #[test]
    fn this_windows_has_a_version() {
        assert!(version(&Environment::real()).is_some());
        assert!(version(&Environment::fake([], "/nonexistent")).is_none());
    }
}
