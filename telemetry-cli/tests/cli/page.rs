//! The page, in a real browser where there is one.

use std::fs;
use std::io::{BufRead as _, BufReader, Read as _, Write as _};
use std::net::TcpStream;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Output, Stdio};

use serde_json::Value as Json;

use crate::home::Home;

/// A collector with sample data, killed when it goes out of scope.
struct Demo {
    child: Child,
    address: String,
}

impl Demo {
    fn start(home: &Home) -> Self {
        let mut command = home.telemetry(&["serve", "--demo", "--listen", "127.0.0.1:0"]);
        let mut child = command.env("TMPDIR", home.path("work")).stderr(Stdio::piped()).spawn().unwrap();
        let mut lines = BufReader::new(child.stderr.take().unwrap()).lines().map(Result::unwrap);
        let open = lines.find(|line| line.contains("open http://")).expect("it says where to look");
        let address = open.rsplit("http://").next().unwrap().trim_end_matches('/').to_owned();
        std::thread::spawn(move || lines.for_each(drop));
        Self { child, address }
    }

    fn get(&self, path: &str) -> (String, String) {
        let mut stream = TcpStream::connect(&self.address).unwrap();
        write!(stream, "GET {path} HTTP/1.1\r\nHost: collector\r\nConnection: close\r\n\r\n").unwrap();
        let mut answer = String::new();
        stream.read_to_string(&mut answer).unwrap();
        let (head, body) = answer.split_once("\r\n\r\n").unwrap();
        (head.to_owned(), body.to_owned())
    }
}

impl Drop for Demo {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

const REPORTS: [&str; 13] = [
    "overview",
    "impact",
    "commands",
    "errors",
    "misspellings",
    "flags",
    "durations",
    "versions",
    "systems",
    "install-sources",
    "auth-methods",
    "ci-and-agents",
    "retention",
];

#[test]
fn the_demo_s_pages_are_whole_and_marked_as_sample_data() {
    let home = Home::new();
    let demo = Demo::start(&home);
    for name in REPORTS {
        let (head, page) = demo.get(&format!("/reports/{name}"));
        assert!(head.starts_with("HTTP/1.1 200"), "{name}: {head}");
        assert!(head.contains("content-security-policy: default-src 'none'; style-src 'self'"), "{head}");
        assert!(page.contains("Sample data"), "{name}");
        assert!(page.contains("<table>"), "{name}");
        for forbidden in ["<script", "javascript:", " style=", "onload=", "//", "@import"] {
            assert!(!page.contains(forbidden), "{name} has {forbidden}");
        }
        let (head, json) = demo.get(&format!("/reports/{name}.json"));
        assert!(head.contains("content-type: application/json"), "{head}");
        let json: Json = serde_json::from_str(&json).unwrap();
        assert_eq!((json["report"].as_str(), json["min_installs"].as_u64()), (Some(name), Some(10)));
        assert!(json["notes"][0].as_str().unwrap().contains("Sample data"), "{json}");
        let (_, csv) = demo.get(&format!("/reports/{name}.csv?min_installs=1"));
        assert!(csv.starts_with("section,") && csv.contains("Sample data"), "{csv}");
    }
    // Who reads cannot ask for less than the server hides.
    let (_, lowered) = demo.get("/reports/commands.json?min_installs=1");
    assert_eq!(lowered, demo.get("/reports/commands.json").1);
    let (_, mine) = demo.get("/?program=%3Cscript%3E%22");
    assert!(!mine.contains("<script") && mine.contains("&lt;script&gt;"), "what is asked for is text");
    browse(&home, &demo);
}

/// In a browser: it loads, filters by its form's address, says nothing on its console, asks for nothing but its stylesheet.
fn browse(home: &Home, demo: &Demo) {
    let Some(chromium) = chromium() else {
        // Past the harness, which keeps what a test prints to itself.
        let _ = writeln!(
            std::io::stderr(),
            "skipped: no Chromium on the PATH (Debian: apt-get install chromium)"
        );
        return;
    };
    let page = format!("http://{}", demo.address);
    let browser = Browser { chromium, home };
    // That the check itself can find something.
    let said = browser.run("data:text/html,<script>console.log('canary')</script>", &["--dump-dom"]);
    assert!(console(&said).iter().any(|line| line.contains("canary")), "{said:?}");

    let overview = browser.visit(&page, demo);
    assert!(
        overview.contains("<h1>Overview</h1>") && overview.contains("<svg class=\"chart\""),
        "{overview}"
    );
    // What the form sends, empty fields and all.
    let filtered = browser
        .visit(&format!("{page}/reports/commands?program=orchard&version=1.3.0&since=&ci=without"), demo);
    assert!(filtered.contains("version 1.3.0") && filtered.contains("without CI"), "{filtered}");
    assert!(filtered.contains("<option value=\"without\" selected"), "{filtered}");

    for (width, height) in [(390, 844), (1280, 800)] {
        let picture = home.path(&format!("{width}.png"));
        let (size, shot) =
            (format!("--window-size={width},{height}"), format!("--screenshot={}", picture.display()));
        let output = browser.run(&page, &[&size, &shot, "--hide-scrollbars"]);
        let bytes = fs::read(&picture).unwrap_or_default();
        assert!(bytes.len() > 5_000, "an empty picture: {output:?}");
    }
}

struct Browser<'a> {
    chromium: PathBuf,
    home: &'a Home,
}

impl Browser<'_> {
    fn run(&self, address: &str, arguments: &[&str]) -> Output {
        let mut command = Command::new(&self.chromium);
        self.home.settle(&mut command);
        command
            .args(["--headless=new", "--no-sandbox", "--disable-gpu", "--no-first-run", "--disable-sync"])
            .args([
                "--disable-background-networking",
                "--disable-component-update",
                "--disable-dev-shm-usage",
            ])
            .args(["--enable-logging=stderr", "--timeout=60000"])
            .arg(format!("--user-data-dir={}", self.home.path("browser").display()))
            .arg(format!("--log-net-log={}", self.net_log().display()))
            .args(arguments)
            .arg(address);
        command.output().unwrap()
    }

    fn net_log(&self) -> PathBuf {
        self.home.path("net.json")
    }

    /// The page as the browser has it, after a look at its console and at what it asked for.
    fn visit(&self, address: &str, demo: &Demo) -> String {
        let output = self.run(address, &["--dump-dom"]);
        assert_eq!(console(&output), [""; 0], "{address}");
        // The browser asks for much by itself; what a page asks for has the page as its initiator.
        let origin = format!("http://{}", demo.address);
        assert_eq!(requests(&self.net_log(), &origin), [format!("{origin}/style.css")]);
        String::from_utf8(output.stdout).unwrap()
    }
}

/// What a page said on its console: errors, and what its policy refused.
fn console(output: &Output) -> Vec<String> {
    let said = String::from_utf8_lossy(&output.stderr);
    said.lines().filter(|line| line.contains("CONSOLE")).map(str::to_owned).collect()
}

/// Every address that a page of this origin asked for, from the browser's log of its network.
fn requests(log: &Path, origin: &str) -> Vec<String> {
    let log: Json = serde_json::from_slice(&fs::read(log).unwrap()).unwrap();
    let events = log["events"].as_array().unwrap().iter().map(|event| &event["params"]);
    let asked =
        events.filter(|params| params["initiator"] == origin).filter_map(|params| params["url"].as_str());
    let mut asked: Vec<_> = asked.map(str::to_owned).collect();
    asked.sort();
    asked.dedup();
    asked
}

fn chromium() -> Option<PathBuf> {
    let path = std::env::var_os("PATH")?;
    let names = ["chromium", "chromium-browser", "google-chrome"];
    std::env::split_paths(&path).flat_map(|dir| names.map(|name| dir.join(name))).find(|file| file.is_file())
}
