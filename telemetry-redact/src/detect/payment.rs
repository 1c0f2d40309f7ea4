//! Keys of payment providers and shops.

use super::check::Check;
use super::row::{ID, Row, Write};
use super::rule::Family;
use super::source::SCANNING;

const STRIPE: &str = "Stripe documentation, API keys";
const SQUARE: &str = "Square developer documentation, Access tokens";
const SHOPIFY: &str = "Shopify developer changelog, Token prefixes";
const W: Write = Write(Family::Payment);

pub(super) const RULES: &[Row] = &[
    W.secret("detect.stripe", "(sk_live|sk_test|sk_prod|rk_live|rk_test|rk_prod)_[A-Za-z0-9]{10,247}", STRIPE),
    W.secret("detect.stripe_public", "(pk_live|pk_test)_[A-Za-z0-9]{10,247}", STRIPE),
    W.secret("detect.stripe_hook", "whsec_[A-Za-z0-9+/]{32,64}={0,2}", "Stripe documentation, Webhook signatures"),
    W.secret("detect.stripe_session", "(cs_live|cs_test)_[A-Za-z0-9]{24,}", STRIPE),
    W.exact("detect.stripe_client_secret", "(pi|seti)_[A-Za-z0-9]{24}_secret_[A-Za-z0-9]{24,}", STRIPE),
    W.known("detect.stripe_account", ID, "acct_[A-Za-z0-9]{16,}", STRIPE),
    W.secret("detect.square", "(EAAA|EAAl)[A-Za-z0-9_-]{56,64}", SQUARE),
    W.secret("detect.square_old", "(sq0atp|sq0csp|sq0idp)-[A-Za-z0-9_-]{22,43}", SQUARE),
    W.secret("detect.paypal", "access_token\\$(production|sandbox)\\$[0-9a-z]{16}\\$[0-9a-f]{32}", "Braintree developer documentation, PayPal access tokens"),
    W.exact("detect.braintree_key", "(production|sandbox)_[0-9a-z]{8}_[0-9a-z]{16}", "Braintree developer documentation, Tokenization keys"),
    W.secret("detect.paddle", "(pdl_live_apikey|pdl_sdbx_apikey)_[a-z0-9]{26}_[A-Za-z0-9]{22}_[A-Za-z0-9]{3}", "Paddle developer documentation, API keys"),
    W.secret("detect.razorpay", "(rzp_live|rzp_test)_[A-Za-z0-9]{14}", "Razorpay documentation, API keys"),
    W.secret("detect.flutterwave", "(FLWSECK|FLWPUBK)(_TEST|)-[0-9a-zA-Z]{32}-X", "Flutterwave documentation, API keys"),
    W.secret("detect.flutterwave_encryption", "FLWSECK_TEST[0-9a-f]{12}", "Flutterwave documentation, API keys"),
    W.secret("detect.adyen", "AQE[A-Za-z0-9]{2,6}[A-Za-z0-9+/]{60,}={0,2}-[A-Za-z0-9+/]{20,}={0,2}-[A-Za-z0-9+/]{10,}={0,2}", "Adyen Docs, API credentials"),
    W.exact("detect.plaid", "(access|public|link)-(sandbox|development|production)-[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}", "Plaid Docs, Tokens"),
    W.exact("detect.chargebee", "(live_|test_)cd[A-Za-z0-9]{30,}", "Chargebee documentation, API keys"),
    W.exact("detect.mollie", "(live|test)_[A-Za-z0-9]{30}", "Mollie documentation, Authentication").checked(Check::MixedCase),
    W.exact("detect.lob", "(live|test)_(pub_|)[0-9a-f]{31,35}", "Lob documentation, API keys"),
    W.exact("detect.gocardless", "(live|sandbox)_[A-Za-z0-9_-]{40}", "GoCardless documentation, Access tokens").checked(Check::MixedCase),
    W.secret("detect.shopify", "(shpat|shpca|shppa|shpss|shpua|shprt)_[0-9a-fA-F]{32}", SHOPIFY),
    W.exact("detect.mercadopago", "(APP_USR|TEST)-[0-9]{14,19}-[0-9]{6}-[0-9a-f]{32}-[0-9]{6,10}", "Mercado Pago Developers, Credentials"),
    W.secret("detect.duffel", "(duffel_test|duffel_live)_[A-Za-z0-9_-]{43}", "Duffel documentation, Access tokens"),
    W.secret("detect.easypost", "(EZAK|EZTK)[A-Za-z0-9]{54}", "EasyPost documentation, API keys"),
    W.secret("detect.shippo", "(shippo_live|shippo_test)_[0-9a-fA-F]{40}", "Shippo documentation, Authentication"),
    W.secret("detect.klarna", "(klarna_live|klarna_test|klarna_playground)_api_[A-Za-z0-9+/=!_-]{20,}", "Klarna Docs, API authentication"),
    W.secret("detect.checkout", "(sk_sbox|pk_sbox)_[a-z0-9*$-]{20,}", "Checkout.com documentation, API keys"),
    W.exact("detect.coinbase_key", "organizations/[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}/apiKeys/.+", "Coinbase Developer Platform, API keys"),
    W.secret("detect.cashfree", "(cfsk_ma_prod|cfsk_ma_test)_[0-9a-f]{32}_[0-9a-f]{8}", SCANNING),
    W.secret("detect.midtrans", "(SB-Mid-server|Mid-server)-[A-Za-z0-9_-]{20,}", "Midtrans documentation, Access keys"),
    W.secret("detect.xendit", "xnd_(production|development|public_production|public_development)_[A-Za-z0-9]{40,}", "Xendit documentation, API keys"),
];
