//! The table of words that error text is judged by: laid out here, so that a process that starts builds nothing.

use std::collections::{BTreeMap, BTreeSet};
use std::fmt::Write as _;
use std::fs;
use std::path::Path;

use anyhow::{Context as _, Result, bail};

/// The files that are one list each, in the order of their bits.
const LISTS: [(&str, &str); 7] = [
    ("grammar", "What messages are built with."),
    ("common", "The usual words of error messages."),
    ("technical", "Terms of computing."),
    ("english", "Other English of messages and documentation."),
    ("terms", "Terms with digits, marks or capitals of their own."),
    ("identifiers", "What standard libraries call things."),
    ("files", "Names of files that tools agreed on."),
];

/// As in `telemetry-redact/src/text/table.rs`, which reads this.
const MAX_WORD: usize = 48;

/// The table and the constants that name its bits.
pub(super) fn outputs(root: &Path) -> Result<Vec<(String, Vec<u8>)>> {
    let directory = root.join("telemetry-redact").join("vocabulary");
    let read = |name: &str| {
        let file = directory.join(format!("{name}.txt"));
        fs::read_to_string(&file).with_context(|| format!("cannot read {}", file.display()))
    };
    let mut lists = Vec::new();
    for (name, doc) in LISTS {
        let text = read(name)?;
        lists.push((name.to_owned(), doc.to_owned(), text.lines().map(str::to_owned).collect::<Vec<_>>()));
    }
    check(&lists, &read("withheld")?, &read("reviewed")?)?;
    lists.extend(roles(&read("roles")?)?);
    Ok(vec![
        ("telemetry-redact/src/text/words.table".to_owned(), table(&lists)?),
        ("telemetry-redact/src/text/lists.rs".to_owned(), constants(&lists).into_bytes()),
    ])
}

type List = (String, String, Vec<String>);

/// Each list sorted, each word in one of them, and no name of a person among them that was not looked at.
fn check(lists: &[List], withheld: &str, reviewed: &str) -> Result<()> {
    let withheld: BTreeSet<&str> = words(withheld).collect();
    let reviewed: BTreeSet<&str> = words(reviewed).collect();
    let mut problems = Vec::new();
    let mut home = BTreeMap::new();
    for (name, _, list) in lists {
        if !list.windows(2).all(|pair| pair[0] < pair[1]) {
            problems.push(format!("{name}.txt is not sorted, or has a word twice"));
        }
        for word in list {
            if word.is_empty() || word.len() > MAX_WORD || !word.bytes().all(|b| b.is_ascii_graphic()) {
                problems.push(format!("{name}.txt: `{word}` is no word of 1 to {MAX_WORD} ASCII characters"));
            }
            if word.bytes().any(|b| b.is_ascii_uppercase()) {
                problems.push(format!("{name}.txt: `{word}` is not in lower case"));
            }
            if let Some(other) = home.insert(word.as_str(), name) {
                problems.push(format!("`{word}` is in {other}.txt and in {name}.txt"));
            }
            if withheld.contains(word.as_str()) && !reviewed.contains(word.as_str()) {
                problems.push(format!(
                    "{name}.txt: `{word}` is withheld: take it out, or say so in reviewed.txt"
                ));
            }
        }
    }
    for word in reviewed.iter().filter(|word| !home.contains_key(*word)) {
        problems.push(format!("reviewed.txt: `{word}` is in no list"));
    }
    if problems.is_empty() { Ok(()) } else { bail!("the vocabulary: {}", problems.join("\n  ")) }
}

/// The words of a file with comments.
fn words(text: &str) -> impl Iterator<Item = &str> {
    text.lines().filter(|line| !line.starts_with('#')).flat_map(str::split_whitespace)
}

/// `roles.txt`: a comment, a name in brackets, words.
fn roles(text: &str) -> Result<Vec<List>> {
    let mut roles = Vec::new();
    for block in text.split("\n\n").map(str::trim).filter(|block| block.contains('[')) {
        let doc: Vec<&str> = block.lines().filter_map(|line| line.strip_prefix("# ")).collect();
        let name = block.lines().find_map(|line| line.strip_prefix('[')?.strip_suffix(']'));
        let Some(name) = name.filter(|_| !doc.is_empty()) else {
            bail!("roles.txt: a role without a name in brackets or a sentence: {block}");
        };
        let words = words(block).filter(|word| *word != format!("[{name}]")).map(str::to_owned).collect();
        roles.push((name.to_owned(), doc.join("\n"), words));
    }
    Ok(roles)
}

/// Number of buckets and of sets of lists; the sets; where each bucket begins; then the words, bucket by bucket, each with
/// its length and which set it has.
fn table(lists: &[List]) -> Result<Vec<u8>> {
    let mut bits: BTreeMap<&str, u64> = BTreeMap::new();
    if lists.len() > 64 {
        bail!("the vocabulary has more than 64 lists and roles");
    }
    for (bit, (_, _, words)) in lists.iter().enumerate() {
        for word in words {
            *bits.entry(word).or_default() |= 1 << bit;
        }
    }
    let sets: Vec<u64> = bits.values().copied().collect::<BTreeSet<u64>>().into_iter().collect();
    // One to two words a bucket.
    let mut buckets = vec![Vec::new(); bits.len().next_power_of_two() / 2];
    let count = buckets.len();
    for (word, bits) in &bits {
        let set = sets.binary_search(bits).ok().and_then(|set| u8::try_from(set).ok());
        let set =
            set.context("the vocabulary has more than 256 sets of lists: a word needs another byte for it")?;
        let bucket = &mut buckets[bucket_of(word, count)];
        bucket.extend([u8::try_from(word.len())?, set]);
        bucket.extend(word.as_bytes());
    }
    for bucket in buckets.iter_mut().filter(|bucket| bucket.len() % 2 == 1) {
        bucket.push(0);
    }
    let mut all = Vec::new();
    all.extend(u16::try_from(buckets.len())?.to_le_bytes());
    all.extend(u16::try_from(sets.len())?.to_le_bytes());
    all.extend(sets.iter().flat_map(|set| set.to_le_bytes()));
    let mut start = 0;
    for length in buckets.iter().map(Vec::len).chain([0]) {
        all.extend(u16::try_from(start / 2)?.to_le_bytes());
        start += length;
    }
    all.extend(buckets.concat());
    Ok(all)
}

fn constants(lists: &[List]) -> String {
    let mut text =
        "//! Generated by `cargo xtask gen` from `vocabulary/`: the bits of the lists and roles.\n\n\
                    use super::table::Lists;\n"
            .to_owned();
    for (bit, (name, doc, _)) in lists.iter().enumerate() {
        let doc = doc.replace('\n', "\n/// ");
        let _ = writeln!(
            text,
            "\n/// {doc}\npub(super) const {}: Lists = Lists(1 << {bit});",
            name.to_uppercase()
        );
    }
    text
}

/// The upper bits of a hash, as `telemetry_redact` computes it.
fn bucket_of(word: &str, buckets: usize) -> usize {
    let hash = word.as_bytes().chunks(8).fold(0_u64, |hash, bytes| {
        let mut chunk = [0; 8];
        chunk[..bytes.len()].copy_from_slice(bytes);
        (hash.rotate_left(5) ^ u64::from_le_bytes(chunk)).wrapping_mul(0x517c_c1b7_2722_0a95)
    });
    (hash >> 32) as usize >> (32 - buckets.ilog2())
}
