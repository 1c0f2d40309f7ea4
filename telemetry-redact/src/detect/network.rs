//! Addresses: URLs, e-mail, IP, MAC, host names.

use std::net::{IpAddr, Ipv6Addr};

use super::Shape;

/// RFC 3986: a scheme and `://`.
pub(super) fn is_url(text: &str, _: &Shape) -> bool {
    text.split_once("://").is_some_and(|(scheme, _)| {
        !scheme.is_empty()
            && scheme.bytes().all(|b| b.is_ascii_alphanumeric() || matches!(b, b'+' | b'-' | b'.'))
    })
}

/// Something on both sides of an `@` (RFC 5321; of hosts without a dot too).
pub(super) fn is_email(text: &str, _: &Shape) -> bool {
    text.rsplit_once('@').is_some_and(|(user, host)| !user.is_empty() && !host.is_empty())
}

/// With and without port and prefix length (RFC 4632).
pub(super) fn is_ipv4(text: &str, _: &Shape) -> bool {
    let address = text.split(['/', ':']).next().unwrap_or(text);
    let rest = &text[address.len()..];
    rest.bytes().skip(1).all(|b| b.is_ascii_digit()) && matches!(address.parse(), Ok(IpAddr::V4(_)))
}

/// With and without port, prefix length and zone (RFC 4291, RFC 6874).
pub(super) fn is_ipv6(text: &str, _: &Shape) -> bool {
    let bare =
        text.strip_prefix('[').and_then(|rest| rest.split_once(']')).map_or(text, |(address, _)| address);
    let address = bare.split(['/', '%']).next().unwrap_or(bare);
    address.parse::<Ipv6Addr>().is_ok()
}

/// Six pairs of hexadecimal digits (IEEE 802).
pub(super) fn is_mac(text: &str, shape: &Shape) -> bool {
    text.len() == 17
        && (shape.has(Shape::COLON) || shape.has(Shape::HYPHEN))
        && text.bytes().enumerate().all(|(index, byte)| match index % 3 {
            2 => matches!(byte, b':' | b'-'),
            _ => byte.is_ascii_hexdigit(),
        })
}

/// Labels with dots, the last one letters (RFC 1123), with or without port; of other scripts too.
pub(super) fn is_host(text: &str, _: &Shape) -> bool {
    let (host, port) = text.rsplit_once(':').unwrap_or((text, ""));
    if !port.bytes().all(|b| b.is_ascii_digit()) {
        return false;
    }
    let is_label = |label: &str| {
        !label.is_empty() && label.chars().all(|c| c.is_alphanumeric() || matches!(c, '-' | '_'))
    };
    let host = host.trim_end_matches('.');
    host.rsplit_once('.').is_some_and(|(labels, last)| {
        labels.split('.').all(is_label) && last.len() >= 2 && last.bytes().all(|b| b.is_ascii_alphabetic())
    })
}
