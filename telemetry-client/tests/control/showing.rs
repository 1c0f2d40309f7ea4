//! What is shown of what was recorded and of a command line, and the subcommand that shows it.

use std::fs;
use std::path::Path;

use telemetry_client::control::{ControlError, Copies, Fate, Show, Typed, Width};
use telemetry_redact::Verdict;
use telemetry_redact::consent::Mode;

use crate::Home;

#[test]
fn the_last_commands_are_explained_newest_first() {
    let home = Home::new();
    home.record(&["plant", "--fruit", "pear", "--name", "grandma's"], None);
    home.record(&["plnat", "--kind", "x"], Some("open /home/ada/notes: permission denied"));
    let control = home.control(&[]);
    let explanation = control.explain(10).unwrap();
    let [error, success] = &explanation.commands[..] else { panic!("{explanation:?}") };
    assert_eq!((success.fate, success.outcome.as_str()), (Fate::Local, "success"));
    assert_eq!(error.message.as_deref(), Some("open <path>: permission denied"));
    assert_eq!((error.taken_out[0].placeholder, error.taken_out[0].count), ("<path>", 1));
    let near = error.parts.iter().find(|part| part.rule == "command.near_miss").unwrap();
    assert_eq!(near.kept_as.as_deref(), Some("plnat (near plant)"));
    let dropped = |command: &telemetry_client::control::PastCommand| -> u32 {
        command.parts.iter().filter(|part| part.verdict == Verdict::Dropped).map(|part| part.count).sum()
    };
    assert_eq!(dropped(success), 1, "the name");
    assert!(dropped(error) >= 1, "the flag");
    for text in [explanation.text(Width::columns(40)), serde_json::to_string(&explanation).unwrap()] {
        assert!(!["grandma", "ada", "kind"].iter().any(|typed| text.contains(typed)), "{text}");
    }
    assert_eq!(control.explain(1).unwrap().commands.len(), 1);
    fs::write(home.path("state/local/active.ndjson"), "{\"odd\": 1}\n").unwrap();
    let explanation = control.explain(10).unwrap();
    assert_eq!((explanation.commands.len(), explanation.left_out), (0, 1));
}

#[test]
fn what_is_shown_is_what_is_stored() {
    let home = Home::new();
    home.record(&["plant", "--fruit", "apple"], None);
    let shown = home.control(&[]).show(Show::Local).unwrap();
    let stored = fs::read_to_string(home.path("state/local/active.ndjson")).unwrap();
    assert!(stored.contains(&shown.text()), "{stored}");
    assert!(home.control(&[]).show(Show::Pending).unwrap().events.is_empty());
    assert!(home.control(&[]).show(Show::Sent).unwrap().events.is_empty());
}

/// As a shipper leaves it that was killed before the answer.
#[test]
fn what_was_sent_and_not_answered_is_told_apart() {
    let home = Home::new();
    home.record(&["plant", "--fruit", "apple"], None);
    let event = home.control(&[]).show(Show::Local).unwrap().text();
    fs::remove_dir_all(home.path("state/local")).unwrap();
    let id = "019e7044-87ff-7000-8000-000000000000";
    let sent = home.path("state/sent");
    fs::create_dir(&sent).unwrap();
    let body = format!(r#"{{"protocol_version":1,"batch_id":"{id}","events":[{}]}}"#, event.trim_end());
    fs::write(sent.join(format!("{id}.json")), body).unwrap();
    let place = r#"{"destination":"https://telemetry.example.com"}"#;
    fs::write(sent.join(format!("{id}.unanswered.json")), place).unwrap();

    let control = home.control(&[]);
    let shown = control.show(Show::Sent).unwrap();
    assert!(shown.events.is_empty());
    let [batch] = &shown.unanswered[..] else { panic!("{shown:?}") };
    assert_eq!((batch.destination.as_str(), batch.events.len()), ("https://telemetry.example.com", 1));
    assert_eq!(shown.text(), event, "byte for byte");
    let said: Vec<_> = shown.talk().collect();
    assert_eq!(said, ["line 1: sent to https://telemetry.example.com, and no answer came: it may have this"]);
    let json = serde_json::to_value(&shown).unwrap();
    assert_eq!(json["unanswered"][0]["batch_id"], id);
    let receipts = control.receipts().unwrap();
    let line = format!(
        r#"{{"destination":"https://telemetry.example.com","receipt":null,"batch_id":"{id}","events":1}}"#
    );
    assert_eq!(receipts.text(), line + "\n");
    assert_eq!(serde_json::to_value(&receipts).unwrap()["batches"][0]["receipt"], serde_json::Value::Null);
    assert_eq!(control.explain(1).unwrap().commands[0].fate, Fate::Unanswered);
    let status = control.status();
    assert_eq!((status.sent_batches, status.unanswered_batches), (1, 1));
    assert_eq!(control.purge(Copies::Delete).unwrap().sent_batches, Some(1));
    assert!(control.show(Show::Sent).unwrap().unanswered.is_empty());
}

#[test]
fn a_dry_run_touches_nothing() {
    let home = Home::new();
    let control = home.control(&[]);
    let argv = ["orchard", "plant", "--fruit", "plum\u{1b}[2J"].map(std::ffi::OsString::from);
    let dry_run = control.dry_run(Typed::of_arguments(&argv).exit_code(Some(2)));
    let text = control.dry_run_text(&dry_run, &argv, Width::columns(120));
    assert!(text.contains("value.not_in_closed_set") && !text.contains('\u{1b}'), "{text}");
    assert_eq!(dry_run.event.exit_code, Some(2));
    assert!(is_empty(home.0.path()));
}

#[test]
fn what_cannot_be_done_is_an_error() {
    let home = Home::new();
    fs::write(home.path("config.toml"), "telemetry_enabled = \n").unwrap();
    let mut control = home.control(&[]);
    assert!(matches!(control.on(), Err(ControlError::Settings(_))));
    assert!(matches!(control.enabled(), Err(ControlError::Settings(_))));
    assert_eq!(control.status().decision.mode, Mode::Off);
    assert_eq!(control.purge(Copies::Delete).unwrap().events, 0);
}

fn is_empty(directory: &Path) -> bool {
    fs::read_dir(directory).unwrap().next().is_none()
}

#[cfg(feature = "clap")]
#[test]
fn the_subcommand_is_sound() {
    use clap::FromArgMatches as _;
    use telemetry_client::control::{Arguments, command};

    command().debug_assert();
    // Under another name, too.
    let orchard = clap::Command::new("orchard").subcommand(command().name("privacy"));
    for (line, is_sound) in [
        (&["orchard", "privacy", "show", "--sent", "--json"][..], true),
        (&["orchard", "privacy", "explain", "--", "plant", "--fruit", "pear"], true),
        (&["orchard", "privacy", "show", "--sent", "--receipts"], true),
        (&["orchard", "privacy", "show", "--receipts"], false),
        (&["orchard", "privacy", "show", "--sent", "--local"], false),
        (&["orchard", "privacy"], false),
    ] {
        let found = orchard.clone().try_get_matches_from(line);
        assert_eq!(found.is_ok(), is_sound, "{line:?}");
        let Ok(found) = found else { continue };
        assert!(Arguments::from_arg_matches(found.subcommand().unwrap().1).is_ok());
    }
}
