//! Keys of monitoring, logging and analytics.

use super::check::Check;
use super::row::{ID, Row, Write};
use super::rule::Family;

const NEW_RELIC: &str = "New Relic documentation, API keys";
const GRAFANA: &str = "Grafana documentation, Service account and access policy tokens";
const HONEYCOMB: &str = "Honeycomb documentation, API keys";
const W: Write = Write(Family::Monitoring);

pub(super) const RULES: &[Row] = &[
    W.secret("detect.newrelic", "(NRAK|NRII|NRJS|NRRA|NRIQ|NRSP|NRAA)-[A-Za-z0-9_-]{19,40}", NEW_RELIC),
    W.exact("detect.newrelic_licence", "(eu01xx|gov01x|us01xx|)[0-9a-f]{30,36}(NRAL|FFFFNRAL)", NEW_RELIC),
    W.secret("detect.sentry", "sntrys_eyJ[A-Za-z0-9+/=_-]{80,}", "Sentry documentation, Auth tokens"),
    W.secret(
        "detect.sentry_user",
        "(sntryu|sntrya|sntryi)_[0-9a-f]{64}",
        "Sentry documentation, Auth tokens",
    ),
    W.secret("detect.grafana", "glsa_[A-Za-z0-9]{32}_[0-9a-fA-F]{8}", GRAFANA),
    W.secret("detect.grafana_cloud", "glc_[A-Za-z0-9+/]{32,}={0,3}", GRAFANA),
    W.secret("detect.grafana_old", "eyJrIjoi[A-Za-z0-9+/]{60,}={0,3}", GRAFANA),
    W.secret(
        "detect.honeycomb",
        "(hcaik|hcbik|hccik|hcxik|hcalk|hcblk|hcclk|hcxlk|hcamk|hcbmk|hccmk|hcxmk)_[0-9a-z]{26,64}",
        HONEYCOMB,
    ),
    W.secret(
        "detect.dynatrace",
        "(dt0c01|dt0s01|dt0s02|dt0s08|dt0s16|dt0a01|dt0e01)\\.[A-Z0-9]{24}\\.[A-Z0-9]{64}",
        "Dynatrace documentation, Token format",
    ),
    W.exact("detect.datadog_client", "pub[0-9a-f]{32}", "Datadog documentation, Client tokens"),
    W.secret("detect.datadog", "ddapp_[A-Za-z0-9]{34}", "Datadog documentation, API and application keys"),
    W.secret(
        "detect.axiom",
        "(xaat|xapt)-[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}",
        "Axiom documentation, API tokens",
    ),
    W.secret("detect.posthog", "(phc|phx|phs|pha|phr)_[A-Za-z0-9]{32,48}", "PostHog documentation, API keys"),
    W.exact(
        "detect.launchdarkly",
        "(api|sdk|mob)-[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}",
        "LaunchDarkly documentation, Keys",
    ),
    W.secret(
        "detect.mapbox",
        "(sk|tk)\\.eyJ[A-Za-z0-9_-]{20,}\\.[A-Za-z0-9_-]{20,}",
        "Mapbox documentation, Access tokens",
    ),
    W.secret(
        "detect.mapbox_public",
        "pk\\.eyJ[A-Za-z0-9_-]{20,}\\.[A-Za-z0-9_-]{20,}",
        "Mapbox documentation, Access tokens",
    ),
    W.exact("detect.checkly", "cu_[0-9a-f]{32}", "Checkly documentation, API keys"),
    W.exact("detect.uptimerobot", "(ur|u|m)[0-9]{6,10}-[0-9a-f]{24}", "UptimeRobot documentation, API keys"),
    W.exact(
        "detect.statsig",
        "(secret|client|console)-[A-Za-z0-9]{40,50}",
        "Statsig documentation, API keys",
    )
    .checked(Check::MixedCase),
    W.secret("detect.segment", "sgp_[A-Za-z0-9]{64}", "Segment documentation, Public API tokens"),
    W.secret(
        "detect.logfire",
        "pylf_v[0-9]_(us|eu)_[A-Za-z0-9]{40,}",
        "Pydantic Logfire documentation, Write tokens",
    ),
    W.secret("detect.coralogix", "(cxtp|cxup|cxth)_[A-Za-z0-9]{30}", "Coralogix documentation, API keys"),
    W.exact(
        "detect.sentry_dsn",
        "https://[0-9a-f]{32}@o[0-9]+\\.ingest\\.(us\\.|de\\.|)sentry\\.io/[0-9]+",
        "Sentry documentation, DSN",
    ),
    W.known(
        "detect.google_analytics",
        ID,
        "(UA-[0-9]{4,10}-[0-9]{1,4}|G-[A-Z0-9]{10})",
        "Google Analytics documentation, Measurement IDs",
    ),
    W.secret(
        "detect.wakatime",
        "(waka|waka_sec|waka_tok)_[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}",
        "WakaTime documentation, API keys",
    ),
];
