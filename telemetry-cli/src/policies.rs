//! The policies that are shipped, and those given as files.

use std::fs;
use std::path::{Path, PathBuf};

use anyhow::{Context as _, Result, anyhow, bail};
use telemetry_collector::Policies;
use telemetry_redact::{Policy, Redactor};

/// A policy file larger than this is no policy.
const MAX_BYTES: u64 = 8 * 1024 * 1024;

/// A shipped policy: the program's names, the policy as it is written, and its compiled form.
struct Shipped {
    programs: &'static [&'static str],
    /// The policy's own `environment_prefix`, so that a no can be seen before the policy is read.
    environment_prefix: &'static str,
    source: &'static str,
    compiled: &'static [u8],
}

/// The shipped policies. A program's own name is looked up before its policy is read, so that a run of one program
/// does not pay for the policies of others.
const SHIPPED: [Shipped; 2] = [
    Shipped {
        programs: &["atlas"],
        environment_prefix: "MONGODB_ATLAS",
        source: include_str!("../../policies/atlas.json"),
        compiled: include_bytes!("../../policies/compiled/atlas.policy"),
    },
    Shipped {
        programs: &["git"],
        environment_prefix: "GIT",
        source: include_str!("../../policies/git.toml"),
        compiled: include_bytes!("../../policies/compiled/git.policy"),
    },
];

impl Shipped {
    fn read(&self) -> Result<Policy> {
        Policy::from_embedded(self.compiled).context("shipped policy")
    }
}

fn find(program: &Path) -> Option<&'static Shipped> {
    let name = program.file_stem().and_then(|stem| stem.to_str()).unwrap_or_default();
    SHIPPED.iter().find(|shipped| shipped.programs.contains(&name))
}

/// The shipped policy for a program, by its name or its path.
pub(crate) fn shipped(program: &Path) -> Result<Option<Policy>> {
    find(program).map(Shipped::read).transpose()
}

/// The variable by which a program with a shipped policy is turned on and off.
pub(crate) fn consent_variable(program: &Path) -> Option<String> {
    find(program).map(|shipped| format!("{}_TELEMETRY_ENABLED", shipped.environment_prefix))
}

/// The judges of a collector: every shipped policy, and those of these files in their place.
pub(crate) fn admitting(files: &[PathBuf]) -> Result<Policies> {
    let shipped = SHIPPED.iter().map(Shipped::read);
    let given = files.iter().map(|file| from_file(file));
    shipped
        .chain(given)
        .try_fold(Policies::new(), |policies, policy| Ok(policies.with(Redactor::new(policy?))))
}

/// The policy files of a directory, by name: those that end in `.json`, `.toml` or `.policy`.
pub(crate) fn files_in(dir: &Path) -> Result<Vec<PathBuf>> {
    let about = || format!("cannot read the policies in {}", dir.display());
    let mut files = Vec::new();
    for entry in fs::read_dir(dir).with_context(about)? {
        let path = entry.with_context(about)?.path();
        let extension = path.extension().and_then(|extension| extension.to_str()).unwrap_or_default();
        if ["json", "toml", "policy"].iter().any(|known| extension.eq_ignore_ascii_case(known)) {
            files.push(path);
        }
    }
    files.sort();
    Ok(files)
}

/// Reads a policy file: a compiled one, TOML where its name ends in `.toml`, else JSON.
pub(crate) fn from_file(path: &Path) -> Result<Policy> {
    let about = || path.display().to_string();
    let (text, policy): (_, fn(&str) -> _) = match Written::read(path)? {
        Written::Compiled(bytes) => return Policy::from_compiled(bytes).with_context(about),
        Written::Toml(text) => (text, Policy::from_toml),
        Written::Json(text) => (text, Policy::from_json),
    };
    // The file of a shipped policy need not be parsed: its compiled form is here.
    if let Some(shipped) = SHIPPED.iter().find(|shipped| shipped.source == text) {
        return shipped.read();
    }
    policy(&text).with_context(about)
}

/// What a policy file says, for what needs more of it than how it is read.
pub(crate) enum Written {
    /// A compiled policy, which is only read.
    Compiled(Vec<u8>),
    Toml(String),
    Json(String),
}

impl Written {
    pub(crate) fn read(path: &Path) -> Result<Self> {
        let bytes = read(path)?;
        if Policy::is_compiled(&bytes) {
            return Ok(Self::Compiled(bytes));
        }
        let text = text(path, bytes)?;
        Ok(if is_toml(path) { Self::Toml(text) } else { Self::Json(text) })
    }
}

fn read(path: &Path) -> Result<Vec<u8>> {
    let about = || format!("cannot read policy {}", path.display());
    let facts = fs::metadata(path).with_context(about)?;
    if facts.len() > MAX_BYTES {
        bail!("{}: a policy of more than {MAX_BYTES} bytes is not read", path.display());
    }
    fs::read(path).with_context(about)
}

fn text(path: &Path, bytes: Vec<u8>) -> Result<String> {
    String::from_utf8(bytes).map_err(|error| {
        anyhow!("{}: not UTF-8 at byte {}", path.display(), error.utf8_error().valid_up_to())
    })
}

fn is_toml(path: &Path) -> bool {
    path.extension().is_some_and(|extension| extension.eq_ignore_ascii_case("toml"))
}

/// The redactor for a program: by the file given, else the shipped policy, else by none.
pub(crate) fn redactor(file: Option<&Path>, program: Option<&Path>) -> Result<Redactor> {
    let policy = match (file, program) {
        (Some(file), _) => Some(from_file(file)?),
        (None, Some(program)) => shipped(program)?,
        (None, None) => None,
    };
    Ok(policy.map_or_else(Redactor::without_policy, Redactor::new))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn shipped_policies_are_sound_and_found_by_name() {
        for shipped in &SHIPPED {
            let policy = shipped.read().unwrap();
            assert!(shipped.programs.iter().all(|name| policy.is_for(name)));
            let program = Path::new(policy.program().as_str());
            assert!(self::shipped(program).unwrap().is_some());
            assert_eq!(consent_variable(program), policy.consent_variable());
        }
        assert!(shipped(Path::new("/usr/bin/git")).unwrap().is_some());
        assert!(shipped(Path::new("true")).unwrap().is_none());
    }
}
