use std::ffi::OsString;
use std::fs;
use std::path::PathBuf;

use proptest::prelude::*;
use telemetry_schema::{CiVendor, CodingAgent, Container, InstallSource, OsName, Version, Wsl};

use super::*;

/// Names that some fact reads.
const NAMES: [&str; 17] = [
    "CI",
    "CI_NAME",
    "NODE",
    "BUILD_NUMBER",
    "GITHUB_ACTIONS",
    "AI_AGENT",
    "AGENT",
    "CLAUDECODE",
    "TZ",
    "CARGO_HOME",
    "GOPATH",
    "GOBIN",
    "HOME",
    "container",
    "APPTAINER_CONTAINER",
    "KUBERNETES_SERVICE_HOST",
    "WSL_DISTRO_NAME",
];

/// Files that some fact reads.
const FILES: [&str; 11] = [
    "etc/os-release",
    "System/Library/CoreServices/SystemVersion.plist",
    "var/lib/dpkg/info/atlas.list",
    "var/lib/dpkg/status",
    "lib/apk/db/installed",
    "c/.crates.toml",
    "c/.crates2.json",
    ".dockerenv",
    "run/host/container-manager",
    "run/systemd/container",
    "proc/sys/kernel/osrelease",
];

fn bytes() -> impl Strategy<Value = Vec<u8>> {
    prop_oneof![
        proptest::collection::vec(any::<u8>(), 0..40),
        "(ID|VERSION_ID|F|R)?[=:]?[\"'\\\\a-z0-9 ./-]{0,12}(\nID=[\"']?[a-z-]{0,9}[\"']?)?"
            .prop_map(String::into_bytes),
        "<key>ProductVersion</key><string>[0-9.]{0,8}(</string>)?".prop_map(String::into_bytes),
        "(true|false|0|1|codeship|goose|podman|lxc|4.4.0-1-Microsoft|/c|/usr|EST5EDT,M3.2.0,M11.1.0)"
            .prop_map(String::into_bytes),
    ]
}

#[cfg(unix)]
fn os_string(bytes: Vec<u8>) -> OsString {
    std::os::unix::ffi::OsStringExt::from_vec(bytes)
}

#[cfg(not(unix))]
fn os_string(bytes: Vec<u8>) -> OsString {
    String::from_utf8_lossy(&bytes).into_owned().into()
}

fn path() -> impl Strategy<Value = PathBuf> {
    prop_oneof![
        "(/c/bin|/usr/bin|/usr/local/bin|C:\\\\\\\\tools|)/?(atlas|[a-z.]{0,4})".prop_map(PathBuf::from),
        bytes().prop_map(|bytes| PathBuf::from(os_string(bytes))),
    ]
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(400))]

    /// Whatever a machine has in its variables and files, nothing panics, each fact is one of the closed values, and
    /// asking again gives the same.
    #[test]
    fn no_machine_makes_a_fact_that_is_not_declared(
        variables in proptest::collection::vec((proptest::sample::select(&NAMES[..]), bytes()), 0..5),
        files in proptest::collection::vec((proptest::sample::select(&FILES[..]), bytes()), 0..4),
        executable in path(),
        system_name in proptest::sample::select(&["linux", "macos", "freebsd", "windows", "plan9"][..]),
        unix_s in any::<i64>(),
    ) {
        let root = tempfile::tempdir().unwrap();
        for (file, bytes) in files {
            let file = root.path().join(file);
            fs::create_dir_all(file.parent().unwrap()).unwrap();
            fs::write(file, bytes).unwrap();
        }
        let environment = variables.into_iter().fold(
            Environment::fake([], root.path()),
            |environment, (name, bytes)| environment.with(name, os_string(bytes)),
        );

        let (name, version) = os::system(&environment, system_name);
        prop_assert!(OsName::ALL.contains(&name));
        prop_assert!(version.is_none_or(|version| Version::new(version.as_str()).is_ok()));
        let source = install_source(&environment, &executable);
        prop_assert!(source.is_none_or(|source| InstallSource::ALL.contains(&source)));
        let os = os(&environment);
        prop_assert!(os.container.is_none_or(|container| Container::ALL.contains(&container)));
        prop_assert!(os.wsl.is_none_or(|wsl| Wsl::ALL.contains(&wsl)));
        prop_assert_eq!(os.libc, libc());
        let context = context(&environment);
        prop_assert!(context.ci.is_none_or(|ci| CiVendor::ALL.contains(&ci)));
        prop_assert!(context.agent.is_none_or(|agent| CodingAgent::ALL.contains(&agent)));
        prop_assert!(local_offset_min(&environment, unix_s).abs() < 24 * 60);
        prop_assert!(now(&environment).unix_us() > 0);
        prop_assert_eq!(install_source(&environment, &executable), source);
    }
}

#[test]
fn a_stream_that_is_no_terminal_is_something_else() {
    let root = tempfile::tempdir().unwrap();
    assert_eq!(kind(&fs::File::create(root.path().join("file")).unwrap()), StreamKind::Other);
    let _ = terminal();
}
