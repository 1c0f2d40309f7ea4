//! Which variables this process has, at one look at their names.
//!
//! To ask for a variable is to look through all of them. Whoever asks for a hundred and finds none looks through all of
//! them a hundred times; std's way to read them all copies each name and each value.

/// Places of names: so many that few of a usual environment's fifty names share one with a name that is asked for.
const PLACES: u32 = 1024;

/// The names of this process's variables, roughly: what is said not to be set is not; anything else has to be asked for.
///
/// It is of the moment it was taken.
///
/// # Examples
///
/// ```
/// let variables = telemetry_transport::VariableNames::look();
/// assert!(variables.may_hold("PATH"));
/// ```
#[derive(Debug, Clone)]
pub struct VariableNames(Option<[u64; (PLACES / u64::BITS) as usize]>);

impl VariableNames {
    /// Looks, where no other thread can change variables meanwhile. Else anything may be set.
    #[must_use]
    pub fn look() -> Self {
        let mut names = Self(Some([0; _]));
        if each_name(|name| names.add(name)) { names } else { Self(None) }
    }

    /// Whether a variable of this name may be set.
    #[must_use]
    #[inline]
    pub fn may_hold(&self, name: &str) -> bool {
        let (word, bit) = place(name.as_bytes());
        self.0.as_ref().is_none_or(|words| words[word] & bit != 0)
    }

    fn add(&mut self, name: &[u8]) {
        let (word, bit) = place(name);
        if let Some(words) = &mut self.0 {
            words[word] |= bit;
        }
    }
}

/// The word and the bit of a name, by its length and three of its bytes: a hundred names are asked for, in each run.
#[inline]
fn place(name: &[u8]) -> (usize, u64) {
    let (Some(first), Some(last)) = (name.first(), name.last()) else { return (0, 1) };
    let length = name.len();
    let mixed = u32::from(*first)
        .wrapping_mul(31)
        .wrapping_add(u32::from(name[length / 2]).wrapping_mul(131))
        .wrapping_add(u32::from(*last).wrapping_mul(521))
        .wrapping_add(u32::try_from(length).unwrap_or_default().wrapping_mul(37));
    let place = mixed % PLACES;
    ((place / u64::BITS) as usize, 1 << (place % u64::BITS))
}

/// Calls with each name. Not where there is another thread, or may be: it could change the list that is read here.
#[cfg(all(target_os = "linux", target_env = "gnu", not(target_feature = "crt-static")))]
#[expect(unsafe_code, reason = "std has no look at variables that copies none")]
fn each_name(mut take: impl FnMut(&[u8])) -> bool {
    use std::ffi::{c_char, c_void};
    use std::ptr::null_mut;

    unsafe extern "C" {
        static environ: *const *const c_char;
        fn dlsym(handle: *mut c_void, name: *const c_char) -> *mut c_void;
    }
    /// The libraries of this process: `RTLD_DEFAULT` of `dlfcn.h`.
    const ALL: *mut c_void = null_mut();

    // Not 0 while this process has had one thread and no more (glibc 2.32 and later, "Single-Threaded" of its manual).
    // SAFETY: the name ends in a zero.
    let is_alone = unsafe { dlsym(ALL, c"__libc_single_threaded".as_ptr()) }.cast::<c_char>();
    // SAFETY: what is found under this name is a `char` of the C library, which stays.
    if is_alone.is_null() || unsafe { is_alone.read() } == 0 {
        return false;
    }
    // SAFETY: there is no other thread, and this one changes no variable here. The list ends in a null, and each text
    // in a zero, as environ(7) has it. No byte behind that zero is read, nor any of a value, which may be long.
    unsafe {
        let mut next = environ;
        while let Some(text) = next.as_ref().filter(|text| !text.is_null()) {
            let text = text.cast::<u8>();
            let mut length = 0;
            while !matches!(text.add(length).read(), b'=' | 0) {
                length += 1;
            }
            take(std::slice::from_raw_parts(text, length));
            next = next.add(1);
        }
    }
    true
}

#[cfg(not(all(target_os = "linux", target_env = "gnu", not(target_feature = "crt-static"))))]
fn each_name(_: impl FnMut(&[u8])) -> bool {
    false
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_name_that_was_added_may_be_set() {
        let mut names = VariableNames(Some([0; _]));
        let set = ["", "A", "CI", "PATH", "bamboo_planKey", "GITHUB_ACTIONS", "\u{e4}"];
        for name in set {
            assert!(!names.may_hold(name), "{name}");
            names.add(name.as_bytes());
            assert!(names.may_hold(name), "{name}");
        }
        let other = (0..1000).map(|number| format!("NAME_{number}_OF_OTHERS_{}", number * 7919));
        assert!(other.filter(|name| names.may_hold(name)).count() < 100);
    }

    #[test]
    fn where_nothing_can_be_known_anything_may_be_set() {
        assert!(VariableNames(None).may_hold("ANYTHING"));
        // A test has more threads than one.
        assert!(VariableNames::look().may_hold("ANYTHING"));
    }
}
