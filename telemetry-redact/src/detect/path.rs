//! Paths of all systems, and file names.

/// Endings of file names that people's messages are full of; the registered media types' usual ones.
const ENDINGS: [&str; 44] = [
    "json", "yaml", "yml", "toml", "txt", "md", "csv", "tsv", "xml", "html", "log", "conf", "cfg", "ini",
    "env", "pem", "key", "crt", "cer", "p12", "pfx", "js", "ts", "py", "rs", "go", "java", "rb", "sh", "ps1",
    "bat", "c", "h", "cpp", "pdf", "doc", "docx", "xls", "xlsx", "zip", "tar", "gz", "sql", "db",
];

/// A path of POSIX or Windows, absolute, relative or of a share, or a file name with a usual ending.
pub(super) fn is_path(text: &str) -> bool {
    let bytes = text.as_bytes();
    let drive = matches!(bytes, [letter, b':', b'\\' | b'/', ..] if letter.is_ascii_alphabetic());
    let rooted =
        text.len() > 1 && (text.starts_with('/') || text.starts_with("~/") || text.starts_with("./"));
    drive
        || rooted
        || text.starts_with("../")
        || text.contains('\\')
        || text.contains('/')
        || is_file_name(text)
}

fn is_file_name(text: &str) -> bool {
    // Positions behind the name: `main.go:12:5`.
    let name = text.split(':').next().unwrap_or(text);
    name.rsplit_once('.').is_some_and(|(stem, ending)| !stem.is_empty() && ENDINGS.contains(&ending))
}
