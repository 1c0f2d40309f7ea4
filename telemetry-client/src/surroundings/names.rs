//! Names of variables that are looked for: some hundred of them, most of which are nowhere set. So each variable that is
//! set is looked at once, where asking for each name would go through all of them every time.

/// Bits that a set of names has, made by the compiler.
const BITS: usize = 1024;

/// A set of names that says *perhaps* of each of its own, and *no* of most others.
#[derive(Debug, Clone, Copy)]
pub(super) struct Names([u64; BITS / 64]);

impl Names {
    pub(super) const fn none() -> Self {
        Self([0; BITS / 64])
    }

    /// With one more.
    pub(super) const fn and(mut self, name: &str) -> Self {
        let bit = bit(name.as_bytes());
        self.0[bit / 64] |= 1 << (bit % 64);
        self
    }

    /// With these.
    pub(super) const fn and_all(mut self, names: &[&str]) -> Self {
        let mut index = 0;
        while index < names.len() {
            self = self.and(names[index]);
            index += 1;
        }
        self
    }

    /// With those of another set.
    pub(super) const fn and_of(mut self, other: &Self) -> Self {
        let mut index = 0;
        while index < BITS / 64 {
            self.0[index] |= other.0[index];
            index += 1;
        }
        self
    }

    /// Whether this may be one of them.
    pub(super) fn may_hold(&self, name: &[u8]) -> bool {
        let bit = bit(name);
        self.0[bit / 64] >> (bit % 64) & 1 == 1
    }
}

/// By length, ends and middle: names of variables differ there.
const fn bit(name: &[u8]) -> usize {
    let length = name.len();
    if length == 0 {
        return 0;
    }
    let (first, middle, last) = (name[0] as usize, name[length / 2] as usize, name[length - 1] as usize);
    (length.wrapping_mul(37) ^ first.wrapping_mul(7) ^ middle.wrapping_mul(59) ^ last.wrapping_mul(211))
        % BITS
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_set_holds_its_names_and_few_others() {
        const SET: Names = Names::none().and("CI").and_all(&["GITHUB_ACTIONS", "TF_BUILD"]);
        const BOTH: Names = Names::none().and("AGENT").and_of(&SET);
        for name in ["CI", "GITHUB_ACTIONS", "TF_BUILD", "AGENT"] {
            assert!(BOTH.may_hold(name.as_bytes()), "{name}");
        }
        let usual =
            ["", "PATH", "HOME", "USER", "SHELL", "TERM", "LANG", "PWD", "OLDPWD", "EDITOR", "DISPLAY"];
        let held = usual.iter().filter(|name| BOTH.may_hold(name.as_bytes())).count();
        assert_eq!(held, 0);
    }
}
