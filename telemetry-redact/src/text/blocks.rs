//! Many bytes at one look.

/// Whether all bytes of a text are such. All of a block is looked at before it is decided, so that the compiler can look
/// at many bytes at once; the last block has bytes in common with the one before.
#[inline]
pub(super) fn are_all(text: &[u8], is: impl Fn(u8) -> bool) -> bool {
    const BLOCK: usize = 16;
    let whole = |block: &[u8; BLOCK]| block.iter().fold(true, |whole, byte| whole & is(*byte));
    match text.last_chunk() {
        Some(last) => text.as_chunks().0.iter().all(whole) && whole(last),
        None => text.iter().all(|byte| is(*byte)),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn one_byte_is_seen_wherever_it_stands() {
        for size in 0..100 {
            let mut text = vec![b'a'; size];
            assert!(are_all(&text, |byte| byte == b'a'));
            for at in 0..size {
                text[at] = b'b';
                assert!(!are_all(&text, |byte| byte == b'a'), "{at} of {size}");
                text[at] = b'a';
            }
        }
    }
}
