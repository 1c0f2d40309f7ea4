use proptest::prelude::*;

use super::*;
use crate::Policy;

fn orchard() -> Policy {
    Policy::from_json(include_str!("../../testdata/orchard.json")).unwrap()
}

fn redacted(text: &str) -> String {
    redact(text, &NoLexicon, &[]).text
}

/// Each line of `texts.jsonl`: a text, and what it becomes for the policy of `orchard`.
#[test]
fn texts_become_what_the_table_says() {
    #[derive(serde::Deserialize)]
    #[serde(deny_unknown_fields)]
    struct Case {
        text: String,
        becomes: String,
        code: Option<String>,
    }
    let policy = orchard();
    let mut wrong = Vec::new();
    for line in include_str!("../../testdata/texts.jsonl").lines() {
        let case: Case = serde_json::from_str(line).unwrap();
        let found = redact(&case.text, &policy, &[]);
        if found.text != case.becomes || case.code.is_some() && found.code != case.code.as_deref() {
            wrong.push(format!(
                "{:?} became {:?} ({:?}), not {:?}",
                case.text, found.text, found.code, case.becomes
            ));
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

#[test]
fn known_values_go_wherever_they_stand_unless_they_are_declared() {
    let policy = orchard();
    let known = ["main", "pear", "Error Budget", "/home/ada"];
    let text = redact("cannot open main of pear in error budget", &policy, &known).text;
    assert_eq!(
        text, "cannot open <value> of pear in error budget",
        "words of a phrase are told by the phrase"
    );
    assert_eq!(redact("invalid name main", &NoLexicon, &known).text, "invalid name <value>");
}

#[test]
fn findings_count_and_hold_nothing() {
    let found = redact("no user ada@example.com or bob@example.com at 192.0.2.1", &NoLexicon, &[]);
    let email = found.findings.iter().find(|finding| finding.rule == "detect.email").unwrap();
    assert_eq!(email.count, 2);
    assert!(!format!("{:?}", found.findings).contains("example"));
}

#[test]
fn a_very_long_text_is_cut_and_the_cut_is_counted() {
    let text = "error ".repeat(20_000);
    let found = redact(&text, &NoLexicon, &[]);
    assert!(found.text.len() <= normalise::MAX_BYTES);
    assert!(found.findings.iter().any(|finding| finding.rule == "text.too_long"));
}

/// Whether every token of a text is a word, a placeholder or ASCII punctuation.
fn is_closed(text: &str) -> bool {
    let policy = orchard();
    text.bytes().all(|b| matches!(b, b' '..=b'~' | b'\n' | b'\t'))
        && text.split(|c: char| !(c.is_alphanumeric() || "-_'./".contains(c))).all(|token| {
            let token = token.trim_matches(['-', '_', '\'', '.', '/']);
            let inner = ["value", "path", "url", "email", "ip", "host", "id", "number", "secret"];
            let known =
                |word: &str| vocabulary::contains(word) || policy.declares(word) || inner.contains(&word);
            token.len() <= 1
                || known(token)
                || token.split(['-', '/', '.', '_', '\'']).all(|part| part.len() <= 1 || known(part))
                || token.bytes().all(|b| b.is_ascii_digit()) && token.len() <= 3
                || token.starts_with(char::is_uppercase)
        })
}

fn texts() -> impl Strategy<Value = String> {
    let piece = prop_oneof![
        4 => prop::sample::select(vec!["error", "unknown command", "for", "not found", "cannot open", "is", "no", "password",
            "Error:", "trees", "pear", "flag", "invalid value", "status", "404", "<value>", "(os error 2)", "merger"]).prop_map(str::to_owned),
        3 => "zq[a-z0-9]{2,6}vx",
        2 => prop::sample::select(vec!["\"", "'", "`", ": ", ", ", "=", "[", "]", "(", ")", "\n", "--", "/", "\\", "@", "<", ">", "%41", "\u{1b}[0m", "\u{200b}"]).prop_map(str::to_owned),
        1 => "\\PC{0,6}",
    ];
    prop::collection::vec((piece, prop::bool::weighted(0.7)), 0..24).prop_map(|pieces| {
        pieces.into_iter().map(|(piece, space)| if space { piece + " " } else { piece }).collect()
    })
}

proptest! {
    #[test]
    fn redacting_twice_is_redacting_once(text in texts()) {
        let policy = orchard();
        let once = redact(&text, &policy, &[]).text;
        prop_assert_eq!(redact(&once, &policy, &[]).text, once);
    }

    #[test]
    fn nothing_planted_survives_and_the_alphabet_is_closed(text in texts()) {
        let found = redact(&text, &orchard(), &[]).text;
        prop_assert!(!found.contains("zq") && !found.contains("merger"), "{found}");
        prop_assert!(is_closed(&found), "{found}");
    }

    #[test]
    fn any_text_is_survived(text in "\\PC{0,80}", known in prop::collection::vec("\\PC{0,8}", 0..3)) {
        let known: Vec<&str> = known.iter().map(String::as_str).collect();
        let once = redact(&text, &NoLexicon, &known).text;
        prop_assert_eq!(redacted(&once), once);
    }

    #[test]
    fn a_word_of_the_user_s_own_goes_in_every_carrier(word in "[a-z]{3,5}[0-9]{2,4}[A-Z]{2,5}", carrier in 0..10_usize) {
        let text = [
            format!("Error: unknown command \"{word}\" for \"orchard\""),
            format!("cannot open {word}: permission denied"),
            format!("password={word}"),
            format!("--password {word}"),
            format!("failed: {{\"name\": \"{word}\"}}"),
            format!("no such user: {word}"),
            format!("value '{word}' is not valid"),
            format!("[{word}, {word}]"),
            format!("https://{word}.example.com/{word}?x={word}"),
            word.clone(),
        ][carrier].clone();
        let found = redact(&text, &orchard(), &[]).text;
        prop_assert!(!found.contains(&word), "{found}");
    }
}
