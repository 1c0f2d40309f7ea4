//! Numbers that mean a person: cards, accounts, telephones, devices, vehicles.

use super::check::Check;
use super::row::{ID, Row, SECRET, Write};
use super::rule::Family;

const PHONE: &str = "ITU-T E.164 and E.123, telephone numbers";
const W: Write = Write(Family::Personal);

pub(super) const RULES: &[Row] = &[
    W.known(
        "detect.card",
        SECRET,
        "([2-6][0-9]{3}[ -]?[0-9]{4}[ -]?[0-9]{4}[ -]?[0-9]{1,7}|3[0-9]{3}[ -]?[0-9]{6}[ -]?[0-9]{4,5})",
        "ISO/IEC 7812-1, Identification of issuers",
    )
    .checked(Check::Card),
    W.known("detect.iban", ID, "[A-Z]{2}[0-9]{2}[A-Z0-9 -]{11,38}", "ISO 13616 and the IBAN registry")
        .checked(Check::Iban),
    W.known("detect.phone", ID, "\\+[ (]{0,2}[1-9][0-9 ()./-]{6,22}", PHONE).checked(Check::Telephone),
    W.known(
        "detect.phone_north_america",
        ID,
        "(\\+?[0-9]{1,3}[ .-]|)(\\([2-9][0-9]{2}\\) ?|[2-9][0-9]{2}[ .-])[2-9][0-9]{2}[ .-][0-9]{4}",
        "North American Numbering Plan",
    ),
    W.known("detect.phone_national", ID, "\\(?0[1-9][0-9]{0,4}[)]?[ /-][0-9 -]{4,12}", PHONE)
        .checked(Check::NationalTelephone),
    W.known("detect.imei", ID, "[0-9]{2}[ -]?[0-9]{6}[ -]?[0-9]{6}[ -]?[0-9]", "3GPP TS 23.003, 6.2")
        .checked(Check::Imei)
        .after(&["imei"]),
    W.known("detect.iccid", ID, "89[0-9]{17,18}", "ITU-T E.118, International telecommunication charge card")
        .checked(Check::Luhn),
    W.known("detect.vin", ID, "[A-HJ-NPR-Z0-9]{17}", "ISO 3779 and 49 CFR 565").checked(Check::Vin),
    W.known("detect.bank_routing", ID, "[0-9]{9}", "American Bankers Association, routing number policy")
        .checked(Check::Aba)
        .after(&["routing", "aba", "rtn"]),
];
