//! Tokens of source hosting.

use super::row::{Row, Write};
use super::rule::Family;

const GITHUB: &str = "GitHub Docs, About authentication to GitHub: token formats";
const GITLAB: &str = "GitLab Docs, Token overview: token prefixes";
const ATLASSIAN: &str = "Atlassian Support, API tokens and app passwords";
const SOURCEGRAPH: &str = "Sourcegraph docs, Access tokens: token formats";
const W: Write = Write(Family::Vcs);

pub(super) const RULES: &[Row] = &[
    W.secret("detect.github", "(ghp|gho|ghu|ghs|ghr)_[A-Za-z0-9]{36,251}", GITHUB),
    W.secret("detect.github_fine", "github_pat_[A-Za-z0-9]{22}_[A-Za-z0-9]{59}", GITHUB),
    W.secret("detect.gitlab", "glpat-[A-Za-z0-9_-]{20,}(\\.[0-9a-z]{2}\\.[0-9a-z]{9}|)", GITLAB),
    W.secret("detect.gitlab_oauth", "gloas-[A-Za-z0-9_-]{64}", GITLAB),
    W.secret("detect.gitlab_deploy", "gldt-[A-Za-z0-9_-]{20,}", GITLAB),
    W.secret("detect.gitlab_runner", "(glrt|glrtr)-[A-Za-z0-9_.-]{20,}", GITLAB),
    W.secret("detect.gitlab_registration", "GR1348941[A-Za-z0-9_-]{20}", GITLAB),
    W.secret("detect.gitlab_job", "glcbt-[0-9a-zA-Z]{1,5}_[A-Za-z0-9_-]{20,}", GITLAB),
    W.secret("detect.gitlab_trigger", "glptt-[0-9a-f]{40}", GITLAB),
    W.secret("detect.gitlab_feed", "glft-[A-Za-z0-9_-]{20,}", GITLAB),
    W.secret("detect.gitlab_mail", "glimt-[A-Za-z0-9_-]{25}", GITLAB),
    W.secret("detect.gitlab_agent", "glagent-[A-Za-z0-9_-]{50}", GITLAB),
    W.secret("detect.gitlab_scim", "glsoat-[A-Za-z0-9_-]{20,}", GITLAB),
    W.secret("detect.gitlab_flags", "glffct-[A-Za-z0-9_-]{20,}", GITLAB),
    W.secret("detect.gitlab_workspace", "glwt-[A-Za-z0-9_-]{20,}", GITLAB),
    W.secret("detect.gitlab_session", "_gitlab_session=[0-9a-z]{32}", GITLAB),
    W.secret("detect.bitbucket", "ATBB[A-Za-z0-9]{32}", ATLASSIAN),
    W.secret("detect.bitbucket_access", "ATCTT3xFfG[A-Za-z0-9_=-]{100,}", ATLASSIAN),
    W.secret("detect.atlassian", "ATATT3[A-Za-z0-9_=-]{100,}", ATLASSIAN),
    W.secret("detect.atlassian_admin", "ATOA[A-Za-z0-9_=-]{60,}", ATLASSIAN),
    W.secret("detect.sourcegraph", "sgp_([0-9a-f]{16}_|local_|)[0-9a-f]{40}", SOURCEGRAPH),
    W.secret("detect.sourcegraph_licence", "slk_[0-9a-f]{64}", SOURCEGRAPH),
    W.secret("detect.sourcegraph_cody", "(sgd|sgph)_[0-9a-f]{16,64}(_[0-9a-f]{40,64}|)", SOURCEGRAPH),
    W.secret(
        "detect.jetbrains",
        "perm[:-][A-Za-z0-9=]+\\.[A-Za-z0-9=]+\\.[A-Za-z0-9=]+",
        "JetBrains Hub documentation, permanent tokens",
    ),
];
