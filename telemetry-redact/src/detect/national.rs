//! Numbers that a state gives its people, taxpayers and firms. Digits alone are mostly something else (a count, a time,
//! a port), so those that are told by digits and one check digit ask for a word before them.

use super::check::Check;
use super::row::{ID, Row, Write};
use super::rule::Family;

const W: Write = Write(Family::National);

/// A number with its check.
const fn id(name: &'static str, pattern: &'static str, check: Check, source: &'static str) -> Row {
    W.known(name, ID, pattern, source).checked(check)
}

pub(super) const EUROPE: &[Row] = &[
    id(
        "detect.es_nif",
        "([0-9XYZxyz][ -]?|)[0-9]{7}[ -]?[A-HJ-NP-TV-Za-hj-np-tv-z]",
        Check::EsNif,
        "Spain, Real Decreto 1553/2005 (DNI and NIE)",
    ),
    id(
        "detect.es_cif",
        "[ABCDEFGHJNPQRSUVW]-?[0-9]{7}-?[0-9A-J]",
        Check::EsCif,
        "Spain, Orden EHA/451/2008 (NIF of companies)",
    ),
    id(
        "detect.it_code",
        "[A-Z]{6}[0-9LMNP-V]{2}[ABCDEHLMPRST][0-9LMNP-V]{2}[A-Z][0-9LMNP-V]{3}[A-Z]",
        Check::ItCode,
        "Italy, Decreto ministeriale 23 dicembre 1976 (codice fiscale)",
    ),
    id("detect.it_vat", "(IT|)[0-9]{11}", Check::Luhn, "Italy, Agenzia delle Entrate (partita IVA)")
        .after(&["iva", "vat", "partita"]),
    id("detect.pl_pesel", "[0-9]{11}", Check::PlPesel, "Poland, Ustawa o ewidencji ludności (PESEL)")
        .after(&["pesel"]),
    id(
        "detect.pl_nip",
        "[0-9]{3}-?[0-9]{2,3}-?[0-9]{2}-?[0-9]{2,3}",
        Check::PlNip,
        "Poland, Ministerstwo Finansów (NIP)",
    )
    .after(&["nip"]),
    id(
        "detect.fi_code",
        "[0-9]{6}[A-FU-Y+-][0-9]{3}[0-9A-FHJ-NPR-Y]",
        Check::FiCode,
        "Finland, Digital and Population Data Services Agency (HETU)",
    ),
    id(
        "detect.se_number",
        "([0-9]{6}|[0-9]{8})[+-]?[0-9]{4}",
        Check::SeNumber,
        "Sweden, Skatteverket SKV 704 (personnummer), SKV 709 (organisationsnummer)",
    )
    .after(&["personnummer", "organisationsnummer", "orgnr"]),
    id("detect.no_number", "[0-9]{6} ?[0-9]{5}", Check::NoNumber, "Norway, Skatteetaten (fødselsnummer)")
        .after(&["fodselsnummer", "fnr", "personnummer"]),
    id("detect.dk_number", "[0-9]{6}[ -]?[0-9]{4}", Check::DkNumber, "Denmark, CPR-kontoret (CPR-nummer)")
        .after(&["cpr"]),
    id("detect.is_number", "[0-9]{6}-?[0-9]{4}", Check::IsNumber, "Iceland, Þjóðskrá (kennitala)")
        .after(&["kennitala"]),
    id(
        "detect.nl_bsn",
        "[0-9]{4}[ .]?[0-9]{2}[ .]?[0-9]{3}",
        Check::NlBsn,
        "The Netherlands, Logisch Ontwerp BSN",
    )
    .after(&["bsn", "burgerservicenummer"]),
    id(
        "detect.be_register",
        "[0-9]{2}[ .]?[0-9]{2}[ .]?[0-9]{2}[ -]?[0-9]{3}[ .]?[0-9]{2}",
        Check::BeRegister,
        "Belgium, Rijksregister, Koninklijk besluit of 3 April 1984",
    )
    .after(&["rijksregister", "national"]),
    id(
        "detect.fr_nir",
        "[123478] ?[0-9]{2} ?[0-9]{2} ?[0-9][0-9AB] ?[0-9]{3} ?[0-9]{3} ?[0-9]{2}",
        Check::FrNir,
        "France, INSEE (numéro d'inscription au répertoire)",
    ),
    id(
        "detect.fr_siret",
        "[0-9]{3} ?[0-9]{3} ?[0-9]{3}( ?[0-9]{5}|)",
        Check::Luhn,
        "France, INSEE (SIREN and SIRET)",
    )
    .after(&["siret", "siren"]),
    id(
        "detect.de_tax",
        "[1-9][0-9] ?[0-9]{3} ?[0-9]{3} ?[0-9]{3}",
        Check::DeTax,
        "Germany, § 139b AO (Steueridentifikationsnummer)",
    )
    .after(&["steuer", "steuerid", "idnr", "tin"]),
    id(
        "detect.de_insurance",
        "[0-9]{2} ?[0-9]{6} ?[A-Z] ?[0-9]{3}",
        Check::DeInsurance,
        "Germany, VKVV § 4 (Versicherungsnummer)",
    ),
    id(
        "detect.de_card",
        "[CFGHJKLMNPRTVWXYZ][CFGHJKLMNPRTVWXYZ0-9]{8}[0-9]",
        Check::DeCard,
        "Germany, PAuswV (number of an identity card), ICAO 9303",
    ),
    id("detect.pt_nif", "[1235689][0-9]{8}", Check::PtNif, "Portugal, Decreto-Lei 14/2013 (NIF)")
        .after(&["nif", "contribuinte"]),
    id(
        "detect.at_insurance",
        "[1-9][0-9]{3} ?[0-9]{6}",
        Check::AtInsurance,
        "Austria, § 31 ASVG (Sozialversicherungsnummer)",
    )
    .after(&["svnr", "sozialversicherungsnummer"]),
    id(
        "detect.ch_ahv",
        "756\\.?[0-9]{4}\\.?[0-9]{4}\\.?[0-9]{2}",
        Check::Ean13,
        "Switzerland, Art. 133 AHVV (AHV number)",
    ),
    id("detect.cz_birth", "[0-9]{6}/[0-9]{4}", Check::CzBirth, "Czech Republic, Act 133/2000 (rodné číslo)"),
    id("detect.ro_cnp", "[1-9][0-9]{12}", Check::RoCnp, "Romania, HG 1375/2006 (CNP)").after(&["cnp"]),
    id("detect.bg_egn", "[0-9]{10}", Check::BgEgn, "Bulgaria, GRAO (ЕГН)").after(&["egn"]),
    id("detect.hr_oib", "[0-9]{11}", Check::HrOib, "Croatia, Zakon o osobnom identifikacijskom broju (OIB)")
        .after(&["oib"]),
    id("detect.yu_jmbg", "[0-9]{13}", Check::YuJmbg, "Slovenia (EMŠO), Serbia and others (JMBG)")
        .after(&["emso", "jmbg"]),
    id("detect.gr_afm", "[0-9]{9}", Check::GrAfm, "Greece, AADE (AFM)").after(&["afm"]),
    id("detect.ua_tax", "[0-9]{10}", Check::UaTax, "Ukraine, State Tax Service (RNOKPP)")
        .after(&["rnokpp", "ipn"]),
    id(
        "detect.ru_snils",
        "[0-9]{3}-?[0-9]{3}-?[0-9]{3}[ -]?[0-9]{2}",
        Check::RuSnils,
        "Russia, Social Fund (SNILS)",
    )
    .after(&["snils"]),
    id(
        "detect.baltic_code",
        "[1-6][0-9]{10}",
        Check::BalticCode,
        "Estonia, EVS 585 (isikukood); Lithuania (asmens kodas)",
    )
    .after(&["isikukood", "asmens", "ik"]),
    id(
        "detect.uk_nhs",
        "[0-9]{3}[ -]?[0-9]{3}[ -]?[0-9]{4}",
        Check::UkNhs,
        "NHS Data Model and Dictionary (NHS number)",
    )
    .after(&["nhs"]),
    id(
        "detect.uk_nino",
        "[A-CEGHJ-PR-TW-Z][A-CEGHJ-NPR-TW-Z][ -]?[0-9]{2}[ -]?[0-9]{2}[ -]?[0-9]{2}[ -]?[A-D]",
        Check::None,
        "HMRC, NIM39110 (National Insurance number)",
    ),
    id(
        "detect.uk_driver",
        "[A-Z9]{5}[0-9]{6}[A-Z9]{2}[A-Z0-9]{3}",
        Check::None,
        "DVLA, INF 45 (driver number)",
    ),
    id(
        "detect.ie_pps",
        "[0-9]{7}[A-W][A-IW]?",
        Check::IePps,
        "Ireland, Social Welfare Consolidation Act 2005 (PPS number)",
    ),
];

pub(super) const WORLD: &[Row] = &[
    id(
        "detect.us_ssn",
        "[0-9]{3}[ .-][0-9]{2}[ .-][0-9]{4}",
        Check::UsSsn,
        "SSA, POMS RM 10201 (SSN); IRS (ITIN)",
    ),
    id("detect.us_npi", "[12][0-9]{9}", Check::UsNpi, "45 CFR 162.406 (National Provider Identifier)")
        .after(&["npi"]),
    id(
        "detect.us_dea",
        "[ABCDEFGHJKLMPRSTUX][A-Z9][0-9]{7}",
        Check::UsDea,
        "DEA Office of Diversion Control (registration number)",
    ),
    id(
        "detect.us_mbi",
        "[1-9][AC-HJKMNP-RT-Y][AC-HJKMNP-RT-Y0-9][0-9]-?[AC-HJKMNP-RT-Y][AC-HJKMNP-RT-Y0-9][0-9]-?[AC-HJKMNP-RT-Y]{2}[0-9]{2}",
        Check::None,
        "CMS, Understanding the Medicare Beneficiary Identifier format",
    ),
    id(
        "detect.ca_sin",
        "[1-9][0-9]{2}[ -]?[0-9]{3}[ -]?[0-9]{3}",
        Check::Luhn,
        "Service Canada (Social Insurance Number)",
    )
    .after(&["sin", "nas"]),
    id(
        "detect.br_cpf",
        "[0-9]{3}\\.?[0-9]{3}\\.?[0-9]{3}-?[0-9]{2}",
        Check::BrCpf,
        "Receita Federal do Brasil (CPF)",
    )
    .after(&["cpf"]),
    id(
        "detect.br_cnpj",
        "[0-9]{2}\\.?[0-9]{3}\\.?[0-9]{3}/?[0-9]{4}-?[0-9]{2}",
        Check::BrCnpj,
        "Receita Federal do Brasil (CNPJ)",
    )
    .after(&["cnpj"]),
    id(
        "detect.cl_rut",
        "[0-9]{1,2}\\.?[0-9]{3}\\.?[0-9]{3}-[0-9Kk]",
        Check::ClRut,
        "Chile, Servicio de Impuestos Internos (RUT)",
    ),
    id("detect.ar_cuit", "[23][0-9]-?[0-9]{8}-?[0-9]", Check::ArCuit, "Argentina, AFIP (CUIT and CUIL)")
        .after(&["cuit", "cuil"]),
    id(
        "detect.mx_curp",
        "[A-Z]{4}[0-9]{6}[HMX][A-Z]{5}[A-Z0-9][0-9]",
        Check::MxCurp,
        "Mexico, RENAPO (CURP)",
    ),
    id("detect.ec_cedula", "[0-2][0-9]{8}-?[0-9]", Check::EcCedula, "Ecuador, Registro Civil (cédula)")
        .after(&["cedula"]),
    id(
        "detect.au_tfn",
        "[0-9]{3}[ -]?[0-9]{3}[ -]?[0-9]{3}",
        Check::AuTfn,
        "Australian Taxation Office (Tax File Number)",
    )
    .after(&["tfn"]),
    id(
        "detect.au_abn",
        "[1-9][0-9] ?[0-9]{3} ?[0-9]{3} ?[0-9]{3}",
        Check::AuAbn,
        "Australian Business Register, Format of the ABN",
    )
    .after(&["abn"]),
    id(
        "detect.au_medicare",
        "[2-6][0-9]{3} ?[0-9]{5} ?[0-9]",
        Check::AuMedicare,
        "Services Australia (Medicare card number)",
    )
    .after(&["medicare"]),
    id(
        "detect.nz_ird",
        "[0-9]{3}-?[0-9]{3}-?[0-9]{3}",
        Check::NzIrd,
        "New Zealand, Inland Revenue (IRD number)",
    )
    .after(&["ird"]),
    id(
        "detect.in_aadhaar",
        "[2-9][0-9]{3}[ -]?[0-9]{4}[ -]?[0-9]{4}",
        Check::InAadhaar,
        "India, UIDAI (Aadhaar)",
    )
    .after(&["aadhaar", "uidai"]),
    id(
        "detect.in_pan",
        "[A-Z]{3}[ABCFGHJLPT][A-Z][0-9]{4}[A-Z]",
        Check::None,
        "India, Income Tax Department (PAN)",
    ),
    id(
        "detect.in_gstin",
        "[0-3][0-9][A-Z]{5}[0-9]{4}[A-Z][0-9A-Z]Z[0-9A-Z]",
        Check::InGstin,
        "India, GSTN (GSTIN)",
    ),
    id("detect.in_voter", "[A-Z]{3}[0-9]{7}", Check::None, "India, Election Commission (EPIC number)"),
    id("detect.sg_nric", "[STFGM][0-9]{7}[A-Z]", Check::SgNric, "Singapore, ICA (NRIC and FIN)"),
    id(
        "detect.za_id",
        "[0-9]{6} ?[0-9]{4} ?[0-9]{3}",
        Check::ZaId,
        "South Africa, Identification Act 68 of 1997",
    )
    .after(&["id", "identity"]),
    id(
        "detect.cn_id",
        "[1-9][0-9]{16}[0-9Xx]",
        Check::CnId,
        "China, GB 11643-1999 (resident identity number)",
    ),
    id(
        "detect.hk_id",
        "[A-Z]{1,2}[0-9]{6}(\\([0-9A]\\)|[0-9A])",
        Check::HkId,
        "Hong Kong, Immigration Department (HKID)",
    ),
    id(
        "detect.tw_id",
        "[A-Z][12][0-9]{8}",
        Check::TwId,
        "Taiwan, Ministry of the Interior (national identification number)",
    ),
    id(
        "detect.kr_number",
        "[0-9]{6}-?[1-8][0-9]{6}",
        Check::KrNumber,
        "Korea, Resident Registration Act (RRN)",
    )
    .after(&["rrn"]),
    id(
        "detect.jp_number",
        "[0-9]{4}[ -]?[0-9]{4}[ -]?[0-9]{4}",
        Check::JpNumber,
        "Japan, My Number Act, ordinance of 2014",
    )
    .after(&["mynumber", "individual"]),
    id(
        "detect.th_id",
        "[1-8]-?[0-9]{4}-?[0-9]{5}-?[0-9]{2}-?[0-9]",
        Check::ThId,
        "Thailand, Department of Provincial Administration",
    )
    .after(&["thai", "citizen"]),
    id("detect.tr_number", "[1-9][0-9]{10}", Check::TrNumber, "Türkiye, Nüfus ve Vatandaşlık İşleri (TCKN)")
        .after(&["tckn", "tc", "kimlik"]),
    id(
        "detect.il_id",
        "[0-9]{9}",
        Check::Luhn,
        "Israel, Population and Immigration Authority (mispar zehut)",
    )
    .after(&["teudat", "zehut"]),
    id(
        "detect.my_id",
        "[0-9]{6}-[0-9]{2}-[0-9]{4}",
        Check::None,
        "Malaysia, National Registration Department (MyKad)",
    ),
    id("detect.pk_id", "[0-9]{5}-[0-9]{7}-[0-9]", Check::None, "Pakistan, NADRA (CNIC)"),
    id(
        "detect.ph_tin",
        "[0-9]{3}-[0-9]{3}-[0-9]{3}(-[0-9]{3,5}|)",
        Check::None,
        "Philippines, Bureau of Internal Revenue (TIN)",
    ),
];
