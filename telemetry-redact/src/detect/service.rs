//! Tokens of other services that people work with.

use super::row::{Row, Write};
use super::rule::Family;
use super::source::{GITLEAKS, SCANNING};

const FIGMA: &str = "Figma developer documentation, Access tokens";
const LINEAR: &str = "Linear developer documentation, API keys";
const W: Write = Write(Family::Service);

pub(super) const RULES: &[Row] = &[
    W.secret("detect.linear", "(lin_api|lin_oauth|lin_wh)_[A-Za-z0-9]{32,64}", LINEAR),
    W.secret("detect.notion", "ntn_[A-Za-z0-9]{43,50}", "Notion developer documentation, Authorization"),
    W.exact("detect.notion_old", "secret_[A-Za-z0-9]{43}", "Notion developer documentation, Authorization"),
    W.exact(
        "detect.asana",
        "[0-9]/[0-9]{13,19}(/[0-9]{13,19}|):[0-9a-f]{32}",
        "Asana developer documentation, Personal access tokens",
    ),
    W.exact(
        "detect.clickup",
        "pk_[0-9]{6,10}_[A-Z0-9]{32}",
        "ClickUp developer documentation, Personal tokens",
    ),
    W.exact(
        "detect.airtable",
        "pat[A-Za-z0-9]{14}\\.[0-9a-f]{64}",
        "Airtable developer documentation, Personal access tokens",
    ),
    W.secret("detect.figma", "(figd|figo|figu|figor|figur|figs)_[A-Za-z0-9_-]{32,}", FIGMA),
    W.secret(
        "detect.trello",
        "ATTA[0-9a-fA-F]{64,72}",
        "Atlassian developer documentation, Trello authorization",
    ),
    W.secret(
        "detect.contentful",
        "CFPAT-[A-Za-z0-9_-]{43}",
        "Contentful documentation, Personal access tokens",
    ),
    W.secret("detect.readme", "rdme_[0-9a-z]{70}", "ReadMe documentation, API keys"),
    W.secret(
        "detect.typeform",
        "tfp_[A-Za-z0-9_.=-]{40,}",
        "Typeform developer documentation, Personal access tokens",
    ),
    W.secret("detect.frameio", "fio-u-[A-Za-z0-9_=-]{64}", "Frame.io developer documentation, Tokens"),
    W.secret("detect.adobe", "p8e-[0-9a-f]{32}", GITLEAKS),
    W.exact(
        "detect.dropbox",
        "sl\\.[A-Za-z0-9_=-]{130,}",
        "Dropbox documentation, OAuth guide: short-lived tokens",
    ),
    W.exact("detect.planet", "PLAK[0-9a-f]{32}", "Planet documentation, API keys"),
    W.secret("detect.thunderstore", "tss_[A-Za-z0-9]{46}", SCANNING),
    W.secret("detect.zuplo", "zpka_[0-9a-f]{32}_[0-9a-f]{8}", "Zuplo documentation, API key format"),
    W.secret("detect.unkey", "unkey_[A-Za-z0-9]{20,}", "Unkey documentation, Root keys"),
    W.secret(
        "detect.stytch",
        "(secret-live|secret-test)-[A-Za-z0-9_-]{32,}=?",
        "Stytch documentation, Project secrets",
    ),
    W.secret(
        "detect.liveblocks",
        "(sk_dev|sk_prod|pk_dev|pk_prod)_[A-Za-z0-9_-]{60,}",
        "Liveblocks documentation, API keys",
    ),
    W.exact(
        "detect.convex",
        "(prod|dev|preview|project):[a-z0-9-]+\\|[A-Za-z0-9+/=]{40,}",
        "Convex documentation, Deploy keys",
    ),
    W.secret(
        "detect.inngest",
        "signkey-(prod|test|branch)-[0-9a-f]{32,}",
        "Inngest documentation, Signing keys",
    ),
    W.exact("detect.maxmind", "[A-Za-z0-9]{6}_[A-Za-z0-9]{29}_mmk", "MaxMind documentation, License keys"),
    W.exact("detect.gitbook", "gb_api_[A-Za-z0-9]{40}", "GitBook documentation, API tokens"),
    W.secret(
        "detect.miro",
        "eyJtaXJvLm9yaWdpbiI6[A-Za-z0-9_-]{20,}",
        "Miro developer documentation, Access tokens",
    ),
    W.secret("detect.apify", "apify_(api|ui)_[A-Za-z0-9]{30,36}", "Apify documentation, API tokens"),
    W.exact(
        "detect.rapidapi",
        "[0-9a-f]{10}msh[0-9a-f]{15}p[0-9a-f]{6}jsn[0-9a-f]{12}",
        "RapidAPI documentation, X-RapidAPI-Key",
    ),
    W.exact("detect.deno", "(ddp|ddw|ddo)_[A-Za-z0-9]{36}", "Deno Deploy documentation, Access tokens"),
    W.secret("detect.val_town", "vtwn_[A-Za-z0-9]{27,}", "Val Town documentation, API tokens"),
    W.secret("detect.cal", "(cal_live|cal_test)_[0-9a-f]{32}", "Cal.com documentation, API keys"),
    W.exact("detect.lichess", "(lip|lio)_[A-Za-z0-9]{20}", "Lichess API documentation, Personal tokens"),
    W.exact("detect.sanity", "sk[A-Za-z0-9]{80,180}", "Sanity documentation, API tokens"),
    W.secret(
        "detect.tinybird",
        "p\\.eyJ1IjogI[A-Za-z0-9_-]{20,}\\.[A-Za-z0-9_-]{20,}",
        "Tinybird documentation, Tokens",
    ),
    W.exact("detect.ionic", "ion_[A-Za-z0-9]{42}", SCANNING),
    W.secret("detect.samsara", "samsara_api_[A-Za-z0-9]{30}", "Samsara developer documentation, API tokens"),
    W.exact(
        "detect.intra42",
        "(u-s4t2ud|s-s4t2ud|s-s4t2af)-[0-9a-f]{64}",
        "42 API documentation, Application credentials",
    ),
    W.secret(
        "detect.ramp",
        "(ramp_id|ramp_sec|ramp_tok)_[A-Za-z0-9]{30,}",
        "Ramp developer documentation, OAuth credentials",
    ),
];
