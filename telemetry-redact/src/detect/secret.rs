//! Secrets by their public formats.

/// How tokens begin, as their issuers document them, and how long they are at least.
const PREFIXES: [(&str, usize); 30] = [
    ("AKIA", 20),
    ("ASIA", 20),
    ("ABIA", 20),
    ("AIza", 30),
    ("ya29.", 20),
    ("ghp_", 20),
    ("gho_", 20),
    ("ghu_", 20),
    ("ghs_", 20),
    ("ghr_", 20),
    ("github_pat_", 20),
    ("glpat-", 16),
    ("glrt-", 16),
    ("xoxb-", 12),
    ("xoxp-", 12),
    ("xapp-", 12),
    ("sk_live_", 16),
    ("sk_test_", 16),
    ("rk_live_", 16),
    ("pk_live_", 16),
    ("whsec_", 16),
    ("sk-", 20),
    ("npm_", 20),
    ("pypi-", 20),
    ("hf_", 20),
    ("SG.", 20),
    ("shpat_", 20),
    ("dop_v1_", 20),
    ("mdb_sa_", 16),
    ("hvs.", 16),
];

/// A token of a known issuer.
pub(super) fn has_token_prefix(text: &str) -> bool {
    PREFIXES.iter().any(|(prefix, least)| text.len() >= *least && text.starts_with(prefix))
}

/// A user name and password in a URL (RFC 3986, 3.2.1).
pub(super) fn is_url_credential(text: &str) -> bool {
    text.split_once("://").is_some_and(|(_, rest)| {
        rest.split('/')
            .next()
            .and_then(|authority| authority.rsplit_once('@'))
            .is_some_and(|(user, _)| !user.is_empty())
    })
}

/// Three parts of base64url, the first an object (RFC 7519).
pub(super) fn is_jwt(text: &str) -> bool {
    text.strip_prefix("ey").is_some_and(|rest| rest.matches('.').count() >= 1 && rest.contains(".ey"))
}

/// The armour of a key or certificate (RFC 7468).
pub(super) fn is_pem(text: &str) -> bool {
    text.starts_with("-----BEGIN") || text.starts_with("-----END")
}

/// Shortest token that is taken for random. Shorter ones are words with a number.
const MIN_LENGTH: usize = 16;

/// Long, with letters and digits mixed so that it changes between them often, as words with a number do not.
pub(super) fn is_high_entropy(text: &str) -> bool {
    if text.len() < MIN_LENGTH || !text.bytes().all(|b| b.is_ascii_graphic()) {
        return false;
    }
    let class = |b: u8| match b {
        b'0'..=b'9' => 0,
        b'a'..=b'z' => 1,
        b'A'..=b'Z' => 2,
        _ => 3,
    };
    let changes = text.as_bytes().windows(2).filter(|pair| class(pair[0]) != class(pair[1])).count();
    text.bytes().any(|b| b.is_ascii_digit()) && changes * 4 >= text.len()
}
