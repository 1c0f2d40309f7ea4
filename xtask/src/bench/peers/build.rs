//! Builds each program cold, in a directory of its own: how long that takes, and how large it gets.

use std::collections::BTreeSet;
use std::fs;
use std::path::Path;
use std::process::Command;
use std::time::Instant;

use anyhow::{Context as _, Result, bail};

use super::{BARE, Host, Program};
use crate::say;

/// Whether builds are timed, for which each begins with nothing.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(in crate::bench) enum Times {
    Cold,
    /// What is built already is used.
    Skipped,
}

/// What a program is, and what it took to build.
#[derive(Debug)]
pub(super) struct Built {
    pub(super) host: Host,
    version: Option<String>,
    /// In its tree, itself and the macros of its tree among them.
    pub(super) crates: usize,
    pub(super) seconds: Option<f64>,
    /// Of all processors, which tells more than the clock where other things run.
    pub(super) processor_seconds: Option<f64>,
    pub(super) bytes: Option<u64>,
    /// Nothing where it does not build.
    pub(super) program: Option<Program>,
}

impl Built {
    pub(super) fn label(&self) -> String {
        let name = match &self.version {
            Some(version) => format!("{} {version}", self.host.name()),
            None => self.host.name().to_owned(),
        };
        if self.program.is_some() { name } else { format!("{name} (does not build here)") }
    }
}

pub(super) fn all(root: &Path, hosts: &[Host], times: Times) -> Result<Vec<Built>> {
    let workspace = root.join("benches").join("peers");
    // Not `--locked`: what this repository's own crates depend on changes, and the lock file there follows; the peers'
    // versions are exact.
    let fetched = cargo(&workspace).arg("fetch").status().context("cargo fetch")?;
    if !fetched.success() {
        bail!("the peers cannot be fetched");
    }
    hosts.iter().map(|host| one(root, &workspace, *host, times)).collect()
}

fn one(root: &Path, workspace: &Path, host: Host, times: Times) -> Result<Built> {
    say(&format!("== build: {}", host.name()));
    let tree = tree(workspace, host)?;
    let version = host.feature.and_then(|feature| {
        tree.iter().find_map(|line| line.strip_prefix(feature)?.strip_prefix(" v").map(str::to_owned))
    });
    let mut built = Built {
        host,
        version,
        crates: tree.len(),
        seconds: None,
        processor_seconds: None,
        bytes: None,
        program: None,
    };
    let kept = root.join("target").join("peers");
    let target = kept.join(if times == Times::Cold { "cold" } else { "warm" });
    if times == Times::Cold {
        remove(&target)?;
    }
    let mut command = cargo(workspace);
    command.args(["build", "--release", "--offline", "--quiet", "--bin", &host.program()]);
    command.args(host.features()).env("CARGO_TARGET_DIR", &target);
    command.env_remove("RUSTFLAGS").env_remove("RUSTC_WRAPPER");
    let (started, processor) = (Instant::now(), processor_seconds());
    let output = command.output()?;
    let seconds = started.elapsed().as_secs_f64();
    let processor = processor_seconds().zip(processor).map(|(now, then)| now - then);
    if output.status.success() {
        let name = format!("{}{}", host.program(), std::env::consts::EXE_SUFFIX);
        let path = kept.join("programs").join(&name);
        fs::create_dir_all(kept.join("programs"))?;
        fs::copy(target.join("release").join(&name), &path).with_context(|| name.clone())?;
        built.bytes = Some(fs::metadata(&path)?.len());
        built.program = Some(Program { host, path });
        if times == Times::Cold {
            (built.seconds, built.processor_seconds) = (Some(seconds), processor);
        }
    } else if host == BARE {
        bail!("the bare program does not build:\n{}", String::from_utf8_lossy(&output.stderr));
    } else {
        say(&format!("skipped: {}:\n{}", host.name(), String::from_utf8_lossy(&output.stderr)));
    }
    if times == Times::Cold {
        remove(&target)?;
    }
    Ok(built)
}

fn cargo(workspace: &Path) -> Command {
    let mut command = Command::new(env!("CARGO"));
    command.current_dir(workspace);
    command
}

fn remove(target: &Path) -> Result<()> {
    if target.is_dir() {
        fs::remove_dir_all(target).with_context(|| target.display().to_string())?;
    }
    Ok(())
}

/// The crates of a program's tree, as `name v1.2.3`.
fn tree(workspace: &Path, host: Host) -> Result<BTreeSet<String>> {
    let mut command = cargo(workspace);
    command.args(["tree", "--offline", "-e", "normal", "--prefix", "none", "--format", "{p}"]);
    let output = command.args(host.features()).output().context("cargo tree")?;
    if !output.status.success() {
        bail!("cargo tree: {}", String::from_utf8_lossy(&output.stderr));
    }
    let text = String::from_utf8(output.stdout)?;
    let of_line = |line: &str| line.split(' ').take(2).collect::<Vec<_>>().join(" ");
    Ok(text.lines().filter(|line| !line.is_empty()).map(of_line).collect())
}

/// What the children that have ended took of all processors, where the system says so.
fn processor_seconds() -> Option<f64> {
    /// Linux counts in hundredths for whoever asks, whatever the kernel itself does: `USER_HZ` in proc(5).
    const TICKS_A_SECOND: f64 = 100.0;
    let text = fs::read_to_string("/proc/self/stat").ok()?;
    // The name of the program, in brackets, may hold anything.
    let (_, after) = text.rsplit_once(')')?;
    let field = |index: usize| after.split_whitespace().nth(index)?.parse::<f64>().ok();
    // Fields 16 and 17 of proc(5); the third is the first after the name.
    Some((field(13)? + field(14)?) / TICKS_A_SECOND)
}
