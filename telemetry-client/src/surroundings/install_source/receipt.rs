//! What receipts tell that package managers leave: each is one small file, at a place that the program's path gives.

use telemetry_schema::InstallSource as Source;

use super::{Program, comparable};
use crate::surroundings::Environment;
use crate::surroundings::environment::{Extent, Head};

/// What a receipt tells of a program.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Said {
    Yes,
    No,
    /// There is none, or it is too long to be read to its end.
    Nothing,
}

/// The manager whose receipt names the program.
pub(super) fn told(environment: &Environment, program: &Program) -> Option<Source> {
    if has_cargo(environment, program) {
        Some(Source::Cargo)
    } else if has_environment(environment, program) {
        Some(Source::Pip)
    } else if has_dpkg(environment, program) {
        Some(Source::Apt)
    } else if has_apk(environment, program) {
        Some(Source::Apk)
    } else {
        None
    }
}

/// `cargo install` (Cargo Book) puts programs into `bin` below its root, and beside that a list of them.
///
/// Where Cargo keeps its own, other installers put programs too (rustup, cargo-dist): a list that was read to its end
/// and does not name the program means one of them. Without such a list the directory has to do.
fn has_cargo(environment: &Environment, program: &Program) -> bool {
    let home = environment.var("CARGO_HOME").and_then(|home| comparable(home.as_ref()));
    let is_home = |root: &str| root.ends_with("/.cargo") || home.as_deref() == Some(root);
    // Links to it stand for the tools of a Rust toolchain.
    let is_rustup = program.parts().any(|(_, name)| name.trim_end_matches(".exe") == "rustup");
    program.in_bin().any(|(root, name)| {
        let said = [".crates.toml", ".crates2.json"].map(|list| {
            let head = environment.head(&format!("{root}/{list}"));
            says(head, |text| text.contains(&format!("\"{name}\"")))
        });
        said.contains(&Said::Yes) || (is_home(root) && !is_rustup && !said.contains(&Said::No))
    })
}

/// PEP 405: the root of a virtual environment has a file `pyvenv.cfg`. Programs that are no Python lie in its `bin`.
fn has_environment(environment: &Environment, program: &Program) -> bool {
    let scripts = program.parts().filter_map(|(directory, _)| directory.strip_suffix("/scripts"));
    let mut roots = program.in_bin().map(|(root, _)| root).chain(scripts);
    roots.any(|root| environment.exists(&format!("{root}/pyvenv.cfg")))
}

/// dpkg(1): `info/PACKAGE.list` has a line for each file of a package. Only the package that is named as the program
/// is looked at, since all of them are megabytes.
fn has_dpkg(environment: &Environment, program: &Program) -> bool {
    program.parts().any(|(_, name)| {
        let head = environment.head(&format!("/var/lib/dpkg/info/{name}.list"));
        let is_program = |line: &str| program.paths().any(|path| is_same(line, path));
        says(head, |text| text.lines().any(is_program)) == Said::Yes
    })
}

/// apk(5): the list of installed packages has `F:` for a directory, then `R:` for each file in it.
fn has_apk(environment: &Environment, program: &Program) -> bool {
    let is_listed = |text: &str| {
        let mut directory = "";
        text.lines().any(|line| match line.split_once(':') {
            Some(("F", name)) => {
                directory = name;
                false
            }
            Some(("R", name)) => program.paths().any(|path| is_same(&format!("/{directory}/{name}"), path)),
            _ => false,
        })
    };
    ["/lib/apk/db/installed", "/usr/lib/apk/db/installed"]
        .iter()
        .any(|list| says(environment.head(list), is_listed) == Said::Yes)
}

/// Whether two paths are one where /bin is a link to /usr/bin: packages still list what they put there by the old name.
fn is_same(listed: &str, path: &str) -> bool {
    let without_usr = |path| str::strip_prefix(path, "/usr").unwrap_or(path);
    without_usr(listed) == without_usr(path)
}

fn says(head: Option<Head>, names: impl FnOnce(&str) -> bool) -> Said {
    match head {
        Some(head) if names(&head.text) => Said::Yes,
        Some(Head { extent: Extent::Whole, .. }) => Said::No,
        _ => Said::Nothing,
    }
}
