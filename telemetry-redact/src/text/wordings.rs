//! Fixed lists of words: which of them say what comes next.

use super::table::Table;

macro_rules! lists {
    ($($(#[$doc:meta])* $name:ident: $($word:literal)+;)+) => {
        $($(#[$doc])* pub(super) fn $name(word: &str) -> bool {
            TABLE.lists(word) & (1 << List::$name as u32) != 0
        })+

        /// The lists, in the order of their texts.
        #[expect(non_camel_case_types, reason = "each is named after its function")]
        enum List {
            $($name),+
        }

        const TEXTS: [&str; [$(List::$name),+].len()] = [$(concat!($($word, "\n"),+)),+];
    };
}

const COUNT: usize = TEXTS.len();
static TABLE: Table<COUNT, 2048> = Table::new(TEXTS);

lists! {
    /// Words that make a statement of a clause: what follows a colon and has one is said by the program.
    is_predicate:
        "aborted" "already" "are" "broken" "can't" "canceled" "cancelled" "cannot" "closed" "conflict" "conflicts"
        "contains" "corrupt" "corrupted" "could" "couldn't" "denied" "did" "didn't" "does" "doesn't" "don't" "either" "empty"
        "exceeded" "exceeds" "exhausted" "exist" "exists" "expected" "expired" "fail" "failed" "failing" "fails"
        "failure" "forbidden" "found" "got" "has" "have" "ignored" "illegal" "improper" "incompatible" "incomplete"
        "incorrect" "insufficient" "interrupted" "invalid" "is" "isn't" "lost" "malformed" "mismatch" "mismatched"
        "missing" "must" "need" "needs" "no" "non" "none" "not" "only" "out" "refused" "rejected" "require" "required"
        "requires" "reset" "revoked" "should" "supplied" "supported" "terminated" "timed" "timeout" "too" "unable"
        "unauthorized" "unavailable" "undefined" "unexpected" "unknown" "unreachable" "unrecognized" "unsuccessful"
        "unsupported" "was" "wasn't" "were" "without" "won't" "wrong" "wrote";

    /// Words of people, not of programs.
    is_personal:
        "dear" "dearest" "ex" "hate" "he" "her" "hers" "herself" "hi" "him" "himself" "his" "i" "i'll" "i'm" "i've"
        "love" "me" "mine" "mr" "mrs" "ms" "my" "myself" "our" "ours" "she" "sir" "us" "we" "we'll" "we're" "we've";

    /// Words that a person writes of themselves and others: nothing around them is wording of a program's.
    is_intimate:
        "he" "her" "herself" "him" "himself" "his" "i'll" "i'm" "i've" "me" "mine" "my" "myself" "our" "ours" "she";

    /// Words of the vocabulary that people are called by: with a capital inside a sentence they are somebody's.
    is_given_name:
        "bell" "carry" "chance" "dale" "dean" "echo" "era" "field" "grant" "kit" "lang" "mac" "major" "mark" "max" "may"
        "miles" "miss" "omega" "page" "sage" "sid" "spring" "walker" "will";

    /// Words before a colon that ask for a value after it.
    asks_for_value:
        "account" "address" "alias" "ambiguous" "argument" "arguments" "bad" "branch" "bucket" "called" "card" "cluster"
        "code" "collection" "contact" "credential" "credentials" "database" "description" "directory" "dn" "duplicate"
        "email" "entity" "entry" "exist" "exists" "field" "file" "filename" "filter" "folder" "for" "found" "group"
        "header" "host" "hostname" "hyphens" "id" "identifier" "illegal" "index" "input" "invalid" "item" "key" "label"
        "line" "location" "login" "malformed" "member" "mnemonic" "name" "named" "names" "namespace" "number" "object"
        "option" "organization" "owner" "parameter" "parameters" "params" "passphrase" "password" "path" "phone" "phrase"
        "pin" "profile" "project" "query" "recipient" "record" "resolve" "resource" "role" "schema" "secret" "seed"
        "subject" "table" "tag" "team" "title" "token" "topic" "unknown" "unrecognized" "unsupported" "url" "user"
        "username" "value" "values";

    /// Words before a colon after which the program lists what it takes.
    lists_choices:
        "aliases" "choices" "commands" "of" "options" "subcommands" "values";

    /// Words of a clause after whose colon stands why, where others ask for a value.
    has_cause:
        "aborted" "closed" "could" "couldn't" "error" "errors" "fail" "failed" "failing" "fails" "failure" "fatal"
        "interrupted" "lost" "rejected" "terminated" "timeout" "unable" "unavailable" "unsuccessful";

    /// Nouns after `password` that are no password.
    follows_credential:
        "access" "argument" "auth" "authentication" "backend" "change" "database" "engine" "expiry" "field" "fields" "file"
        "files" "for" "format" "hash" "hashes" "id" "key" "keys" "length" "login" "management" "manager" "mismatch"
        "policy" "prompt" "protected" "provider" "reset" "rotation" "scanning" "store" "string" "type" "value" "values"
        "variable" "verification" "version" "versions";

    /// Nouns after which a name is usual: a word there that is not a part of the message's grammar could be one.
    is_named_thing:
        "account" "alias" "author" "bucket" "called" "cluster" "collection" "colleague" "company" "contact" "container"
        "customer" "database" "db" "department" "deployment" "employee" "environment" "group" "host" "hostname"
        "index" "label" "member" "mongo" "named" "namespace" "org" "organization" "owner" "patient" "person" "profile"
        "project" "queue" "realm" "recipient" "repo" "repository" "role" "schema" "sender" "server" "subject" "table"
        "tag" "team" "tenant" "titled" "topic" "user" "username" "vault" "volume" "workspace";

    /// Nouns after which a credential stands though no mark says so: `password hunter`.
    is_credential:
        "mnemonic" "otp" "passphrase" "passwd" "password" "pin" "pwd" "secret";

    /// Keys of structured errors whose value is a message.
    is_message_key:
        "cause" "description" "detail" "details" "err" "error" "error_description" "errorcode" "errormessage" "message"
        "msg" "reason" "title";

    /// Words that say of a name that it is the user's, whatever it looks like.
    doubts_name:
        "ambiguous" "argument" "illegal" "option" "subcommand" "undefined" "unexpected" "unknown" "unrecognised"
        "unrecognized";

    /// What programs count their limits in.
    is_unit:
        "bit" "bits" "byte" "bytes" "char" "character" "characters" "chars" "day" "digit" "digits" "hour" "minute" "second"
        "way" "word" "words";

    /// Words in brackets of usage lines, logs and stack traces.
    is_bracket_word:
        "anonymous" "arg" "args" "arguments" "command" "commands" "debug" "err" "error" "fatal" "file" "flag" "flags"
        "help" "info" "native" "no" "option" "options" "optional" "path" "required" "running" "short" "subcommand"
        "trace" "value" "warn" "warning" "y" "yes" "n";

    /// What stands in quotes in fixed messages of languages and parsers, and is nobody's.
    is_fixed_slot:
        "-" "--" "--help" "--version" "-h" "=" "err" "false" "nil" "none" "null" "ok" "option::unwrap()"
        "result::expect()" "result::unwrap()" "some" "true" "undefined";

    /// Variants of `std::io::ErrorKind`, without marks.
    is_io_kind:
        "addrinuse" "addrnotavailable" "alreadyexists" "brokenpipe" "connectionaborted" "connectionrefused"
        "connectionreset" "hostunreachable" "interrupted" "invaliddata" "invalidinput" "isadirectory" "networkdown"
        "networkunreachable" "notadirectory" "notconnected" "notfound" "outofmemory" "permissiondenied" "resourcebusy"
        "storagefull" "timedout" "unexpectedeof" "unsupported" "wouldblock" "writezero";

    /// Words after which a number is a status or an error number, by themselves.
    expects_status:
        "errno" "http" "status" "statuscode";

    /// What an error's number is named after: `exit code`, `os error`.
    qualifies_code:
        "errno" "error" "exit" "http" "os" "status";

    /// Before a colon, by itself: the part of a system that speaks.
    is_component:
        "acme" "aes" "archive" "asn1" "bufio" "bzip2" "cert" "certs" "cipher" "crypto" "csv" "curl" "dial" "dns" "driver"
        "ecdsa" "ed25519" "exec" "flate" "fs" "ftp" "git" "gob" "grpc" "gzip" "hex" "hpack" "html" "http" "http2" "https"
        "imap" "io" "ioctl" "ipc" "json" "jwt" "ldap" "lz4" "lzw" "mime" "multipart" "mutex" "net" "netip" "oauth" "oauth2"
        "oidc" "openpgp" "openssl" "os" "pem" "pkcs12" "pkcs7" "poll" "proto" "protobuf" "proxy" "quic" "reflect" "regexp"
        "rpc" "rsa" "runtime" "rustls" "saml" "scram" "sftp" "smtp" "socks" "sqlite" "ssh" "ssl" "strconv" "syscall" "tar"
        "tcp" "textproto" "tls" "toml" "udp" "unix" "utf16" "utf8" "wasm" "websocket" "ws" "x509" "xml" "yaml" "zip" "zlib"
        "zstd";

    /// Words before a number that is a bound of the program's: `at least 8`.
    bounds_number:
        "above" "below" "between" "exactly" "exceed" "exceeds" "least" "limit" "max" "maximum" "min" "minimum" "most"
        "than" "under" "within";

    /// Nouns of size: `a multiple of 8`, `a limit of 100`.
    has_size:
        "length" "limit" "max" "maximum" "min" "minimum" "multiple" "size";

    /// Words that say what should be.
    is_modal:
        "can" "cannot" "may" "must" "should";

    /// Last words of the names of types.
    names_type:
        "buffer" "config" "context" "descriptor" "error" "exception" "handler" "header" "options" "request" "response"
        "stream" "string";

    /// Protocols, systems and languages whose version says nothing of a user.
    has_version:
        "android" "api" "debian" "fedora" "git" "glibc" "go" "http" "ios" "java" "libc" "linux" "macos" "node" "oauth"
        "openapi" "openssl" "php" "python" "ruby" "rust" "sql" "sqlite" "ssl" "tls" "ubuntu" "unicode" "windows";

    /// Options that every program may have, and their names say nothing.
    is_usual_flag:
        "all" "config" "debug" "dry-run" "file" "force" "format" "help" "input" "json" "no-color" "output" "quiet"
        "silent" "verbose" "version" "yes";
}
