//! Paths of all systems, file names, host names.

use super::check::Check;
use super::row::{Row, Write};
use super::rule::Family;
use super::shape::Shape;

const W: Write = Write(Family::Path);

pub(super) const RULES: &[Row] = &[
    // Before the paths, since it may have slashes.
    Write(Family::Auth)
        .exact("detect.wireguard", "[A-Za-z0-9+/]{42}[AEIMQUYcgkosw048]=", "WireGuard, wg(8): keys in base64")
        .checked(Check::MixedCase),
    Write(Family::Generic)
        .exact("detect.base64_padded", "[A-Za-z0-9+/]{30,}={1,2}", "RFC 4648, 4: base64 with padding")
        .checked(Check::Base64),
    W.known(
        "detect.home_path",
        "<path>",
        "(/home/|/Users/|/root/|/var/users/|~/)\\T{0,}",
        "Filesystem Hierarchy Standard 3.0, 3.8; macOS directory layout",
    ),
    W.known(
        "detect.drive_path",
        "<path>",
        "[A-Za-z]:[\\\\/]\\T{0,}",
        "Microsoft Learn, Naming files, paths and namespaces",
    ),
    W.known("detect.share_path", "<path>", "\\\\\\\\\\T{1,}", "Microsoft Learn, UNC paths"),
    W.known(
        "detect.backslash_path",
        "<path>",
        "\\T{1,}",
        "Microsoft Learn, Naming files, paths and namespaces",
    )
    .with(Shape::BACKSLASH),
    W.known("detect.path", "<path>", "\\T{2,}", "POSIX.1-2024, 3.254: pathnames").with(Shape::SLASH),
    W.known(
        "detect.file_name",
        "<path>",
        "\\T{2,}",
        "usual endings of file names, by media types and languages",
    )
    .checked(Check::FileName)
    .with(Shape::DOT),
    Write(Family::Network)
        .known("detect.host", "<host>", ".{4,}", "RFC 1123, 2.1: host names; RFC 5891 for other scripts")
        .checked(Check::Host)
        .with(Shape::DOT),
];
