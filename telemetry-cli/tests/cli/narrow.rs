//! What people read on a narrow terminal, and by a screen reader.

use crate::home::Home;

fn narrow(home: &Home, arguments: &[&str], variables: &[(&str, &str)]) -> String {
    let mut command = home.telemetry(arguments);
    let output = command.env("COLUMNS", "40").envs(variables.iter().copied()).output().unwrap();
    assert!(output.status.success(), "{output:?}");
    String::from_utf8(output.stdout).unwrap()
}

#[test]
fn rows_that_do_not_fit_are_lines_of_name_and_value() {
    let home = Home::new();
    let text = narrow(&home, &["explain", "--", "git", "commit", "-am", "message", "--no-verify"], &[]);
    let table = text.split_once("\nThe event").unwrap().0;
    insta::assert_snapshot!(table, @r"
    Policy for git, version 1

    argument: git
    is: program
    verdict: kept
    rule: program.declared
    in the event: git

    argument: commit
    is: command word
    verdict: kept
    rule: command.declared
    in the event: commit

    argument: -am
    is: flag
    verdict: kept
    rule: flag.declared
    in the event: all

    argument: -am
    is: flag
    verdict: kept
    rule: flag.declared
    in the event: message

    argument: message
    is: value
    verdict: dropped
    rule: value.not_declared

    argument: --no-verify
    is: flag
    verdict: kept
    rule: flag.declared
    in the event: no-verify
    ");
    let status = narrow(&home, &["status"], &[("DO_NOT_TRACK", "1")]);
    let head = status.split_once("\nmachine-wide").unwrap().0;
    insta::assert_snapshot!(head, @r"
    Telemetry is off: nothing is recorded.
    Decided by: variable DO_NOT_TRACK
    To change it: unset the variable
      DO_NOT_TRACK, which decides now

    Everything that has a say, strongest
      first:
    variable DO_NOT_TRACK: off, which
      decided
    ");
}

/// No colour whatever is asked for, no lines drawn, no mark that only the eye sees, and nothing is wider than the
/// terminal but a word that has to stay whole.
#[test]
fn what_is_said_is_said_in_words() {
    let home = Home::new();
    home.run(&["exec", "--", "git", "commit", "-m", "x"]);
    let commands: [&[&str]; 4] =
        [&["status"], &["explain", "--", "git", "status", "-s"], &["report"], &["show"]];
    for arguments in commands {
        for variables in [&[("NO_COLOR", "1")][..], &[("CLICOLOR_FORCE", "1")]] {
            let text = narrow(&home, arguments, variables);
            let is_plain = |c: char| c == '\n' || (c.is_ascii() && !c.is_ascii_control());
            assert!(text.chars().all(is_plain), "{arguments:?}: {text:?}");
            assert!(
                !text.lines().any(|line| line.split(' ').any(|word| ["*", "|", "+"].contains(&word))),
                "{text}"
            );
            let prose = text.lines().take_while(|line| !line.starts_with('{'));
            for line in prose {
                let is_one_word = !line.trim().contains(' ');
                assert!(line.chars().count() <= 40 || is_one_word, "{arguments:?}: {line}");
            }
        }
    }
}
