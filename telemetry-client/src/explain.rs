//! Errors that say themselves what may be kept of them.

use std::any::Any;
use std::error::Error;
use std::fmt::{self, Display};
use std::io;

use telemetry_redact::{Ending, Raw};
use telemetry_schema::ErrorCode;

/// An error that explains itself in words of the program's own source: a code, and a template in whose slots only what
/// the policy declares is kept. Register it by [`Builder::explains`](crate::Builder::explains).
///
/// ```
/// use std::fmt;
/// use telemetry_client::{Explain, Explanation};
///
/// #[derive(Debug)]
/// struct NoSuchFruit { fruit: String }
///
/// impl fmt::Display for NoSuchFruit {
///     fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
///         write!(f, "no fruit called {}", self.fruit)
///     }
/// }
///
/// impl std::error::Error for NoSuchFruit {}
///
/// impl Explain for NoSuchFruit {
///     fn explain(&self) -> Explanation {
///         Explanation::new("no_such_fruit").template("no fruit called {value}").slot("value", &self.fruit)
///     }
/// }
/// ```
pub trait Explain: Error {
    /// What may be kept of it.
    fn explain(&self) -> Explanation;
}

/// What an error says of itself: its code, perhaps a template, and what stands in the template's slots.
#[derive(Debug, Clone)]
pub struct Explanation {
    code: &'static str,
    template: Option<&'static str>,
    slots: Vec<(&'static str, Raw)>,
}

impl Explanation {
    /// An error of this class: one of the policy's `error_codes`, or a built-in one. Another one is not recorded.
    ///
    /// Without a template, the error's text is redacted as any other is.
    #[must_use]
    pub fn new(code: &'static str) -> Self {
        Self { code, template: None, slots: Vec::new() }
    }

    /// What it says, with slots in braces: `{value}` a declared value, `{word}` a declared word, `{flag}`, `{command}`,
    /// `{number}` of up to three digits, `{path}` and the like, which are never kept; all of them stand in the policy's
    /// documentation. A template that stands in the policy's `templates` too is kept word for word. Of another one the
    /// words are kept that any error text may keep.
    #[must_use]
    pub fn template(mut self, template: &'static str) -> Self {
        self.template = Some(template);
        self
    }

    /// What stands in the next slot of this name. What the policy does not declare becomes a placeholder.
    #[must_use]
    pub fn slot(mut self, name: &'static str, value: impl Display) -> Self {
        self.slots.push((name, Raw::from(value.to_string())));
        self
    }

    /// How a run ended that ended by this error, whose own text is asked for where there is no template.
    fn ending(self, text: impl FnOnce() -> Option<Raw>) -> Ending {
        let Self { code, template, slots } = self;
        let code = ErrorCode::new(code);
        match (template, code) {
            (Some(template), code) => Ending::Explained {
                code: code.unwrap_or_else(|_| ErrorCode::unclassified()),
                template,
                slots,
            },
            (None, code) => Ending::Error { code: code.ok(), text: text() },
        }
    }
}

type Opens = Box<dyn for<'e> Fn(&'e dyn Any) -> Option<&'e (dyn Error + 'static)> + Send + Sync>;
type Explains = fn(&(dyn Error + 'static)) -> Option<Explanation>;

/// The types of errors that are known.
#[derive(Default)]
pub(crate) struct Explainers {
    opens: Vec<Opens>,
    explains: Vec<Explains>,
}

impl fmt::Debug for Explainers {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Explainers").finish_non_exhaustive()
    }
}

/// How deep causes are looked for: a chain may lead back to itself.
const MAX_CAUSES: usize = 64;

impl Explainers {
    /// Errors of this type explain themselves, wherever in a chain they stand.
    pub(crate) fn explain<E: Explain + 'static>(&mut self) {
        self.explains.push(|error| error.downcast_ref::<E>().map(Explain::explain));
        self.open::<E>(|error| error);
    }

    /// Errors of this type are looked into.
    pub(crate) fn open<E: 'static>(&mut self, open: fn(&E) -> &(dyn Error + 'static)) {
        self.opens.push(Box::new(move |error| error.downcast_ref::<E>().map(open)));
    }

    /// How a run ended that ended by this error: as the first of the error and its causes that explains itself says, else
    /// by its text.
    pub(crate) fn ending<E: Display + 'static>(&self, error: &E) -> Ending {
        // `#`: with its causes, as `anyhow` prints them. An error that cannot be printed has no text.
        let text = || {
            let print = || format!("{error:#}");
            std::panic::catch_unwind(std::panic::AssertUnwindSafe(print)).ok().map(Raw::from)
        };
        let explained = || self.explanation(error);
        match std::panic::catch_unwind(std::panic::AssertUnwindSafe(explained)) {
            Ok(Some(explanation)) => explanation.ending(text),
            Ok(None) | Err(_) => Ending::Error { code: None, text: text() },
        }
    }

    fn explanation(&self, error: &dyn Any) -> Option<Explanation> {
        let opened = self.opens.iter().find_map(|open| open(error)).or_else(|| open_boxed(error))?;
        let chain = std::iter::successors(Some(opened), |error| cause(*error));
        chain.take(MAX_CAUSES).find_map(|error| self.explains.iter().find_map(|explain| explain(error)))
    }
}

/// What the standard library keeps errors in.
fn open_boxed(error: &dyn Any) -> Option<&(dyn Error + 'static)> {
    if let Some(error) = error.downcast_ref::<Box<dyn Error + Send + Sync>>() {
        return Some(error.as_ref());
    }
    if let Some(error) = error.downcast_ref::<io::Error>() {
        return Some(error);
    }
    error.downcast_ref::<Box<dyn Error>>().map(AsRef::as_ref)
}

/// What an error is caused by. The error that an [`io::Error`] was made of stands in no chain.
fn cause<'e>(error: &'e (dyn Error + 'static)) -> Option<&'e (dyn Error + 'static)> {
    let within = error.downcast_ref::<io::Error>().and_then(io::Error::get_ref);
    within.map(|error| error as &(dyn Error + 'static)).or_else(|| error.source())
}
