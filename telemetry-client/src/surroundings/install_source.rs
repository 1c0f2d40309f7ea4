//! How a program came onto the machine, by its path and by receipts that package managers leave.

use std::path::Path;

use telemetry_schema::InstallSource;

use super::Environment;

/// Paths that belong to one package manager, as each documents them. The first that is in the path decides.
const BY_PATH: [(&str, InstallSource); 22] = [
    ("/nix/store/", InstallSource::Nix),
    ("/homebrew/", InstallSource::Homebrew),
    ("/linuxbrew/", InstallSource::Homebrew),
    ("/Cellar/", InstallSource::Homebrew),
    ("/snap/", InstallSource::Snap),
    ("/flatpak/", InstallSource::Flatpak),
    ("/scoop/", InstallSource::Scoop),
    ("/chocolatey/", InstallSource::Chocolatey),
    ("/microsoft/winget/", InstallSource::Winget),
    ("/winget/packages/", InstallSource::Winget),
    ("/.cargo/bin/", InstallSource::Cargo),
    ("/node_modules/", InstallSource::Npm),
    ("/.npm-global/", InstallSource::Npm),
    ("/.nvm/", InstallSource::Npm),
    ("/site-packages/", InstallSource::Pip),
    ("/dist-packages/", InstallSource::Pip),
    ("/pipx/", InstallSource::Pip),
    ("/uv/tools/", InstallSource::Pip),
    ("/go/bin/", InstallSource::Go),
    ("/target/debug/", InstallSource::Binary),
    ("/target/release/", InstallSource::Binary),
    ("/System/", InstallSource::System),
];

/// Databases that tell which package manager the system's own directories are kept by.
const BY_DATABASE: [(&str, InstallSource); 6] = [
    ("/var/lib/dpkg/status", InstallSource::Apt),
    ("/lib/apk/db/installed", InstallSource::Apk),
    ("/var/lib/pacman/local", InstallSource::Pacman),
    ("/var/lib/rpm", InstallSource::Rpm),
    ("/usr/lib/sysimage/rpm", InstallSource::Rpm),
    ("/var/db/pkg", InstallSource::System),
];

/// Directories that a system's package manager keeps to itself (Filesystem Hierarchy Standard 3.0).
const SYSTEM: [&str; 6] = ["/usr/bin/", "/usr/sbin/", "/bin/", "/sbin/", "/usr/lib/", "/usr/libexec/"];

/// How a program came onto the machine. `None` where its path cannot be read.
///
/// A file in the system's directories is taken to be its package manager's, which is what those directories are for;
/// a container's image counts for what no package manager claims.
#[must_use]
pub fn install_source(environment: &Environment, executable: &Path) -> Option<InstallSource> {
    let resolved = std::fs::canonicalize(executable).unwrap_or_else(|_| executable.to_owned());
    // As it is, then as it is called: package managers link into directories on the path.
    by_path(&resolved)
        .or_else(|| by_path(executable))
        .or_else(|| by_variables(environment, &resolved))
        .or_else(|| by_database(environment, &resolved))
        .or_else(|| environment.exists("/.flatpak-info").then_some(InstallSource::Flatpak))
        .or_else(|| environment.exists("/.dockerenv").then_some(InstallSource::Docker))
        .or(Some(InstallSource::Binary))
}

fn by_path(path: &Path) -> Option<InstallSource> {
    let path = path.to_str()?.replace('\\', "/");
    let lower = path.to_ascii_lowercase();
    let is_in = |part: &str| path.contains(part) || lower.contains(part);
    BY_PATH.iter().find(|(part, _)| is_in(part)).map(|(_, source)| *source)
}

/// Directories that users move by a variable.
fn by_variables(environment: &Environment, path: &Path) -> Option<InstallSource> {
    let below = |name: &str, more: &str| {
        let base = environment.var(name).filter(|base| !base.is_empty());
        base.is_some_and(|base| path.starts_with(Path::new(&base).join(more)))
    };
    if below("CARGO_HOME", "bin") {
        Some(InstallSource::Cargo)
    } else if below("GOBIN", "") || below("GOPATH", "bin") {
        Some(InstallSource::Go)
    } else if below("HOMEBREW_PREFIX", "") {
        Some(InstallSource::Homebrew)
    } else {
        None
    }
}

fn by_database(environment: &Environment, path: &Path) -> Option<InstallSource> {
    if !SYSTEM.iter().any(|directory| path.starts_with(directory)) {
        return None;
    }
    let database = BY_DATABASE.iter().find(|(file, _)| environment.exists(file));
    Some(database.map_or(InstallSource::System, |(_, source)| *source))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn paths_tell_where_a_program_came_from() {
        let nowhere = Environment::fake([("CARGO_HOME", "/c"), ("GOPATH", "/g")], "/nonexistent");
        for (path, source) in [
            ("/opt/homebrew/bin/atlas", InstallSource::Homebrew),
            ("/usr/local/Cellar/atlas/1.0/bin/atlas", InstallSource::Homebrew),
            ("/home/linuxbrew/.linuxbrew/bin/atlas", InstallSource::Homebrew),
            ("/nix/store/abc-atlas/bin/atlas", InstallSource::Nix),
            ("/snap/atlas/1/bin/atlas", InstallSource::Snap),
            ("C:\\Users\\ada\\scoop\\apps\\atlas.exe", InstallSource::Scoop),
            ("C:\\ProgramData\\chocolatey\\bin\\atlas.exe", InstallSource::Chocolatey),
            ("/home/ada/.cargo/bin/atlas", InstallSource::Cargo),
            ("/c/bin/atlas", InstallSource::Cargo),
            ("/g/bin/atlas", InstallSource::Go),
            ("/usr/lib/node_modules/atlas/bin/atlas", InstallSource::Npm),
            ("/home/ada/.local/pipx/venvs/atlas/bin/atlas", InstallSource::Pip),
            ("/usr/bin/atlas-that-is-not-there", InstallSource::System),
            ("/home/ada/bin/atlas", InstallSource::Binary),
        ] {
            assert_eq!(install_source(&nowhere, Path::new(path)), Some(source), "{path}");
        }
    }

    #[test]
    fn the_system_s_directories_are_its_package_manager_s() {
        for (file, source) in BY_DATABASE {
            let root = tempfile::tempdir().unwrap();
            let path = root.path().join(file.trim_start_matches('/'));
            std::fs::create_dir_all(&path).unwrap();
            let environment = Environment::fake([], root.path());
            let program = Path::new("/usr/bin/atlas-that-is-not-there");
            assert_eq!(install_source(&environment, program), Some(source), "{file}");
        }
        let root = tempfile::tempdir().unwrap();
        std::fs::write(root.path().join(".dockerenv"), "").unwrap();
        let environment = Environment::fake([], root.path());
        assert_eq!(install_source(&environment, Path::new("/app/atlas")), Some(InstallSource::Docker));
    }
}
