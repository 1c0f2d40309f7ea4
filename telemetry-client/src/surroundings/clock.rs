//! Now, with the offset of local time.

use std::path::{Component, Path};
use std::time::{SystemTime, UNIX_EPOCH};

use jiff::tz::TimeZone;
use telemetry_schema::Timestamp;

use super::Environment;
use crate::platform::read_plain;

/// Where systems keep the files of time zones, as jiff looks for them with its features `tz-system` and `tzdb-zoneinfo`:
/// these bring the names of all zones into every host.
const ZONES: [&str; 3] = ["/usr/share/zoneinfo", "/usr/share/lib/zoneinfo", "/etc/zoneinfo"];

/// The longest file of a zone is a tenth of this.
const MAX_ZONE_BYTES: usize = 64 * 1024;

/// Now. The offset is that of local time, see [`local_offset_min`].
#[must_use]
pub fn now(environment: &Environment) -> Timestamp {
    let since = SystemTime::now().duration_since(UNIX_EPOCH).unwrap_or_default();
    let unix_us = i64::try_from(since.as_micros()).unwrap_or(i64::MAX);
    let offset_min = local_offset_min(environment, unix_us / 1_000_000);
    Timestamp::new(unix_us, offset_min).unwrap_or_default()
}

/// Minutes from UTC of local time at a moment, in seconds since the Unix epoch; 0 where the time zone is not known.
///
/// The time zone is what `TZ` says: a rule in POSIX form (`CET-1CEST,M3.5.0,M10.5.0/3`), the name of a zone that the system
/// has, or the path of its file; without `TZ` it is that of `/etc/localtime`. On Windows it is what the system says. In an
/// injected environment the files are injected too, so a test does not depend on the machine it runs on.
#[must_use]
pub fn local_offset_min(environment: &Environment, unix_s: i64) -> i16 {
    let zone = zone(environment).unwrap_or(TimeZone::UTC);
    let Ok(moment) = jiff::Timestamp::from_second(unix_s) else { return 0 };
    i16::try_from(zone.to_offset(moment).seconds() / 60).unwrap_or(0)
}

fn zone(environment: &Environment) -> Option<TimeZone> {
    #[cfg(windows)]
    if environment.is_real() {
        return Some(TimeZone::system());
    }
    let Some(said) = environment.var("TZ") else {
        return zone_of_file(environment, Path::new("/etc/localtime"));
    };
    let said = said.into_string().ok()?;
    TimeZone::posix(&said).ok().or_else(|| zone_called(environment, said.strip_prefix(':').unwrap_or(&said)))
}

fn zone_called(environment: &Environment, name: &str) -> Option<TimeZone> {
    let name = Path::new(name);
    if name.has_root() {
        return zone_of_file(environment, name);
    }
    // A name leads to nowhere else.
    if !name.components().all(|part| matches!(part, Component::Normal(_))) {
        return None;
    }
    let own = environment.var("TZDIR").and_then(|own| own.into_string().ok());
    let directories = own.as_deref().into_iter().chain(ZONES);
    directories
        .map(|directory| Path::new(directory).join(name))
        .find_map(|path| zone_of_file(environment, &path))
}

fn zone_of_file(environment: &Environment, path: &Path) -> Option<TimeZone> {
    let bytes = read_plain(&environment.at(path), MAX_ZONE_BYTES).ok()?;
    TimeZone::tzif("local", &bytes).ok()
}

#[cfg(test)]
mod tests {
    use std::fs;

    use super::*;

    const JANUARY: i64 = 1_736_899_200;
    const JULY: i64 = 1_752_537_600;

    #[test]
    fn the_offset_is_that_of_the_moment() {
        for (rule, january, july) in [
            ("CET-1CEST,M3.5.0,M10.5.0/3", 60, 120),
            ("EST5EDT,M3.2.0,M11.1.0", -300, -240),
            ("IST-5:30", 330, 330),
            ("<-0930>9:30", -570, -570),
            ("Nowhere/Land", 0, 0),
            ("", 0, 0),
        ] {
            let environment = Environment::fake([("TZ", rule)], "/nonexistent");
            assert_eq!(local_offset_min(&environment, JANUARY), january, "{rule}");
            assert_eq!(local_offset_min(&environment, JULY), july, "{rule}");
            assert_eq!(local_offset_min(&environment, i64::MAX), 0, "{rule}");
        }
    }

    /// A zone's file (RFC 9636): a header, a type of local time and its name, twice; then the rule.
    fn zone_file() -> Vec<u8> {
        let mut block = b"TZif2".to_vec();
        block.extend([0; 15]);
        block.extend([0, 0, 0, 0, 1, 4].map(u32::to_be_bytes).concat());
        block.extend(3600_i32.to_be_bytes());
        block.extend(*b"\0\0CET\0");
        [&block, &block, b"\nCET-1CEST,M3.5.0,M10.5.0/3\n".as_slice()].concat()
    }

    #[test]
    fn a_zone_that_is_named_is_looked_up() {
        let root = tempfile::tempdir().unwrap();
        for directory in ["usr/share/zoneinfo/Europe", "own/Mars"] {
            fs::create_dir_all(root.path().join(directory)).unwrap();
        }
        for file in ["usr/share/zoneinfo/Europe/Berlin", "own/Mars/Base", "elsewhere"] {
            fs::write(root.path().join(file), zone_file()).unwrap();
        }
        fs::write(root.path().join("usr/share/zoneinfo/Broken"), "TZif2").unwrap();
        for (name, january, july) in [
            ("Europe/Berlin", 60, 120),
            (":Europe/Berlin", 60, 120),
            ("Mars/Base", 60, 120),
            ("Europe", 0, 0),
            ("Broken", 0, 0),
            ("/elsewhere", 60, 120),
            ("../../../elsewhere", 0, 0),
            ("", 0, 0),
        ] {
            let environment = Environment::fake([("TZ", name), ("TZDIR", "/own")], root.path());
            assert_eq!(local_offset_min(&environment, JANUARY), january, "{name}");
            assert_eq!(local_offset_min(&environment, JULY), july, "{name}");
        }
    }

    #[test]
    fn without_tz_it_is_the_zone_of_the_machine() {
        let root = tempfile::tempdir().unwrap();
        let environment = Environment::fake([], root.path());
        assert_eq!(local_offset_min(&environment, JULY), 0);
        fs::create_dir(root.path().join("etc")).unwrap();
        fs::write(root.path().join("etc/localtime"), zone_file()).unwrap();
        assert_eq!(local_offset_min(&environment, JULY), 120);
    }

    #[test]
    fn now_is_now() {
        let environment = Environment::fake([("TZ", "IST-5:30")], "/nonexistent");
        let (before, seen) = (SystemTime::now(), now(&environment));
        let before_us = i64::try_from(before.duration_since(UNIX_EPOCH).unwrap().as_micros()).unwrap();
        assert!(seen.unix_us() >= before_us);
        assert_eq!(seen.offset_min(), 330);
        assert!(now(&Environment::real()).unix_us() >= before_us);
    }
}
