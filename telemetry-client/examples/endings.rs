//! Every way in which a program can end, each by its name: `endings panic`. Tests run it as their hosts would.
#![expect(clippy::print_stdout, clippy::print_stderr, reason = "it is a program")]

use std::error::Error;
use std::process::ExitCode;
use std::{fmt, io};

use telemetry_client::{Explain, Explanation, Prompt, Telemetry};
use telemetry_redact::Policy;
use telemetry_schema::ErrorCode;

fn main() -> ExitCode {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    let [way, fruit] = [0, 1].map(|place| arguments.get(place).map(String::as_str).unwrap_or_default());
    let policy =
        Policy::from_json(include_str!("endings.json")).expect("the policy is sound: a test reads it");
    if way == "hook" {
        std::panic::set_hook(Box::new(|panic| eprintln!("the program's own: {panic}")));
    }
    let mut builder = Telemetry::builder(policy, env!("CARGO_PKG_VERSION"), None)
        .explains::<NoSuchFruit>()
        .looks_into::<anyhow::Error>(|error| error.as_ref())
        .looks_into::<eyre::Report>(|error| error.as_ref())
        .looks_into::<miette::Report>(|error| error.as_ref());
    if way == "packaged" {
        builder = builder.install_source(Some(fruit));
    }
    if way == "translated" {
        builder =
            builder.notice_with(|parts| format!("{} zeichnet auf; {}=false", parts.program, parts.variable));
    }
    if way.starts_with("wait") {
        builder = builder.interrupts();
    }
    let telemetry = builder.start();
    match way {
        "panic" | "hook" => panic!("no {fruit} in /home/ada"),
        "caught" => drop(std::panic::catch_unwind(|| panic!("no {fruit} in /home/ada"))),
        "thread" => drop(std::thread::spawn(|| panic!("no fruit in /home/ada")).join()),
        "library" => drop([1].repeat(usize::MAX)),
        "exit" => exit(fruit),
        "say" => telemetry.exit(fruit.parse().unwrap_or_default()),
        "forget" => {
            std::mem::forget(telemetry);
            return ExitCode::from(5);
        }
        "prompts" => {
            telemetry.prompt(Prompt::select("fruit").choice(fruit).default_changed());
            telemetry.prompt(Prompt::input("name").choice(fruit).answered());
            telemetry.prompt(Prompt::password("winter").choice("harvest"));
        }
        "many_prompts" => {
            for _ in 0..1000 {
                telemetry.prompt(Prompt::input("name").left_empty());
            }
        }
        "translated" | "packaged" => {}
        "drop" => return ExitCode::FAILURE,
        "wait" | "plain_wait" => wait(),
        #[cfg(unix)]
        "wait_handled" => {
            // Its own handler, as the crate `ctrlc` has one: on a thread.
            let mut signals =
                signal_hook::iterator::Signals::new([signal_hook::consts::SIGUSR1]).expect("a handler");
            std::thread::spawn(move || {
                signals.forever().next();
                telemetry_client::interrupted(telemetry_schema::Signal::Sigusr1);
                std::process::exit(7);
            });
            wait();
        }
        #[cfg(unix)]
        "forked" => forked(),
        "code" => {
            telemetry.finish_with_code(ErrorCode::new("not_found").ok(), 3);
            return ExitCode::from(3);
        }
        _ => return end(telemetry, way, fruit),
    }
    telemetry.finish::<_, String>(&Ok(()), 0);
    ExitCode::SUCCESS
}

fn exit(code: &str) {
    // As clap's `get_matches` does: nobody is asked, and nothing is dropped.
    std::process::exit(code.parse().unwrap_or_default());
}

/// A process that is forked off, and that does all it can to be taken for the run.
#[cfg(unix)]
#[expect(unsafe_code, reason = "what runs between fork and exec is all that runs in a forked process here")]
fn forked() {
    use std::os::unix::process::CommandExt as _;

    let mut command = std::process::Command::new("true");
    // SAFETY: this process has one thread, so that a lock that the child needs is held by nobody.
    unsafe {
        command.pre_exec(|| {
            telemetry_client::interrupted(telemetry_schema::Signal::Sigterm);
            Ok(())
        });
    }
    command.status().expect("a process");
}

fn wait() {
    println!("ready");
    loop {
        std::thread::park();
    }
}

fn end(telemetry: Telemetry, way: &str, fruit: &str) -> ExitCode {
    let missing = || NoSuchFruit { fruit: fruit.to_owned() };
    match way {
        "std" => telemetry.finish::<(), _>(&Err(missing()), 1),
        "anyhow" => {
            let error = anyhow::Error::new(missing()).context("the winter of ada").context("harvest");
            telemetry.finish::<(), _>(&Err(error), 1);
        }
        "eyre" => {
            let error = eyre::Report::new(missing()).wrap_err("the winter of ada").wrap_err("harvest");
            telemetry.finish::<(), _>(&Err(error), 1);
        }
        "miette" => {
            let error = miette::Report::new(missing()).wrap_err("the winter of ada").wrap_err("harvest");
            telemetry.finish::<(), _>(&Err(error), 1);
        }
        "boxed" => telemetry.finish::<(), _>(&Err::<(), Box<dyn Error + Send + Sync>>(missing().into()), 1),
        "io" => telemetry.finish::<(), _>(&Err(io::Error::other(missing())), 1),
        "text" => {
            telemetry.finish::<(), _>(&Err("open /home/ada/notes.txt: permission denied".to_owned()), 1);
        }
        "unprintable" => telemetry.finish::<(), _>(&Err(Unprintable), 1),
        _ => telemetry.finish::<(), _>(&Err(format!("no such way: {way}")), 1),
    }
    ExitCode::FAILURE
}

#[derive(Debug)]
struct NoSuchFruit {
    fruit: String,
}

impl fmt::Display for NoSuchFruit {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "ada has no {} in /home/ada", self.fruit)
    }
}

impl Error for NoSuchFruit {}

impl miette::Diagnostic for NoSuchFruit {}

impl Explain for NoSuchFruit {
    fn explain(&self) -> Explanation {
        Explanation::new("no_such_fruit")
            .template("the larder of {path} has no fruit called {value}")
            .slot("path", "/home/ada")
            .slot("value", &self.fruit)
    }
}

struct Unprintable;

impl fmt::Display for Unprintable {
    fn fmt(&self, _: &mut fmt::Formatter<'_>) -> fmt::Result {
        panic!("not in this language")
    }
}
