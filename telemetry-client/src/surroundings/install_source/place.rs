//! What a program's directory tells.

use telemetry_schema::InstallSource as Source;

use super::{Program, comparable};
use crate::surroundings::Environment;

/// What a directory tells.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Told {
    /// It is this manager's.
    By(Source),
    /// It is a manager's that has no name in the schema.
    ByUnnamed,
    /// It could be anybody's.
    Nothing,
}

/// What of a path counts.
enum Part {
    /// How it starts.
    Start(&'static str),
    /// What is somewhere in it.
    Within(&'static str),
}

use Part::{Start, Within};
use Told::{By, ByUnnamed};

/// Directories that belong to one package manager, as each documents them. The first that holds decides, so what is
/// inside of another's stands after it where the outer one installed it (Python in a keg), and before it where the
/// inner one did (npm in Homebrew's prefix).
const BY_PATH: [(Part, Told); 32] = [
    // Nix manual, "Nix Store"; the profiles on NixOS link into it. Guix manual, "The Store".
    (Start("/nix/store/"), By(Source::Nix)),
    (Start("/gnu/store/"), ByUnnamed),
    // Homebrew documentation, "Terminology": kegs and casks, whatever the prefix.
    (Within("/Cellar/"), By(Source::Homebrew)),
    (Within("/Caskroom/"), By(Source::Homebrew)),
    // Snap documentation, "System architecture"; the second is where there is no /snap (Fedora, Arch).
    (Start("/snap/"), By(Source::Snap)),
    (Start("/var/lib/snapd/snap/"), By(Source::Snap)),
    // flatpak(1): installations of the system and of the user.
    (Start("/var/lib/flatpak/"), By(Source::Flatpak)),
    (Within("/.local/share/flatpak/"), By(Source::Flatpak)),
    // npm documentation, "folders"; pnpm, Yarn and Bun keep the same name.
    (Within("/node_modules/"), By(Source::Npm)),
    // Python documentation, `site`; Debian's own packages lie in dist-packages too, but not below /usr/local. pipx and
    // uv keep each tool in an environment of its own.
    (Within("/site-packages/"), By(Source::Pip)),
    (Start("/usr/local/lib/python"), By(Source::Pip)),
    (Within("/pipx/venvs/"), By(Source::Pip)),
    (Within("/uv/tools/"), By(Source::Pip)),
    // Homebrew's default prefixes where they are its own; on older Macs it shares /usr/local.
    (Start("/opt/homebrew/"), By(Source::Homebrew)),
    (Start("/home/linuxbrew/.linuxbrew/"), By(Source::Homebrew)),
    (Within("/.linuxbrew/"), By(Source::Homebrew)),
    // Scoop wiki, "Scoop Folder Layout".
    (Within("/scoop/apps/"), By(Source::Scoop)),
    (Within("/scoop/shims/"), By(Source::Scoop)),
    // Chocolatey documentation, "Getting Started", and ChocolateyInstall below.
    (Within("/programdata/chocolatey/"), By(Source::Chocolatey)),
    // winget settings, `portablePackageUserRoot` and `portablePackageMachineRoot`; links to them lie beside. What its
    // installers install is not told apart from what a person installs.
    (Within("/winget/packages/"), By(Source::Winget)),
    (Within("/winget/links/"), By(Source::Winget)),
    // MacPorts guide, "Install MacPorts"; pkgsrc guide; pixi, mise and asdf by their documentation.
    (Start("/opt/local/"), ByUnnamed),
    (Start("/usr/pkg/"), ByUnnamed),
    (Within("/.pixi/"), ByUnnamed),
    (Within("/mise/installs/"), ByUnnamed),
    (Within("/.asdf/installs/"), ByUnnamed),
    // Cargo Book, "Build Cache": built here.
    (Within("/target/debug/"), By(Source::Binary)),
    (Within("/target/release/"), By(Source::Binary)),
    // Apple's and Microsoft's own.
    (Start("/System/"), By(Source::System)),
    (Start("/Library/Apple/"), By(Source::System)),
    (Start("/Library/Developer/"), By(Source::System)),
    (Start("c:/windows/"), By(Source::System)),
];

/// Directories that a system's package manager keeps to itself (Filesystem Hierarchy Standard 3.0). Not /usr/local and
/// not /opt, which the standard leaves to others.
const SYSTEM: [&str; 7] =
    ["/usr/bin/", "/usr/sbin/", "/bin/", "/sbin/", "/usr/lib/", "/usr/lib64/", "/usr/libexec/"];

/// Databases by whose presence a system's own directories are one manager's: rpm(8) (`%_dbpath`, new and old; and that
/// of rpm-ostree) and pacman(8) (`DBPath`).
const BY_DATABASE: [(&str, Source); 4] = [
    ("/usr/lib/sysimage/rpm", Source::Rpm),
    ("/var/lib/rpm", Source::Rpm),
    ("/usr/share/rpm", Source::Rpm),
    ("/var/lib/pacman/local", Source::Pacman),
];

/// What a system has that dpkg keeps. Another manager's database on it is that of a tool (alien, a build of packages).
const DPKG: &str = "/var/lib/dpkg/status";

/// The manager whose directory a program is in.
pub(super) fn of_one_manager(environment: &Environment, program: &Program) -> Told {
    let is_in = |path: &str, part: &Part| match part {
        Start(part) => path.starts_with(part),
        Within(part) => path.contains(part),
    };
    let of_path = |path: &str| BY_PATH.iter().find(|(part, _)| is_in(path, part)).map(|(_, told)| *told);
    if let Some(told) = program.paths().find_map(of_path) {
        return told;
    }
    let starts = |part: &str| program.paths().any(|path| path.starts_with(part));
    if starts("/app/") && environment.exists("/.flatpak-info") {
        // flatpak-metadata(5): a program inside of its sandbox lies below /app, which is a name others use too.
        By(Source::Flatpak)
    } else if starts("/usr/local/") && environment.exists("/var/db/pkg/local.sqlite") {
        // pkg(8) of FreeBSD.
        ByUnnamed
    } else if program.in_bin().any(|(root, _)| environment.exists(&format!("{root}/conda-meta"))) {
        // conda documentation, "Conda environments".
        ByUnnamed
    } else {
        Told::Nothing
    }
}

/// The manager for which a variable names the directory a program is in.
pub(super) fn by_variable(environment: &Environment, program: &Program) -> Option<Source> {
    let is_below = |variable: &str, inner: &str| {
        let value = environment.var(variable);
        let bases = value.iter().flat_map(std::env::split_paths).filter_map(|base| comparable(&base));
        bases.map(|base| format!("{base}{inner}/")).any(|directory| {
            !is_shared(environment, &directory) && program.paths().any(|path| path.starts_with(&directory))
        })
    };
    if is_below("GOBIN", "") || is_below("GOPATH", "/bin") || is_go_bin(environment, program) {
        Some(Source::Go)
    } else if is_below("SCOOP", "") || is_below("SCOOP_GLOBAL", "") {
        Some(Source::Scoop)
    } else if is_below("ChocolateyInstall", "") {
        Some(Source::Chocolatey)
    } else {
        None
    }
}

/// Whether people and every kind of installer put programs there: a variable that names such a directory tells nothing.
fn is_shared(environment: &Environment, directory: &str) -> bool {
    let home = environment.var("HOME").and_then(|home| comparable(home.as_ref())).unwrap_or_default();
    let rest = directory.strip_prefix(&home).unwrap_or(directory);
    directory.starts_with("/usr/") || ["/", "/bin/", "/.local/bin/"].contains(&rest)
}

/// Whether a program is in `go/bin`, which is where `go install` puts it (`go help gopath`), and where an installation
/// of Go itself has its own tools. The latter has a file `VERSION`.
fn is_go_bin(environment: &Environment, program: &Program) -> bool {
    let roots = program.in_bin().map(|(root, _)| root);
    roots.filter(|root| root.ends_with("/go")).any(|root| !environment.exists(&format!("{root}/VERSION")))
}

/// What the system's own directories tell.
pub(super) fn of_the_system(environment: &Environment, program: &Program) -> Option<Source> {
    if !program.paths().any(|path| SYSTEM.iter().any(|directory| path.starts_with(directory))) {
        return None;
    }
    if environment.exists(DPKG) {
        return Some(Source::System);
    }
    let database = BY_DATABASE.iter().find(|(file, _)| environment.exists(file));
    Some(database.map_or(Source::System, |(_, source)| *source))
}
