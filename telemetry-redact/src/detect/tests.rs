use std::collections::BTreeMap;

use super::pattern::{Atom, MANY, item};
use super::row::Reading;
use super::*;

/// Vectors that no form yields: with check digits, or of forms that leave much open. In parts, so that no scanner of
/// repositories takes them for real.
#[derive(serde::Deserialize)]
#[serde(deny_unknown_fields)]
struct Vectors {
    rule: String,
    good: Vec<Vec<String>>,
    bad: Vec<Vec<String>>,
}

fn vectors() -> BTreeMap<String, Vectors> {
    let text = include_str!("../../testdata/detectors/vectors.jsonl");
    let rows = text.lines().map(|line| serde_json::from_str::<Vectors>(line).unwrap());
    rows.map(|row| (row.rule.clone(), row)).collect()
}

/// Numbers that look random and are the same in each run.
struct Dice(u64);

impl Dice {
    fn below(&mut self, bound: usize) -> usize {
        self.0 = self.0.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        usize::try_from(self.0 >> 33).unwrap() % bound
    }
}

/// A text of the form.
fn sample(pattern: &str, dice: &mut Dice) -> String {
    let mut out = String::new();
    sample_between(pattern.as_bytes(), 0, pattern.len(), dice, &mut out);
    out
}

fn sample_between(pattern: &[u8], mut at: usize, end: usize, dice: &mut Dice, out: &mut String) {
    while at < end {
        let item = item(pattern, at, end);
        match item.atom {
            Atom::Byte(_) | Atom::Set(_) => {
                let members: Vec<u8> = match item.atom {
                    Atom::Set(set) => (0..0x80).filter(|byte| set.ascii >> *byte & 1 == 1).collect(),
                    Atom::Byte(byte) => vec![byte],
                    Atom::Group(..) => unreachable!("it has an arm of its own"),
                };
                let more = if item.max == MANY { 8 } else { usize::from(item.max - item.min).min(8) };
                for _ in 0..usize::from(item.min) + dice.below(more + 1) {
                    out.push(char::from(members[dice.below(members.len())]));
                }
            }
            Atom::Group(from, to) => {
                let mut ends = Vec::new();
                let mut start = from;
                loop {
                    let stop = pattern::alternative_end(pattern, start, to);
                    ends.push((start, stop));
                    if stop >= to {
                        break;
                    }
                    start = stop + 1;
                }
                let (from, to) = ends[dice.below(ends.len())];
                sample_between(pattern, from, to, dice, out);
            }
        }
        at = item.next;
    }
}

/// Texts of the form of a rule that also pass its check.
pub(super) fn samples(rule: &Rule) -> Vec<String> {
    let mut dice = Dice(7);
    let tries = (0..400).map(|_| sample(rule.pattern(), &mut dice));
    tries.filter(|text| rule.check.holds(text.as_bytes())).take(8).collect()
}

/// Rules whose form leaves so much open that only vectors by hand say anything.
fn is_open(rule: &Rule) -> bool {
    rule.pattern().contains("\\T") || rule.id() == "detect.entropy" || rule.reading == Reading::Context
}

fn good(rule: &Rule, vectors: &BTreeMap<String, Vectors>) -> Vec<String> {
    let by_hand =
        vectors.get(rule.id()).into_iter().flat_map(|row| row.good.iter().map(|parts| parts.concat()));
    let made = if is_open(rule) { Vec::new() } else { samples(rule) };
    by_hand.chain(made).collect()
}

/// Forms that states share: which of them a number is cannot be told, and it goes either way. A made URL may turn out to
/// have a user in it.
fn is_as_good(found: &Rule, rule: &Rule) -> bool {
    let person = |family| matches!(family, Family::National | Family::Personal);
    person(found.family)
        && person(rule.family)
        && (found.placeholder() == rule.placeholder() || found.id() == "detect.card")
        || rule.id() == "detect.url" && found.family == Family::Connection
}

#[test]
fn each_rule_finds_its_good_vectors() {
    let vectors = vectors();
    let mut wrong = Vec::new();
    for rule in &rows::RULES {
        let good = good(rule, &vectors);
        if good.is_empty() && rule.reading != Reading::Context {
            wrong.push(format!("{}: no vector", rule.id()));
        }
        for text in good {
            if rule.needs_cue() && text.bytes().all(|b| b.is_ascii_digit()) {
                continue;
            }
            let found = rule_of(&text);
            if !found.is_some_and(|found| found.id() == rule.id() || is_as_good(found, rule)) {
                wrong.push(format!("{}: {text:?} is {:?}", rule.id(), found.map(Rule::id)));
            }
        }
    }
    assert!(wrong.is_empty(), "{}\n{}", wrong.len(), wrong.join("\n"));
}

/// The same form cut short or begun otherwise.
fn bad_twins(rule: &Rule, good: &str) -> Vec<String> {
    let index = rows::RULES.iter().position(|other| other.id() == rule.id()).expect("a rule is in the table");
    let (from, to) = steps::WRITTEN.of(index);
    let (_, choices) = measure::head(from, to, 0);
    let heads = (0..choices).map(|choice| measure::head(from, to, choice).0.len);
    let head = heads.min().unwrap_or_default();
    let measure = measure::measure(from, to);
    let mut twins = Vec::new();
    if rule.reading == Reading::Lenient {
        twins.push(good.chars().take(usize::from(head) - 1).collect());
        twins.push(["\u{e9}", good].concat());
    }
    if rule.reading == Reading::Exact && measure.min == measure.max && good.is_ascii() {
        twins.push(good[..good.len() - 1].to_owned());
        twins.push([good, "\u{e9}"].concat());
    }
    twins
}

#[test]
fn each_rule_leaves_its_bad_vectors() {
    let vectors = vectors();
    let mut wrong = Vec::new();
    for rule in &rows::RULES {
        let by_hand =
            vectors.get(rule.id()).into_iter().flat_map(|row| row.bad.iter().map(|parts| parts.concat()));
        let made = good(rule, &vectors).into_iter().flat_map(|good| bad_twins(rule, &good));
        for text in by_hand.chain(made) {
            if rule_of(&text).is_some_and(|found| found.id() == rule.id()) {
                wrong.push(format!("{}: {text:?}", rule.id()));
            }
        }
    }
    assert!(wrong.is_empty(), "{}\n{}", wrong.len(), wrong.join("\n"));
}

#[test]
fn vectors_name_rules_that_exist_and_identifiers_are_unique() {
    let ids: std::collections::BTreeSet<_> = rows::RULES.iter().map(Rule::id).collect();
    assert_eq!(ids.len(), rows::RULES.len());
    for id in vectors().keys() {
        assert!(ids.contains(id.as_str()), "{id}");
    }
    let secrets = rows::RULES.iter().filter(|rule| rule.placeholder() == "<secret>");
    assert!(secrets.count() >= 150);
    for rule in &rows::RULES {
        assert!(crate::PLACEHOLDERS.contains(&rule.placeholder()), "{}", rule.id());
        assert!(!rule.source().is_empty() && !rule.pattern().is_empty(), "{}", rule.id());
    }
}

/// Check digits find each single digit that is wrong. Some schemes do not by design: they write the remainders ten and
/// zero, or one and zero, alike, give a digit a weight that shares a divisor with the modulus, or check only a date.
/// These find most.
#[test]
fn checks_find_a_wrong_digit() {
    const WEAKER: [&str; 22] = [
        "detect.ar_cuit",
        "detect.au_medicare",
        "detect.baltic_code",
        "detect.bg_egn",
        "detect.br_cnpj",
        "detect.br_cpf",
        "detect.ch_ahv",
        "detect.gr_afm",
        "detect.is_number",
        "detect.jp_number",
        "detect.mx_curp",
        "detect.nz_ird",
        "detect.pt_nif",
        "detect.ro_cnp",
        "detect.ru_snils",
        "detect.se_number",
        "detect.th_id",
        "detect.tw_id",
        "detect.ua_tax",
        "detect.us_dea",
        "detect.us_npi",
        "detect.yu_jmbg",
    ];
    const NO_DIGIT: [&str; 5] = [
        "detect.dk_number",
        "detect.phone",
        "detect.phone_national",
        "detect.us_ssn",
        "detect.phone_north_america",
    ];
    let person = |rule: &&Rule| matches!(rule.family, Family::National | Family::Personal);
    let vectors = vectors();
    let mut wrong = Vec::new();
    for rule in rows::RULES.iter().filter(person).filter(|rule| rule.check != Check::None) {
        let row = vectors.get(rule.id()).unwrap_or_else(|| panic!("{} has no vector by hand", rule.id()));
        for good in row.good.iter().map(|parts| parts.concat()) {
            assert!(rule.check.holds(good.as_bytes()), "{}: {good}", rule.id());
            let (mut missed, mut all) = (0, 0);
            for (at, digit) in good.bytes().enumerate().filter(|(_, byte)| byte.is_ascii_digit()) {
                for other in (b'0'..=b'9').filter(|other| *other != digit) {
                    let mut changed = good.clone().into_bytes();
                    changed[at] = other;
                    missed += usize::from(rule.check.holds(&changed));
                    all += 1;
                }
            }
            let most = if WEAKER.contains(&rule.id()) { all / 4 } else { 0 };
            if missed > most && !NO_DIGIT.contains(&rule.id()) {
                wrong.push(format!("{}: {good} misses {missed} of {all}", rule.id()));
            }
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

/// A pattern as the crate regex reads it: a dot is no space, and `\T` any character of a text.
fn spelled(pattern: &str) -> String {
    let (mut out, mut in_set, mut chars) = (String::new(), false, pattern.chars());
    while let Some(c) = chars.next() {
        match c {
            '\\' => match chars.next() {
                Some('T') => out.push_str(r"[^\x00-\x1f\x7f]"),
                Some(next) => out.extend(['\\', next]),
                None => {}
            },
            '.' if !in_set => out.push_str(r"[^\x00-\x20\x7f]"),
            '[' if in_set => out.push_str(r"\["),
            '&' | '~' if in_set => out.extend(['\\', c]),
            _ => {
                in_set = c == '[' || in_set && c != ']';
                out.push(c);
            }
        }
    }
    out
}

/// What people read as a regular expression is one: both say the same of samples and of what is nearly one.
#[test]
fn patterns_mean_what_regular_expressions_mean() {
    for rule in rows::RULES.iter().filter(|rule| rule.reading != Reading::Context) {
        let spelled = spelled(rule.pattern());
        let expression = regex::Regex::new(&format!("^(?:{spelled})$"))
            .unwrap_or_else(|error| panic!("{}: {error}", rule.id()));
        let mut dice = Dice(11);
        for _ in 0..20 {
            let text = sample(rule.pattern(), &mut dice);
            // A run gives nothing back here, so only one direction holds of what is made from the pattern.
            if rule.is_form_of(text.as_bytes()) {
                assert!(expression.is_match(&text), "{}: {text:?}", rule.id());
            }
            let cut: String = text.chars().skip(1).collect();
            assert!(expression.is_match(&cut) || !rule.is_form_of(cut.as_bytes()), "{}: {cut:?}", rule.id());
        }
    }
}

#[test]
fn policies_may_hold_ordinary_values() {
    for value in [
        "AWS",
        "US_EAST_1",
        "ASIA_NORTHEAST_2",
        "2025-03-12",
        "mongodb.gz",
        "bytesProcessed.query",
        "$external",
        "+x",
        "https://example.com/x",
        "27017",
    ] {
        assert_eq!(sensitive(value), None, "{value}");
    }
    for value in ["ada@example.com", "5e2211c17a3e5a48f5497de3", "192.0.2.1", "4242424242424242"] {
        assert!(sensitive(value).is_some(), "{value}");
    }
}
