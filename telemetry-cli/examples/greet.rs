//! The program of docs/guide.md, as it stands there.
#![expect(clippy::print_stdout, reason = "it is a program")]

use std::process::ExitCode;

use clap::{Parser, ValueEnum};
use telemetry_client::{Telemetry, control};
use telemetry_redact::Policy;

/// Say hello
#[derive(Parser)]
#[command(name = "greet", version)]
enum Greet {
    /// Greet somebody
    Hello {
        /// How to say it
        #[arg(long, value_enum)]
        tone: Tone,
        /// Whom
        #[arg(long)]
        name: String,
    },
    /// See and control what is recorded of how this program is used
    Telemetry(control::Arguments),
}

#[derive(Clone, Copy, ValueEnum)]
enum Tone {
    Warm,
    Formal,
}

fn main() -> ExitCode {
    let policy = Policy::from_json(include_str!("greet.json")).expect("a sound policy");
    let telemetry = Telemetry::builder(policy, env!("CARGO_PKG_VERSION"), None)
        .controlled_by(control::Commands::below("greet telemetry"))
        .start();
    let typed = match Greet::try_parse() {
        Ok(Greet::Telemetry(arguments)) => return arguments.run(telemetry),
        typed => typed,
    };
    let code = typed.as_ref().map_or_else(complain, say);
    telemetry.finish(&typed, code);
    ExitCode::from(u8::try_from(code).unwrap_or(1))
}

fn say(greet: &Greet) -> i32 {
    if let Greet::Hello { tone, name } = greet {
        match tone {
            Tone::Warm => println!("Hello, dear {name}!"),
            Tone::Formal => println!("Good day, {name}."),
        }
    }
    0
}

fn complain(error: &clap::Error) -> i32 {
    error.print().map_or(1, |()| error.exit_code())
}
