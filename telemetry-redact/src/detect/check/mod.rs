//! What must hold of a match besides its form: check digits, dates, numbers in range.

mod america;
mod asia;
mod bank;
mod digest;
mod digits;
mod europe;
mod form;
mod north;
mod token;
mod wallet;

/// A check by its name. A number rather than a pointer, so that the tables of rules need no relocation for it.
macro_rules! checks {
    ($($variant:ident, $name:literal, $function:path;)*) => {
        #[expect(clippy::enum_variant_names, reason = "`Base58Check` is what it is called")]
        #[derive(Debug, Clone, Copy, PartialEq, Eq)]
        pub(super) enum Check {
            /// The form is enough.
            None,
            $($variant,)*
        }

        impl Check {
            /// What it asks for, as the documentation says it.
            pub(super) const fn name(self) -> &'static str {
                match self {
                    Self::None => "",
                    $(Self::$variant => $name,)*
                }
            }

            /// Whether it holds of a text that has the form.
            pub(super) fn holds(self, text: &[u8]) -> bool {
                match self {
                    Self::None => true,
                    $(Self::$variant => $function(text),)*
                }
            }
        }
    };
}

checks! {
    Luhn, "check digit by Luhn", bank::is_luhn;
    Card, "check digit by Luhn", bank::is_card;
    Iban, "modulo 97 and the length of the country", bank::is_iban;
    Imei, "check digit by Luhn", bank::is_imei;
    Vin, "check digit modulo 11", bank::is_vin;
    Aba, "check digit by weights 3, 7, 1", bank::is_aba;
    Telephone, "seven to fifteen digits", bank::is_telephone;
    NationalTelephone, "nine to twelve digits that are no date", bank::is_national_telephone;
    Ipv4, "four numbers up to 255", form::is_ipv4;
    Ipv6, "parses as an address", form::is_ipv6;
    Email, "something on both sides of the last `@`", form::is_email;
    Host, "labels of letters and digits, the last one letters", form::is_host;
    FileName, "a usual ending of a file name", form::is_file_name;
    Credential, "a user before `@` in the authority", form::is_url_credential;
    SecretQuery, "a parameter that is named like a secret", form::is_secret_query;
    Hex, "digits and letters, both", token::is_hex;
    Base64, "letters of both cases, and of more than hexadecimal digits", token::is_base64;
    Base32, "letters and digits, and of more than hexadecimal digits", token::is_base32;
    Random, "changes between letters and digits often", token::is_random;
    MixedCase, "upper and lower case letters and digits", token::is_mixed;
    Ulid, "digits and letters, both", token::is_ulid;
    Base58Check, "checksum of base58check", wallet::is_base58check;
    Bech32, "checksum of bech32", wallet::is_bech32;
    EsNif, "control letter modulo 23", europe::is_es_nif;
    EsCif, "control digit or letter", europe::is_es_cif;
    ItCode, "control letter modulo 26", europe::is_it_code;
    PlPesel, "a date and a check digit", europe::is_pl_pesel;
    PlNip, "check digit modulo 11", europe::is_pl_nip;
    NlBsn, "the eleven test", europe::is_nl_bsn;
    BeRegister, "modulo 97", europe::is_be_register;
    FrNir, "modulo 97", europe::is_fr_nir;
    DeTax, "check digit by ISO 7064 modulo 11, 10", europe::is_de_tax;
    DeInsurance, "a date and a check digit", europe::is_de_insurance;
    DeCard, "check digit by weights 7, 3, 1", europe::is_de_card;
    PtNif, "check digit modulo 11", europe::is_pt_nif;
    AtInsurance, "check digit modulo 11", europe::is_at_insurance;
    Ean13, "check digit of EAN-13", europe::is_ean13;
    CzBirth, "divisible by 11", europe::is_cz_birth;
    RoCnp, "check digit modulo 11", europe::is_ro_cnp;
    BgEgn, "check digit modulo 11", europe::is_bg_egn;
    HrOib, "check digit by ISO 7064 modulo 11, 10", europe::is_iso_11_10;
    YuJmbg, "check digit modulo 11", europe::is_yu_jmbg;
    GrAfm, "check digit modulo 11", europe::is_gr_afm;
    UaTax, "check digit modulo 11", europe::is_ua_tax;
    RuSnils, "check digits modulo 101", europe::is_ru_snils;
    FiCode, "a date and a check character modulo 31", north::is_fi_code;
    SeNumber, "check digit by Luhn", north::is_se_number;
    NoNumber, "two check digits modulo 11", north::is_no_number;
    DkNumber, "a date", north::is_dk_number;
    IsNumber, "a date and a check digit modulo 11", north::is_is_number;
    BalticCode, "a date and a check digit modulo 11", north::is_baltic_code;
    UkNhs, "check digit modulo 11", north::is_uk_nhs;
    IePps, "check letter modulo 23", north::is_ie_pps;
    UsSsn, "no number that is never issued", america::is_us_ssn;
    UsNpi, "check digit by Luhn with the prefix 80840", america::is_us_npi;
    UsDea, "check digit", america::is_us_dea;
    BrCpf, "two check digits modulo 11", america::is_br_cpf;
    BrCnpj, "two check digits modulo 11", america::is_br_cnpj;
    ClRut, "check character modulo 11", america::is_cl_rut;
    ArCuit, "check digit modulo 11", america::is_ar_cuit;
    MxCurp, "check digit modulo 10", america::is_mx_curp;
    EcCedula, "province and check digit", america::is_ec_cedula;
    AuTfn, "check digit modulo 11", asia::is_au_tfn;
    AuAbn, "modulo 89", asia::is_au_abn;
    AuMedicare, "check digit modulo 10", asia::is_au_medicare;
    NzIrd, "check digit modulo 11", asia::is_nz_ird;
    InAadhaar, "check digit by Verhoeff", asia::is_in_aadhaar;
    InGstin, "check character modulo 36", asia::is_in_gstin;
    SgNric, "check letter modulo 11", asia::is_sg_nric;
    ZaId, "a date and a check digit by Luhn", asia::is_za_id;
    CnId, "a date and a check character by ISO 7064 modulo 11, 2", asia::is_cn_id;
    HkId, "check character modulo 11", asia::is_hk_id;
    TwId, "check digit modulo 10", asia::is_tw_id;
    KrNumber, "a date and a check digit modulo 11", asia::is_kr_number;
    JpNumber, "check digit modulo 11", asia::is_jp_number;
    ThId, "check digit modulo 11", asia::is_th_id;
    TrNumber, "two check digits", asia::is_tr_number;
}
