//! Identifiers and digests.

use super::check::Check;
use super::row::{ID, Row, Write};
use super::rule::Family;

const DIGESTS: &str = "RFC 1321 and FIPS 180-4, digests in hexadecimal";
const W: Write = Write(Family::Identifier);

pub(super) const RULES: &[Row] = &[
    W.known(
        "detect.uuid",
        ID,
        "[0-9a-fA-F]{8}-[0-9a-fA-F]{4}-[0-9a-fA-F]{4}-[0-9a-fA-F]{4}-[0-9a-fA-F]{12}",
        "RFC 9562, Universally unique identifiers",
    ),
    W.known(
        "detect.uuid_urn",
        ID,
        "(urn:uuid:[0-9a-fA-F-]{36}|\\{[0-9a-fA-F-]{36}\\})",
        "RFC 9562, and the registry format of Windows",
    ),
    W.known("detect.object_id", ID, "[0-9a-f]{24}", "BSON specification, ObjectId").checked(Check::Hex),
    W.known("detect.md5", ID, "[0-9a-fA-F]{32}", DIGESTS).checked(Check::Hex),
    W.known("detect.sha1", ID, "[0-9a-fA-F]{40}", DIGESTS).checked(Check::Hex),
    W.known("detect.sha256", ID, "[0-9a-fA-F]{64}", DIGESTS).checked(Check::Hex),
    W.known("detect.sha512", ID, "[0-9a-fA-F]{128}", DIGESTS).checked(Check::Hex),
    W.known(
        "detect.digest",
        ID,
        "(sha1|sha256|sha384|sha512|md5)[:-][A-Za-z0-9+/=]{24,128}",
        "OCI image specification and W3C Subresource Integrity",
    ),
    W.known("detect.ulid", ID, "[0-7][0-9A-HJKMNP-TV-Z]{25}", "ULID specification, Crockford's base32")
        .checked(Check::Ulid),
    W.known("detect.hex", ID, "[0-9a-fA-F]{8,}", "RFC 4648, 8: base16").checked(Check::Hex),
    W.known("detect.address", ID, "0x[0-9a-fA-F]+", "ISO/IEC 9899, 6.4.4.1: hexadecimal constants"),
];
