//! Who may write and read, how fast, by TLS; and what the server says of itself.

use std::io::{Read, Write};
use std::net::{Shutdown, SocketAddr, TcpStream};
use std::sync::Arc;
use std::time::Duration;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use rcgen::{CertifiedKey, generate_simple_self_signed};
use rustls::pki_types::ServerName;
use rustls::{ClientConfig, ClientConnection, RootCertStore, StreamOwned};
use serde_json::{Value as Json, json};
use telemetry_collector::{
    Key, Limits, RunningServer, ServeOptions, Server, SharedPolicies, SqliteStore, Tls, TlsError, WriteKeys,
};

use crate::client::{Answer, JSON, connect, post, send};
use crate::sample::{batch, event, event_id, install_id, now, patched, policies, start};

const ORCHARD: &str = "orchard-made-up-key";
const MARKET: &str = "market-made-up-key-0";
const READER: &str = "a-made-up-read-token";

fn serve(change: impl FnOnce(ServeOptions) -> ServeOptions) -> RunningServer {
    let store = Arc::new(SqliteStore::in_memory().unwrap());
    let options = ServeOptions::new(([127, 0, 0, 1], 0).into(), store, policies()).clock(now);
    Server::bind(change(options)).unwrap().start().unwrap()
}

fn key(text: &str) -> Key {
    Key::new(text).unwrap()
}

fn keyed() -> RunningServer {
    let keys = WriteKeys::new()
        .with("orchard".parse().unwrap(), key("orchard-older-made-up"))
        .with("orchard".parse().unwrap(), key(ORCHARD))
        .with("market".parse().unwrap(), key(MARKET));
    serve(|options| options.write_keys(keys).read_token(key(READER)))
}

#[test]
fn events_are_taken_with_a_key_of_their_program_alone() {
    let server = keyed();
    let address = server.address();
    let without_program = patched(
        2,
        &json!({"app": {"name": null}, "policy_version": null, "command": {"path": [], "flags": []}}),
    );
    let body = batch(1, &[event(1), without_program]);
    let orchard = format!("Bearer {ORCHARD}");
    let wrong = [
        String::new(),
        "Bearer ".to_owned(),
        ORCHARD.to_owned(),
        format!("Basic {ORCHARD}"),
        format!("Bearer {ORCHARD}x"),
        format!("Bearer {}", &ORCHARD[1..]),
        format!("Bearer {READER}"),
    ];
    for path in ["/v1/events", "/v1/logs"] {
        for wrong in &wrong {
            let answer = send(address, &format!("POST {path}"), &[JSON, ("Authorization", wrong)], &body);
            assert_eq!((answer.status, answer.problem().as_str()), (401, "no_key"), "{wrong}");
            assert_eq!(answer.header("www-authenticate"), Some("Bearer"));
        }
        let twice = [JSON, ("Authorization", orchard.as_str()), ("Authorization", orchard.as_str())];
        assert_eq!(send(address, &format!("POST {path}"), &twice, &body).status, 401);
    }
    let refused = |answer: &Answer| -> Vec<Json> {
        let all = answer.json()["refused"].as_array().cloned().unwrap_or_default();
        all.iter().map(|refusal| refusal["problems"][0]["rule"].clone()).collect()
    };
    let market = format!("bearer {MARKET}");
    let answer = send(address, "POST /v1/events", &[JSON, ("Authorization", &market)], &body);
    assert_eq!(refused(&answer)[0], "key.other_program");
    assert_eq!(answer.json()["accepted"], 0);
    let answer = send(address, "POST /v1/events", &[JSON, ("Authorization", &orchard)], &body);
    assert_eq!((&answer.json()["accepted"], refused(&answer).len()), (&json!(1), 1));
    // The users of a program have no key, and may have themselves erased.
    let erasure = json!({"protocol_version": 1, "erasure_id": event_id(1), "install_ids": [install_id(1)],
        "requested_at": now()});
    assert_eq!(
        send(address, "POST /v1/erasures", &[JSON], erasure.to_string().as_bytes()).json()["erased"],
        1
    );
}

#[test]
fn a_key_is_a_key_and_says_nothing_of_itself() {
    for text in ["", "too-short-a-key", "a key with blanks in it", "schlüssel-mit-umlaut", &"x".repeat(257)]
    {
        assert!(Key::new(text).is_err(), "{text}");
    }
    let shown = format!("{:?}", WriteKeys::new().with("orchard".parse().unwrap(), key(ORCHARD)));
    assert!(!shown.contains(ORCHARD), "{shown}");
}

#[test]
fn reading_takes_the_token_but_on_loopback() {
    let token = format!("Bearer {READER}");
    let metrics = |address: SocketAddr, headers: &[(&str, &str)]| send(address, "GET /metrics", headers, b"");
    let server = keyed();
    assert_eq!(metrics(server.address(), &[]).problem(), "no_token");
    assert_eq!(metrics(server.address(), &[("Authorization", "Bearer hunter2-hunter2-hunter2")]).status, 401);
    assert_eq!(metrics(server.address(), &[("Authorization", &token)]).status, 200);
    assert_eq!(metrics(serve(|options| options).address(), &[]).status, 200);
    for page in ["GET /", "GET /reports/impact", "GET /reports/errors.json", "GET /reports/nothing"] {
        assert_eq!(send(server.address(), page, &[], b"").problem(), "no_token", "{page}");
    }
    let pair = STANDARD.encode(format!("whoever:{READER}"));
    let typed = format!("Basic {pair}");
    for shown in [&token, &typed] {
        assert_eq!(send(server.address(), "GET /", &[("Authorization", shown)], b"").status, 200);
    }
    let wrong = format!("Basic {}", STANDARD.encode(format!("{READER}:")));
    assert_eq!(send(server.address(), "GET /", &[("Authorization", &wrong)], b"").status, 401);
    assert_eq!(send(server.address(), "GET /style.css", &[], b"").status, 200);
    let store = Arc::new(SqliteStore::in_memory().unwrap());
    let everywhere = ServeOptions::new(([0, 0, 0, 0], 0).into(), store, policies());
    let server = Server::bind(everywhere).unwrap().start().unwrap();
    assert_eq!(metrics((([127, 0, 0, 1]), server.address().port()).into(), &[]).status, 401);
}

#[test]
fn the_server_counts_what_it_does() {
    let server = serve(|options| options);
    let address = server.address();
    let body = batch(1, &[event(1), patched(2, &json!({"command": {"path": ["hunter2"]}}))]);
    assert_eq!(post(address, &body).status, 200);
    assert_eq!(post(address, &body).status, 200);
    assert_eq!(post(address, b"{").status, 400);
    assert_eq!(send(address, "GET /v1/erasures/hunter2", &[], b"").status, 404);
    assert_eq!(send(address, "GET /hunter2", &[], b"").status, 404);
    let answer = send(address, "GET /metrics", &[], b"");
    assert!(answer.header("content-type").unwrap().starts_with("application/openmetrics-text"));
    let page = String::from_utf8(answer.body).unwrap();
    for line in [
        r#"telemetry_collector_requests_total{path="/v1/events",status="200"} 2"#,
        r#"telemetry_collector_requests_total{path="/v1/events",status="400"} 1"#,
        r#"telemetry_collector_requests_total{path="/v1/erasures",status="404"} 1"#,
        r#"telemetry_collector_requests_total{path="other",status="404"} 1"#,
        r#"telemetry_collector_request_duration_seconds_count{path="/v1/events"} 3"#,
        "telemetry_collector_events_accepted_total 1",
        "telemetry_collector_events_duplicate_total 1",
        r#"telemetry_collector_events_refused_total{rule="command.not_declared"} 2"#,
        &format!("telemetry_collector_body_bytes_total {}", 2 * body.len() + 1),
        "telemetry_collector_store_write_seconds_count 2",
        "telemetry_collector_requests_in_work 0",
    ] {
        assert!(page.lines().any(|found| found == line), "{line} is not in\n{page}");
    }
    assert!(!page.contains("hunter") && page.ends_with("# EOF\n"), "{page}");
}

#[test]
fn it_says_what_it_is_and_that_it_is_ready() {
    let server = serve(|options| options);
    assert_eq!(send(server.address(), "GET /readyz", &[], b"").status, 200);
    assert_eq!(send(server.address(), "POST /readyz", &[JSON], b"{}").problem(), "method");
    let document = send(server.address(), "GET /openapi.json", &[], b"");
    assert_eq!(document.header("content-type"), Some(JSON.1));
    // What the document says there is, there is.
    for (path, methods) in document.json()["paths"].as_object().unwrap() {
        for method in methods.as_object().unwrap().keys() {
            let start = format!("{} {}", method.to_uppercase(), path.replace("{erasure_id}", &event_id(1)));
            let answer = send(server.address(), &start, &[], b"");
            let there = match answer.status {
                404 => path.contains('{'),
                405 => false,
                _ => true,
            };
            assert!(there, "{start}: {answer:?}");
        }
    }
}

#[test]
fn too_many_requests_a_second_are_told_to_come_again() {
    let server = start(Arc::new(SqliteStore::in_memory().unwrap()), |limits: &mut Limits| {
        limits.max_requests_per_second = 1;
    });
    assert_eq!(post(server.address(), &batch(1, &[event(1)])).status, 200);
    // However slow this machine is, not every one of so many is a second after the one before.
    let answer =
        (0..100).map(|_| send(server.address(), "POST /v1/logs", &[JSON], b"{}")).find(|it| it.status != 200);
    let answer = answer.unwrap();
    assert_eq!((answer.status, answer.problem().as_str()), (429, "too_fast"));
    assert!(answer.header("retry-after").unwrap().parse::<u32>().unwrap() > 0);
    assert_eq!(send(server.address(), "GET /healthz", &[], b"").status, 200, "and it keeps serving");
}

#[test]
fn policies_can_be_changed_while_it_runs() {
    let shared = SharedPolicies::default();
    let store = Arc::new(SqliteStore::in_memory().unwrap());
    let options = ServeOptions::new(([127, 0, 0, 1], 0).into(), store, shared.clone());
    let server = Server::bind(options).unwrap().start().unwrap();
    let body = batch(1, &[event(1)]);
    assert_eq!(post(server.address(), &body).json()["refused"][0]["problems"][0]["rule"], "policy.unknown");
    shared.replace(policies());
    assert_eq!(post(server.address(), &body).json()["accepted"], 1);
}

fn certificate() -> CertifiedKey<rcgen::KeyPair> {
    generate_simple_self_signed(vec!["localhost".to_owned()]).unwrap()
}

#[test]
fn it_speaks_tls_and_a_client_that_does_not_harms_nobody() {
    let CertifiedKey { cert, signing_key } = certificate();
    let tls = Tls::from_pem(cert.pem().as_bytes(), signing_key.serialize_pem().as_bytes()).unwrap();
    let mut limits = Limits::default();
    limits.exchange_timeout = Duration::from_millis(300);
    limits.idle_timeout = Duration::from_millis(300);
    let server = serve(|options| options.tls(tls).limits(limits));
    // Plain HTTP, silence, half a greeting, and one who leaves at once.
    let mut plain = connect(server.address());
    plain.write_all(b"GET /healthz HTTP/1.1\r\nHost: c\r\n\r\n").unwrap();
    let mut silent = connect(server.address());
    let mut half = connect(server.address());
    half.write_all(b"\x16\x03\x01\x02\x00\x01").unwrap();
    connect(server.address()).shutdown(Shutdown::Both).unwrap();
    for stream in [&mut plain, &mut silent, &mut half] {
        let mut answer = Vec::new();
        let _ = stream.read_to_end(&mut answer);
        assert!(!answer.starts_with(b"HTTP"), "{answer:?}");
    }

    let mut roots = RootCertStore::empty();
    roots.add(cert.der().clone()).unwrap();
    let provider = Arc::new(rustls::crypto::ring::default_provider());
    let config = ClientConfig::builder_with_provider(provider).with_safe_default_protocol_versions().unwrap();
    let config = Arc::new(config.with_root_certificates(roots).with_no_client_auth());
    let name = ServerName::try_from("localhost").unwrap();
    let client = ClientConnection::new(config, name).unwrap();
    let mut stream = StreamOwned::new(client, TcpStream::connect(server.address()).unwrap());
    let body = batch(1, &[event(1)]);
    let length = body.len();
    let head = format!(
        "POST /v1/events HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\nContent-Type: application/json\r\n\
         Content-Length: {length}\r\n\r\n"
    );
    stream.write_all(&[head.as_bytes(), &body].concat()).unwrap();
    let mut answer = String::new();
    stream.read_to_string(&mut answer).unwrap();
    assert!(answer.starts_with("HTTP/1.1 200") && answer.contains(r#""accepted":1"#), "{answer}");
}

#[test]
fn a_certificate_that_cannot_be_used_is_an_error() {
    let (one, other) = (certificate(), certificate());
    let (pem, key) = (one.cert.pem(), one.signing_key.serialize_pem());
    let from = |pem: &str, key: &str| Tls::from_pem(pem.as_bytes(), key.as_bytes()).unwrap_err();
    assert!(matches!(from("", &key), TlsError::NoCertificate));
    assert!(matches!(from(&key, &key), TlsError::NoCertificate));
    assert!(matches!(from(&pem, ""), TlsError::NoKey));
    assert!(matches!(from(&pem, &pem), TlsError::NoKey));
    assert!(matches!(from(&pem, &other.signing_key.serialize_pem()), TlsError::Unusable(_)));
}
