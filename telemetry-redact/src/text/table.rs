//! A hash table that the compiler fills: nothing is built when a process starts, and a look-up is one comparison.

/// The longest word of any list; longer ones need no search.
pub(super) const MAX_WORD: usize = 48;

/// Where the words of a list stand and what is said of them.
#[derive(Clone, Copy)]
struct Entry {
    start: u32,
    length: u8,
    list: u8,
    /// One bit for each list that the word is in.
    lists: u32,
}

const EMPTY: Entry = Entry { start: 0, length: 0, list: 0, lists: 0 };

/// Words of up to 32 lists, as `\n`-ended lines. `SLOTS` is a power of two, about twice the number of words or more.
pub(super) struct Table<const LISTS: usize, const SLOTS: usize> {
    texts: [&'static str; LISTS],
    entries: [Entry; SLOTS],
}

/// FNV-1a.
const START: u32 = 0x811c_9dc5;
const fn step(hash: u32, byte: u8) -> u32 {
    (hash ^ byte as u32).wrapping_mul(0x0100_0193)
}

impl<const LISTS: usize, const SLOTS: usize> Table<LISTS, SLOTS> {
    #[expect(clippy::cast_possible_truncation, reason = "lists are far below 4 GiB, words below 256 bytes")]
    pub(super) const fn new(texts: [&'static str; LISTS]) -> Self {
        let mut table = Self { texts, entries: [EMPTY; SLOTS] };
        let mut list = 0;
        while list < LISTS {
            let text = texts[list].as_bytes();
            let mut start = 0;
            while start < text.len() {
                let (mut end, mut hash) = (start, START);
                while text[end] != b'\n' {
                    hash = step(hash, text[end]);
                    end += 1;
                }
                assert!(end > start && end - start <= MAX_WORD, "a line is empty or too long");
                let slot = table.slot(text, start, end - start, hash);
                if table.entries[slot].length == 0 {
                    let (length, list) = ((end - start) as u8, list as u8);
                    table.entries[slot] = Entry { start: start as u32, length, list, lists: 0 };
                }
                table.entries[slot].lists |= 1 << list;
                start = end + 1;
            }
            list += 1;
        }
        table
    }

    /// Where a word is, or where it would be.
    const fn slot(&self, text: &[u8], start: usize, length: usize, hash: u32) -> usize {
        let mut slot = hash as usize & (SLOTS - 1);
        loop {
            let entry = self.entries[slot];
            if entry.length == 0 {
                return slot;
            }
            if entry.length as usize == length {
                let known = self.texts[entry.list as usize].as_bytes();
                let mut same = 0;
                while same < length && known[entry.start as usize + same] == text[start + same] {
                    same += 1;
                }
                if same == length {
                    return slot;
                }
            }
            slot = (slot + 1) & (SLOTS - 1);
        }
    }

    /// The lists that a word is in, in whatever case it is written: one bit for each, 0 where it is in none.
    pub(super) fn lists(&self, word: &str) -> u32 {
        let mut buffer = [0; MAX_WORD];
        let Some(lower) = buffer.get_mut(..word.len()) else { return 0 };
        let mut hash = START;
        for (to, from) in lower.iter_mut().zip(word.bytes()) {
            *to = from.to_ascii_lowercase();
            hash = step(hash, *to);
        }
        self.entries[self.slot(lower, 0, word.len(), hash)].lists
    }
}
