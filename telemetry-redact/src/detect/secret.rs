//! Secrets by their public formats.

use super::Shape;

/// How tokens begin, how long they are at least, and the rule, as their issuers document them. Sorted.
const ISSUERS: [(&str, usize, &str); 58] = [
    ("A3-", 20, "detect.onepassword"),
    ("ABIA", 20, "detect.aws_key"),
    ("ACCA", 20, "detect.aws_key"),
    ("AGE-SECRET-KEY-1", 20, "detect.age_key"),
    ("AKIA", 20, "detect.aws_key"),
    ("ASIA", 20, "detect.aws_key"),
    ("AIza", 30, "detect.google_key"),
    ("EAAA", 30, "detect.square"),
    ("GOCSPX-", 20, "detect.google_secret"),
    ("LTAI", 16, "detect.alibaba_key"),
    ("SG.", 20, "detect.sendgrid"),
    ("SK", 34, "detect.twilio"),
    ("atlasv1.", 16, "detect.terraform"),
    ("dapi", 32, "detect.databricks"),
    ("dckr_pat_", 16, "detect.docker"),
    ("dop_v1_", 20, "detect.digitalocean"),
    ("doo_v1_", 20, "detect.digitalocean"),
    ("dor_v1_", 20, "detect.digitalocean"),
    ("dp.pt.", 16, "detect.doppler"),
    ("dt0c01.", 20, "detect.dynatrace"),
    ("fio-u-", 20, "detect.frameio"),
    ("ghp_", 20, "detect.github"),
    ("gho_", 20, "detect.github"),
    ("ghu_", 20, "detect.github"),
    ("ghs_", 20, "detect.github"),
    ("ghr_", 20, "detect.github"),
    ("github_pat_", 20, "detect.github"),
    ("glpat-", 16, "detect.gitlab"),
    ("glrt-", 16, "detect.gitlab"),
    ("gldt-", 16, "detect.gitlab"),
    ("glsa_", 20, "detect.grafana"),
    ("glc_", 20, "detect.grafana"),
    ("gsk_", 20, "detect.groq"),
    ("hf_", 20, "detect.huggingface"),
    ("hvs.", 16, "detect.vault"),
    ("hvb.", 16, "detect.vault"),
    ("lin_api_", 16, "detect.linear"),
    ("mdb_sa_", 16, "detect.atlas"),
    ("npm_", 20, "detect.npm"),
    ("ntn_", 20, "detect.notion"),
    ("pk_live_", 16, "detect.stripe"),
    ("pul-", 20, "detect.pulumi"),
    ("pypi-", 20, "detect.pypi"),
    ("rk_live_", 16, "detect.stripe"),
    ("rubygems_", 20, "detect.rubygems"),
    ("sbp_", 20, "detect.supabase"),
    ("sk-", 20, "detect.openai"),
    ("sk_live_", 16, "detect.stripe"),
    ("sk_test_", 16, "detect.stripe"),
    ("sntrys_", 16, "detect.sentry"),
    ("shpat_", 20, "detect.shopify"),
    ("shpss_", 20, "detect.shopify"),
    ("tfp_", 20, "detect.typeform"),
    ("whsec_", 16, "detect.stripe"),
    ("xapp-", 12, "detect.slack"),
    ("xox", 12, "detect.slack"),
    ("ya29.", 20, "detect.google_token"),
    ("-----BEGIN", 10, "detect.pem"),
];

/// The first bytes of the above, so that most tokens need no comparison.
const FIRSTS: [bool; 256] = {
    let mut firsts = [false; 256];
    let mut at = 0;
    while at < ISSUERS.len() {
        firsts[ISSUERS[at].0.as_bytes()[0] as usize] = true;
        at += 1;
    }
    firsts
};

/// The rule of a known issuer's token.
pub(super) fn issuer(text: &str) -> Option<&'static str> {
    const SHORTEST: usize = 10;
    let first = text.bytes().next().filter(|first| text.len() >= SHORTEST && FIRSTS[usize::from(*first)])?;
    let found = ISSUERS.iter().find(|(prefix, least, _)| {
        prefix.as_bytes()[0] == first && text.len() >= *least && text.starts_with(prefix)
    });
    // Words joined by hyphens begin like some of them: a token has a digit or is long.
    let (prefix, _, rule) = found?;
    let body = &text[prefix.len()..];
    (body.bytes().any(|b| b.is_ascii_digit()) || body.len() >= 32 || *rule == "detect.pem").then_some(rule)
}

/// A user name and password in a URL (RFC 3986, 3.2.1).
pub(super) fn is_url_credential(text: &str, _: &Shape) -> bool {
    text.split_once("://").is_some_and(|(_, rest)| {
        let authority = rest.split('/').next().unwrap_or(rest);
        authority.rsplit_once('@').is_some_and(|(user, _)| !user.is_empty())
    })
}

/// Parts of base64url, the first two objects (RFC 7519).
pub(super) fn is_jwt(text: &str, _: &Shape) -> bool {
    text.strip_prefix("ey").is_some_and(|rest| rest.contains(".ey"))
}

/// The armour of a key or certificate (RFC 7468).
pub(super) fn is_pem(text: &str, _: &Shape) -> bool {
    text.starts_with("-----BEGIN") || text.starts_with("-----END")
}

/// A block of base64 (RFC 4648) long enough to be no word.
pub(super) fn is_base64(text: &str, shape: &Shape) -> bool {
    const MIN_LENGTH: usize = 32;
    let body = text.trim_end_matches('=');
    text.len() >= MIN_LENGTH
        && text.len() - body.len() <= 2
        && shape.has(Shape::DIGIT | Shape::NOT_HEX)
        && body.bytes().all(|b| b.is_ascii_alphanumeric() || matches!(b, b'+' | b'/' | b'-' | b'_'))
        && body.bytes().any(|b| b.is_ascii_uppercase())
        && body.bytes().any(|b| b.is_ascii_lowercase())
}

/// Shortest token that is taken for random. Shorter ones are words with a number.
const MIN_LENGTH: usize = 16;

/// Long, with letters and digits mixed so that it changes between them often, as words with a number do not.
pub(super) fn is_high_entropy(text: &str, _: &Shape) -> bool {
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
    changes * 4 >= text.len()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_issuer_has_a_good_and_a_bad_twin() {
        for (prefix, least, rule) in ISSUERS {
            let filler: String = "a1".chars().cycle().take(least.max(40)).collect();
            let good = [prefix, &filler].concat();
            assert_eq!(issuer(&good), Some(rule), "{prefix}");
            assert_eq!(issuer(&good[..prefix.len().max(1) - 1]), None, "{prefix}");
            assert_eq!(issuer(&good.replacen(prefix, "zz", 1)), None, "{prefix}");
        }
    }
}
