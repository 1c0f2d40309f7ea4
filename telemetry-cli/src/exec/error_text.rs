//! Which of the lines on standard error is the error.

/// How error lines begin, in lower case.
const BEGINNINGS: [&str; 6] = ["error", "fatal", "panic", "usage error", "failed", "failure"];

/// The error among what was printed: the first line that says so, else the last line.
pub(super) fn find(printed: &[u8]) -> Option<String> {
    let text = String::from_utf8_lossy(printed);
    let lines = || text.lines().map(str::trim).filter(|line| !line.is_empty());
    lines().find(|line| says_error(line)).or_else(|| lines().next_back()).map(str::to_owned)
}

fn says_error(line: &str) -> bool {
    let line = line.to_lowercase();
    BEGINNINGS.iter().any(|beginning| {
        line.strip_prefix(beginning)
            .is_some_and(|rest| !rest.starts_with(|next: char| next.is_alphanumeric()))
    })
}

#[cfg(test)]
mod tests {
    use super::find;

    #[test]
    fn the_error_is_told_from_the_talk_around_it() {
        for (printed, error) in [
            (
                "Cloning into 'x'...\nfatal: repository not found\nhint: try again\n",
                "fatal: repository not found",
            ),
            (
                "Error: unknown command \"rgister\" for \"atlas\"\n\nUsage:\n  atlas\n",
                "Error: unknown command \"rgister\" for \"atlas\"",
            ),
            ("cat: x: No such file or directory\n\n", "cat: x: No such file or directory"),
            ("errors will be ignored\nerror[E0308]: mismatched types\n", "error[E0308]: mismatched types"),
        ] {
            assert_eq!(find(printed.as_bytes()).as_deref(), Some(error));
        }
        assert_eq!(find(b" \n\n"), None);
        assert!(find(b"\xff\xfe error").is_some());
    }
}
