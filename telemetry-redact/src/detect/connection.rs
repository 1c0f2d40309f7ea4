//! Addresses with a password in them.

use super::check::Check;
use super::row::{Row, Write};
use super::rule::Family;
use super::shape::Shape;

const W: Write = Write(Family::Connection);

/// A scheme, a user, and what is asked for.
const URI: &str = "RFC 3986, 3.2.1: user information";

pub(super) const RULES: &[Row] = &[
    W.exact("detect.mongodb_uri", "(mongodb|mongodb\\+srv)://.{3,}", "MongoDB manual, Connection strings").checked(Check::Credential),
    W.exact("detect.postgres_uri", "(postgres|postgresql|cockroachdb)://.{3,}", "PostgreSQL documentation, 34.1.1.2: Connection URIs").checked(Check::Credential),
    W.exact("detect.mysql_uri", "(mysql|mysqlx|mariadb)://.{3,}", "MySQL Reference Manual, Connecting using URI-like strings").checked(Check::Credential),
    W.exact("detect.redis_uri", "(redis|rediss|valkey)://.{3,}", "IANA, provisional URI scheme redis").checked(Check::Credential),
    W.exact("detect.amqp_uri", "(amqp|amqps|mqtt|mqtts|nats|stomp)://.{3,}", "RabbitMQ documentation, URI specification").checked(Check::Credential),
    W.exact("detect.mail_uri", "(smtp|smtps|imap|imaps|pop3|pop3s)://.{3,}", "RFC 5092 and RFC 2384, URLs of mail servers").checked(Check::Credential),
    W.exact("detect.file_uri", "(ftp|ftps|sftp|scp|ssh|smb|webdav|webdavs)://.{3,}", URI).checked(Check::Credential),
    W.exact("detect.directory_uri", "(ldap|ldaps)://.{3,}", "RFC 4516, LDAP URLs").checked(Check::Credential),
    W.exact("detect.warehouse_uri", "(clickhouse|snowflake|trino|presto|hive2|mssql|sqlserver|oracle|couchbase|couchbases|cassandra|neo4j|bolt|influxdb|elasticsearch)://.{3,}", URI).checked(Check::Credential),
    W.exact("detect.web_uri", "(http|https|ws|wss|git|svn|socks4|socks5|socks5h)://.{3,}", URI).checked(Check::Credential),
    W.exact("detect.url_credential", "[A-Za-z0-9+.-]{1,24}(:[a-z0-9]{2,16}|)://.{3,}", URI).checked(Check::Credential).with(Shape::AT),
    W.exact("detect.url_secret", "[A-Za-z][A-Za-z0-9+.-]{1,24}://.{3,}", "RFC 6750, 2.3: a token in the query").checked(Check::SecretQuery).with(Shape::EQUALS),
    W.exact("detect.dsn", "[A-Za-z0-9_.-]+:[A-Za-z0-9_.!$%^&*=+~-]{1,}@(tcp|unix)\\(.+", "go-sql-driver/mysql, data source names"),
    W.around("detect.connection_secret", "(AccountKey|SharedAccessKey|SharedAccessSignature|Password|Pwd)=.+;", "Microsoft Learn, Connection string syntax"),
];
