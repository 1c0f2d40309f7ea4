use proptest::prelude::*;

use super::*;

fn found(text: &str) -> Vec<&'static str> {
    hits(text).1.iter().map(|hit| hit.rule.id()).collect()
}

/// Tokens in parts, so that no scanner of repositories takes them for real.
fn token() -> String {
    ["gh", "p_", "a1b2c3d4e5", "f6g7h8i9j0", "k1l2m3n4o5", "p6q7r8"].concat()
}

#[test]
fn surroundings_tell() {
    let token = token();
    let base64 = ["QWRhOmh1", "bnRlcjI="].concat();
    for (text, expected) in [
        ("call +1 (555) 234-5678 now", &["detect.phone"][..]),
        ("card 4242 4242 4242 4242 was declined", &["detect.card"]),
        ("pay to DE89 3704 0044 0532 0130 00 IS WRONG", &["detect.iban"]),
        ("npi 1234567893 unknown", &["detect.us_npi"]),
        ("BSN: 111222333", &["detect.nl_bsn"]),
        ("it took 111222333 ns", &["detect.number"]),
        (&format!("Authorization: Bearer {token}\nnext"), &["detect.authorization"]),
        (
            &format!("-H 'Authorization: Basic {base64}' https://x.example/"),
            &["detect.authorization", "detect.url"],
        ),
        (&format!("sent Bearer {base64} twice"), &["detect.bearer"]),
        ("Set-Cookie: sid=31d4d96e407aad42; Path=/", &["detect.cookie"]),
        ("--password hunter2", &["detect.assigned"]),
        ("password = \"correct horse\"", &["detect.assigned"]),
        ("{\"api_key\": \"swordfish\"}", &["detect.assigned"]),
        ("{\\\"clientSecret\\\":\\\"swordfish\\\"}", &["detect.assigned"]),
        ("DB_PASSWORD=swordfish make", &["detect.assigned"]),
        ("password: must not be empty", &[]),
        ("--apiKeyRole must be set", &[]),
        ("--awsSecretKey flag is required", &[]),
        ("region MIDDLE_EAST_WEST_1", &[]),
        ("Addr: 192.0.2.0/24:27017, Type", &["detect.ipv4"]),
        ("Protocol=https;AccountKey=/swordfish/x=;Suffix=y", &["detect.connection_secret"]),
        ("invalid token: expected a string", &[]),
        (&format!("GITHUB_TOKEN={token}"), &["detect.github"]),
        (&format!("url=https://ada:{token}@git.example/x.git"), &["detect.web_uri"]),
        ("Endpoint=x;AccountKey=swordfish;Suffix=y", &["detect.connection_secret"]),
        ("curl -u ada:hunter2 https://x.example/", &["detect.curl_user", "detect.url"]),
        ("machine git.example login ada password hunter2", &["detect.netrc"]),
        ("and/or read/write", &[]),
        ("open /home/ada/notes.txt: denied", &["detect.home_path"]),
        ("dial tcp [fe80::1%eth0]:443: refused", &["detect.ipv6"]),
    ] {
        assert_eq!(found(text), expected, "{text}");
    }
}

#[test]
fn spelling_hides_nothing() {
    let token = token();
    let wide: String = token.chars().map(|c| char::from_u32(u32::from(c) + 0xfee0).unwrap()).collect();
    let digit = |half: u8| char::from_digit(half.into(), 16).unwrap();
    let percent: String = token.bytes().flat_map(|byte| ['%', digit(byte >> 4), digit(byte & 15)]).collect();
    let (start, end) = token.split_at(20);
    for text in [
        format!("x \u{1b}[31m{token}\u{1b}[0m"),
        format!("x {start}\u{200b}{end}"),
        format!("x {start}=\n{end}"),
        format!("x {start}\\\n{end}"),
        format!("x {}", token.replace('a', "\u{430}")),
        format!("x {}", token.replace('_', "\\u005f")),
        format!("x {}", token.replace('_', "&lowbar;")),
        format!("x {wide}"),
        format!("x {percent}"),
    ] {
        assert_eq!(found(&text), ["detect.github"], "{text:?}");
    }
}

#[test]
fn spans_end_where_they_should() {
    let key = ["-----BEGIN ", "RSA PRIVATE KEY-----\nMIIE\nabcd\n-----END ", "RSA PRIVATE KEY-----"].concat();
    let text = format!("key:\n{key}\nafter 192.0.2.1");
    let (form, hits) = hits(&text);
    let found: Vec<_> = hits.iter().map(|hit| &form[hit.range.clone()]).collect();
    assert_eq!(found, [key.as_str(), "192.0.2.1"]);

    let token = token();
    let (start, end) = token.split_at(24);
    let wrapped = format!("got {start}\n{end}\nthen more");
    let (form, hits) = super::hits(&wrapped);
    assert_eq!(&form[hits[0].range.clone()], format!("{start}\n{end}"));
}

#[test]
fn a_seed_is_a_phrase() {
    let words = "ribbon velvet march orbit candle sudden museum glove timber wagon fabric onion";
    assert_eq!(found(&format!("seed: {words}!")), ["detect.seed_phrase"]);
    assert_eq!(
        found("the command could not be run since the file was not found there at all today"),
        [] as [&str; 0]
    );
}

/// What stands around a secret where programs print one.
const CARRIERS: [(&str, &str); 9] = [
    ("", ""),
    ("invalid credentials: ", ""),
    ("error: \"", "\" is not valid"),
    ("level=error token=", " attempt=3"),
    ("https://api.example.com/v1?access_token=", "&page=2"),
    ("{\"detail\":\"no\",\"value\":\"", "\"}"),
    ("Input { name: \"", "\", dry_run: false }"),
    ("(", ")"),
    ("unexpected argument '", "' found"),
];

#[test]
fn secrets_are_found_wherever_they_stand() {
    let mut wrong = Vec::new();
    for rule in
        rows::RULES.iter().filter(|rule| rule.reading == Reading::Lenient && !rule.pattern().contains(' '))
    {
        for secret in super::super::tests::samples(rule) {
            for (before, after) in CARRIERS {
                let text = [before, secret.as_str(), after].concat();
                let (form, hits) = hits(&text);
                let place = form.find(&secret).map(|at| at..at + trimmed(secret.as_bytes()).len());
                let covered = |place: &Range<usize>| {
                    hits.iter().any(|hit| {
                        hit.rule.placeholder() != "<value>"
                            && hit.range.start <= place.start
                            && hit.range.end >= place.end
                    })
                };
                // An escape in it is undone: then something is found in its place.
                let held = place.as_ref().map_or(!hits.is_empty(), covered);
                if !held {
                    wrong.push(format!("{}: {text:?} {:?}", rule.id(), found(&text)));
                }
            }
        }
    }
    assert!(wrong.is_empty(), "{}\n{}", wrong.len(), wrong[..wrong.len().min(40)].join("\n"));
}

proptest! {
    #[test]
    fn no_text_makes_it_panic(text in r"(\PC|[\u{1b}\n\t \x00-\x7f]|password[=: ]|Bearer |-----BEGIN|https://|machine a login b password|\+49 |\\u00|%[0-9a-f]{2}){0,80}") {
        let (form, hits) = hits(&text);
        let mut end = 0;
        for hit in &hits {
            prop_assert!(end <= hit.range.start && hit.range.start < hit.range.end && hit.range.end <= form.len());
            end = hit.range.end;
        }
        let _ = rule_of(&text);
    }

    #[test]
    fn no_bytes_make_it_panic(bytes in prop::collection::vec(any::<u8>(), 0..400)) {
        let text = String::from_utf8_lossy(&bytes);
        let _ = hits(&text);
        let _ = super::super::sensitive(&text);
        let _ = super::super::kind(&text);
    }
}
