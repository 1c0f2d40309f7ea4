//! Addresses, paths and numbers: what a set of characters does not say.

use std::net::{Ipv4Addr, Ipv6Addr};
use std::str;

/// With and without port and prefix length (RFC 4632).
pub(super) fn is_ipv4(text: &[u8]) -> bool {
    let Ok(text) = str::from_utf8(text) else { return false };
    text.split(['/', ':']).next().is_some_and(|address| address.parse::<Ipv4Addr>().is_ok())
}

/// With and without port, prefix length and zone (RFC 4291, RFC 6874).
pub(super) fn is_ipv6(text: &[u8]) -> bool {
    let Ok(text) = str::from_utf8(text) else { return false };
    let bare =
        text.strip_prefix('[').and_then(|rest| rest.split_once(']')).map_or(text, |(address, _)| address);
    let address = bare.split(['/', '%']).next().unwrap_or(bare);
    address.parse::<Ipv6Addr>().is_ok()
}

/// Something on both sides of an `@` (RFC 5321; of hosts without a dot too).
pub(super) fn is_email(text: &[u8]) -> bool {
    let at = text.iter().rposition(|byte| *byte == b'@');
    at.is_some_and(|at| at > 0 && at + 1 < text.len())
}

/// Labels with dots, the last one letters (RFC 1123), with or without port; of other scripts too.
pub(super) fn is_host(text: &[u8]) -> bool {
    let Ok(text) = str::from_utf8(text) else { return false };
    let (host, port) = text.rsplit_once(':').unwrap_or((text, ""));
    if !port.bytes().all(|b| b.is_ascii_digit()) {
        return false;
    }
    let is_label = |label: &str| {
        (1..=63).contains(&label.len())
            && label.chars().all(|c| c.is_alphanumeric() || matches!(c, '-' | '_'))
    };
    let host = host.trim_end_matches('.');
    host.rsplit_once('.').is_some_and(|(labels, last)| {
        labels.split('.').all(is_label) && last.len() >= 2 && last.bytes().all(|b| b.is_ascii_alphabetic())
    })
}

/// The usual endings of what people's messages are full of: media types and languages. Sorted.
const ENDINGS: [&[u8]; 52] = [
    b"bat", b"c", b"cer", b"cfg", b"conf", b"cpp", b"crt", b"csv", b"db", b"doc", b"docx", b"env", b"exe",
    b"go", b"gz", b"h", b"html", b"ini", b"jar", b"java", b"jpeg", b"jpg", b"js", b"json", b"key", b"lock",
    b"log", b"md", b"p12", b"pdf", b"pem", b"pfx", b"png", b"ps1", b"py", b"rb", b"rs", b"sh", b"sql",
    b"tar", b"tgz", b"toml", b"ts", b"tsv", b"txt", b"xls", b"xlsx", b"xml", b"yaml", b"yml", b"zip", b"zst",
];

pub(super) fn is_file_name(text: &[u8]) -> bool {
    // Positions behind the name: `main.go:12:5`.
    let name = text.split(|byte| *byte == b':').next().unwrap_or(text);
    let dot = name.iter().rposition(|byte| *byte == b'.');
    dot.is_some_and(|dot| ENDINGS.binary_search(&&name[dot + 1..]).is_ok())
}

/// The authority of a URL, and what follows it.
fn authority(text: &[u8]) -> Option<(&[u8], &[u8])> {
    let start = text.windows(3).position(|three| three == b"://")? + 3;
    let rest = &text[start..];
    let end = rest.iter().position(|byte| *byte == b'/').unwrap_or(rest.len());
    Some(rest.split_at(end))
}

/// A user name in a URL (RFC 3986, 3.2.1), with a password or without.
pub(super) fn is_url_credential(text: &[u8]) -> bool {
    authority(text).is_some_and(|(authority, _)| authority.iter().rposition(|byte| *byte == b'@') > Some(0))
}

/// A parameter of a URL's query or fragment that is named like a secret.
pub(super) fn is_secret_query(text: &[u8]) -> bool {
    let Some(query) = text.iter().position(|byte| matches!(byte, b'?' | b'#')) else { return false };
    text[query + 1..].split(|byte| matches!(byte, b'&' | b';')).any(|parameter| {
        let mut parts = parameter.splitn(2, |byte| *byte == b'=');
        let (name, value) = (parts.next().unwrap_or_default(), parts.next().unwrap_or_default());
        !value.is_empty() && (name == b"code" || super::super::generic::is_secret_name(name))
    })
}
