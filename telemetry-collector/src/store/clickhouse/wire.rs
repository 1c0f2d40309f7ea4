//! `RowBinary`: how rows go to a server and come from it (clickhouse.com/docs/interfaces/formats). Text in it has
//! a length, so that nothing needs an escape, and numbers are exact.

use super::server::Failure;

/// Rows on their way to a server.
#[derive(Debug, Default)]
pub(super) struct RowWriter(Vec<u8>);

impl RowWriter {
    pub(super) fn bytes(&self) -> &[u8] {
        &self.0
    }

    pub(super) fn flag(&mut self, is_set: impl Into<u8>) {
        self.0.push(is_set.into());
    }

    pub(super) fn u16(&mut self, number: u16) {
        self.0.extend(number.to_le_bytes());
    }

    pub(super) fn u32(&mut self, number: u32) {
        self.0.extend(number.to_le_bytes());
    }

    pub(super) fn u64(&mut self, number: u64) {
        self.0.extend(number.to_le_bytes());
    }

    pub(super) fn i32(&mut self, number: i32) {
        self.0.extend(number.to_le_bytes());
    }

    pub(super) fn i64(&mut self, number: i64) {
        self.0.extend(number.to_le_bytes());
    }

    /// `FixedString` of 16 bytes.
    pub(super) fn id(&mut self, bytes: [u8; 16]) {
        self.0.extend(bytes);
    }

    /// `FixedString` of as many bytes.
    pub(super) fn fixed(&mut self, bytes: &[u8]) {
        self.0.extend(bytes);
    }

    pub(super) fn text(&mut self, text: &str) {
        self.length(text.len());
        self.0.extend(text.as_bytes());
    }

    /// `Nullable(String)`.
    pub(super) fn maybe(&mut self, text: Option<&str>) {
        self.flag(text.is_none());
        if let Some(text) = text {
            self.text(text);
        }
    }

    /// `Array(String)`.
    pub(super) fn texts<'a>(&mut self, texts: impl ExactSizeIterator<Item = &'a str>) {
        self.length(texts.len());
        for text in texts {
            self.text(text);
        }
    }

    /// The number of what follows: seven bits a byte (LEB128).
    pub(super) fn length(&mut self, length: usize) {
        let mut rest = length;
        while rest >= 0x80 {
            self.0.push(u8::try_from(rest & 0x7f).unwrap_or_default() | 0x80);
            rest >>= 7;
        }
        self.0.push(u8::try_from(rest).unwrap_or_default());
    }
}

/// Rows that came from a server. Each kind of value is asked for in the order of the query.
#[derive(Debug)]
pub(super) struct RowReader<'a>(&'a [u8]);

impl<'a> RowReader<'a> {
    pub(super) fn new(bytes: &'a [u8]) -> Self {
        Self(bytes)
    }

    /// Whether there is another row.
    pub(super) fn has_more(&self) -> bool {
        !self.0.is_empty()
    }

    fn take(&mut self, count: usize) -> Result<&'a [u8], Failure> {
        let (taken, rest) = self.0.split_at_checked(count).ok_or(Failure::Answer)?;
        self.0 = rest;
        Ok(taken)
    }

    fn array<const N: usize>(&mut self) -> Result<[u8; N], Failure> {
        self.take(N)?.try_into().map_err(|_| Failure::Answer)
    }

    pub(super) fn u8(&mut self) -> Result<u8, Failure> {
        Ok(self.array::<1>()?[0])
    }

    pub(super) fn u16(&mut self) -> Result<u16, Failure> {
        self.array().map(u16::from_le_bytes)
    }

    pub(super) fn u32(&mut self) -> Result<u32, Failure> {
        self.array().map(u32::from_le_bytes)
    }

    pub(super) fn u64(&mut self) -> Result<u64, Failure> {
        self.array().map(u64::from_le_bytes)
    }

    pub(super) fn i32(&mut self) -> Result<i32, Failure> {
        self.array().map(i32::from_le_bytes)
    }

    pub(super) fn id(&mut self) -> Result<[u8; 16], Failure> {
        self.array()
    }

    /// `FixedString` of as many bytes.
    pub(super) fn bytes<const N: usize>(&mut self) -> Result<[u8; N], Failure> {
        self.array()
    }

    pub(super) fn text(&mut self) -> Result<String, Failure> {
        let length = self.length()?;
        String::from_utf8(self.take(length)?.to_vec()).map_err(|_| Failure::Answer)
    }

    pub(super) fn maybe(&mut self) -> Result<Option<String>, Failure> {
        if self.u8()? == 0 { self.text().map(Some) } else { Ok(None) }
    }

    /// A list.
    pub(super) fn list<T>(
        &mut self,
        mut each: impl FnMut(&mut Self) -> Result<T, Failure>,
    ) -> Result<Vec<T>, Failure> {
        (0..self.length()?).map(|_| each(self)).collect()
    }

    fn length(&mut self) -> Result<usize, Failure> {
        let mut length = 0_usize;
        for place in 0..9 {
            let byte = self.u8()?;
            length |= usize::from(byte & 0x7f).checked_shl(place * 7).ok_or(Failure::Answer)?;
            if byte & 0x80 == 0 {
                return Ok(length);
            }
        }
        Err(Failure::Answer)
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    proptest! {
        #[test]
        fn what_is_written_is_read(
            texts in prop::collection::vec(".{0,200}", 0..5),
            word in prop::option::of(".*"),
            numbers in any::<(u16, u32, u64, i32)>(),
        ) {
            let mut writer = RowWriter::default();
            writer.texts(texts.iter().map(String::as_str));
            writer.maybe(word.as_deref());
            writer.u16(numbers.0);
            writer.u32(numbers.1);
            writer.u64(numbers.2);
            writer.i32(numbers.3);
            writer.id([7; 16]);
            let mut reader = RowReader::new(writer.bytes());
            prop_assert_eq!(reader.list(RowReader::text).unwrap(), texts);
            prop_assert_eq!(reader.maybe().unwrap(), word);
            prop_assert_eq!(
                (reader.u16().unwrap(), reader.u32().unwrap(), reader.u64().unwrap(), reader.i32().unwrap()),
                numbers
            );
            prop_assert_eq!(reader.id().unwrap(), [7; 16]);
            prop_assert!(!reader.has_more());
        }

        #[test]
        fn no_answer_of_a_server_is_a_panic(bytes in prop::collection::vec(any::<u8>(), 0..60)) {
            let mut reader = RowReader::new(&bytes);
            while reader.has_more() && reader.maybe().is_ok() && reader.list(RowReader::text).is_ok() {}
        }
    }
}
