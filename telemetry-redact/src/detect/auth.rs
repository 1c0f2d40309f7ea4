//! Keys and tokens by open standards, and what carries them.

use super::row::{ID, Row, Write};
use super::rule::Family;

const PASSWORDS: &str = "crypt(5), the manual of libxcrypt: hashing methods";
const W: Write = Write(Family::Auth);

pub(super) const RULES: &[Row] = &[
    W.exact("detect.pem", "-----(BEGIN|END)[ -~]{0,}", "RFC 7468, Textual encodings of PKIX, PKCS and CMS structures"),
    W.secret("detect.ssh2", "---- (BEGIN|END) SSH2 [A-Z -]{6,48}", "RFC 4716, The Secure Shell public key file format"),
    W.secret("detect.putty", "PuTTY-User-Key-File-[0-9]: .+", "PuTTY documentation, appendix C: PPK file format"),
    W.secret("detect.openssh_key", "b3BlbnNzaC1rZXktdjE[A-Za-z0-9+/]{16,}={0,2}", "OpenSSH, PROTOCOL.key: the magic of a private key in base64"),
    W.exact("detect.pem_body", "(MIIE|MIIC|MIIJ|MIIB|MHcC|MIGH|MC4C|MIIF)[A-Za-z0-9+/]{40,}={0,2}", "RFC 5958, Asymmetric key packages: the DER of a private key in base64"),
    W.known("detect.ssh_public", ID, "(ssh-rsa|ssh-ed25519|ssh-dss|ecdsa-sha2-nistp256|ecdsa-sha2-nistp384|ecdsa-sha2-nistp521) AAAA[A-Za-z0-9+/]{16,}={0,3}", "RFC 4253, 6.6: Public key algorithms"),
    W.known("detect.ssh_print", ID, "SHA256:[A-Za-z0-9+/]{43}=?", "OpenSSH, fingerprints of keys"),
    W.exact("detect.ssh_public_body", "AAAA(B3NzaC1|C3NzaC1|E2VjZHNh)[A-Za-z0-9+/]{16,}={0,3}", "RFC 4253, 6.6: Public key algorithms"),
    W.secret("detect.age_key", "AGE-SECRET-KEY-1[0-9A-Z]{58}", "C2SP, age: native X25519 identities"),
    W.secret("detect.age_plugin", "AGE-PLUGIN-[A-Z0-9-]{12,}", "C2SP, age-plugin: identities"),
    W.known("detect.age_recipient", ID, "age1[0-9a-z]{58}", "C2SP, age: native X25519 recipients"),
    W.exact("detect.minisign", "RW[QRT][A-Za-z0-9+/]{53,}={0,2}", "minisign, the format of keys"),
    W.exact("detect.jwt", "ey[A-Za-z0-9_-]{6,}\\.ey[A-Za-z0-9_-]{6,}(\\.[A-Za-z0-9_-]{0,}|)", "RFC 7519, JSON Web Token"),
    W.secret("detect.jwe", "eyJ[A-Za-z0-9_-]{10,}\\.[A-Za-z0-9_-]{0,}\\.[A-Za-z0-9_-]{16,}\\.[A-Za-z0-9_-]{16,}\\.[A-Za-z0-9_-]{20,}", "RFC 7516, JSON Web Encryption"),
    W.secret("detect.jwt_encoded", "ZXlK[A-Za-z0-9+/_=-]{30,}", "RFC 7519, JSON Web Token, in base64 once more"),
    W.secret("detect.paseto", "(v1|v2|v3|v4)\\.(local|public)\\.[A-Za-z0-9_-]{32,}(\\.[A-Za-z0-9_-]+|)", "PASETO specification, Platform-Agnostic Security Tokens"),
    W.secret("detect.macaroon", "(MDAx|AgE|AgI)[A-Za-z0-9+/_-]{60,}={0,2}", "libmacaroons, serialisation versions 1 and 2"),
    W.exact("detect.bcrypt", "\\$2[abxy]\\$[0-9]{2}\\$[A-Za-z0-9./]{53}", PASSWORDS),
    W.exact("detect.crypt", "\\$(1|5|6|7|y|gy|md5|sha1)\\$.{8,}", PASSWORDS),
    W.secret("detect.argon2", "\\$(argon2id|argon2i|argon2d)\\$[A-Za-z0-9$=,./+*:_-]{20,}", "RFC 9106, and the PHC string format"),
    W.secret("detect.scrypt", "\\$(scrypt|pbkdf2|pbkdf2-sha256|pbkdf2-sha512)\\$[A-Za-z0-9$=,./+*:_-]{20,}", "PHC string format"),
    W.secret("detect.django_hash", "(pbkdf2_sha256|pbkdf2_sha1|bcrypt_sha256)\\$[A-Za-z0-9$=,./+*:_-]{20,}", "Django documentation, Password management"),
    W.secret("detect.ldap_hash", "\\{(SSHA|SHA|SMD5|MD5|CRYPT|SSHA256|SSHA512|PBKDF2)\\}[A-Za-z0-9$=,./+*:_-]{16,}", "OpenLDAP Administrator's Guide, Password storage"),
    W.secret("detect.kerberos_hash", "\\$krb5(tgs|asrep|pa)\\$[A-Za-z0-9$=,./+*:_-]{20,}", "Hashcat wiki, Example hashes"),
    W.exact("detect.ntlm", "[0-9a-fA-F]{32}:[0-9a-fA-F]{32}", "Hashcat wiki, Example hashes: LM and NT"),
    W.secret("detect.otpauth", "otpauth://(totp|hotp)/[A-Za-z0-9%/:?=&._@-]+", "Key URI format of authenticator apps"),
    W.secret("detect.aws_signature", "(AWS4-HMAC-SHA256|Credential=A)[A-Za-z0-9/_=, -]{16,}", "AWS, Signature Version 4"),
    W.around("detect.authorization", "(Authorization|Proxy-Authorization): .+ .+", "RFC 9110, 11.6: HTTP authentication"),
    W.around("detect.bearer", "(Bearer|Basic|Token|ApiKey|Digest) .{8,}", "RFC 6750 and RFC 7617, schemes of HTTP authentication"),
    W.around("detect.cookie", "(Cookie|Set-Cookie): .+", "RFC 6265, HTTP state management"),
    W.around("detect.netrc", "machine .+ login .+ password .+", "The .netrc file, manual of GNU inetutils"),
    W.around("detect.curl_user", "(-u|--user) .+:.+", "curl(1), --user"),
    W.around("detect.seed_phrase", "[a-z]{3,8} [a-z]{3,8} [a-z]{3,8}", "BIP 39: twelve to twenty-four words"),
];
