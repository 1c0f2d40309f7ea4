//! Documents with parts that are written by tasks: what stands between two marks is a task's, the rest a person's.

use std::fs;
use std::path::Path;

use anyhow::{Context as _, Result};

/// Where measured figures stand.
pub(crate) const BENCHMARKS: &str = "docs/benchmarks.md";

/// Writes the part of that name.
pub(crate) fn write_part(file: &Path, name: &str, text: &str) -> Result<()> {
    let document = fs::read_to_string(file).with_context(|| format!("cannot read {}", file.display()))?;
    let written = with_part(&document, name, text)
        .with_context(|| format!("{} has no marks `<!-- {name} -->`", file.display()))?;
    fs::write(file, written).with_context(|| format!("cannot write {}", file.display()))
}

fn with_part(document: &str, name: &str, text: &str) -> Option<String> {
    let (begin, end) = (format!("<!-- {name} -->\n"), format!("<!-- /{name} -->"));
    let (before, rest) = document.split_once(&begin)?;
    let (_, after) = rest.split_once(&end)?;
    Some(format!("{before}{begin}\n{}\n\n{end}{after}", text.trim()))
}

/// A table in Markdown; every column but the first is of numbers.
pub(crate) fn table(head: &[&str], rows: &[Vec<String>]) -> String {
    let line =
        |cells: &mut dyn Iterator<Item = &str>| format!("| {} |\n", cells.collect::<Vec<_>>().join(" | "));
    let rule = head.iter().enumerate().map(|(column, _)| if column == 0 { "---" } else { "---:" });
    let mut text = line(&mut head.iter().copied());
    text.push_str(&line(&mut rule.into_iter()));
    for row in rows {
        text.push_str(&line(&mut row.iter().map(String::as_str)));
    }
    text
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_part_is_replaced_and_the_rest_stays() {
        let document = "a\n<!-- x -->\nold\n<!-- /x -->\nb\n";
        let written = with_part(document, "x", "new\n").unwrap();
        assert_eq!(written, "a\n<!-- x -->\n\nnew\n\n<!-- /x -->\nb\n");
        assert_eq!(with_part(&written, "x", "new").unwrap(), written);
        assert!(with_part(document, "y", "new").is_none());
    }
}
