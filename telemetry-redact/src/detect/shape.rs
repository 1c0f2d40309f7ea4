//! What bytes a text has, as one number: most rules are settled by it.

/// The kinds of bytes a text has.
#[derive(Debug, Clone, Copy, Default)]
pub(crate) struct Shape(u32);

impl Shape {
    pub(crate) const DIGIT: u32 = 1;
    /// `a` to `f`.
    pub(super) const LOWER_HEX: u32 = 1 << 1;
    /// `g` to `z`.
    pub(super) const LOWER_REST: u32 = 1 << 2;
    /// `A` to `F`.
    pub(super) const UPPER_HEX: u32 = 1 << 3;
    /// `G` to `Z`.
    pub(super) const UPPER_REST: u32 = 1 << 4;
    pub(crate) const DOT: u32 = 1 << 5;
    pub(super) const COLON: u32 = 1 << 6;
    pub(crate) const SLASH: u32 = 1 << 7;
    pub(crate) const BACKSLASH: u32 = 1 << 8;
    pub(super) const AT: u32 = 1 << 9;
    pub(crate) const HYPHEN: u32 = 1 << 10;
    pub(crate) const UNDERSCORE: u32 = 1 << 11;
    pub(crate) const SPACE: u32 = 1 << 12;
    pub(crate) const EQUALS: u32 = 1 << 13;
    pub(super) const PLUS: u32 = 1 << 14;
    pub(super) const DOLLAR: u32 = 1 << 15;
    pub(super) const TILDE: u32 = 1 << 16;
    pub(crate) const OTHER: u32 = 1 << 17;
    /// Beyond ASCII.
    pub(crate) const BEYOND: u32 = 1 << 18;
    pub(crate) const CONTROL: u32 = 1 << 19;
    pub(crate) const APOSTROPHE: u32 = 1 << 20;

    /// How many there are.
    pub(super) const KINDS: usize = 21;

    pub(crate) const LOWER: u32 = Self::LOWER_HEX | Self::LOWER_REST;
    pub(crate) const UPPER: u32 = Self::UPPER_HEX | Self::UPPER_REST;
    pub(crate) const LETTER: u32 = Self::LOWER | Self::UPPER;

    pub(super) const fn of_byte(byte: u8) -> u32 {
        match byte {
            b'0'..=b'9' => Self::DIGIT,
            b'a'..=b'f' => Self::LOWER_HEX,
            b'g'..=b'z' => Self::LOWER_REST,
            b'A'..=b'F' => Self::UPPER_HEX,
            b'G'..=b'Z' => Self::UPPER_REST,
            b'.' => Self::DOT,
            b':' => Self::COLON,
            b'/' => Self::SLASH,
            b'\\' => Self::BACKSLASH,
            b'@' => Self::AT,
            b'-' => Self::HYPHEN,
            b'_' => Self::UNDERSCORE,
            b' ' => Self::SPACE,
            b'=' => Self::EQUALS,
            b'+' => Self::PLUS,
            b'$' => Self::DOLLAR,
            b'~' => Self::TILDE,
            b'\'' => Self::APOSTROPHE,
            0x80.. => Self::BEYOND,
            0..0x20 | 0x7f => Self::CONTROL,
            _ => Self::OTHER,
        }
    }

    pub(crate) fn of(text: &[u8]) -> Self {
        let (fours, rest) = text.as_chunks();
        let fours = fours.iter().fold(0, |shape, four| shape | of_four(*four));
        Self(rest.iter().fold(fours, |shape, byte| shape | BYTES[usize::from(*byte)]))
    }

    /// What a text begins with, as far as it is of these kinds.
    pub(crate) fn leading(text: &[u8], kinds: u32) -> (usize, Self) {
        // Four at a time as far as that goes, since the texts are words and longer.
        let (mut size, mut shape) = (0, 0);
        for four in text.as_chunks().0 {
            let four = of_four(*four);
            if four & !kinds != 0 {
                break;
            }
            shape |= four;
            size += 4;
        }
        while let Some(kind) = text.get(size).map(|byte| BYTES[usize::from(*byte)])
            && kind & kinds != 0
        {
            shape |= kind;
            size += 1;
        }
        (size, Self(shape))
    }

    /// The kinds, a bit for each.
    pub(super) const fn kinds(self) -> u32 {
        self.0
    }

    /// Whether all of these are there.
    pub(crate) const fn has(self, kinds: u32) -> bool {
        self.0 & kinds == kinds
    }

    pub(crate) const fn has_any(self, kinds: u32) -> bool {
        self.0 & kinds != 0
    }

    /// Whether nothing but these is there.
    pub(crate) const fn is_only(self, kinds: u32) -> bool {
        self.0 & !kinds == 0
    }
}

fn of_four(four: [u8; 4]) -> u32 {
    let [a, b, c, d] = four.map(|byte| BYTES[usize::from(byte)]);
    a | b | c | d
}

static BYTES: [u32; 256] = {
    let mut bytes = [0; 256];
    let mut byte = 0_u8;
    loop {
        bytes[byte as usize] = Shape::of_byte(byte);
        if byte == u8::MAX {
            break bytes;
        }
        byte += 1;
    }
};
