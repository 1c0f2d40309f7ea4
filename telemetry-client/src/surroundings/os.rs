//! The operating system and its version.

use std::borrow::Cow;

use telemetry_schema::{Arch, Os, OsName, Version};

use super::{Environment, container, libc, windows, wsl};

/// Where os-release(5) lies, in the order it says.
const OS_RELEASE: [&str; 2] = ["/etc/os-release", "/usr/lib/os-release"];

/// Where macOS keeps its version. The first name gives the true one from macOS 11 on; by the second, macOS tells
/// programs built for an older system the version that they expect.
const SYSTEM_VERSION: [&str; 2] = [
    "/System/Library/CoreServices/.SystemVersionPlatform.plist",
    "/System/Library/CoreServices/SystemVersion.plist",
];

/// What macOS tells programs built for macOS 10 instead of its version; no release has this number.
const COMPATIBILITY_VERSION: &str = "10.16";

/// Systems without releases: the `VERSION_ID` that some of them have is the day of a snapshot. Of a Linux that is not
/// known, neither is what its version means.
const WITHOUT_VERSION: [OsName; 8] = [
    OsName::Arch,
    OsName::Endeavouros,
    OsName::Gentoo,
    OsName::Manjaro,
    OsName::OpensuseTumbleweed,
    OsName::Void,
    OsName::Wolfi,
    OsName::Linux,
];

/// The operating system this program runs on; in a container, the container's.
///
/// - Linux and FreeBSD: `ID` and `VERSION_ID` of os-release(5). An unknown distribution is `linux` without a version,
///   since both could be anything, and so is one that only says what it is like.
/// - macOS: `ProductVersion` of `SystemVersion.plist`.
/// - Windows: the version that people call it by and the build, as in `11.26100` or `2025.26100`, by `RtlGetVersion`, which
///   tells every program the same.
/// - NetBSD, OpenBSD, Android: the name alone, since their version can be asked for by foreign functions or other programs
///   only.
///
/// With what [`libc`], [`container`] and [`wsl`] tell of it.
#[must_use]
pub fn os(environment: &Environment) -> Os {
    let (name, version) = system(environment, std::env::consts::OS);
    Os {
        name,
        version,
        arch: arch(std::env::consts::ARCH),
        libc: libc(),
        container: container(environment),
        wsl: wsl(environment),
    }
}

/// The system with this name in [`std::env::consts::OS`], so that each can be tested on any.
pub(super) fn system(environment: &Environment, name: &str) -> (OsName, Option<Version>) {
    match name {
        "linux" => linux(&os_release(environment)),
        "freebsd" => (OsName::Freebsd, freebsd_version(&os_release(environment))),
        "macos" => (OsName::Macos, macos_version(environment)),
        "windows" => (OsName::Windows, windows::version(environment)),
        "netbsd" => (OsName::Netbsd, None),
        "openbsd" => (OsName::Openbsd, None),
        "android" => (OsName::Android, None),
        _ => (OsName::Other, None),
    }
}

/// The architecture this program was built for, with this name in [`std::env::consts::ARCH`].
fn arch(name: &str) -> Arch {
    Arch::from_key(name).unwrap_or(Arch::Other)
}

fn os_release(environment: &Environment) -> String {
    OS_RELEASE.iter().find_map(|path| environment.read(path)).unwrap_or_default()
}

fn linux(os_release: &str) -> (OsName, Option<Version>) {
    let id = field(os_release, "ID").unwrap_or_default();
    let name = OsName::from_key(&id.replace('-', "_")).filter(|name| is_distribution(*name));
    let name = name.unwrap_or(OsName::Linux);
    let version = || field(os_release, "VERSION_ID").and_then(|version| Version::new(version).ok());
    (name, if WITHOUT_VERSION.contains(&name) { None } else { version() })
}

/// Whether a name is a Linux distribution's: a file that anyone may write cannot make a Linux another system.
fn is_distribution(name: OsName) -> bool {
    !matches!(
        name,
        OsName::Windows
            | OsName::Macos
            | OsName::Linux
            | OsName::Freebsd
            | OsName::Netbsd
            | OsName::Openbsd
            | OsName::Android
            | OsName::Other
    )
}

/// FreeBSD writes os-release(5) at each start since 13.0.
fn freebsd_version(os_release: &str) -> Option<Version> {
    let is_freebsd = field(os_release, "ID")? == "freebsd";
    is_freebsd
        .then(|| field(os_release, "VERSION_ID"))
        .flatten()
        .and_then(|version| Version::new(version).ok())
}

/// A value of os-release(5): `KEY=value` as a shell would assign it, so that the last one counts.
fn field<'a>(text: &'a str, key: &str) -> Option<Cow<'a, str>> {
    let assigned = |line: &'a str| line.trim_start().strip_prefix(key)?.strip_prefix('=');
    text.lines().rev().find_map(assigned).and_then(unquoted)
}

/// A value without its quotes. `None` where they do not match, or where the value has parts.
fn unquoted(value: &str) -> Option<Cow<'_, str>> {
    let value = value.trim_end();
    if let Some(rest) = value.strip_prefix('\'') {
        return rest.strip_suffix('\'').filter(|inner| !inner.contains('\'')).map(Cow::Borrowed);
    }
    let inner = match value.strip_prefix('"') {
        Some(rest) => rest.strip_suffix('"')?,
        None if value.contains(char::is_whitespace) => return None,
        None => value,
    };
    if !inner.contains(['\\', '"', '\'']) {
        return Some(Cow::Borrowed(inner));
    }
    let mut plain = String::with_capacity(inner.len());
    let mut characters = inner.chars();
    while let Some(character) = characters.next() {
        match character {
            '\\' => plain.push(characters.next()?),
            '"' => return None,
            other => plain.push(other),
        }
    }
    Some(Cow::Owned(plain))
}

fn macos_version(environment: &Environment) -> Option<Version> {
    let text = SYSTEM_VERSION.iter().find_map(|path| environment.read(path))?;
    let after = text.split_once("<key>ProductVersion</key>")?.1.trim_start();
    let value = after.strip_prefix("<string>")?.split_once("</string>")?.0;
    Version::new(value.trim()).ok().filter(|version| version.as_str() != COMPATIBILITY_VERSION)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn told(system_name: &str, file: &str, text: &str) -> (OsName, Option<String>) {
        let root = tempfile::tempdir().unwrap();
        let path = root.path().join(file.trim_start_matches('/'));
        std::fs::create_dir_all(path.parent().unwrap()).unwrap();
        std::fs::write(path, text).unwrap();
        let (name, version) = system(&Environment::fake([], root.path()), system_name);
        (name, version.map(|version| version.to_string()))
    }

    #[test]
    fn distributions_are_told_by_os_release() {
        for (text, name, version) in [
            ("NAME=\"Ubuntu\"\nID=ubuntu\nVERSION_ID=\"24.04\"\n", OsName::Ubuntu, Some("24.04")),
            ("ID=debian\nVERSION_ID='12'\n", OsName::Debian, Some("12")),
            ("ID=debian\nNAME=\"Debian GNU/Linux\"\n", OsName::Debian, None),
            ("ID=fedora\r\nVERSION_ID=41\r\n", OsName::Fedora, Some("41")),
            ("ID=alpine\nVERSION_ID=3.20.3\n", OsName::Alpine, Some("3.20.3")),
            ("ID=alpine\nVERSION_ID=3.21.0_alpha20240807\n", OsName::Alpine, None),
            ("ID=\"opensuse-leap\"\nVERSION_ID=\"15.6\"\n", OsName::OpensuseLeap, Some("15.6")),
            ("ID=\"opensuse-tumbleweed\"\nVERSION_ID=\"20241124\"\n", OsName::OpensuseTumbleweed, None),
            ("ID=arch\nBUILD_ID=rolling\n", OsName::Arch, None),
            ("ID=wolfi\nVERSION_ID=20230201\n", OsName::Wolfi, None),
            ("ID=fedora\nVERSION_ID=adas-build\n", OsName::Fedora, None),
            // What is not known is not guessed.
            ("ID=adas-own-linux\nID_LIKE=debian\nVERSION_ID=7\n", OsName::Linux, None),
            ("ID=linux\nVERSION_ID=7\n", OsName::Linux, None),
            ("ID=windows\nVERSION_ID=11\n", OsName::Linux, None),
            ("ID=other\nVERSION_ID=11\n", OsName::Linux, None),
            ("\u{0}garbage", OsName::Linux, None),
            ("", OsName::Linux, None),
            // The rules of quoting and assignment.
            ("#ID=debian\nID=ubuntu\n", OsName::Ubuntu, None),
            ("ID=ubuntu\nID=debian\n", OsName::Debian, None),
            ("VERSION_ID=1\nID=debian", OsName::Debian, Some("1")),
            ("ID=\"deb\\ian\"\n", OsName::Debian, None),
            ("ID=\"debian\n", OsName::Linux, None),
            ("ID=debian ubuntu\n", OsName::Linux, None),
        ] {
            assert_eq!(told("linux", "/etc/os-release", text), (name, version.map(str::to_owned)), "{text}");
        }
    }

    #[test]
    fn os_release_has_two_places() {
        let text = "ID=debian\nVERSION_ID=12\n";
        assert_eq!(told("linux", "/usr/lib/os-release", text).0, OsName::Debian);
        assert_eq!(told("linux", "/elsewhere", text), (OsName::Linux, None));
    }

    #[test]
    fn values_are_read_as_a_shell_would() {
        for (value, expected) in [
            ("plain", Some("plain")),
            ("\"two words\"", Some("two words")),
            ("'$as is\\'", Some("$as is\\")),
            ("\"a\\\"b\\\\c\\$d\\`e\"", Some("a\"b\\c$d`e")),
            ("\"\"", Some("")),
            ("", Some("")),
            ("two words", None),
            ("\"", None),
            ("\"open", None),
            ("\"a\"b\"", None),
            ("'a'b'", None),
            ("\"ends\\\"", None),
        ] {
            assert_eq!(unquoted(value).as_deref(), expected, "{value}");
        }
    }

    #[test]
    fn the_version_of_macos_is_in_its_property_list() {
        let plist = |version: &str| {
            format!(
                "<plist><dict>\n<key>ProductBuildVersion</key>\n\t<string>24B83</string>\n\
                 <key>ProductVersion</key>\n\t<string>{version}</string>\n</dict></plist>"
            )
        };
        for (written, version) in
            [("15.1", Some("15.1")), ("10.15.7", Some("10.15.7")), ("10.16", None), ("x", None)]
        {
            for path in SYSTEM_VERSION {
                let expected = (OsName::Macos, version.map(str::to_owned));
                assert_eq!(told("macos", path, &plist(written)), expected, "{written}");
            }
        }
        for garbage in ["", "<key>ProductVersion</key>", "<key>ProductVersion</key><true/><string>9</string>"]
        {
            assert_eq!(told("macos", SYSTEM_VERSION[1], garbage), (OsName::Macos, None), "{garbage}");
        }
    }

    #[test]
    fn other_systems_are_told_by_name() {
        let freebsd = |text| told("freebsd", "/etc/os-release", text);
        assert_eq!(freebsd("ID=freebsd\nVERSION_ID=14.1\n"), (OsName::Freebsd, Some("14.1".to_owned())));
        assert_eq!(freebsd("ID=debian\nVERSION_ID=12\n"), (OsName::Freebsd, None));
        for (name, expected) in [
            ("windows", OsName::Windows),
            ("netbsd", OsName::Netbsd),
            ("openbsd", OsName::Openbsd),
            ("android", OsName::Android),
            ("haiku", OsName::Other),
        ] {
            assert_eq!(told(name, "/etc/os-release", "ID=debian\nVERSION_ID=12\n"), (expected, None));
        }
        assert_eq!(
            (arch("x86_64"), arch("aarch64"), arch("m68k")),
            (Arch::X86_64, Arch::Aarch64, Arch::Other)
        );
    }

    #[test]
    fn this_machine_is_something() {
        let os = os(&Environment::real());
        assert_ne!(os.name, OsName::Other);
        assert_ne!(os.arch, Arch::Other);
    }
}
