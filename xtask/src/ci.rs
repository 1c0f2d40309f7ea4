//! Everything that CI runs, in the order of what fails fastest. It never edits the tree.

use std::path::Path;
use std::process::Command;

use anyhow::{Context as _, Result, bail};

use crate::{compat, generate, say, tidy};

/// Every check and the tests.
pub(crate) fn run(root: &Path) -> Result<()> {
    checks(root)?;
    step("test", || cargo(root, &["test", "--workspace", "--all-features", "--locked"], &[]))
}

/// Every check but the tests.
pub(crate) fn checks(root: &Path) -> Result<()> {
    step("fmt", || cargo(root, &["fmt", "--all", "--check"], &[]))?;
    step("fmt of fuzz", || cargo(root, &["fmt", "--manifest-path", "fuzz/Cargo.toml", "--check"], &[]))?;
    step("fmt of benches/peers", || {
        cargo(root, &["fmt", "--manifest-path", "benches/peers/Cargo.toml", "--check"], &[])
    })?;
    step("tidy", || tidy::run(root))?;
    step("gen --check", || generate::run(root, generate::Mode::Check))?;
    step("compat", || compat::run(root))?;
    let clippy =
        ["clippy", "--workspace", "--all-targets", "--all-features", "--locked", "--", "-D", "warnings"];
    step("clippy", || cargo(root, &clippy, &[]))?;
    step("clippy without a network", || {
        let parts =
            ["clippy", "-p", "telemetry-client", "--no-default-features", "--locked", "--", "-D", "warnings"];
        cargo(root, &parts, &[])
    })?;
    let doc = ["doc", "--workspace", "--no-deps", "--all-features", "--locked"];
    step("fuzz targets", || {
        // libFuzzer itself is neither built nor linked for a check: that would take minutes and a C++ compiler.
        let fuzz = ["clippy", "--manifest-path", "fuzz/Cargo.toml", "--locked", "--", "-D", "warnings"];
        cargo(root, &fuzz, &[("CUSTOM_LIBFUZZER_PATH", "not-linked/libfuzzer.a")])
    })?;
    step("doc", || cargo(root, &doc, &[("RUSTDOCFLAGS", "-D warnings")]))?;
    step("advisories", || advisories(root))
}

fn step(name: &str, task: impl FnOnce() -> Result<()>) -> Result<()> {
    say(&format!("== {name}"));
    task().with_context(|| name.to_owned())
}

fn cargo(root: &Path, arguments: &[&str], variables: &[(&str, &str)]) -> Result<()> {
    let mut command = Command::new(env!("CARGO"));
    let status = command.current_dir(root).args(arguments).envs(variables.iter().copied()).status()?;
    if !status.success() {
        bail!("cargo {} failed", arguments.join(" "));
    }
    Ok(())
}

/// Licences are checked by `tidy`, which needs nothing; advisories need cargo-deny and its database.
fn advisories(root: &Path) -> Result<()> {
    let found = Command::new(env!("CARGO"))
        .args(["deny", "--version"])
        .output()
        .is_ok_and(|out| out.status.success());
    if !found {
        say("skipped: cargo-deny is not installed (cargo install cargo-deny)");
        return Ok(());
    }
    cargo(root, &["deny", "check", "advisories", "bans", "sources"], &[])
}
