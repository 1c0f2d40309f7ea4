//! The notice, as somebody at a terminal sees it: a program whose standard error is one.
#![cfg(target_os = "linux")]
#![expect(clippy::unwrap_used, reason = "a test that cannot go on has failed")]

use std::fs::{self, File, OpenOptions};
use std::io::Read as _;
use std::path::PathBuf;
use std::process::{Command, Stdio};

use rustix::pty::{OpenptFlags, grantpt, openpt, ptsname, unlockpt};
use rustix::termios::{Winsize, tcsetwinsize};

struct Home(tempfile::TempDir);

impl Home {
    fn new() -> Self {
        Self(tempfile::tempdir().unwrap())
    }

    /// What a program prints to a terminal of this width.
    fn at_terminal(&self, arguments: &[&str], columns: u16, variables: &[(&str, &str)]) -> String {
        self.of_program("endings", arguments, columns, variables)
    }

    fn of_program(
        &self,
        program: &str,
        arguments: &[&str],
        columns: u16,
        variables: &[(&str, &str)],
    ) -> String {
        let mut command = Command::new(example(program));
        command.args(arguments).env_clear().envs(variables.iter().copied());
        self.printed(&mut command, columns)
    }

    /// What a command prints to a terminal, which is its input too.
    fn printed(&self, command: &mut Command, columns: u16) -> String {
        let ours = openpt(OpenptFlags::RDWR | OpenptFlags::NOCTTY).unwrap();
        grantpt(&ours).unwrap();
        unlockpt(&ours).unwrap();
        tcsetwinsize(&ours, Winsize { ws_row: 24, ws_col: columns, ws_xpixel: 0, ws_ypixel: 0 }).unwrap();
        let name = ptsname(&ours, Vec::new()).unwrap().into_string().unwrap();
        let terminal = OpenOptions::new().read(true).write(true).open(name).unwrap();
        command.current_dir(self.0.path());
        command.env("HOME", self.0.path()).env("TELEMETRY_STATE_DIR", self.0.path().join("state"));
        let same = terminal.try_clone().unwrap();
        let mut child = command.stdin(same).stdout(Stdio::null()).stderr(terminal).spawn().unwrap();
        // What it holds of the terminal is closed, so that reading ends once the program has.
        command.stdin(Stdio::null()).stderr(Stdio::null());
        child.wait().unwrap();
        let mut printed = Vec::new();
        // A terminal that nobody else has open any more ends by an error (pty(7)).
        let _ = File::from(ours).read_to_end(&mut printed);
        String::from_utf8(printed).unwrap().replace('\r', "")
    }

    fn records(&self) -> usize {
        let state = self.0.path().join("state/endings");
        let text =
            |part: &str| fs::read_to_string(state.join(part).join("active.ndjson")).unwrap_or_default();
        let records = |part| text(part).lines().filter(|line| !line.is_empty()).count();
        records("local") + records("pending")
    }
}

fn example(program: &str) -> PathBuf {
    let test = std::env::current_exe().unwrap();
    test.ancestors().nth(2).unwrap().join("examples").join(program)
}

#[test]
fn a_program_in_the_background_leaves_it_to_one_that_is_not() {
    let home = Home::new();
    // A session whose terminal it is, and a shell with jobs as one that somebody types into.
    let in_shell = |script: &str| {
        let mut session = Command::new("setsid");
        session.args(["--ctty", "sh", "-c", script]).arg(example("endings"));
        session.env_clear().env("PATH", std::env::var_os("PATH").unwrap());
        home.printed(&mut session, 80)
    };
    assert_eq!(in_shell("set -m; \"$0\" say 0 & wait"), "");
    assert_eq!(home.records(), 0);
    let notice = in_shell("set -m; \"$0\" say 0");
    assert!(notice.contains("endings will record"), "{notice:?}");
}

#[test]
fn it_is_shown_once_and_nothing_is_recorded_before() {
    let home = Home::new();
    let notice = home.at_terminal(&["say", "0"], 80, &[]);
    for part in ["endings will record", "What:", "Why:", "See:", "Stop: ENDINGS_TELEMETRY_ENABLED=false"] {
        assert!(notice.contains(part), "{part} is not in {notice}");
    }
    assert_eq!(home.records(), 0, "the run that shows it is not recorded");
    assert_eq!(home.at_terminal(&["say", "0"], 80, &[]), "", "once");
    assert_eq!(home.records(), 1);
}

#[test]
fn a_program_that_mounts_the_subcommand_names_it() {
    let notice = Home::new().of_program("orchard", &["season", "spring"], 80, &[]);
    assert!(notice.contains("Stop: orchard telemetry off, now"), "{notice}");
    assert!(notice.replace('\n', " ").contains("ORCHARD_TELEMETRY_ENABLED=local keeps it"), "{notice}");
}

#[test]
fn it_is_as_narrow_as_the_terminal() {
    let notice = Home::new().at_terminal(&["say", "0"], 40, &[]);
    let widest = notice.lines().filter(|line| line.contains(' ')).map(str::len).max().unwrap();
    assert!((30..=40).contains(&widest), "{widest}: {notice}");
}

#[test]
fn it_is_in_the_words_that_the_program_made() {
    let notice = Home::new().at_terminal(&["translated"], 80, &[]);
    assert_eq!(notice, "endings zeichnet auf; ENDINGS_TELEMETRY_ENABLED=false\n");
}

#[test]
fn nobody_is_told_who_has_spoken_or_cannot_read_it() {
    for (name, value, records) in [
        ("ENDINGS_TELEMETRY_ENABLED", "false", 0),
        ("DO_NOT_TRACK", "1", 0),
        ("GITHUB_ACTIONS", "true", 0),
        ("ENDINGS_TELEMETRY_ENABLED", "local", 1),
    ] {
        let home = Home::new();
        assert_eq!(home.at_terminal(&["say", "0"], 80, &[(name, value)]), "", "{name}={value}");
        assert_eq!(home.records(), records, "{name}={value}");
    }
}
