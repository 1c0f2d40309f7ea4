//! On Windows, with nothing inherited. What std starts gets every handle that may be inherited, and so would hold open what the
//! host prints to: whoever reads that would wait for the helper.

use std::ffi::{OsStr, OsString};
use std::io;
use std::iter::once;
use std::os::windows::ffi::OsStrExt as _;
use std::path::Path;
use std::ptr::null;

use windows_sys::Win32::Foundation::{CloseHandle, FALSE};
use windows_sys::Win32::System::Threading::{
    CREATE_NEW_PROCESS_GROUP, CREATE_UNICODE_ENVIRONMENT, CreateProcessW, DETACHED_PROCESS,
    IDLE_PRIORITY_CLASS, PROCESS_INFORMATION, STARTUPINFOW,
};

/// No console, none of its signals, no priority.
const FLAGS: u32 =
    DETACHED_PROCESS | CREATE_NEW_PROCESS_GROUP | CREATE_UNICODE_ENVIRONMENT | IDLE_PRIORITY_CLASS;

/// Nobody has to ask after it: Windows has no zombies.
#[expect(unsafe_code, reason = "std starts no program without handing on what may be inherited")]
pub(super) fn start(
    program: &Path,
    arguments: &[&str],
    variables: Vec<(OsString, OsString)>,
) -> io::Result<()> {
    // A directory that is in use cannot be removed; the system's own never is.
    let directory = variables.iter().find(|(name, _)| name.eq_ignore_ascii_case("SystemRoot"));
    let directory = directory.map(|(_, directory)| wide(directory)).transpose()?;
    let mut line = line(program, arguments)?;
    let program = wide(program.as_os_str())?;
    let variables = block(variables)?;
    // SAFETY: numbers and pointers, of which all may be null.
    let (mut startup, mut process) = unsafe { (std::mem::zeroed::<STARTUPINFOW>(), std::mem::zeroed()) };
    startup.cb = u32::try_from(size_of::<STARTUPINFOW>()).unwrap_or_default();
    // SAFETY: each text is of UTF-16 and ends by a null, the block of variables by two, and all outlive the call, which alone
    // writes to the line. The handles are new and nobody else's.
    unsafe {
        let is_started = CreateProcessW(
            program.as_ptr(),
            line.as_mut_ptr(),
            null(),
            null(),
            FALSE,
            FLAGS,
            variables.as_ptr().cast(),
            directory.as_ref().map_or(null(), |directory| directory.as_ptr()),
            &raw const startup,
            &raw mut process,
        );
        if is_started == FALSE {
            return Err(io::Error::last_os_error());
        }
        let PROCESS_INFORMATION { hProcess, hThread, .. } = process;
        CloseHandle(hThread);
        CloseHandle(hProcess);
    }
    Ok(())
}

/// As UTF-16 that ends by a null, and has no other.
fn wide(text: &OsStr) -> io::Result<Vec<u16>> {
    let text: Vec<u16> = text.encode_wide().collect();
    if text.contains(&0) {
        return Err(io::Error::new(io::ErrorKind::InvalidInput, "a null in what a program is started with"));
    }
    Ok(text.into_iter().chain(once(0)).collect())
}

/// The words as one line, which a program takes apart by Microsoft's "Parsing C command-line arguments". The first is a
/// path, which has no quotation marks in it.
fn line(program: &Path, arguments: &[&str]) -> io::Result<Vec<u16>> {
    let mut line = OsString::from("\"");
    line.push(program);
    line.push("\"");
    for argument in arguments {
        line.push(" ");
        line.push(quoted(argument));
    }
    wide(&line)
}

/// In quotation marks. A backslash means itself, but for those before such a mark, which are written twice.
fn quoted(argument: &str) -> String {
    let mut quoted = "\"".to_owned();
    let mut backslashes = 0;
    for next in argument.chars() {
        if next == '"' {
            quoted.extend(std::iter::repeat_n('\\', backslashes + 1));
        }
        backslashes = if next == '\\' { backslashes + 1 } else { 0 };
        quoted.push(next);
    }
    quoted.extend(std::iter::repeat_n('\\', backslashes));
    quoted.push('"');
    quoted
}

/// The variables as the system wants them: sorted without regard to case, each ended by a null, and all by one more.
fn block(mut variables: Vec<(OsString, OsString)>) -> io::Result<Vec<u16>> {
    variables.sort_by_key(|(name, _)| name.to_ascii_uppercase());
    let mut block = Vec::new();
    for (name, value) in variables {
        let mut assigned = name;
        assigned.push("=");
        assigned.push(value);
        block.extend(wide(&assigned)?);
    }
    if block.is_empty() {
        block.push(0);
    }
    block.push(0);
    Ok(block)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn text(units: &[u16]) -> String {
        String::from_utf16(units).unwrap().replace('\0', "|")
    }

    #[test]
    fn words_are_put_as_programs_take_them_apart() {
        let program = Path::new(r"C:\Program Files\orchard.exe");
        let arguments = ["ship", "", "a b", r"c:\d\", r#"say "so""#, r#"\""#];
        assert_eq!(
            text(&line(program, &arguments).unwrap()),
            r#""C:\Program Files\orchard.exe" "ship" "" "a b" "c:\d\\" "say \"so\"" "\\\""|"#
        );
    }

    #[test]
    fn variables_are_sorted_and_ended_by_two_nulls() {
        let variables = [("b", "2"), ("A", "1"), ("C", "")].map(|(name, value)| (name.into(), value.into()));
        assert_eq!(text(&block(variables.to_vec()).unwrap()), "A=1|b=2|C=||");
        assert_eq!(text(&block(Vec::new()).unwrap()), "||");
        assert!(block(vec![("a\0b".into(), "1".into())]).is_err());
    }
}
