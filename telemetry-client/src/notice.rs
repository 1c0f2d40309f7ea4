//! The notice: what a program's user is told before the first run is recorded.

use std::fmt::Write as _;
use std::path::Path;

use crate::control::broken;
use crate::platform;
use crate::surroundings::Environment;
use crate::variables;

/// What a notice is made of, for one in the program's own words or in another language. It names **what** is recorded and
/// **why**, how to **see** it and how to **stop** it.
#[derive(Debug, Clone, Copy)]
#[non_exhaustive]
pub struct NoticeParts<'a> {
    /// The program, as its users type it.
    pub program: &'a str,
    /// The variable that says `false` to stop it while it is set, which holds back what is recorded but not sent and deletes
    /// nothing, and `local` to record without ever sending.
    pub variable: &'a str,
    /// The program's own command that stops it and deletes what is recorded but not sent, where it has one.
    pub off: Option<&'a str>,
    /// Where events go. Nothing leaves the machine where there is none.
    pub endpoint: Option<&'a str>,
    /// Where what is recorded lies, a line for each run.
    pub directory: &'a Path,
}

/// Whose words the notice is in.
#[derive(Debug, Clone, Default)]
pub(crate) enum Words {
    /// Ours, in English.
    #[default]
    Ours,
    /// The program's.
    Text(String),
    /// The program's, made of the parts.
    Made(fn(&NoticeParts<'_>) -> String),
}

impl Words {
    /// The notice, as wide as it may be. One that says nothing would count as seen, so it is ours instead; and one that
    /// does not say how to stop says that at its end.
    pub(crate) fn text(&self, parts: &NoticeParts<'_>, width: usize) -> String {
        let own = match self {
            Self::Ours => String::new(),
            Self::Text(text) => text.clone(),
            Self::Made(make) => make(parts),
        };
        let mut text = if own.trim().is_empty() { ours(parts) } else { own };
        let mut stops = [parts.variable, variables::DO_NOT_TRACK].into_iter().chain(parts.off);
        if !stops.any(|name| text.contains(name)) {
            let _ = match parts.off {
                Some(off) => write!(text, "\n{off}"),
                None => write!(text, "\n{}=false", parts.variable),
            };
        }
        wrap(&text, width)
    }
}

fn ours(parts: &NoticeParts<'_>) -> String {
    let NoticeParts { program, variable, off, endpoint, directory } = parts;
    let directory = directory.display();
    let goes = match endpoint {
        Some(endpoint) => format!(" before it is sent to {endpoint}"),
        None => " and is not sent anywhere".to_owned(),
    };
    let off = off.map(|off| format!("{off}, now and for what was recorded, or ")).unwrap_or_default();
    format!(
        "{program} will record how it is used, from the next run on.\n\
         What: which of its own commands and options, how long they take, whether they fail and by what kind of error, \
         with its version, the system and a random number for this installation. Never what you type beyond those.\n\
         Why: so that its makers see what to mend first.\n\
         See: each record is a line of text in {directory}{goes}.\n\
         Stop: {off}{variable}=false or DO_NOT_TRACK=1, which hold back what was recorded while set. \
         {variable}=local keeps it on this machine."
    )
}

/// What a line holds where nobody says: POSIX gives terminals no width of their own, and this is the usual one.
const USUAL_WIDTH: usize = 80;

/// Narrower than this no word fits, and wider no eye follows.
const WIDTHS: (usize, usize) = (20, 100);

/// How wide the terminal is: as `COLUMNS` says (POSIX, "Environment Variables"), else as the terminal does.
pub(crate) fn width(environment: &Environment) -> usize {
    let columns = environment.var("COLUMNS").and_then(|columns| columns.to_str()?.parse().ok());
    let width = columns.filter(|columns| *columns > 0).or_else(platform::terminal_width);
    width.unwrap_or(USUAL_WIDTH).clamp(WIDTHS.0, WIDTHS.1)
}

/// Breaks lines between words. How wide other letters than ASCII are is the terminal's to know: lines with such are left
/// to it.
fn wrap(text: &str, width: usize) -> String {
    let line = |line: &str| if line.is_ascii() { broken(line, width, "") } else { line.to_owned() };
    text.lines().map(line).collect::<Vec<_>>().join("\n")
}

#[cfg(test)]
mod tests {
    use super::*;

    fn parts() -> NoticeParts<'static> {
        NoticeParts {
            program: "orchard",
            variable: "ORCHARD_TELEMETRY_ENABLED",
            off: None,
            endpoint: Some("https://telemetry.example.com"),
            directory: Path::new("/var/state/orchard"),
        }
    }

    #[test]
    fn ours_names_what_why_how_to_see_and_how_to_stop() {
        let text = Words::Ours.text(&parts(), 80);
        for part in [
            "orchard will record",
            "What: ",
            "Why: ",
            "See: ",
            "/var/state/orchard",
            "https://telemetry.example.com",
            "Stop: ORCHARD_TELEMETRY_ENABLED=false",
            "DO_NOT_TRACK=1, which hold back what was recorded while set.",
            "ORCHARD_TELEMETRY_ENABLED=local",
        ] {
            assert!(text.replace('\n', " ").contains(part), "{part} is not in {text}");
        }
        assert!(!text.contains("for what was recorded"), "a variable deletes nothing: {text}");
        let without = Words::Ours.text(&NoticeParts { endpoint: None, ..parts() }, 80);
        assert!(without.replace('\n', " ").contains("is not sent anywhere"), "{without}");
    }

    #[test]
    fn a_program_that_has_a_command_to_stop_by_names_that_first() {
        let parts = NoticeParts { off: Some("orchard telemetry off"), ..parts() };
        let text = Words::Ours.text(&parts, 80).replace('\n', " ");
        for part in [
            "Stop: orchard telemetry off, now and for what was recorded,",
            "or ORCHARD_TELEMETRY_ENABLED=false or DO_NOT_TRACK=1, which hold back what was recorded while set.",
            "ORCHARD_TELEMETRY_ENABLED=local",
        ] {
            assert!(text.contains(part), "{part} is not in {text}");
        }
        let own = |text: &str| Words::Text(text.to_owned()).text(&parts, 80);
        assert_eq!(own("orchard zeichnet auf"), "orchard zeichnet auf\norchard telemetry off");
        assert_eq!(own("Ende: orchard telemetry off"), "Ende: orchard telemetry off");
    }

    #[test]
    fn a_notice_of_the_programs_own_says_how_to_stop_and_is_never_empty() {
        let text = Words::Text("orchard zeichnet auf".to_owned()).text(&parts(), 80);
        assert_eq!(text, "orchard zeichnet auf\nORCHARD_TELEMETRY_ENABLED=false");
        let made = Words::Made(|parts| format!("{} misst; Ende: {}=false", parts.program, parts.variable));
        assert_eq!(made.text(&parts(), 80), "orchard misst; Ende: ORCHARD_TELEMETRY_ENABLED=false");
        assert_eq!(Words::Text(" \n".to_owned()).text(&parts(), 80), Words::Ours.text(&parts(), 80));
    }

    #[test]
    fn lines_are_as_wide_as_the_terminal() {
        for width in [20, 40, 80, 100] {
            let text = Words::Ours.text(&parts(), width);
            let widest = text.lines().filter(|line| line.contains(' ')).map(str::len).max().unwrap();
            assert!(widest <= width && widest > width - 20, "{widest} of {width}: {text}");
            let words = |text: &str| text.split_whitespace().map(str::to_owned).collect::<Vec<_>>();
            assert_eq!(words(&text), words(&ours(&parts())), "no word is lost");
        }
        assert_eq!(wrap("one two\nthree", 5), "one\ntwo\nthree");
        assert_eq!(wrap("wörter bleiben so", 5), "wörter bleiben so");
    }

    #[test]
    fn the_width_is_what_the_variable_says_within_reason() {
        for (columns, expected) in [("40", 40), ("4", 20), ("4000", 100)] {
            assert_eq!(width(&Environment::fake([("COLUMNS", columns)], "/nowhere")), expected, "{columns}");
        }
    }
}
