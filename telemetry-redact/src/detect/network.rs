//! Addresses: URLs, e-mail, IP, MAC, host names.

use super::check::Check;
use super::row::{ID, Row, Write};
use super::rule::Family;
use super::shape::Shape;

const MAC: &str = "IEEE 802, 48-bit and 64-bit addresses";
const W: Write = Write(Family::Network);

pub(super) const RULES: &[Row] = &[
    W.known("detect.url", "<url>", "[A-Za-z0-9+.-]{1,32}://.{0,}", "RFC 3986, Uniform resource identifiers"),
    W.known("detect.email", "<email>", "\\T{3,}", "RFC 5321, 4.1.2: mailboxes; of hosts without a dot too").checked(Check::Email).with(Shape::AT),
    W.known("detect.ipv4", "<ip>", "[0-9.]{7,15}(/[0-9]{1,2}|)(:[0-9]{1,5}|)", "RFC 791, RFC 4632 (prefix length)").checked(Check::Ipv4),
    W.known("detect.mac", ID, "[0-9A-Fa-f]{2}[:-][0-9A-Fa-f]{2}[:-][0-9A-Fa-f]{2}[:-][0-9A-Fa-f]{2}[:-][0-9A-Fa-f]{2}[:-][0-9A-Fa-f]{2}", MAC),
    W.known("detect.eui64", ID, "[0-9A-Fa-f]{2}[:-][0-9A-Fa-f]{2}[:-][0-9A-Fa-f]{2}[:-][0-9A-Fa-f]{2}[:-][0-9A-Fa-f]{2}[:-][0-9A-Fa-f]{2}[:-][0-9A-Fa-f]{2}[:-][0-9A-Fa-f]{2}", MAC),
    W.known("detect.mac_dotted", ID, "[0-9A-Fa-f]{4}\\.[0-9A-Fa-f]{4}\\.[0-9A-Fa-f]{4}", "Cisco IOS configuration guides, MAC addresses"),
    W.known("detect.ipv6", "<ip>", "[[0-9A-Fa-f:.]{2,45}(%[A-Za-z0-9_.-]{1,16}|)(/[0-9]{1,3}|)(\\](:[0-9]{1,5}|)|)", "RFC 4291, RFC 6874 (zone), RFC 3986 (brackets and port)").checked(Check::Ipv6).with(Shape::COLON),
    // Behind the addresses, which have colons too.
    Write(Family::Connection).exact("detect.pgpass", "[A-Za-z0-9_.*-]+:[0-9*]{1,5}:[A-Za-z0-9_.*-]+:[A-Za-z0-9_.*-]+:.+", "PostgreSQL documentation, 34.16: The password file"),
];
