//! Reading and changing, held to `toml_edit`, which reads and changes any document.

use proptest::prelude::*;
use proptest::sample::{Index, select};
use toml_edit::{DocumentMut, Item};

use super::*;

/// Lines that a settings file may have beside settings.
const QUIET: &[&str] =
    &["", "  ", "\t", "# mine", "\t# endpoint = \"file:///no\"", "# ’ é 字", "#[telemetry_enabled]"];

/// Names of settings, and of none.
const NAMES: &[&str] = &[
    "telemetry_enabled",
    "\"telemetry_enabled\"",
    "'telemetry_enabled'",
    " \"telemetry\\u005fenabled\"\t",
    "endpoint",
    "\tendpoint ",
    "'endpoint'",
];
const OTHER_NAMES: &[&str] = &[
    "Endpoint",
    "other",
    "telemetry_enabled.x",
    "telemetry_enabled . endpoint",
    "other.telemetry_enabled",
    "\"\".endpoint",
    "\"telemetry_enabled\".\"endpoint\"",
    "telemetry_enabled endpoint",
    "\"\"\"endpoint\"\"\"",
    "\"end\\qpoint\"",
    "",
    ".endpoint",
    "endpoint.",
];

/// Values that some setting takes.
const VALUES: &[&str] = &[
    "true",
    "false",
    "\"local\"",
    "'No'",
    "\" on \"",
    "\"\\u0066alse\"",
    "\"\"\"\noff\"\"\"",
    "'''local'''",
    "\"\"\"\\\n  true\"\"\"",
    "0",
    "1",
    "\"export:\"",
    "\"file:///var/log/telemetry.ndjson\"",
    "'file:///a\\b # no comment'",
    "\"file:///\\\"a\\\"\\t\"",
    "\"\"\"file:///a\ntelemetry_enabled = false\n[endpoint]\n\"\"\"",
    "'''file:///a\n\n# endpoint = \"file:///b\"'''",
    "\"https://telemetry.example.com\"",
];

/// Values that none takes, and what is no value.
const OTHER_VALUES: &[&str] = &[
    "",
    "2",
    "+1",
    "-0",
    "01",
    "0x1",
    "1_",
    "1.0",
    "1e999",
    "nan",
    "99999999999999999999",
    "TRUE",
    "off",
    "local",
    "file:///a",
    "\"perhaps\"",
    "\"\"",
    "\"http://telemetry.example.com\"",
    "1979-05-27",
    "07:32:00",
    "1979-05-27 07:32:00Z",
    "1979-13-32",
    "[]",
    "[true]",
    "[\n  \"file:///a\", # one\n]",
    "[1, 2",
    "{}",
    "{ telemetry_enabled = true }",
    "{ a = 1, a = 2 }",
    "\"local",
    "'local\"",
    "\"\"\"local",
    "\"lo\\qcal\"",
    "\"lo\u{1}cal\"",
    "\"\"\"lo\rcal\"\"\"",
    "true false",
    "= true",
    "true, false",
];

const OTHER_LINES: &[&str] = &[
    "[telemetry_enabled]",
    "[[telemetry_enabled]]",
    "[endpoint.x]",
    "[other]",
    "[[other]]",
    "[other.endpoint]",
    "[\"endpoint\"] # a table",
    "[]",
    "[other",
    "[[other]",
    "]",
    "{",
    "telemetry_enabled",
    "\"\"\"",
    "'''",
    "# \u{1}",
    "# \u{7f}",
    "\u{0}",
    "\u{b}",
    "\r",
    "\u{feff}",
    "\\",
    ",",
];

const BEHIND: &[&str] = &["", "", "", " ", "\t", " # ours", "# endpoint = 1", "\r"];
const OTHER_BEHIND: &[&str] = &[" x", " = 1", " # \u{1}", " \u{0}", " [endpoint]", "\"\""];

fn line(
    names: &'static [&str],
    values: &'static [&str],
    behind: &'static [&str],
) -> impl Strategy<Value = String> {
    (select(names), select(&["=", " = ", "\t="][..]), select(values), select(behind))
        .prop_map(|(name, equals, value, behind)| format!("{name}{equals}{value}{behind}"))
}

/// Lines of which most make a settings file.
fn fair() -> impl Strategy<Value = String> {
    prop_oneof![
        3 => select(QUIET).prop_map(str::to_owned),
        2 => line(&NAMES[..4], &VALUES[..11], BEHIND),
        2 => line(&NAMES[4..], &VALUES[11..], BEHIND),
    ]
}

/// Lines of which most make none.
fn foul() -> impl Strategy<Value = String> {
    prop_oneof![
        1 => line(OTHER_NAMES, VALUES, BEHIND),
        1 => line(NAMES, OTHER_VALUES, BEHIND),
        1 => line(NAMES, VALUES, OTHER_BEHIND),
        1 => select(OTHER_LINES).prop_map(str::to_owned),
    ]
}

/// Lines of a file that is mostly understood.
fn fair_lines() -> impl Strategy<Value = Vec<String>> {
    prop::collection::vec(fair(), 0..5)
}

/// The same with lines between them that mostly are not.
fn foul_lines() -> impl Strategy<Value = Vec<String>> {
    let foul = prop::collection::vec(foul(), 1..3);
    (fair_lines(), foul, any::<Index>()).prop_map(|(mut lines, foul, at)| {
        let at = at.index(lines.len() + 1);
        lines.splice(at..at, foul);
        lines
    })
}

/// A document of these lines, with either line end or both, a byte order mark or none, and a last line with an end or
/// without.
fn document_of(lines: impl Strategy<Value = Vec<String>>) -> impl Strategy<Value = String> {
    let ends = select(&[["\n", "\n"], ["\r\n", "\r\n"], ["\n", "\r\n"]][..]);
    let mark = prop_oneof![4 => Just(""), 1 => Just("\u{feff}")];
    (lines, ends, mark, any::<bool>()).prop_map(|(lines, ends, mark, ended)| {
        let mut text = mark.to_owned();
        for (index, line) in lines.iter().enumerate() {
            let end = ends[index % 2];
            // The line ends within a value are the document's too.
            text.push_str(&line.replace('\n', end));
            if ended || index + 1 < lines.len() {
                text.push_str(end);
            }
        }
        text
    })
}

/// Any document, sometimes without one of its characters.
fn documents() -> impl Strategy<Value = String> {
    let lines = prop_oneof![fair_lines().boxed(), foul_lines().boxed()];
    let cut = prop_oneof![3 => Just(None), 1 => any::<Index>().prop_map(Some)];
    (document_of(lines), cut).prop_map(|(mut text, cut)| {
        if let Some(cut) = cut.filter(|_| !text.is_empty()) {
            let (at, _) = text.char_indices().nth(cut.index(text.chars().count())).unwrap();
            text.remove(at);
        }
        text
    })
}

type Values = [Option<String>; 2];

/// What a document says by way of `toml_edit`. `None` where it is refused.
fn by_toml_edit(text: &str) -> Option<Values> {
    let document = text.parse::<DocumentMut>().ok()?;
    for (name, item) in document.iter() {
        Key::parse(name).ok()?.check(&text_of(item)?).ok()?;
    }
    Some(Key::ALL.map(|key| document.get(key.name()).and_then(text_of)))
}

/// A text without its quotes, any other value as it is written, without the comment behind it.
fn text_of(item: &Item) -> Option<String> {
    let value = item.as_value()?;
    Some(value.as_str().map_or_else(|| value.clone().decorated("", "").to_string(), str::to_owned))
}

fn by_ours(text: &str) -> Option<Values> {
    let document = Document::parse(text.to_owned()).ok()?;
    Some(Key::ALL.map(|key| document.value(key).map(str::to_owned)))
}

/// Where a setting stands by way of `toml_edit`: the bytes of its name, and those of its value.
fn place_by_toml_edit(text: &str, key: Key) -> Option<(Range<usize>, Range<usize>)> {
    // Positions are lost once a document can be changed.
    let document = toml_edit::Document::parse(text).unwrap();
    let (name, item) = document.get_key_value(key.name())?;
    Some((name.span().unwrap(), item.span().unwrap()))
}

fn other(key: Key) -> Key {
    Key::ALL.into_iter().find(|other| *other != key).unwrap()
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(2_000))]

    #[test]
    fn what_is_read_is_what_toml_edit_reads(text in documents()) {
        prop_assert_eq!(by_ours(&text), by_toml_edit(&text), "{:?}", text);
    }

    #[test]
    fn setting_changes_a_value_or_adds_a_line(
        text in document_of(fair_lines()),
        key in select(&Key::ALL[..]),
        value in prop_oneof![
            select(&["local", "file:///a", "\"\\\u{7f}\u{1}\r\n'"][..]).prop_map(str::to_owned),
            any::<String>()
        ],
    ) {
        let Ok(document) = Document::parse(text.clone()) else { return Ok(()) };
        let after = document.set(key, &quoted(&value));
        if let Some((_, place)) = place_by_toml_edit(&text, key) {
            let expected = format!("{}{}{}", &text[..place.start], quoted(&value), &text[place.end..]);
            prop_assert_eq!(&after, &expected);
        } else {
            let added = after.strip_prefix(&text).map(str::trim);
            let line = format!("{} = {}", key.name(), quoted(&value));
            prop_assert_eq!(added, Some(line.as_str()), "{:?}", text);
            prop_assert_eq!(after.ends_with("\r\n"), text.contains("\r\n"));
            prop_assert!(after.ends_with('\n'));
        }
        let read = after.parse::<DocumentMut>().unwrap();
        prop_assert_eq!(read[key.name()].as_str(), Some(value.as_str()));
        let rest = by_toml_edit(&text).unwrap()[other(key) as usize].clone();
        prop_assert_eq!(read.get(other(key).name()).and_then(text_of), rest);
    }

    #[test]
    fn setting_leaves_alone_what_is_wrong_elsewhere(text in documents(), key in select(&Key::ALL[..])) {
        let Ok(document) = Document::parse_to_change(text.clone()) else { return Ok(()) };
        // A name twice that is no setting's is left to who reads the file.
        let Ok(before) = text.parse::<DocumentMut>() else { return Ok(()) };
        let after = document.set(key, "'local'").parse::<DocumentMut>().unwrap();
        prop_assert_eq!(after[key.name()].as_str(), Some("local"), "{:?}", text);
        let others = |document: &DocumentMut| {
            let others = document.iter().filter(|(name, _)| *name != key.name());
            others.map(|(name, item)| (name.to_owned(), item.to_string())).collect::<Vec<_>>()
        };
        let sorted = |mut all: Vec<(String, String)>| { all.sort(); all };
        prop_assert_eq!(sorted(others(&after)), sorted(others(&before)), "{:?}", text);
    }

    #[test]
    fn unsetting_takes_out_lines(text in document_of(fair_lines()), key in select(&Key::ALL[..])) {
        let Ok(document) = Document::parse(text.clone()) else { return Ok(()) };
        let place = place_by_toml_edit(&text, key);
        let after = document.unset(key);
        prop_assert_eq!(after.is_some(), place.is_some());
        let (Some(after), Some((name, value))) = (after, place) else { return Ok(()) };
        let taken = line_of(&text, name.start)..=line_of(&text, value.end);
        let kept = text.strip_prefix('\u{feff}').unwrap_or(&text).split_inclusive('\n');
        let kept = (1..).zip(kept).filter(|(line, _)| !taken.contains(line)).map(|(_, line)| line);
        prop_assert_eq!(after.trim_start_matches('\u{feff}'), kept.collect::<String>());
        prop_assert_eq!(after.starts_with('\u{feff}'), text.starts_with('\u{feff}'));
        let mut expected = by_toml_edit(&text).unwrap();
        expected[key as usize] = None;
        prop_assert_eq!(by_toml_edit(&after), Some(expected));
    }
}

#[test]
fn a_comment_behind_a_value_is_no_part_of_it() {
    // `toml_edit` gives it with the value, so that a yes with a comment was a no.
    let text = "telemetry_enabled = true # ours";
    assert_eq!(text.parse::<DocumentMut>().unwrap()["telemetry_enabled"].to_string(), " true # ours");
    assert_eq!(by_ours(text), Some([Some("true".to_owned()), None]));
}

#[test]
fn a_number_in_another_form_is_refused() {
    // `toml_edit` checks it as `1` and gives it as it is written, so that it was a no in a file without a problem.
    for number in ["+1", "0x1", "0b1", "0o1"] {
        let text = format!("telemetry_enabled = {number}");
        assert_eq!(toml_edit::Document::parse(&*text).unwrap()["telemetry_enabled"].to_string().trim(), "1");
        assert_eq!(by_ours(&text), None, "{number}");
    }
}

#[test]
fn depth_takes_no_stack() {
    for open in ["[", "{a=", "[{a=["] {
        let text = format!("telemetry_enabled = {}", open.repeat(20_000));
        let why = Document::parse(text).unwrap_err();
        assert!(why.starts_with("line 1: "), "{why}");
    }
}
