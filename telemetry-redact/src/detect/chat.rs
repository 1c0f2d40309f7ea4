//! Tokens of chats and social networks.

use super::check::Check;
use super::row::{Row, Write};
use super::rule::Family;
use super::source::SCANNING;

const SLACK: &str = "Slack developer documentation, Token types";
const DISCORD: &str = "Discord developer documentation, Reference: authentication";
const META: &str = "Meta for Developers, Access tokens";
const W: Write = Write(Family::Chat);

pub(super) const RULES: &[Row] = &[
    W.secret("detect.slack", "xox[abceoprsd]-[A-Za-z0-9%+/=-]{10,}", SLACK),
    W.secret("detect.slack_refresh", "xoxe\\.xox[bp]-[0-9]-[A-Za-z0-9]{40,}", SLACK),
    W.secret("detect.slack_app", "xapp-[0-9]-[A-Z0-9]+-[0-9]+-[a-z0-9]+", SLACK),
    W.secret("detect.slack_workflow", "xwfp-[A-Za-z0-9%-]{20,}", SLACK),
    W.secret("detect.slack_hook", "(https://hooks|hooks)\\.slack\\.com/(services|workflows|triggers)/[A-Za-z0-9+/]{20,}", "Slack developer documentation, Incoming webhooks"),
    W.exact("detect.discord_bot", "[MNO][A-Za-z0-9_-]{22,27}\\.[A-Za-z0-9_-]{6}\\.[A-Za-z0-9_-]{27,38}", DISCORD).checked(Check::MixedCase),
    W.secret("detect.discord_hook", "https://(discord\\.com|discordapp\\.com|ptb\\.discord\\.com|canary\\.discord\\.com)/api/webhooks/[0-9]{17,20}/[A-Za-z0-9_-]{60,}", DISCORD),
    W.exact("detect.telegram", "[0-9]{5,16}:A[A-Za-z0-9_-]{34}", "Telegram Bot API, Authorizing your bot"),
    W.exact("detect.teams_hook", "https://[a-z0-9]+\\.webhook\\.office\\.com/webhookb2/.{40,}", "Microsoft Learn, Create incoming webhooks"),
    W.secret("detect.google_chat_hook", "https://chat\\.googleapis\\.com/v1/spaces/[A-Za-z0-9_-]+/messages\\?key=[A-Za-z0-9&=%_-]{20,}", "Google Chat documentation, Webhooks"),
    W.secret("detect.facebook", "EAA[A-Za-z0-9]{60,}", META),
    W.exact("detect.facebook_app", "[0-9]{15,16}(\\||%7C|%7c)[A-Za-z0-9_-]{27,40}", META),
    W.secret("detect.instagram", "(IGQV|IGAA)[A-Za-z0-9_-]{60,}", META),
    W.secret("detect.twitter", "AAAAAAAAAAAAAAAAAAAAA[A-Za-z0-9%]{80,}", "X developer documentation, App-only bearer tokens"),
    W.exact("detect.twitch", "oauth:[a-z0-9]{30}", "Twitch developer documentation, IRC authentication"),
    W.secret("detect.linkedin", "WPL_AP1\\.[A-Za-z0-9]{16}\\.[A-Za-z0-9+/=]{8,}", SCANNING),
    W.exact("detect.matrix", "syt_[A-Za-z0-9]+_[A-Za-z0-9]{20}_[A-Za-z0-9]{6}", "Synapse documentation, Access token format"),
    W.exact("detect.webex_bot", "[A-Za-z0-9]{64}_[A-Za-z0-9]{4}_[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}", "Webex for Developers, Bots"),
    W.exact("detect.tiktok", "act\\.[A-Za-z0-9!*]{40,}", "TikTok for Developers, User access tokens"),
];
