//! What a program takes on with the client: how many crates, and none that speaks to a network where it does not ship.

use std::collections::BTreeSet;
use std::path::Path;
use std::process::Command;

use anyhow::{Context as _, Result, bail};

/// Crates of the default features, TLS included: fewer than any peer that speaks TLS has. The leanest, an HTTP client
/// alone, takes 61; clients of telemetry 145 and more.
const MAX_CRATES: usize = 90;

/// Crates that speak HTTP or TLS, or are there for them.
const OF_A_NETWORK: [&str; 8] =
    ["http", "httparse", "ring", "rustls", "rustls-webpki", "ureq", "ureq-proto", "webpki-roots"];

/// What is over the budget, one sentence each.
pub(crate) fn problems(root: &Path) -> Result<Vec<String>> {
    let mut problems = Vec::new();
    let default = tree(root, "telemetry-client", &[])?;
    if default.len() > MAX_CRATES {
        let count = default.len();
        problems.push(format!(
            "telemetry-client takes {count} crates, more than {MAX_CRATES}: cargo tree -p telemetry-client"
        ));
    }
    let without = tree(root, "telemetry-client", &["--no-default-features"])?;
    for name in OF_A_NETWORK.iter().filter(|name| without.contains(**name)) {
        problems.push(format!(
            "telemetry-client without `ship` takes {name}: cargo tree -p telemetry-client --no-default-features -i {name}"
        ));
    }
    if tree(root, "telemetry-collector", &[])?.contains("ureq") {
        problems.push(
            "telemetry-collector without `clickhouse` takes ureq: cargo tree -p telemetry-collector -i ureq"
                .to_owned(),
        );
    }
    Ok(problems)
}

/// The names of the crates that are compiled into a program, this one's among them.
fn tree(root: &Path, package: &str, features: &[&str]) -> Result<BTreeSet<String>> {
    let output = Command::new(env!("CARGO"))
        .current_dir(root)
        .args(["tree", "--locked", "-p", package, "-e", "normal", "--prefix", "none", "--format", "{p}"])
        .args(features)
        .output()
        .context("cargo tree")?;
    if !output.status.success() {
        bail!("cargo tree: {}", String::from_utf8_lossy(&output.stderr));
    }
    let text = String::from_utf8(output.stdout)?;
    Ok(text.lines().filter_map(|line| line.split(' ').next()).map(str::to_owned).collect())
}
