//! The redactors that are compared: this crate, and peers in a virtual environment of Python.

use std::io::Write as _;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::time::{Duration, Instant};

use anyhow::{Context as _, Result, bail};

use crate::say;

/// A redactor: programs that each read texts and write what is left of them, the next of the one before.
pub(super) struct Redactor {
    pub(super) name: &'static str,
    stages: Vec<Vec<PathBuf>>,
}

/// This crate, through the binary.
pub(super) fn ours(binary: &Path) -> Redactor {
    let stage = vec![binary.to_owned(), "redact".into(), "--json-lines".into()];
    Redactor { name: "telemetry-redact", stages: vec![stage] }
}

/// The peers that can be had here; why another one cannot is said.
pub(super) fn peers(root: &Path) -> Vec<Redactor> {
    let scripts = root.join("telemetry-redact").join("benches").join("peers");
    let python = match environment(root) {
        Ok(python) => python,
        Err(error) => {
            say(&format!("skipped: no peers, since {error:#}"));
            return Vec::new();
        }
    };
    let stage = |script: &str| vec![python.clone(), scripts.join(format!("{script}_lines.py"))];
    let [detect_secrets, gitleaks, presidio] = ["detect_secrets", "gitleaks", "presidio"].map(stage);
    let all = [
        ("detect-secrets", vec![detect_secrets]),
        ("gitleaks", vec![gitleaks.clone()]),
        ("presidio patterns", vec![presidio.clone()]),
        ("gitleaks, then presidio patterns", vec![gitleaks, presidio]),
    ];
    let redactors = all.into_iter().map(|(name, stages)| Redactor { name, stages });
    let works = |redactor: &Redactor| match redactor.run(&["the file is empty"]) {
        Ok(_) => true,
        Err(error) => {
            say(&format!("skipped: {}, since {error:#}", redactor.name));
            false
        }
    };
    redactors.filter(works).collect()
}

/// The interpreter of the environment that the peers are installed in; installs them where that is new.
pub(crate) fn environment(root: &Path) -> Result<PathBuf> {
    let directory = root.join("target").join("peers").join("venv");
    let programs = directory.join(if cfg!(windows) { "Scripts" } else { "bin" });
    let python = programs.join("python");
    let wanted = root.join("telemetry-redact").join("benches").join("peers").join("requirements.txt");
    let marker = directory.join("installed");
    let wanted_text = std::fs::read_to_string(&wanted)?;
    if std::fs::read_to_string(&marker).is_ok_and(|installed| installed == wanted_text) {
        return Ok(python);
    }
    say("== install peers");
    let run = |command: &mut Command| -> Result<()> {
        let program = command.get_program().to_string_lossy().into_owned();
        let output = command.output().with_context(|| format!("{program} cannot be run"))?;
        if !output.status.success() {
            let text = String::from_utf8_lossy(&output.stderr).into_owned();
            bail!("{program} failed: {}", text.lines().last().unwrap_or_default());
        }
        Ok(())
    };
    run(Command::new("python3").args(["-m", "venv"]).arg(&directory))?;
    run(Command::new(&python).args(["-m", "pip", "install", "--quiet", "--requirement"]).arg(&wanted))?;
    std::fs::write(marker, wanted_text)?;
    Ok(python)
}

impl Redactor {
    /// Redacts texts; says how long that took.
    pub(super) fn run<T: AsRef<str>>(&self, texts: &[T]) -> Result<(Vec<String>, Duration)> {
        let mut texts: Vec<String> = texts.iter().map(|text| text.as_ref().to_owned()).collect();
        let mut took = Duration::ZERO;
        for stage in &self.stages {
            let (out, time) = run(stage, &texts).with_context(|| self.name.to_owned())?;
            texts = out;
            took += time;
        }
        Ok((texts, took))
    }
}

fn run(stage: &[PathBuf], texts: &[String]) -> Result<(Vec<String>, Duration)> {
    let mut input = Vec::new();
    for text in texts {
        serde_json::to_writer(&mut input, text)?;
        input.push(b'\n');
    }
    let [program, arguments @ ..] = stage else { bail!("no program") };
    let started = Instant::now();
    let mut child = Command::new(program)
        .args(arguments)
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .with_context(|| format!("cannot run {}", program.display()))?;
    let stdin = child.stdin.take();
    // A program may answer before it has read everything: who writes must not wait for who reads.
    let writer = std::thread::spawn(move || stdin.map(|mut stdin| stdin.write_all(&input)));
    let output = child.wait_with_output()?;
    let took = started.elapsed();
    let _ = writer.join();
    if !output.status.success() {
        let text = String::from_utf8_lossy(&output.stderr).into_owned();
        bail!("{}: {}", output.status, text.lines().last().unwrap_or_default());
    }
    let lines = String::from_utf8(output.stdout).context("its output is not UTF-8")?;
    let redacted: Vec<String> = lines
        .lines()
        .map(serde_json::from_str)
        .collect::<Result<_, _>>()
        .context("a line is no JSON string")?;
    if redacted.len() != texts.len() {
        bail!("{} lines for {} texts", redacted.len(), texts.len());
    }
    Ok((redacted, took))
}
