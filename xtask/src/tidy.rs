//! `tidy`: what the compiler does not hold: layers, fences, file lengths, licences, the budget of crates.

use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::path::{Path, PathBuf};

use anyhow::{Context as _, Result, bail};
use cargo_metadata::{DependencyKind, Metadata, MetadataCommand, Package};

use crate::budget;

/// Which crates of ours each may use. Nothing points back.
const LAYERS: [(&str, &[&str]); 7] = [
    ("telemetry-schema", &[]),
    ("telemetry-redact", &["telemetry-schema"]),
    ("telemetry-transport", &["telemetry-schema", "telemetry-redact"]),
    ("telemetry-client", &["telemetry-schema", "telemetry-redact", "telemetry-transport"]),
    ("telemetry-collector", &["telemetry-schema", "telemetry-redact"]),
    (
        "telemetry-cli",
        &[
            "telemetry-schema",
            "telemetry-redact",
            "telemetry-transport",
            "telemetry-client",
            "telemetry-collector",
        ],
    ),
    (
        "xtask",
        &[
            "telemetry-schema",
            "telemetry-redact",
            "telemetry-transport",
            "telemetry-client",
            "telemetry-collector",
            "telemetry-cli",
        ],
    ),
];

/// Crates that must not be anywhere below another one.
const FENCES: [(&str, &[&str]); 3] = [
    ("telemetry-client", &["tokio", "async-std", "smol", "axum", "tonic", "rusqlite", "hyper"]),
    ("telemetry-collector", &["telemetry-transport"]),
    ("telemetry-redact", &["tokio", "ureq", "rusqlite", "jsonschema"]),
];

/// Words that only one place may name.
const ONLY_IN: [(&str, &[&str], &str); 2] = [
    (
        "ureq::",
        &["telemetry-transport/src/sink/", "telemetry-collector/src/store/clickhouse/"],
        "only the http sink and the store on ClickHouse speak HTTP",
    ),
    ("rusqlite::", &["telemetry-collector/src/store/"], "only the store names a database"),
];

const MAX_LINES: usize = 400;
const MAX_MAIN_LINES: usize = 40;

pub(crate) fn run(root: &Path) -> Result<()> {
    let metadata =
        MetadataCommand::new().manifest_path(root.join("Cargo.toml")).exec().context("cargo metadata")?;
    let mut problems = layers(&metadata);
    problems.extend(fences(&metadata));
    problems.extend(licences(root, &metadata)?);
    problems.extend(files(root, &metadata)?);
    problems.extend(budget::problems(root)?);
    if problems.is_empty() {
        return Ok(());
    }
    bail!("{} problems:\n  {}", problems.len(), problems.join("\n  "))
}

fn layers(metadata: &Metadata) -> Vec<String> {
    let ours: BTreeSet<&str> = LAYERS.iter().map(|(name, _)| *name).collect();
    let mut problems = Vec::new();
    for package in metadata.workspace_packages() {
        let Some((_, allowed)) = LAYERS.iter().find(|(name, _)| *name == package.name.as_str()) else {
            problems.push(format!("{}: not in LAYERS of xtask/src/tidy.rs", package.name));
            continue;
        };
        for dependency in &package.dependencies {
            let name = dependency.name.as_str();
            if dependency.kind == DependencyKind::Normal && ours.contains(name) && !allowed.contains(&name) {
                problems.push(format!("{} must not use {name}: it points against the layers", package.name));
            }
        }
    }
    problems
}

fn fences(metadata: &Metadata) -> Vec<String> {
    let by_id: BTreeMap<_, &Package> =
        metadata.packages.iter().map(|package| (&package.id, package)).collect();
    let Some(resolve) = &metadata.resolve else { return vec!["cargo metadata resolved nothing".to_owned()] };
    let nodes: BTreeMap<_, _> = resolve.nodes.iter().map(|node| (&node.id, node)).collect();
    let mut problems = Vec::new();
    for (crate_name, forbidden) in FENCES {
        let Some(start) = metadata.workspace_packages().into_iter().find(|p| p.name.as_str() == crate_name)
        else {
            problems.push(format!("{crate_name}: not in the workspace, yet fenced in xtask/src/tidy.rs"));
            continue;
        };
        let mut seen = BTreeSet::new();
        let mut open = vec![&start.id];
        while let Some(id) = open.pop() {
            if !seen.insert(id) {
                continue;
            }
            let below = nodes.get(id).into_iter().flat_map(|node| &node.deps);
            open.extend(
                below
                    .filter(|dep| dep.dep_kinds.iter().any(|kind| kind.kind == DependencyKind::Normal))
                    .map(|dep| &dep.pkg),
            );
        }
        let names: BTreeSet<&str> =
            seen.iter().filter_map(|id| by_id.get(*id)).map(|p| p.name.as_str()).collect();
        for name in forbidden.iter().filter(|name| names.contains(*name)) {
            problems.push(format!("{crate_name} must not see {name}: cargo tree -p {crate_name} -i {name}"));
        }
    }
    problems
}

fn licences(root: &Path, metadata: &Metadata) -> Result<Vec<String>> {
    let path = root.join("deny.toml");
    let deny: toml::Table = fs::read_to_string(&path).context("cannot read deny.toml")?.parse()?;
    let allowed =
        deny.get("licenses").and_then(|licenses| licenses.get("allow")).and_then(toml::Value::as_array);
    let allowed: BTreeSet<&str> = allowed.into_iter().flatten().filter_map(toml::Value::as_str).collect();
    let mut problems = Vec::new();
    for package in metadata.packages.iter().filter(|package| package.source.is_some()) {
        let Some(licence) = &package.license else {
            problems.push(format!("{} {} states no licence", package.name, package.version));
            continue;
        };
        // A slash is how crates wrote "or" before there were expressions.
        let expression = spdx::Expression::parse(&licence.replace('/', " OR "));
        let fits = expression.is_ok_and(|expression| {
            expression.evaluate(|requirement| allowed.contains(requirement.to_string().as_str()))
        });
        if !fits {
            problems.push(format!(
                "{} {} is under {licence}, which deny.toml does not allow",
                package.name, package.version
            ));
        }
    }
    Ok(problems)
}

fn files(root: &Path, metadata: &Metadata) -> Result<Vec<String>> {
    let mut problems = Vec::new();
    for package in metadata.workspace_packages() {
        let directory =
            package.manifest_path.parent().map(|path| path.as_std_path().join("src")).unwrap_or_default();
        for file in rust_files(&directory)? {
            let text = fs::read_to_string(&file)?;
            let name = file.strip_prefix(root).unwrap_or(&file).display().to_string().replace('\\', "/");
            let code = text.lines().take_while(|line| line.trim() != "#[cfg(test)]").count();
            let most = if name.ends_with("src/main.rs") && package.name.as_str() != "xtask" {
                MAX_MAIN_LINES
            } else {
                MAX_LINES
            };
            if code > most {
                problems.push(format!(
                    "{name} has {code} lines before its tests; more than {most} are two subjects"
                ));
            }
            for (word, places, why) in ONLY_IN {
                // The list itself names the words.
                let may = places.iter().any(|place| name.starts_with(place)) || name.starts_with("xtask/");
                if text.contains(word) && !may {
                    problems.push(format!("{name} names {word} — {why}, in {}", places.join(" and ")));
                }
            }
        }
    }
    Ok(problems)
}

fn rust_files(directory: &Path) -> Result<Vec<PathBuf>> {
    let mut files = Vec::new();
    for entry in fs::read_dir(directory).with_context(|| format!("cannot read {}", directory.display()))? {
        let path = entry?.path();
        if path.is_dir() {
            files.extend(rust_files(&path)?);
        } else if path.extension().is_some_and(|extension| extension == "rs") {
            files.push(path);
        }
    }
    files.sort();
    Ok(files)
}
