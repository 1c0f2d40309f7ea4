//! Tokens of build services and of what checks code.

use super::row::{Row, Write};
use super::rule::Family;
use super::source::GITLEAKS;

const CIRCLE: &str = "CircleCI documentation, Managing API tokens";
const HARNESS: &str = "Harness Developer Hub, API keys";
const W: Write = Write(Family::Ci);

pub(super) const RULES: &[Row] = &[
    W.secret("detect.circleci", "(CCIPAT|CCIPRJ)_[A-Za-z0-9]{22}_[0-9a-f]{40}", CIRCLE),
    W.secret(
        "detect.buildkite",
        "(bkua|bkat|bkaj|bkct|bkpat|bkpi|bkps)_[A-Za-z0-9]{40,}",
        "Buildkite documentation, Token security",
    ),
    W.exact("detect.jenkins", "11[0-9a-f]{32}", "Jenkins documentation, API tokens: version 11"),
    W.exact("detect.harness", "(pat|sat)\\.[A-Za-z0-9_-]{22}\\.[0-9a-zA-Z]{24}\\.[A-Za-z0-9]{20}", HARNESS),
    W.secret(
        "detect.teamcity",
        "eyJ0eXAiOiAiVENWMiJ9\\.[A-Za-z0-9_-]{36}\\.[A-Za-z0-9+/=]{48}",
        "TeamCity documentation, Access tokens",
    ),
    W.secret("detect.sonar", "(squ|sqp|sqa)_[0-9a-f]{40}", "SonarQube documentation, Tokens"),
    W.exact("detect.octopus", "API-[A-Z0-9]{25,36}", "Octopus Deploy documentation, API keys"),
    W.secret(
        "detect.depot",
        "(depot_org|depot_project)_[0-9a-f]{32,}",
        "Depot documentation, Authentication",
    ),
    W.secret(
        "detect.trigger",
        "(tr_dev|tr_prod|tr_stg|tr_pat)_[A-Za-z0-9]{20,}",
        "Trigger.dev documentation, API keys",
    ),
    W.secret("detect.prefect", "(pnu|pnb)_[A-Za-z0-9]{36}", "Prefect documentation, API keys"),
    W.secret("detect.dbt", "(dbtc|dbtu)_[A-Za-z0-9_=+/-]{36,}", "dbt documentation, Service account tokens"),
    W.secret("detect.deepsource", "dsp_[0-9a-f]{40}", "DeepSource documentation, Personal access tokens"),
    W.secret("detect.scalingo", "tk-us-[A-Za-z0-9_-]{48}", GITLEAKS),
    W.exact("detect.infracost", "ico-[A-Za-z0-9]{32}", "Infracost documentation, API keys"),
    W.secret(
        "detect.snyk",
        "snyk_(uat|sat)\\.[0-9a-f]{8}\\.[A-Za-z0-9_-]{40,}",
        "Snyk documentation, Authentication",
    ),
    W.secret("detect.rootly", "rootly_[0-9a-f]{64}", "Rootly documentation, API keys"),
    W.secret("detect.postman", "PMAK-[0-9a-f]{24}-[0-9a-f]{34}", "Postman documentation, API keys"),
    W.secret(
        "detect.postman_collection",
        "PMAT-[0-9A-Z]{26}",
        "Postman documentation, Collection access keys",
    ),
    W.secret("detect.endor", "endr\\+[A-Za-z0-9-]{16}", "Endor Labs documentation, API keys"),
];
