//! Keys of those who send mail, messages and calls.

use super::check::Check;
use super::row::{ID, Row, Write};
use super::rule::Family;

const TWILIO: &str = "Twilio documentation, String identifiers (SID) and API keys";
const MAILGUN: &str = "Mailgun documentation, API keys";
const W: Write = Write(Family::Mail);

pub(super) const RULES: &[Row] = &[
    W.secret(
        "detect.sendgrid",
        "SG\\.[A-Za-z0-9_-]{20,24}\\.[A-Za-z0-9_-]{39,50}",
        "Twilio SendGrid documentation, API keys",
    ),
    W.exact("detect.twilio", "SK[0-9a-f]{32}", TWILIO),
    W.known("detect.twilio_account", ID, "(AC|AP|MG|PN|SM|MM|CA)[0-9a-f]{32}", TWILIO),
    W.exact("detect.mailgun", "(key|pubkey)-[0-9a-f]{32}", MAILGUN),
    W.exact("detect.mailgun_new", "[0-9a-f]{32}-[0-9a-f]{8}-[0-9a-f]{8}", MAILGUN),
    W.exact("detect.mailchimp", "[0-9a-f]{32}-us[0-9]{1,2}", "Mailchimp developer documentation, API keys"),
    W.exact("detect.mandrill", "md-[A-Za-z0-9_-]{22}", "Mailchimp Transactional documentation, API keys")
        .checked(Check::MixedCase),
    W.secret(
        "detect.brevo",
        "(xkeysib|xsmtpsib)-[0-9a-f]{64}-[A-Za-z0-9]{16}",
        "Brevo documentation, API and SMTP keys",
    ),
    W.exact("detect.resend", "re_[A-Za-z0-9]{8}_[A-Za-z0-9]{20,}", "Resend documentation, API keys"),
    W.secret("detect.mailersend", "mlsn\\.[0-9a-f]{64}", "MailerSend documentation, API tokens"),
    W.exact("detect.klaviyo", "pk_[0-9a-f]{34}", "Klaviyo documentation, Private keys"),
    W.secret(
        "detect.hubspot",
        "pat-(na1|na2|eu1|ap1)-[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}",
        "HubSpot developer documentation, Private apps",
    ),
    W.exact(
        "detect.salesforce",
        "00D[A-Za-z0-9]{12}![A-Za-z0-9_.]{80,}",
        "Salesforce documentation, Session IDs",
    ),
    W.exact(
        "detect.salesforce_refresh",
        "5Aep861[A-Za-z0-9_.]{60,}",
        "Salesforce documentation, OAuth refresh tokens",
    ),
    W.secret("detect.onesignal", "(os_v2_app|os_v2_org)_[a-z2-7]{100,}", "OneSignal documentation, API keys"),
    W.exact("detect.beamer", "b_[A-Za-z0-9=_-]{44}", "Beamer documentation, API keys")
        .checked(Check::MixedCase),
    W.exact("detect.telnyx", "KEY[0-9A-F]{32}_[A-Za-z0-9]{22}", "Telnyx documentation, API keys"),
    W.secret("detect.intercom", "dG9r[A-Za-z0-9+/]{52,60}={0,2}", "Intercom documentation, Access tokens"),
];
