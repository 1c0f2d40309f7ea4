//! Tokens of package registries.

use super::check::Check;
use super::row::{Row, Write};
use super::rule::Family;

const PYPI: &str = "PyPI documentation, API tokens (macaroons of pypi.org and test.pypi.org)";
const JFROG: &str = "JFrog documentation, Access tokens, API keys and reference tokens";
const W: Write = Write(Family::Registry);

pub(super) const RULES: &[Row] = &[
    W.secret("detect.npm", "npm_[A-Za-z0-9]{36}", "npm Docs, About access tokens"),
    W.secret("detect.pypi", "pypi-[A-Za-z0-9_-]{85,}", PYPI),
    W.secret("detect.rubygems", "rubygems_[0-9a-f]{48}", "RubyGems Guides, API keys"),
    W.exact(
        "detect.crates",
        "cio[A-Za-z0-9]{32}",
        "crates.io, Security advisory of 2020-07-14 on token format",
    )
    .checked(Check::MixedCase),
    W.exact("detect.nuget", "oy2[a-z0-9]{43}", "Microsoft Learn, NuGet API keys"),
    W.secret(
        "detect.docker",
        "(dckr_pat|dckr_oat)_[A-Za-z0-9_-]{27,32}",
        "Docker documentation, Access tokens",
    ),
    W.secret("detect.artifactory", "AKC[pP][A-Za-z0-9]{8,}", JFROG),
    W.secret("detect.artifactory_reference", "cmVmdGtuO[A-Za-z0-9]{32,}", JFROG),
    W.secret("detect.clojars", "CLOJARS_[0-9a-z]{60}", "Clojars wiki, Deploy tokens"),
    W.secret(
        "detect.packagist",
        "packagist_(ack|acs|orgack|orgacs|uut|out|ort)_[0-9a-f]{40,}",
        "Private Packagist documentation, Tokens",
    ),
    W.exact(
        "detect.conda",
        "an-[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}",
        "Anaconda documentation, Tokens",
    ),
    W.exact(
        "detect.npm_auth",
        "//[a-z0-9.-]+/:_(authToken|password|auth)=.+",
        "npm Docs, .npmrc auth-related configuration",
    ),
];
