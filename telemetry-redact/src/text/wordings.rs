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
        "contains" "corrupt" "corrupted" "could" "couldn't" "denied" "did" "didn't" "does" "doesn't" "don't" "either"
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
        "auth" "authentication" "change" "database" "expiry" "field" "file" "format" "hash" "hashes" "length" "login"
        "manager" "mismatch" "policy" "prompt" "protected" "reset" "rotation" "store" "verification";

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

    /// Combinations with marks inside that are wording, not values.
    is_compound:
        "and/or" "e.g" "http/1.0" "http/1.1" "http/2" "http/3" "i.e" "i/o" "n/a" "tcp/ip" "vs" "x.509";

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

    /// Protocols and formats whose version says nothing of a user.
    is_protocol:
        "http" "oauth" "openapi" "ssl" "tls";

    /// Options that every program may have, and their names say nothing.
    is_usual_flag:
        "all" "config" "debug" "dry-run" "file" "force" "format" "help" "input" "json" "no-color" "output" "quiet"
        "silent" "verbose" "version" "yes";
}
