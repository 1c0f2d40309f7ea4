//! Paths of all systems, and file names.

use super::Shape;

/// A path of POSIX or Windows, absolute, relative or of a share, or a file name with a usual ending.
pub(super) fn is_path(text: &str, shape: &Shape) -> bool {
    shape.has(Shape::BACKSLASH)
        || shape.has(Shape::SLASH) && text.len() > 1
        || matches!(text.as_bytes(), [letter, b':', b'\\' | b'/', ..] if letter.is_ascii_alphabetic())
        || shape.has(Shape::DOT) && is_file_name(text)
}

fn is_file_name(text: &str) -> bool {
    // Positions behind the name: `main.go:12:5`.
    let name = text.split(':').next().unwrap_or(text);
    name.rsplit_once('.').is_some_and(|(_, ending)| {
        // The usual endings of what people's messages are full of: media types and languages.
        matches!(
            ending,
            "bat"
                | "c"
                | "cer"
                | "cfg"
                | "conf"
                | "cpp"
                | "crt"
                | "csv"
                | "db"
                | "doc"
                | "docx"
                | "env"
                | "exe"
                | "go"
                | "gz"
                | "h"
                | "html"
                | "ini"
                | "jar"
                | "java"
                | "jpeg"
                | "jpg"
                | "js"
                | "json"
                | "key"
                | "lock"
                | "log"
                | "md"
                | "p12"
                | "pdf"
                | "pem"
                | "pfx"
                | "png"
                | "ps1"
                | "py"
                | "rb"
                | "rs"
                | "sh"
                | "sql"
                | "tar"
                | "tgz"
                | "toml"
                | "ts"
                | "tsv"
                | "txt"
                | "xls"
                | "xlsx"
                | "xml"
                | "yaml"
                | "yml"
                | "zip"
        )
    })
}
