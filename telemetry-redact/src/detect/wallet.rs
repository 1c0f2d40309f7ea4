//! Wallets, their keys and addresses.

use super::check::Check;
use super::row::{ID, Row, Write};
use super::rule::Family;

const BASE58: &str = "Bitcoin wiki, Base58Check encoding and list of address prefixes";
const W: Write = Write(Family::Wallet);

pub(super) const RULES: &[Row] = &[
    W.exact("detect.bitcoin_key", "[5KLc9][1-9A-HJ-NP-Za-km-z]{50,51}", "Bitcoin wiki, Wallet import format")
        .checked(Check::Base58Check),
    W.exact(
        "detect.extended_key",
        "(xprv|yprv|zprv|tprv)[1-9A-HJ-NP-Za-km-z]{100,112}",
        "BIP 32, Serialization format",
    ),
    W.known(
        "detect.extended_public",
        ID,
        "(xpub|ypub|zpub|tpub)[1-9A-HJ-NP-Za-km-z]{100,112}",
        "BIP 32, Serialization format",
    ),
    W.known("detect.bitcoin", ID, "[13mn2LMDA][1-9A-HJ-NP-Za-km-z]{25,34}", BASE58)
        .checked(Check::Base58Check),
    W.known(
        "detect.bitcoin_segwit",
        ID,
        "(bc1|tb1|ltc1|BC1|TB1|LTC1)[0-9A-Za-z]{11,87}",
        "BIP 173 and BIP 350, bech32 and bech32m",
    )
    .checked(Check::Bech32),
    W.known("detect.ethereum", ID, "0x[0-9a-fA-F]{40}", "Ethereum yellow paper, Addresses"),
    W.secret("detect.nostr_key", "nsec1[0-9a-z]{58}", "NIP-19, bech32-encoded entities"),
    W.known("detect.nostr", ID, "(npub1|note1)[0-9a-z]{58}", "NIP-19, bech32-encoded entities"),
    W.known("detect.cardano", ID, "(addr1|stake1)[0-9a-z]{50,110}", "CIP-19, Cardano addresses")
        .checked(Check::Bech32),
    W.known("detect.cosmos", ID, "(cosmos1|osmo1)[0-9a-z]{38}", "Cosmos SDK documentation, Addresses")
        .checked(Check::Bech32),
    W.exact("detect.stellar_key", "S[A-Z2-7]{55}", "SEP-0023, Strkeys"),
    W.known("detect.stellar", ID, "G[A-Z2-7]{55}", "SEP-0023, Strkeys"),
    W.known("detect.ripple", ID, "r[1-9A-HJ-NP-Za-km-z]{33,34}", "XRP Ledger documentation, Addresses")
        .checked(Check::MixedCase),
    W.known("detect.monero", ID, "[48][1-9A-HJ-NP-Za-km-z]{94}", "Monero documentation, Standard addresses"),
    W.known("detect.tron", ID, "T[1-9A-HJ-NP-Za-km-z]{33}", "TRON developer documentation, Accounts")
        .checked(Check::Base58Check),
];
