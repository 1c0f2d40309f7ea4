//! What `orchard` does.

use std::fmt;
use std::path::PathBuf;

use clap::{Parser, Subcommand, ValueEnum};

/// Looks after an orchard.
#[derive(Debug, Parser)]
#[command(version, bin_name = "orchard", name = "orchard")]
pub(crate) struct Cli {
    /// Say less.
    #[arg(short, long, global = true)]
    pub(crate) quiet: bool,
    #[command(subcommand)]
    pub(crate) command: Command,
}

#[derive(Debug, Subcommand)]
pub(crate) enum Command {
    #[command(flatten)]
    Orchard(Orchard),
    /// See and control what is recorded of how this program is used.
    Telemetry(telemetry_client::control::Arguments),
}

#[derive(Debug, Subcommand)]
pub(crate) enum Orchard {
    /// Trees, one by one.
    #[command(subcommand, visible_alias = "tree")]
    Trees(Trees),
    /// What an orchard's year is made of.
    Season {
        /// Which one.
        when: Season,
    },
}

#[derive(Debug, Subcommand)]
pub(crate) enum Trees {
    /// Plant some.
    Plant {
        /// What they bear.
        #[arg(short, long, default_value = "apple")]
        fruit: Fruit,
        /// What the first of them is called.
        #[arg(short = 'N', long)]
        name: String,
        /// How many rows of them.
        #[arg(long, default_value_t = 1)]
        rows: u32,
    },
    /// Read them from a file.
    Read {
        /// One tree a line.
        file: PathBuf,
    },
    /// Fell one.
    Fell,
}

#[derive(Debug, Clone, Copy, ValueEnum)]
pub(crate) enum Fruit {
    Apple,
    #[value(alias = "nashi")]
    Pear,
}

#[derive(Debug, Clone, Copy, ValueEnum)]
pub(crate) enum Season {
    Spring,
    Autumn,
}

impl Orchard {
    pub(crate) fn run(self, quiet: bool) -> Result<(), Failure> {
        let said = match self {
            Self::Trees(Trees::Plant { fruit, name, rows: 1 }) => {
                format!("planted {name}, {} tree", with_article(fruit))
            }
            Self::Trees(Trees::Plant { fruit, name, rows }) => {
                format!("planted {name} and others, {rows} rows of {} trees", called(&fruit))
            }
            Self::Trees(Trees::Read { file }) => {
                let text = std::fs::read_to_string(&file).map_err(|why| Failure { file, why })?;
                format!("{} trees", text.lines().count())
            }
            Self::Trees(Trees::Fell) => panic!("nobody has written how to fell a tree"),
            Self::Season { when } => format!("it is {}", called(&when)),
        };
        if !quiet {
            println!("{said}");
        }
        Ok(())
    }
}

fn called(value: &impl ValueEnum) -> String {
    value.to_possible_value().map_or_else(String::new, |value| value.get_name().to_owned())
}

fn with_article(fruit: Fruit) -> String {
    let article = if matches!(fruit, Fruit::Apple) { "an" } else { "a" };
    format!("{article} {}", called(&fruit))
}

/// A file that cannot be read.
#[derive(Debug)]
pub(crate) struct Failure {
    file: PathBuf,
    why: std::io::Error,
}

impl fmt::Display for Failure {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "open {}: {}", self.file.display(), self.why)
    }
}
