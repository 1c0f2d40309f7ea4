use proptest::prelude::*;

use super::*;
use crate::Policy;

fn orchard() -> Policy {
    Policy::from_json(include_str!("../../testdata/orchard.json")).unwrap()
}

fn redact(text: &str, lexicon: &dyn Lexicon, known_values: &[&str]) -> Redaction {
    super::redact(text, lexicon, known_values, None)
}

fn redacted(text: &str) -> String {
    redact(text, &NoLexicon, &[]).text
}

/// Each line of a table: a text, what it becomes, and its class.
fn assert_table(table: &str, lexicon: &dyn Lexicon) {
    #[derive(serde::Deserialize)]
    #[serde(deny_unknown_fields)]
    struct Case {
        text: String,
        becomes: String,
        code: Option<String>,
    }
    let mut wrong = Vec::new();
    for line in table.lines() {
        let case: Case = serde_json::from_str(line).unwrap();
        let found = redact(&case.text, lexicon, &[]);
        if found.text != case.becomes
            || case.code.is_some() && found.code.as_ref().map(ErrorCode::as_str) != case.code.as_deref()
        {
            wrong.push(format!(
                "{:?} became {:?} ({:?}), not {:?}",
                case.text, found.text, found.code, case.becomes
            ));
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

#[test]
fn texts_become_what_the_table_says() {
    assert_table(include_str!("../../testdata/text_policy.jsonl"), &orchard());
}

#[test]
fn texts_become_what_the_table_says_without_a_policy() {
    assert_table(include_str!("../../testdata/text.jsonl"), &NoLexicon);
}

#[test]
fn known_values_go_wherever_they_stand_unless_they_are_declared() {
    let policy = orchard();
    let known = ["main", "pear", "Error Budget", "/home/ada", "ok", "x", "backup-copy"];
    for (text, expected) in [
        ("cannot open main of pear", "cannot open <value> of pear"),
        ("the error  budget is exhausted", "the <value> is exhausted"),
        ("the error\nbudget is exhausted", "the <value>\n<value> is exhausted"),
        ("is it ok?", "is it <value>?"),
        ("no Backup\u{ad}-Copy here", "no <value> here"),
        ("the error is in the folder", "the error is in the folder"),
    ] {
        assert_eq!(redact(text, &policy, &known).text, expected);
    }
    assert_eq!(redact("cannot use main_file", &NoLexicon, &["main"]).text, "cannot use <value>");
    let marks = redact("not valid ('!#%&/()=' is too short)", &NoLexicon, &["!#%&/()="]).text;
    assert!(!marks.contains("#%"), "{marks}");
}

#[test]
fn what_is_glued_to_a_reason_phrase_does_not_come_out() {
    for glue in ["/", "\\", "<name=", "-", "="] {
        let text = redacted(&format!("404 Not Found{glue}zq60z0ul5"));
        assert!(!text.contains("zq60"), "{text}");
    }
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
    for text in [
        "error, ".repeat(20_000),
        "error ".repeat(20_000),
        "q,".repeat(40_000),
        "(\"".repeat(40_000),
        "'a:".repeat(30_000),
    ] {
        let found = redact(&text, &NoLexicon, &[]);
        assert!(found.text.len() <= normalise::MAX_BYTES);
        assert!(found.findings.iter().any(|finding| finding.rule == "text.too_long"));
        assert_eq!(redacted(&found.text), found.text);
    }
}

/// Whether every token of a text is a word, a declared word, a placeholder, a number that may stand, or a mark.
fn is_closed(text: &str, lexicon: &dyn Lexicon) -> bool {
    let inner = ["value", "path", "url", "email", "ip", "host", "id", "number", "secret"];
    let is_word = |word: &str| {
        vocabulary::class(word).is_some()
            || lexicon.declares(word)
            || inner.contains(&word)
            || table::Lists::of(word).is(lists::IO_KIND)
    };
    let digits =
        |text: &str, most| (1..=most).contains(&text.len()) && text.bytes().all(|b| b.is_ascii_digit());
    let is_duration = |word: &str| {
        ["ns", "us", "ms", "s", "m", "h"]
            .iter()
            .any(|unit| word.strip_suffix(unit).is_some_and(|n| digits(n, 4)))
    };
    // Runs of letters, with camel case taken apart.
    let parts = |token: &str| {
        let chars: Vec<char> = token.chars().collect();
        let mut parts = vec![String::new()];
        for (at, c) in chars.iter().enumerate() {
            let after_lower = at > 0 && chars[at - 1].is_ascii_lowercase();
            let before_lower = chars.get(at + 1).is_some_and(char::is_ascii_lowercase);
            if c.is_ascii_uppercase() && (after_lower || before_lower) {
                parts.push(String::new());
            }
            parts.last_mut().unwrap().push(*c);
        }
        parts
    };
    text.bytes().all(|b| matches!(b, b' '..=b'~' | b'\n' | b'\t'))
        && text
            .split(|c: char| !(c.is_alphanumeric() || c == '\''))
            .map(|token| token.trim_matches('\''))
            .map(|token| token.strip_suffix("'s").unwrap_or(token))
            .all(|token| {
                token.len() <= 1
                    || is_word(token)
                    || is_word(&token.to_ascii_lowercase())
                    || digits(token, 5)
                    || is_duration(token)
                    || parts(token)
                        .iter()
                        .all(|part| part.len() <= 2 || is_word(part) || is_word(&part.to_ascii_lowercase()))
            })
}

const PIECES: &[&str] = &[
    "error",
    "unknown command",
    "for",
    "not found",
    "cannot open",
    "is",
    "no",
    "password",
    "Error:",
    "trees",
    "pear",
    "flag",
    "invalid value",
    "status",
    "404",
    "<value>",
    "(os error 2)",
    "merger",
    "user",
    "name:",
    "Name",
    "don't",
    "one of",
    "flag(s)",
    "--fruit",
    "-x",
    "5",
    "5 5",
    "{\"detail\":\"",
    "\"}",
    "msg=\"",
    "peer's",
    "read-only",
    "ECONNREFUSED",
    "RATE_LIMITED",
    "userName",
    "IDs",
    "i/o",
    "$PATH",
    "[possible values:",
    "24-bit",
    "TLS 1.2",
    "my",
    "Grace Hope",
    "orchard plant",
    "quick brown lazy",
    ".",
    "GraphQL",
    "<NAME>",
    "--fruit=<FRUIT>",
    "http/1.1",
];
/// Those of them that are one word.
const WORDS: &[&str] = &[
    "error",
    "for",
    "is",
    "no",
    "password",
    "flag",
    "status",
    "user",
    "Name",
    "my",
    "ECONNREFUSED",
    "IDs",
    "GraphQL",
];
const MARKS: &[&str] = &[
    "\"",
    "'",
    "`",
    ": ",
    ", ",
    "=",
    "[",
    "]",
    "(",
    ")",
    "\n",
    "--",
    "/",
    "\\",
    "@",
    "<",
    ">",
    "%41",
    "\u{1b}[0m",
    "\u{200b}",
    "{",
    "}",
    "&lt;",
    "$",
    "#",
    "!",
    "?",
    ";",
    "|",
    "*",
    "'s",
    "-",
    "_",
    "\t",
    "%",
    "&",
    "+",
    "~",
    "^",
];

/// Texts out of what errors are made of, and of what they should not hold.
fn texts() -> impl Strategy<Value = String> {
    let piece = prop_oneof![
        4 => prop::sample::select(PIECES).prop_map(str::to_owned),
        2 => "zq[a-z0-9]{2,6}vx",
        3 => prop::sample::select(MARKS).prop_map(str::to_owned),
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
        let once = redacted(&text);
        prop_assert_eq!(redacted(&once), once);
    }

    #[test]
    fn a_cache_changes_nothing(texts in prop::collection::vec(texts(), 1..5), known in prop::sample::select(WORDS)) {
        let policy = orchard();
        let cache = Cache::default();
        for text in texts.iter().chain(&texts) {
            for known in [&[][..], &[known]] {
                let plain = redact(text, &policy, known);
                let cached = super::redact(text, &policy, known, Some(&cache));
                prop_assert_eq!((cached.text, cached.code, cached.fingerprint), (plain.text, plain.code, plain.fingerprint));
                prop_assert_eq!(cached.findings, plain.findings);
            }
        }
    }

    #[test]
    fn nothing_planted_survives_and_the_alphabet_is_closed(text in texts()) {
        let policy = orchard();
        for lexicon in [&policy as &dyn Lexicon, &NoLexicon] {
            let found = redact(&text, lexicon, &[]).text;
            prop_assert!(!found.contains("zq") && !found.contains("merger") && !found.contains("Grace"), "{found}");
            prop_assert!(is_closed(&found, lexicon), "{found}");
        }
    }

    #[test]
    fn a_known_value_is_never_kept(text in texts(), word in prop::sample::select(WORDS)) {
        let found = redact(&format!("{text} {word}"), &NoLexicon, &[word]).text.to_ascii_lowercase();
        let word = word.to_ascii_lowercase();
        prop_assert!(!found.split(|c: char| !c.is_alphanumeric()).any(|token| token == word), "{found}");
    }

    #[test]
    fn any_text_is_survived(text in "\\PC{0,80}", known in prop::collection::vec("\\PC{0,8}", 0..3)) {
        let known: Vec<&str> = known.iter().map(String::as_str).collect();
        let once = redact(&text, &NoLexicon, &known).text;
        prop_assert_eq!(redacted(&once), once);
    }

    #[test]
    fn any_bytes_are_survived(bytes in prop::collection::vec(any::<u8>(), 0..200)) {
        let once = redacted(&String::from_utf8_lossy(&bytes));
        prop_assert!(is_closed(&once, &NoLexicon), "{once}");
        prop_assert_eq!(redacted(&once), once);
    }

    #[test]
    fn a_word_of_the_users_own_goes_in_every_carrier(word in "[a-z]{3,5}[0-9]{2,4}[A-Z]{2,5}", carrier in 0..14_usize) {
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
            format!("{{\"detail\":\"no cluster named {word} exists\"}}"),
            format!("Some({{ name: \"{word}\" }})"),
            format!("don't use {word}'s {word}"),
            format!("\"{word}"),
            word.clone(),
        ][carrier].clone();
        let found = redact(&text, &orchard(), &[]).text;
        prop_assert!(!found.contains(&word), "{found}");
    }

    /// Dictionary words in a place that is the user's.
    #[test]
    fn ordinary_words_go_from_slots(first in "backup|plan|secret|error|test|quiet|garden", carrier in 0..8_usize) {
        let value = format!("{first} garden plans");
        let text = [
            format!("invalid name: {value}"),
            format!("cannot create: {value}"),
            format!("unknown role '{value}'"),
            format!("could not find \"{value}\" in project"),
            format!("no such tag: {value}"),
            format!("invalid argument \"{value}\" for \"--fruit\" flag"),
            format!("name=\"{value}\" is taken"),
            format!("label [{value}] is not valid"),
        ][carrier].clone();
        let found = redact(&text, &orchard(), &[]).text;
        prop_assert!(!found.contains("garden") && !found.contains("plans"), "{found}");
    }
}
