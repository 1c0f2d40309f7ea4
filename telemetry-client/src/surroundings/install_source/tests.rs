use super::*;
use InstallSource as Source;

/// A machine with these files, each a path and what is in it.
struct Machine {
    root: tempfile::TempDir,
}

impl Machine {
    fn new(files: &[(&str, &str)]) -> Self {
        let root = tempfile::tempdir().unwrap();
        for (path, text) in files {
            let path = root.path().join(path.trim_start_matches('/'));
            std::fs::create_dir_all(path.parent().unwrap()).unwrap();
            std::fs::write(path, text).unwrap();
        }
        Self { root }
    }

    fn source(&self, variables: &[(&str, &str)], executable: &str) -> Option<Source> {
        let environment = Environment::fake(variables.iter().copied(), self.root.path());
        install_source(&environment, Path::new(executable))
    }
}

#[test]
fn a_manager_s_own_directory_tells() {
    let machine = Machine::new(&[]);
    for (path, source) in [
        ("/nix/store/abc-atlas/bin/atlas", Source::Nix),
        ("/opt/homebrew/bin/atlas", Source::Homebrew),
        ("/usr/local/Cellar/atlas/1.0/bin/atlas", Source::Homebrew),
        ("/usr/local/Caskroom/atlas/1.0/atlas", Source::Homebrew),
        ("/home/linuxbrew/.linuxbrew/bin/atlas", Source::Homebrew),
        ("/home/ada/.linuxbrew/bin/atlas", Source::Homebrew),
        ("/snap/atlas/1/bin/atlas", Source::Snap),
        ("/var/lib/snapd/snap/bin/atlas", Source::Snap),
        ("/var/lib/flatpak/exports/bin/org.atlas.Atlas", Source::Flatpak),
        ("C:\\Users\\Ada\\scoop\\apps\\atlas\\current\\atlas.exe", Source::Scoop),
        ("\\\\?\\C:\\Users\\Ada\\Scoop\\Shims\\atlas.exe", Source::Scoop),
        ("C:\\ProgramData\\Chocolatey\\bin\\atlas.exe", Source::Chocolatey),
        ("C:\\Users\\Ada\\AppData\\Local\\Microsoft\\WinGet\\Packages\\x\\atlas.exe", Source::Winget),
        ("C:\\Program Files\\WinGet\\Links\\atlas.exe", Source::Winget),
        ("/usr/lib/node_modules/atlas/bin/atlas", Source::Npm),
        ("C:\\Users\\Ada\\AppData\\Roaming\\npm\\node_modules\\atlas\\atlas.exe", Source::Npm),
        ("/home/ada/.local/pipx/venvs/atlas/bin/atlas", Source::Pip),
        ("/home/ada/.local/share/uv/tools/atlas/bin/atlas", Source::Pip),
        ("/usr/lib/python3.12/site-packages/atlas/atlas", Source::Pip),
        ("/home/ada/.cargo/bin/atlas", Source::Cargo),
        ("C:\\Users\\Ada\\.cargo\\bin\\atlas.exe", Source::Cargo),
        ("/home/ada/go/bin/atlas", Source::Go),
        ("/System/Applications/atlas", Source::System),
        ("C:\\Windows\\System32\\atlas.exe", Source::System),
        ("/usr/bin/atlas", Source::System),
        ("/home/ada/atlas/target/debug/atlas", Source::Binary),
        ("/home/ada/bin/atlas", Source::Binary),
        ("/usr/local/bin/atlas", Source::Binary),
        ("C:\\Program Files\\Atlas\\atlas.exe", Source::Binary),
        // One manager inside of another's directory: who installed it.
        ("/opt/homebrew/lib/node_modules/atlas/bin/atlas", Source::Npm),
        ("/opt/homebrew/Cellar/atlas/1.0/libexec/lib/python3.12/site-packages/atlas/atlas", Source::Homebrew),
        ("/nix/store/abc-atlas/lib/node_modules/atlas/bin/atlas", Source::Nix),
    ] {
        assert_eq!(machine.source(&[], path), Some(source), "{path}");
    }
}

#[test]
fn what_has_no_name_is_not_known() {
    let machine = Machine::new(&[
        ("/home/ada/miniconda3/envs/x/conda-meta/history", ""),
        ("/var/db/pkg/local.sqlite", ""),
    ]);
    for path in [
        "",
        "atlas",
        "./atlas",
        "/",
        "/gnu/store/abc-atlas/bin/atlas",
        "/opt/local/bin/atlas",
        "/home/ada/.local/share/mise/installs/atlas/1.0/bin/atlas",
        "/home/ada/miniconda3/envs/x/bin/atlas",
        "/usr/local/bin/atlas",
    ] {
        assert_eq!(machine.source(&[], path), None, "{path}");
    }
}

#[test]
fn a_variable_moves_a_manager_s_directory() {
    let machine = Machine::new(&[]);
    let two = std::env::join_paths(["/f", "/g"]).unwrap().into_string().unwrap();
    for (variable, value, path, source) in [
        ("CARGO_HOME", "/c", "/c/bin/atlas", Source::Cargo),
        ("CARGO_HOME", "/c/", "/c/bin/atlas", Source::Cargo),
        ("CARGO_HOME", "", "/bin2/atlas", Source::Binary),
        ("GOPATH", "/g", "/g/bin/atlas", Source::Go),
        ("GOPATH", two.as_str(), "/g/bin/atlas", Source::Go),
        ("GOBIN", "/g", "/g/atlas", Source::Go),
        ("SCOOP", "D:\\tools", "D:\\Tools\\apps\\atlas.exe", Source::Scoop),
        ("ChocolateyInstall", "D:\\choco", "D:\\choco\\bin\\atlas.exe", Source::Chocolatey),
        // Where anybody puts programs.
        ("GOBIN", "/usr/local/bin", "/usr/local/bin/atlas", Source::Binary),
        ("GOBIN", "/home/ada/.local/bin", "/home/ada/.local/bin/atlas", Source::Binary),
        ("GOBIN", "/home/ada/bin", "/home/ada/bin/atlas", Source::Binary),
        ("GOBIN", "/", "/data/atlas", Source::Binary),
        ("GOBIN", "bin", "/bin2/atlas", Source::Binary),
        ("GOPATH", "/", "/bin/atlas", Source::System),
    ] {
        // The colon of a drive separates paths elsewhere.
        if cfg!(not(windows)) && value.contains('\\') {
            continue;
        }
        let variables = [(variable, value), ("HOME", "/home/ada")];
        assert_eq!(machine.source(&variables, path), Some(source), "{variable}={value} {path}");
    }
}

#[test]
fn cargo_s_list_tells_what_it_installed() {
    let list =
        "[v1]\n\"atlas 1.0.0 (registry+https://github.com/rust-lang/crates.io-index)\" = [\"atlas\"]\n";
    let lists =
        format!("{{\"installs\":{{\"x\":{{\"bins\":[\"atlas\"]}}}},\"pad\":\"{}\"}}", "x".repeat(70_000));
    let machine = Machine::new(&[
        ("/home/ada/.cargo/.crates.toml", list),
        ("/usr/local/.crates.toml", list),
        ("/home/bob/.cargo/.crates2.json", &lists),
    ]);
    for (path, source) in [
        ("/home/ada/.cargo/bin/atlas", Source::Cargo),
        // Another installer put it there.
        ("/home/ada/.cargo/bin/orchard", Source::Binary),
        ("/home/ada/.cargo/bin/rustup", Source::Binary),
        // `cargo install --root /usr/local`
        ("/usr/local/bin/atlas", Source::Cargo),
        ("/usr/local/bin/orchard", Source::Binary),
        // A list too long to be read says what it has, but not what it has not.
        ("/home/bob/.cargo/bin/atlas", Source::Cargo),
        ("/home/bob/.cargo/bin/orchard", Source::Cargo),
        ("/home/bob/.cargo/bin/rustup", Source::Binary),
    ] {
        assert_eq!(machine.source(&[], path), Some(source), "{path}");
    }
}

#[test]
fn go_s_own_tools_are_not_what_it_installed() {
    let machine = Machine::new(&[("/data/go/VERSION", "go1.23.4\n")]);
    assert_eq!(machine.source(&[], "/data/go/bin/gofmt"), Some(Source::Binary));
    assert_eq!(machine.source(&[], "/go/bin/atlas"), Some(Source::Go));
}

#[test]
fn a_virtual_environment_is_pip_s() {
    let machine = Machine::new(&[("/home/ada/venv/pyvenv.cfg", "home = /usr/bin\n")]);
    assert_eq!(machine.source(&[], "/home/ada/venv/bin/atlas"), Some(Source::Pip));
}

#[test]
fn debian_s_lists_prove_what_they_have() {
    let machine = Machine::new(&[
        ("/var/lib/dpkg/status", ""),
        ("/var/lib/dpkg/info/atlas.list", "/.\n/usr\n/usr/bin\n/usr/bin/atlas\n"),
        ("/var/lib/dpkg/info/old.list", "/.\n/bin\n/bin/old\n"),
        ("/var/lib/dpkg/info/vendor.list", "/opt/vendor/bin/vendor\n"),
        // A package that is named as a program of another's.
        ("/var/lib/dpkg/info/other.list", "/usr/share/other\n"),
        ("/var/lib/rpm/Packages", ""),
    ]);
    for (path, source) in [
        ("/usr/bin/atlas", Source::Apt),
        ("/usr/bin/old", Source::Apt),
        ("/opt/vendor/bin/vendor", Source::Apt),
        ("/usr/bin/other", Source::System),
        ("/usr/bin/unlisted", Source::System),
        ("/usr/local/bin/atlas", Source::Binary),
    ] {
        assert_eq!(machine.source(&[], path), Some(source), "{path}");
    }
}

#[test]
fn alpine_s_list_proves_what_it_has() {
    let list = "P:busybox\nF:bin\nR:busybox\n\nP:atlas\nF:usr\nF:usr/bin\nR:atlas\nR:atlasctl\n";
    for file in ["/lib/apk/db/installed", "/usr/lib/apk/db/installed"] {
        let machine = Machine::new(&[(file, list)]);
        assert_eq!(machine.source(&[], "/usr/bin/atlasctl"), Some(Source::Apk));
        assert_eq!(machine.source(&[], "/bin/busybox"), Some(Source::Apk));
        assert_eq!(machine.source(&[], "/usr/bin/unlisted"), Some(Source::System));
        assert_eq!(machine.source(&[], "/usr/local/bin/atlas"), Some(Source::Binary));
    }
}

#[test]
fn other_managers_are_told_by_their_database() {
    for (file, source) in [
        ("/var/lib/rpm/rpmdb.sqlite", Source::Rpm),
        ("/usr/lib/sysimage/rpm/rpmdb.sqlite", Source::Rpm),
        ("/usr/share/rpm/rpmdb.sqlite", Source::Rpm),
        ("/var/lib/pacman/local/ALPM_DB_VERSION", Source::Pacman),
    ] {
        let machine = Machine::new(&[(file, "")]);
        assert_eq!(machine.source(&[], "/usr/bin/atlas"), Some(source), "{file}");
        assert_eq!(machine.source(&[], "/opt/atlas/atlas"), Some(Source::Binary), "{file}");
    }
}

#[test]
fn what_no_manager_claims_in_a_container_is_its_image_s() {
    let proof = ("/var/lib/dpkg/info/atlas.list", "/usr/bin/atlas\n");
    let machine = Machine::new(&[("/.dockerenv", ""), ("/var/lib/dpkg/status", ""), proof]);
    for (path, source) in [
        ("/app/orchard", Source::Docker),
        ("/usr/local/bin/orchard", Source::Docker),
        ("/usr/bin/orchard", Source::Docker),
        ("/usr/bin/atlas", Source::Apt),
        ("/home/ada/.cargo/bin/orchard", Source::Cargo),
        ("/srv/target/debug/orchard", Source::Binary),
    ] {
        assert_eq!(machine.source(&[], path), Some(source), "{path}");
    }
}

#[test]
fn a_flatpak_s_program_is_told_inside_of_its_sandbox() {
    let machine = Machine::new(&[("/.flatpak-info", "[Application]\n")]);
    assert_eq!(machine.source(&[], "/app/bin/atlas"), Some(Source::Flatpak));
    assert_eq!(machine.source(&[], "/usr/bin/bash"), Some(Source::System));
    assert_eq!(Machine::new(&[]).source(&[], "/app/bin/atlas"), Some(Source::Binary));
}

#[cfg(unix)]
#[test]
fn links_are_followed_to_where_a_program_is() {
    let list = ("/var/lib/dpkg/info/vi.list", "/usr/bin/vi.basic\n");
    let machine = Machine::new(&[
        ("/usr/local/Cellar/atlas/1.0/bin/atlas", ""),
        ("/usr/local/bin/plain", ""),
        ("/usr/bin/vi.basic", ""),
        ("/usr/bin/snap", ""),
        ("/snap/bin/here", ""),
        list,
    ]);
    for (target, link) in [
        ("../Cellar/atlas/1.0/bin/atlas", "usr/local/bin/atlas"),
        ("vi.basic", "usr/bin/vi"),
        ("../../usr/bin/snap", "snap/bin/atlas"),
    ] {
        std::os::unix::fs::symlink(target, machine.root.path().join(link)).unwrap();
    }
    for (path, source) in [
        ("/usr/local/bin/atlas", Source::Homebrew),
        ("/usr/local/bin/plain", Source::Binary),
        ("/usr/bin/vi", Source::Apt),
        ("/snap/bin/atlas", Source::Snap),
    ] {
        assert_eq!(machine.source(&[], path), Some(source), "{path}");
    }
}
