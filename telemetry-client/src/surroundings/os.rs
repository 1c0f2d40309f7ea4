//! The operating system and its version.

use telemetry_schema::{Arch, Os, OsName, Version};

use super::Environment;

/// The operating system this program runs on.
///
/// Linux: `ID` and `VERSION_ID` of os-release(5); an unknown distribution is `linux` without a version, since its name
/// could be anything. macOS: `ProductVersion` of `SystemVersion.plist`. Windows: the name alone, since its version can
/// be asked for by foreign functions only.
#[must_use]
pub fn os(environment: &Environment) -> Os {
    let (name, version) = match std::env::consts::OS {
        "linux" => linux(environment),
        "macos" => (OsName::Macos, macos_version(environment)),
        "windows" => (OsName::Windows, None),
        "freebsd" => (OsName::Freebsd, None),
        "netbsd" => (OsName::Netbsd, None),
        "openbsd" => (OsName::Openbsd, None),
        "android" => (OsName::Android, None),
        _ => (OsName::Other, None),
    };
    Os { name, version, arch: arch(std::env::consts::ARCH) }
}

fn arch(name: &str) -> Arch {
    Arch::from_key(name).unwrap_or(Arch::Other)
}

fn linux(environment: &Environment) -> (OsName, Option<Version>) {
    let text = environment.read("/etc/os-release").or_else(|| environment.read("/usr/lib/os-release"));
    let text = text.unwrap_or_default();
    let name = field(&text, "ID").and_then(|id| OsName::from_key(&id.to_ascii_lowercase().replace('-', "_")));
    match name {
        Some(name) => (name, field(&text, "VERSION_ID").and_then(|version| Version::new(version).ok())),
        None => (OsName::Linux, None),
    }
}

/// A value of os-release(5): `KEY=value`, the value in single, double or no quotes.
fn field<'a>(text: &'a str, key: &str) -> Option<&'a str> {
    let value = text.lines().find_map(|line| line.trim().strip_prefix(key)?.strip_prefix('='))?;
    Some(value.trim().trim_matches(['"', '\'']))
}

fn macos_version(environment: &Environment) -> Option<Version> {
    let text = environment.read("/System/Library/CoreServices/SystemVersion.plist")?;
    let after = text.split_once("<key>ProductVersion</key>")?.1;
    let value = after.split_once("<string>")?.1.split_once("</string>")?.0;
    Version::new(value.trim()).ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn linux_with(os_release: &str) -> (OsName, Option<String>) {
        let root = tempfile::tempdir().unwrap();
        std::fs::create_dir(root.path().join("etc")).unwrap();
        std::fs::write(root.path().join("etc/os-release"), os_release).unwrap();
        let (name, version) = linux(&Environment::fake([], root.path()));
        (name, version.map(|version| version.to_string()))
    }

    #[test]
    fn distributions_are_told_by_os_release() {
        for (text, name, version) in [
            ("NAME=\"Ubuntu\"\nID=ubuntu\nVERSION_ID=\"24.04\"\n", OsName::Ubuntu, Some("24.04")),
            ("ID=debian\nVERSION_ID='12'\n", OsName::Debian, Some("12")),
            ("ID=\"opensuse-leap\"\nVERSION_ID=\"15.6\"\n", OsName::OpensuseLeap, Some("15.6")),
            ("ID=arch\nBUILD_ID=rolling\n", OsName::Arch, None),
            ("ID=adas-own-linux\nVERSION_ID=7\n", OsName::Linux, None),
            ("ID=fedora\nVERSION_ID=adas-build\n", OsName::Fedora, None),
            ("\u{0}garbage", OsName::Linux, None),
        ] {
            assert_eq!(linux_with(text), (name, version.map(str::to_owned)), "{text}");
        }
        assert_eq!(linux(&Environment::fake([], "/nonexistent")), (OsName::Linux, None));
    }

    #[test]
    fn the_version_of_macos_is_in_its_property_list() {
        let root = tempfile::tempdir().unwrap();
        let dir = root.path().join("System/Library/CoreServices");
        std::fs::create_dir_all(&dir).unwrap();
        let text = "<plist><dict>\n<key>ProductVersion</key>\n\t<string>15.1</string>\n</dict></plist>";
        std::fs::write(dir.join("SystemVersion.plist"), text).unwrap();
        let version = macos_version(&Environment::fake([], root.path()));
        assert_eq!(version.unwrap().as_str(), "15.1");
    }

    #[test]
    fn this_machine_is_something() {
        let os = os(&Environment::real());
        assert_ne!(os.name, OsName::Other);
        assert_ne!(os.arch, Arch::Other);
    }
}
