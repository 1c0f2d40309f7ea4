//! What every host here is without its telemetry: a small clap program. A host differs from `bare` by what a peer's
//! documentation has a program write, and by nothing else.

use std::env;
use std::process::ExitCode;

use clap::{Parser, ValueEnum};

/// Looks after an orchard.
#[derive(Debug, Parser)]
#[command(version, name = "orchard", bin_name = "orchard")]
pub enum Orchard {
    /// Says which trees there are.
    List {
        /// How they are said.
        #[arg(short, long, default_value = "table")]
        output: Output,
    },
    /// Plants a tree.
    Plant {
        /// What it is called.
        #[arg(long)]
        name: String,
    },
}

/// How trees are said.
#[derive(Debug, Clone, Copy, ValueEnum)]
pub enum Output {
    /// In columns.
    Table,
    /// As JSON.
    Json,
}

impl Orchard {
    /// Does what was asked for.
    ///
    /// # Errors
    ///
    /// A tree without a name cannot be planted.
    pub fn run(&self) -> Result<(), String> {
        match self {
            Self::List { output: Output::Table } => println!("no trees"),
            Self::List { output: Output::Json } => println!("[]"),
            Self::Plant { name } if name.is_empty() => return Err("a tree needs a name".to_owned()),
            Self::Plant { name } => println!("planted {name}"),
        }
        Ok(())
    }

    /// The command's name, for those that have to be told what was run.
    #[must_use]
    pub fn name(&self) -> &'static str {
        match self {
            Self::List { .. } => "list",
            Self::Plant { .. } => "plant",
        }
    }
}

/// Says what went wrong. The exit code of the program.
#[must_use]
pub fn ended(result: &Result<(), String>) -> ExitCode {
    match result {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("Error: {error}");
            ExitCode::FAILURE
        }
    }
}

/// Where telemetry goes: `http://127.0.0.1:…`.
#[must_use]
pub fn endpoint() -> String {
    env::var("TELEMETRY_PEERS_ENDPOINT").unwrap_or_else(|_| "http://127.0.0.1:9".to_owned())
}

/// Whether the user said no, for those that do not ask themselves.
#[must_use]
pub fn is_off() -> bool {
    env::var_os("DO_NOT_TRACK").is_some()
}
