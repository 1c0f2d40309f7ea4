//! Addresses: URLs, e-mail, IP, MAC, host names.

use std::net::{IpAddr, Ipv6Addr};

/// RFC 3986: a scheme and `://`.
pub(super) fn is_url(text: &str) -> bool {
    text.find("://").is_some_and(|at| {
        at > 0 && text[..at].bytes().all(|b| b.is_ascii_alphanumeric() || matches!(b, b'+' | b'-' | b'.'))
    })
}

/// Something on both sides of an `@`, and a dot or a host on the right.
pub(super) fn is_email(text: &str) -> bool {
    text.rsplit_once('@').is_some_and(|(user, host)| !user.is_empty() && !host.is_empty())
}

/// IPv4 and IPv6 with and without port, prefix length and zone (RFC 4291, RFC 4632, RFC 6874).
pub(super) fn is_ip(text: &str) -> bool {
    let without_prefix = text.split_once('/').map_or(text, |(address, length)| {
        if length.bytes().all(|b| b.is_ascii_digit()) { address } else { text }
    });
    if let Some(rest) = without_prefix.strip_prefix('[') {
        return rest.split_once(']').is_some_and(|(address, _)| is_v6(address));
    }
    let without_port = without_prefix.split_once(':').map_or(without_prefix, |(address, _)| address);
    without_port.parse::<IpAddr>().is_ok() || is_v6(without_prefix)
}

fn is_v6(text: &str) -> bool {
    let address = text.split_once('%').map_or(text, |(address, _)| address);
    address.parse::<Ipv6Addr>().is_ok()
}

/// Six pairs of hexadecimal digits (IEEE 802).
pub(super) fn is_mac(text: &str) -> bool {
    let separator = if text.contains(':') { ':' } else { '-' };
    let parts: Vec<&str> = text.split(separator).collect();
    parts.len() == 6
        && parts.iter().all(|part| part.len() == 2 && part.bytes().all(|b| b.is_ascii_hexdigit()))
}

/// Labels with dots, the last one letters (RFC 1123), with or without port.
pub(super) fn is_host(text: &str) -> bool {
    let (host, port) = text.rsplit_once(':').unwrap_or((text, ""));
    if !port.bytes().all(|b| b.is_ascii_digit()) {
        return false;
    }
    let labels: Vec<&str> = host.trim_end_matches('.').split('.').collect();
    let is_label = |label: &&str| {
        !label.is_empty() && label.chars().all(|c| c.is_alphanumeric() || matches!(c, '-' | '_'))
    };
    labels.len() > 1
        && labels.iter().all(is_label)
        && labels.last().is_some_and(|last| last.len() >= 2 && last.bytes().all(|b| b.is_ascii_alphabetic()))
}
