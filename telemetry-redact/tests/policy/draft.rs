//! Drafts from the help texts of one small program as each library writes them, and from its completion scripts.
//!
//! `testdata/draft/` holds the texts: of clap, argparse, click, Go's `flag` and `clap_complete` as these libraries print
//! them, and two by hand in the layouts of cobra, and of git and GNU.

use proptest::prelude::*;
use telemetry_redact::policy::{CompletionError, Draft, Drafter, PolicySource};
use telemetry_redact::{Policy, Redactor};

/// Takes in texts, each behind a line that says what was asked.
fn draft(texts: &str) -> Draft {
    let mut drafter = Drafter::new("orchard");
    for text in texts.split("$ orchard").filter(|text| text.contains('\n')) {
        let (path, text) = text.split_once('\n').unwrap();
        let path: Vec<&str> = path.split_whitespace().collect();
        drafter.help(&path, text);
    }
    drafter.finish()
}

fn completed(script: &str) -> Draft {
    let mut drafter = Drafter::new("orchard");
    drafter.completion(script).unwrap();
    drafter.finish()
}

/// What holds of every draft.
fn check(draft: &Draft) {
    let toml = draft.to_toml();
    assert_eq!(PolicySource::from_toml(&toml).as_ref(), Ok(&draft.source), "{toml}");
    let policy = Policy::from_toml(&toml).unwrap();
    assert_eq!(policy.summary().values, 0);
    assert!(draft.source.flags.values().all(|flag| flag.values.is_none()));
    assert!(draft.source.sets.is_empty());
}

macro_rules! drafts {
    ($($name:ident: $read:ident($file:literal);)+) => {
        $(#[test]
        fn $name() {
            let draft = $read(include_str!(concat!("../../testdata/draft/", $file)));
            check(&draft);
            insta::assert_snapshot!(draft.to_toml());
        })+
    };
}

drafts! {
    clap: draft("clap.txt");
    cobra: draft("cobra.txt");
    argparse: draft("argparse.txt");
    click: draft("click.txt");
    go_flag: draft("go_flag.txt");
    getopt: draft("getopt.txt");
    bash_completion: completed("completion.bash");
    zsh_completion: completed("completion.zsh");
    fish_completion: completed("completion.fish");
}

#[test]
fn what_looks_like_somebody_s_is_left_out_with_a_note() {
    let key = ["5e2211c17a3e5a48", "f5497de3"].concat();
    let mut drafter = Drafter::new("orchard");
    drafter.help(
        &[],
        &format!(
            "Usage: orchard <COMMAND>\n\nCommands:\n  plant  Plant\n  {key}  Odd\n\nOptions:\n      --{key}  Odd\n      \
             --who <WHO>  Who [possible values: ada@example.com, nobody] [env: TOKEN=hunter2]\n  -h, --help  Print help\n"
        ),
    );
    let draft = drafter.finish();
    check(&draft);
    let toml = draft.to_toml();
    for part in [key.as_str(), "ada@", "hunter2"] {
        assert!(!toml.contains(part), "{toml}");
    }
    assert_eq!(draft.listed["who"], ["nobody"]);
    assert_eq!(draft.notes.len(), 2, "{:?}", draft.notes);
    assert!(toml.contains(
        "# - a value of --who was left out: it looks like personal data or a secret (detect.email)"
    ));
}

#[test]
fn a_listed_value_is_kept_once_it_is_declared() {
    let toml = draft(include_str!("../../testdata/draft/clap.txt")).to_toml();
    let line = ["orchard", "trees", "plant", "--fruit", "pear", "here"];
    let read = |toml: &str| {
        let reading = Redactor::new(Policy::from_toml(toml).unwrap()).read_command(&line);
        serde_json::to_string(&reading.command).unwrap()
    };
    assert!(!read(&toml).contains("pear"));
    let declared = toml
        .replace("#[sets]", "[sets]")
        .replace("#fruit = [", "fruit = [")
        .replace("fruit = { short = \"f\", takes", "fruit = { short = \"f\", values = \"fruit\", takes");
    assert!(read(&declared).contains(r#"{"name":"fruit","values":["pear"]}"#));
}

#[test]
fn scripts_that_ask_the_program_are_refused_with_what_to_do_instead() {
    for script in [
        "requestComp=\"${words[0]} __complete ${args[*]}\"",
        "set -l requestComp \"ORCHARD_ACTIVE_HELP=0 $args[1] __complete $args[2..-1] $lastArg\"",
        "complete -c orchard -a '(COMPLETE=fish orchard -- (commandline --current-token))'",
        "response=$(env COMP_WORDS=\"${COMP_WORDS[*]}\" _ORCHARD_COMPLETE=bash_complete $1)",
        "_ARGCOMPLETE=1 __python_argcomplete_run \"$1\"",
    ] {
        let error = Drafter::new("orchard").completion(script).unwrap_err();
        assert!(matches!(error, CompletionError::Dynamic { .. }), "{script}");
        assert!(error.to_string().contains("asks `orchard`"), "{error}");
    }
    for script in ["", "echo nothing here", "complete -c orchard -f"] {
        assert_eq!(
            Drafter::new("orchard").completion(script),
            Err(CompletionError::NothingFound),
            "{script}"
        );
    }
}

proptest::proptest! {
    /// Whatever is said to be a help text, the draft is a policy without a problem, and it keeps no value.
    #[test]
    fn any_text_gives_a_sound_draft(
        lines in proptest::collection::vec(
            proptest::prop_oneof![
                proptest::sample::select(vec![
                    "Usage: orchard [OPTIONS] <COMMAND>", "Commands:", "Available Commands:", "Options:", "Flags:",
                    "Global Flags:", "Arguments:", "Aliases:", "", "  plant, add  Plant", "  add  Add", "  plant",
                    "  {plant,list}", "    list (ls, add)  List", "  -f, --fruit <FRUIT>", "  -f, --force", "      --fruit",
                    "  --no-fruit, --fruit", "  --[no-]force", "  -z", "  -f", "  --at X Y", "  ls, plant",
                    "    [possible values: a, b] [aliases: force, ls]", "Print help", "show this help message and exit",
                ]).prop_map(str::to_owned),
                "  (-[a-c], )?--[a-c]{1,2}( <[A-C]>| [A-C]| string|\\[=x\\])?(  text)?",
                "\\PC{0,30}",
            ],
            0..24,
        ),
        below in proptest::collection::vec(0usize..24, 0..3),
    ) {
        let mut drafter = Drafter::new("orchard");
        let text = lines.join("\n");
        let words = drafter.help(&[], &text);
        for at in below {
            if let Some(word) = words.get(at % words.len().max(1)) {
                let rest = lines.iter().skip(at).cloned().collect::<Vec<_>>().join("\n");
                drafter.help(&[word], &rest);
            }
        }
        let _ = Drafter::new("orchard").completion(&text);
        check(&drafter.finish());
    }
}
