//! Records of fixed size, read by value from the bytes where they lie.
//!
//! A field is read from its place when it is asked for: the compiler leaves out what nobody asks of a record. Numbers are
//! little-endian, whatever the machine is.

use std::cmp::Ordering;
use std::marker::PhantomData;

use super::{Span, range};

/// Something with a fixed size in bytes.
pub(in crate::policy) trait Field: Copy {
    /// Bytes.
    const SIZE: usize;

    /// Reads what stands first. Too few bytes are read as zeros.
    fn read(bytes: &[u8]) -> Self;

    fn write(self, to: &mut Vec<u8>);
}

/// Reads what stands first, and leaves what stands behind it.
#[inline]
pub(super) fn next<T: Field>(bytes: &[u8]) -> (T, &[u8]) {
    (T::read(bytes), bytes.get(T::SIZE..).unwrap_or_default())
}

macro_rules! numbers {
    ($($type:ty),+) => {
        $(impl Field for $type {
            const SIZE: usize = size_of::<Self>();

            #[inline]
            fn read(bytes: &[u8]) -> Self {
                bytes.first_chunk().map_or(0, |bytes| Self::from_le_bytes(*bytes))
            }

            fn write(self, to: &mut Vec<u8>) {
                to.extend_from_slice(&self.to_le_bytes());
            }
        })+
    };
}
numbers!(u8, u32, i64);

impl<T: Field, const N: usize> Field for [T; N] {
    const SIZE: usize = T::SIZE * N;

    #[inline]
    fn read(bytes: &[u8]) -> Self {
        std::array::from_fn(|index| T::read(bytes.get(index * T::SIZE..).unwrap_or_default()))
    }

    fn write(self, to: &mut Vec<u8>) {
        for item in self {
            item.write(to);
        }
    }
}

/// Neighbours of one kind.
#[derive(Debug, Clone, Copy)]
pub(in crate::policy) struct Section<'a, T> {
    bytes: &'a [u8],
    kind: PhantomData<T>,
}

impl<T> Default for Section<'_, T> {
    fn default() -> Self {
        Self { bytes: &[], kind: PhantomData }
    }
}

impl<'a, T: Field> Section<'a, T> {
    /// Bytes that are no whole number of records hold none.
    pub(super) fn new(bytes: &'a [u8]) -> Self {
        if bytes.len().is_multiple_of(T::SIZE) { Self { bytes, kind: PhantomData } } else { Self::default() }
    }

    pub(in crate::policy) fn len(self) -> usize {
        self.bytes.len() / T::SIZE
    }

    pub(in crate::policy) fn is_empty(self) -> bool {
        self.bytes.is_empty()
    }

    #[inline]
    pub(in crate::policy) fn get(self, index: usize) -> Option<T> {
        let start = index.checked_mul(T::SIZE)?;
        let bytes = self.bytes.get(start..start.checked_add(T::SIZE)?)?;
        Some(T::read(bytes))
    }

    pub(in crate::policy) fn last(self) -> Option<T> {
        self.get(self.len().checked_sub(1)?)
    }

    #[inline]
    pub(in crate::policy) fn iter(self) -> impl DoubleEndedIterator<Item = T> + use<'a, T> {
        self.bytes.chunks_exact(T::SIZE).map(T::read)
    }

    /// The records of a span.
    #[inline]
    pub(in crate::policy) fn span(self, span: Span) -> Self {
        let bytes = range(span).and_then(|range| {
            let (start, end) = (range.start.checked_mul(T::SIZE)?, range.end.checked_mul(T::SIZE)?);
            self.bytes.get(start..end)
        });
        Self { bytes: bytes.unwrap_or_default(), kind: PhantomData }
    }

    /// How many records stand before the first that is not `before`, where all of those stand first.
    #[inline]
    pub(in crate::policy) fn partition_point(self, before: impl Fn(T) -> bool) -> usize {
        let (mut start, mut end) = (0, self.len());
        while start < end {
            let middle = start.midpoint(end);
            match self.get(middle) {
                Some(record) if before(record) => start = middle + 1,
                _ => end = middle,
            }
        }
        start
    }

    /// The record that is equal, of sorted ones.
    #[inline]
    pub(in crate::policy) fn search(self, compare: impl Fn(T) -> Ordering) -> Option<T> {
        let (mut start, mut end) = (0, self.len());
        while start < end {
            let middle = start.midpoint(end);
            let record = self.get(middle)?;
            match compare(record) {
                Ordering::Less => start = middle + 1,
                Ordering::Equal => return Some(record),
                Ordering::Greater => end = middle,
            }
        }
        None
    }
}

#[cfg(test)]
mod tests {
    use super::super::{Bound, Name, Text};
    use super::*;

    fn written<T: Field>(records: &[T]) -> Vec<u8> {
        let mut bytes = Vec::new();
        for record in records {
            record.write(&mut bytes);
        }
        bytes
    }

    #[test]
    fn a_record_is_its_fields_in_turn_the_low_byte_first() {
        let name = Name { text: Text { start: 0x0102_0304, length: 5 }, target: 6, kind: 7 };
        let bytes = written(&[name]);
        assert_eq!(bytes, [4, 3, 2, 1, 5, 0, 0, 0, 6, 0, 0, 0, 7, 0, 0, 0]);
        assert_eq!(bytes.len(), Name::SIZE);
        let read = Name::read(&bytes);
        let fields = (read.text.start, read.text.length, read.target, read.kind);
        assert_eq!(fields, (0x0102_0304, 5, 6, 7));
        assert_eq!(written(&[Bound { at: -2 }]), [0xfe, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff]);
        assert_eq!(Bound::read(&written(&[Bound { at: i64::MIN }])).at, i64::MIN);
        assert_eq!(<[u8; 4]>::read(b"TPOLicy"), *b"TPOL");
    }

    #[test]
    fn what_leads_nowhere_is_empty() {
        let bytes = written(&[1_u32, 2, 3]);
        let all = Section::<u32>::new(&bytes);
        let of = |start, count| all.span(Span { start, count }).iter().collect::<Vec<_>>();
        assert_eq!((all.len(), all.get(2), all.get(3), all.get(usize::MAX)), (3, Some(3), None, None));
        assert_eq!(of(1, 2), [2, 3]);
        for (start, count) in [(1, 3), (3, 1), (4, 0), (0, u32::MAX), (u32::MAX, u32::MAX)] {
            assert!(of(start, count).is_empty(), "{start} {count}");
        }
        // Not even the records that would be whole.
        assert!(Section::<u32>::new(&bytes[1..]).is_empty());
        assert_eq!((Section::<u32>::default().len(), Section::<u32>::default().last()), (0, None));
    }

    #[test]
    fn sorted_records_are_found_and_no_others() {
        for count in 0..9 {
            let bytes = written(&(0..count).map(|number| number * 2 + 1).collect::<Vec<u32>>());
            let all = Section::<u32>::new(&bytes);
            for wanted in 0..=2 * count {
                let found = all.search(|number| number.cmp(&wanted));
                assert_eq!(found, Some(wanted).filter(|wanted| wanted % 2 == 1), "of {count}");
                let before = all.partition_point(|number| number < wanted);
                assert_eq!(before, wanted as usize / 2, "of {count}");
            }
        }
    }
}
