//! How a program came onto the machine, by its path and by receipts that package managers leave.

mod place;
mod receipt;

use std::path::Path;

use telemetry_schema::InstallSource;

use super::Environment;
use super::container::is_container;

/// How a program came onto the machine. `None` where that is not known, or has no name in [`InstallSource`].
///
/// The path counts as it is and as it was called, since package managers link into the directories where programs are
/// looked for. In this order, the first that tells decides:
///
/// 1. a directory that is one package manager's alone;
/// 2. a receipt that names the program;
/// 3. a directory that a variable makes a package manager's;
/// 4. in a container, the image: what was copied into it is not told from what was installed;
/// 5. the system's directories, which are its package manager's to fill. For RPM and pacman their database's presence
///    has to do, since to find a file in it takes all of it. dpkg and apk leave receipts that can be read, so without
///    one the answer is `System`, which says no more than is known;
/// 6. a plain binary.
#[must_use]
pub fn install_source(environment: &Environment, executable: &Path) -> Option<InstallSource> {
    let program = Program::new(environment, executable)?;
    match place::of_one_manager(environment, &program) {
        place::Told::By(source) => return Some(source),
        place::Told::ByUnnamed => return None,
        place::Told::Nothing => {}
    }
    receipt::told(environment, &program)
        .or_else(|| place::by_variable(environment, &program))
        .or_else(|| is_container(environment).then_some(InstallSource::Docker))
        .or_else(|| place::of_the_system(environment, &program))
        .or(Some(InstallSource::Binary))
}

/// A program's path: as it is, then as it was called where that differs. With `/` between names on every system, and
/// in lower case where names do not differ by case (Windows).
pub(super) struct Program {
    paths: Vec<String>,
}

impl Program {
    fn new(environment: &Environment, executable: &Path) -> Option<Self> {
        let mut paths: Vec<String> = [environment.resolve(executable).as_path(), executable]
            .into_iter()
            .filter_map(comparable)
            .collect();
        paths.dedup();
        (!paths.is_empty()).then_some(Self { paths })
    }

    fn paths(&self) -> impl Iterator<Item = &str> {
        self.paths.iter().map(String::as_str)
    }

    /// Each path's directory and file name.
    fn parts(&self) -> impl Iterator<Item = (&str, &str)> {
        self.paths().filter_map(|path| path.rsplit_once('/'))
    }

    /// Root and file name of each path that lies in `bin` below a root.
    fn in_bin(&self) -> impl Iterator<Item = (&str, &str)> {
        self.parts().filter_map(|(directory, name)| Some((directory.strip_suffix("/bin")?, name)))
    }
}

/// An absolute path in the form that paths are compared in, without a slash at its end.
fn comparable(path: &Path) -> Option<String> {
    let text = path.to_string_lossy();
    let plain = text.strip_prefix(r"\\?\").unwrap_or(&text).trim_end_matches(['/', '\\']);
    let has_drive = plain.as_bytes().get(1) == Some(&b':');
    if has_drive || plain.starts_with(r"\\") {
        Some(plain.replace('\\', "/").to_ascii_lowercase())
    } else {
        plain.starts_with('/').then(|| plain.to_owned())
    }
}

#[cfg(test)]
mod tests;
