//! Panics: where one was, and nothing of what it said.

use std::cell::{Cell, RefCell};
use std::panic::Location;
use std::sync::Once;

use telemetry_redact::Ending;
use telemetry_schema::CodeLocation;

use crate::run::running;

thread_local! {
    /// Where this thread panicked last.
    static PLACE: RefCell<Option<Place>> = const { RefCell::new(None) };
    /// Whether a panic is one of ours, which nobody hears of.
    static QUIET: Cell<bool> = const { Cell::new(false) };
}

/// A place as the compiler names it.
#[derive(Debug, Clone)]
struct Place {
    file: String,
    line: u32,
}

/// From here on, a panic leaves its place, and one that ends the process leaves its event.
///
/// A program that unwinds is recorded when its guard is dropped: a panic that is caught is no end. One that is built with
/// `panic = "abort"` has no such moment, so it is recorded here, after the hook that was there before has had its say.
pub(crate) fn watch() {
    static WATCHED: Once = Once::new();
    // A thread that panics cannot set a hook.
    if std::thread::panicking() {
        return;
    }
    WATCHED.call_once(|| {
        let before = std::panic::take_hook();
        std::panic::set_hook(Box::new(move |panic| {
            if QUIET.get() {
                return;
            }
            note(panic.location());
            before(panic);
            if cfg!(panic = "abort")
                && let Some(run) = running()
            {
                run.end(|builder| Ending::Panic { location: location(builder.origin) }, None);
            }
        }));
    });
}

fn note(location: Option<&Location<'_>>) {
    let place = location.map(|location| Place { file: location.file().to_owned(), line: location.line() });
    // A thread that ends has none any more.
    let _ = PLACE.try_with(|noted| noted.try_borrow_mut().map(|mut noted| *noted = place));
}

/// Where this thread panicked last, if that is in the program's own source. `origin` is a place in it.
pub(crate) fn location(origin: &Location<'_>) -> Option<CodeLocation> {
    let place = PLACE.try_with(|noted| noted.try_borrow().ok().and_then(|noted| noted.clone())).ok()??;
    within(&place.file, place.line, origin.file())
}

/// What is printed of a panic while this lives: nothing.
pub(crate) fn quiet() -> Quiet {
    Quiet(QUIET.replace(true))
}

/// See [`quiet`].
pub(crate) struct Quiet(bool);

impl Drop for Quiet {
    fn drop(&mut self) {
        QUIET.set(self.0);
    }
}

/// The directories of a package that hold source (The Cargo Book, "Package Layout").
const SOURCE_DIRECTORIES: [&str; 4] = ["src", "examples", "benches", "tests"];

/// The place as it is within its package.
///
/// The compiler names files of a workspace from where that lies, and all others by their whole path, which tells who
/// built them and where. So a path is kept only from its package's own directory on, and only if it is known to be one of
/// the program's: below the same package as `origin`, or in another package of the same workspace.
fn within(file: &str, line: u32, origin: &str) -> Option<CodeLocation> {
    let (file, origin) = (file.replace('\\', "/"), origin.replace('\\', "/"));
    let package = package(&origin)?;
    let inside = match file.strip_prefix(package) {
        Some(inside) => inside,
        None if is_of_workspace(&file) => file.strip_prefix(self::package(&file)?)?,
        None => return None,
    };
    CodeLocation::new(format!("{inside}:{line}")).ok()
}

/// The directory of the package that a file is in, with a slash at its end; empty where that is the workspace's own. By
/// the last of the directories that hold source, so that none above it can be taken for one.
fn package(file: &str) -> Option<&str> {
    let mut starts = std::iter::once(0).chain(file.match_indices('/').map(|(at, _)| at + 1));
    let is_source =
        |at: &usize| file[*at..].split_once('/').is_some_and(|(part, _)| SOURCE_DIRECTORIES.contains(&part));
    starts.rfind(is_source).map(|at| &file[..at])
}

/// Whether a path is relative, and not that of a library: those are named `serde-1.0.228/src/lib.rs` where a build trims
/// paths (The Cargo Book, "trim-paths").
fn is_of_workspace(file: &str) -> bool {
    let is_absolute = file.starts_with('/') || file.as_bytes().get(1) == Some(&b':');
    let mut parts = file.split('/');
    let is_elsewhere = |part: &str| {
        let version = part.rsplit_once('-').map_or("", |(_, version)| version);
        matches!(part, ".." | "registry" | "vendor" | "rustc" | "library")
            || version.starts_with(|c: char| c.is_ascii_digit()) && version.contains('.')
    };
    !is_absolute && !parts.any(is_elsewhere)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_place_is_one_within_the_programs_own_packages() {
        const INSTALLED: &str = "/home/ada/.cargo/registry/src/index.crates.io-1/orchard-1.0.0/src/main.rs";
        for (file, origin, expected) in [
            ("src/main.rs", "src/main.rs", Some("src/main.rs:42")),
            ("src/trees/fell.rs", "src/main.rs", Some("src/trees/fell.rs:42")),
            ("src\\trees\\fell.rs", "src\\main.rs", Some("src/trees/fell.rs:42")),
            ("crates/orchard/src/a.rs", "crates/orchard/src/main.rs", Some("src/a.rs:42")),
            ("crates/core/src/a.rs", "crates/orchard/src/main.rs", Some("src/a.rs:42")),
            (INSTALLED, INSTALLED, Some("src/main.rs:42")),
            (
                "C:\\Users\\ada\\orchard\\src\\a.rs",
                "C:\\Users\\ada\\orchard\\src\\main.rs",
                Some("src/a.rs:42"),
            ),
            ("/home/ada/src/orchard/src/a.rs", "/home/ada/src/orchard/src/main.rs", Some("src/a.rs:42")),
            ("/home/ada/src/secret/src/a.rs", "/home/ada/src/orchard/src/main.rs", None),
            ("/home/ada/src/a.rs", "/home/ada/src/orchard/src/main.rs", None),
            ("/home/ada/.cargo/registry/src/index.crates.io-1/serde-1.0.0/src/de.rs", INSTALLED, None),
            ("/home/ada/.cargo/registry/src/index.crates.io-1/serde-1.0.0/src/de.rs", "src/main.rs", None),
            ("/rustc/0123456789/library/core/src/slice/index.rs", "src/main.rs", None),
            ("library/core/src/slice/index.rs", "src/main.rs", None),
            ("serde-1.0.228/src/de.rs", "src/main.rs", None),
            ("../ada/orchard/src/a.rs", "src/main.rs", None),
            ("C:\\Users\\ada\\other\\src\\a.rs", "src/main.rs", None),
            ("src/ada.example.rs", "src/main.rs", None),
            ("build.rs", "src/main.rs", None),
        ] {
            let found = within(file, 42, origin);
            assert_eq!(found.as_ref().map(CodeLocation::as_str), expected, "{file} from {origin}");
        }
    }
}
