//! Records of fixed size, read by value from the bytes where they lie.
//!
//! A field is read from its place when it is asked for: the compiler leaves out what nobody asks of a record. Numbers are
//! little-endian, whatever the machine is.

use std::cmp::Ordering;
use std::fmt;

use super::{Span, range};

/// Something with a fixed size in bytes.
pub(in crate::policy) trait Field: Copy {
    /// Bytes.
    const SIZE: usize;

    /// Reads what stands first. Too few bytes are read as zeros.
    fn read(bytes: &[u8]) -> Self;

    /// Writes what stands first. What there is no room for is left out.
    fn write(self, to: &mut [u8]);
}

/// Reads what stands first, and leaves what stands behind it.
#[inline]
pub(super) fn next<T: Field>(bytes: &[u8]) -> (T, &[u8]) {
    (T::read(bytes), bytes.get(T::SIZE..).unwrap_or_default())
}

/// Writes what stands first, and leaves the room behind it.
#[inline]
pub(super) fn put<T: Field>(field: T, to: &mut [u8]) -> &mut [u8] {
    field.write(to);
    to.get_mut(T::SIZE..).unwrap_or_default()
}

macro_rules! numbers {
    ($($type:ty),+) => {
        $(impl Field for $type {
            const SIZE: usize = size_of::<Self>();

            #[inline]
            fn read(bytes: &[u8]) -> Self {
                bytes.first_chunk().map_or(0, |bytes| Self::from_le_bytes(*bytes))
            }

            #[inline]
            fn write(self, to: &mut [u8]) {
                if let Some(place) = to.first_chunk_mut() {
                    *place = self.to_le_bytes();
                }
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

    #[inline]
    fn write(self, to: &mut [u8]) {
        self.into_iter().fold(to, |to, field| put(field, to));
    }
}

/// Something with fields, of which many stand in a row.
pub(in crate::policy) trait Record: Field {
    /// An array of its size.
    type Bytes: Copy + AsRef<[u8]> + fmt::Debug;

    /// Bytes that are no whole number of records hold none.
    fn all(bytes: &[u8]) -> &[Self::Bytes];

    fn of(bytes: &Self::Bytes) -> Self;

    fn bytes(self) -> Self::Bytes;
}

/// Neighbours of one kind.
#[derive(Debug, Clone, Copy)]
pub(in crate::policy) struct Section<'a, T: Record> {
    records: &'a [T::Bytes],
}

impl<'a, T: Record> Section<'a, T> {
    #[inline]
    pub(super) fn new(bytes: &'a [u8]) -> Self {
        Self { records: T::all(bytes) }
    }

    pub(in crate::policy) fn len(self) -> usize {
        self.records.len()
    }

    pub(in crate::policy) fn is_empty(self) -> bool {
        self.records.is_empty()
    }

    #[inline]
    pub(in crate::policy) fn get(self, index: usize) -> Option<T> {
        self.records.get(index).map(T::of)
    }

    pub(in crate::policy) fn last(self) -> Option<T> {
        self.records.last().map(T::of)
    }

    /// Two of them, of those that stand in twos.
    #[inline]
    pub(in crate::policy) fn pair(self, index: usize) -> Option<[T; 2]> {
        let (pairs, _) = self.records.as_chunks();
        pairs.get(index).map(|[first, second]| [T::of(first), T::of(second)])
    }

    #[inline]
    pub(in crate::policy) fn iter(self) -> impl DoubleEndedIterator<Item = T> + use<'a, T> {
        self.records.iter().map(T::of)
    }

    /// The records of a span.
    #[inline]
    pub(in crate::policy) fn span(self, span: Span) -> Self {
        Self { records: range(span).and_then(|range| self.records.get(range)).unwrap_or_default() }
    }

    /// How many records stand before the first that is not `before`, where all of those stand first.
    #[inline]
    pub(in crate::policy) fn partition_point(self, before: impl Fn(T) -> bool) -> usize {
        self.records.partition_point(|bytes| before(T::of(bytes)))
    }

    /// The record that is equal, of sorted ones.
    #[inline]
    pub(in crate::policy) fn search(self, compare: impl Fn(T) -> Ordering) -> Option<T> {
        self.get(self.records.binary_search_by(|bytes| compare(T::of(bytes))).ok()?)
    }
}

#[cfg(test)]
mod tests {
    use super::super::{Bound, Index, Name, Text};
    use super::*;

    fn written<T: Record>(records: &[T]) -> Vec<u8> {
        records.iter().flat_map(|record| record.bytes().as_ref().to_vec()).collect()
    }

    fn numbers(numbers: impl Iterator<Item = u32>) -> Vec<u8> {
        written(&numbers.map(|at| Index { at }).collect::<Vec<_>>())
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
        let bytes = numbers(1..4);
        let all = Section::<Index>::new(&bytes);
        let at = |index| all.get(index).map(|index: Index| index.at);
        let of =
            |start, count| all.span(Span { start, count }).iter().map(|index| index.at).collect::<Vec<_>>();
        assert_eq!((all.len(), at(2), at(3), at(usize::MAX)), (3, Some(3), None, None));
        assert_eq!(all.pair(0).map(|pair| pair.map(|index| index.at)), Some([1, 2]));
        assert!(all.pair(1).is_none());
        assert_eq!(of(1, 2), [2, 3]);
        for (start, count) in [(1, 3), (3, 1), (4, 0), (0, u32::MAX), (u32::MAX, u32::MAX)] {
            assert!(of(start, count).is_empty(), "{start} {count}");
        }
        // Not even the records that would be whole.
        assert!(Section::<Index>::new(&bytes[1..]).is_empty());
        assert!(Section::<Index>::new(&[]).last().is_none());
        assert_eq!(all.last().map(|index| index.at), Some(3));
    }

    #[test]
    fn sorted_records_are_found_and_no_others() {
        for count in 0..9 {
            let bytes = numbers((0..count).map(|number| number * 2 + 1));
            let all = Section::<Index>::new(&bytes);
            for wanted in 0..=2 * count {
                let found = all.search(|index| index.at.cmp(&wanted)).map(|index| index.at);
                assert_eq!(found, Some(wanted).filter(|wanted| wanted % 2 == 1), "of {count}");
                let before = all.partition_point(|index| index.at < wanted);
                assert_eq!(before, wanted as usize / 2, "of {count}");
            }
        }
    }
}
