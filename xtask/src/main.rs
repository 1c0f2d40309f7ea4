//! Tasks of this workspace: the only door to everything that is checked or generated.

mod atlas;
mod bench;
mod budget;
mod ci;
mod compare;
mod compat;
mod document;
mod evaluation;
mod fuzz;
mod generate;
mod soak;
mod tidy;

use std::path::{Path, PathBuf};
use std::process::ExitCode;

use clap::{Parser, Subcommand};

/// Tasks of this workspace.
#[derive(Debug, Parser)]
#[command(name = "cargo xtask", bin_name = "cargo xtask")]
struct Arguments {
    #[command(subcommand)]
    task: Task,
}

#[derive(Debug, Subcommand)]
enum Task {
    /// Write what is derived from the code: schemas, data dictionary, command reference
    Gen {
        /// Change nothing; fail where something is stale
        #[arg(long)]
        check: bool,
    },
    /// Compare the schemas with the last released set and name each breaking change
    Compat,
    /// Check layers, fences, file lengths and licences
    Tidy,
    /// Every check but the tests: fmt, tidy, gen --check, compat, clippy, docs, advisories
    Checks,
    /// Everything that CI runs: the checks and the tests
    Ci,
    /// Measure what redaction, a run, a collector and its reports cost, beside floors and peers
    Bench(bench::Bench),
    /// Run the redaction and its peers over the evaluation data
    Compare(compare::Compare),
    /// Run the fuzz targets for a bounded time
    Fuzz(fuzz::Fuzz),
    /// Kill processes for many rounds, of the spool or the collector; let every call on the file system fail in every way
    Soak(soak::Soak),
    /// Write policies/atlas.json from the Atlas CLI's command tree
    AtlasPolicy {
        /// The directory that holds commands.json and undocumented.json
        #[arg(long, value_name = "DIR")]
        from: PathBuf,
    },
}

fn main() -> ExitCode {
    let root = root();
    let result = match Arguments::parse().task {
        Task::Gen { check } => {
            generate::run(&root, if check { generate::Mode::Check } else { generate::Mode::Write })
        }
        Task::Compat => compat::run(&root),
        Task::Tidy => tidy::run(&root),
        Task::Checks => ci::checks(&root),
        Task::Ci => ci::run(&root),
        Task::Bench(bench) => bench::run(&root, &bench),
        Task::Compare(compare) => compare::run(&root, &compare),
        Task::Fuzz(fuzz) => fuzz::run(&root, &fuzz),
        Task::Soak(soak) => soak::run(&root, &soak),
        Task::AtlasPolicy { from } => atlas::run(&from, &root.join("policies").join("atlas.json")),
    };
    match result {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            say(&format!("xtask: {error:#}"));
            ExitCode::FAILURE
        }
    }
}

/// The workspace's directory.
fn root() -> PathBuf {
    let manifest = Path::new(env!("CARGO_MANIFEST_DIR"));
    manifest.parent().unwrap_or(manifest).to_owned()
}

#[expect(clippy::print_stderr, reason = "this is what tasks talk through")]
fn say(text: &str) {
    eprintln!("{text}");
}
