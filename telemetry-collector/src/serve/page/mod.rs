//! Reports over HTTP: pages for people (`/`, `/reports/{name}`), JSON and CSV for programs (`/reports/{name}.json`,
//! `.csv`).
//!
//! A page is one response and a stylesheet. It has no script, asks no other machine for anything, and says so to the
//! browser. What comes from an event is text in it, never markup.

mod chart;
mod html;
mod params;

use std::sync::Arc;

use axum::Router;
use axum::extract::rejection::QueryRejection;
use axum::extract::{Path, Query as UrlQuery, Request, State};
use axum::http::header::{
    CACHE_CONTROL, CONTENT_SECURITY_POLICY, CONTENT_TYPE, REFERRER_POLICY, X_CONTENT_TYPE_OPTIONS,
};
use axum::http::{HeaderName, HeaderValue};
use axum::middleware::{Next, from_fn_with_state};
use axum::response::{IntoResponse, Response};
use axum::routing::get;
use tokio::sync::Semaphore;
use tokio::task::spawn_blocking;
use tokio::time::timeout;

use super::Limits;
use super::keys::Readers;
use super::options::OnFailure;
use super::problem::HttpProblem;
use crate::{Noise, Report, ReportName, SharedPolicies, Store};
use params::Params;

/// Reports that are made at once: they compete with the writer for the disk.
const MAX_REPORTS: usize = 2;

/// What every page shares.
pub(super) struct Pages {
    pub(super) store: Arc<dyn Store>,
    pub(super) limits: Limits,
    pub(super) on_failure: OnFailure,
    /// The programs whose events are taken are what can be asked for.
    pub(super) policies: SharedPolicies,
    pub(super) readers: Readers,
    /// Installs that a row needs to be shown. Who asks can raise it, not lower it.
    pub(super) min_installs: u64,
    /// Noise on every count, whoever asks.
    pub(super) noise: Option<Noise>,
    /// A sentence on every page and in every report.
    pub(super) notice: Option<String>,
}

struct Shared {
    pages: Pages,
    places: Semaphore,
}

/// The routes of the pages. Each answers GET and HEAD.
pub(super) fn router(pages: Pages) -> Router {
    let shared = Arc::new(Shared { pages, places: Semaphore::new(MAX_REPORTS) });
    let only_get = async || HttpProblem::MethodNotAllowed { allow: "GET, HEAD" };
    Router::new()
        .route("/", get(overview).fallback(only_get))
        .route("/reports/{name}", get(named).fallback(only_get))
        .layer(from_fn_with_state(Arc::clone(&shared), only_readers))
        .route("/style.css", get(style).fallback(only_get))
        .with_state(shared)
}

/// Who may not read sees nothing but the stylesheet.
async fn only_readers(State(shared): State<Arc<Shared>>, request: Request, next: Next) -> Response {
    match shared.pages.readers.check(request.headers()) {
        Ok(()) => next.run(request).await,
        Err(problem) => guarded(problem.into_response()),
    }
}

/// The form of an answer.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Form {
    Page,
    Json,
    Csv,
}

type Asked = Result<UrlQuery<Params>, QueryRejection>;

async fn overview(State(shared): State<Arc<Shared>>, asked: Asked) -> Response {
    answer(shared, ReportName::Overview, Form::Page, asked).await
}

async fn named(State(shared): State<Arc<Shared>>, Path(file): Path<String>, asked: Asked) -> Response {
    let (name, form) = match file.rsplit_once('.') {
        Some((name, "json")) => (name, Form::Json),
        Some((name, "csv")) => (name, Form::Csv),
        _ => (file.as_str(), Form::Page),
    };
    match name.parse() {
        Ok(name) => answer(shared, name, form, asked).await,
        Err(_) => HttpProblem::NotFound.into_response(),
    }
}

async fn answer(shared: Arc<Shared>, name: ReportName, form: Form, asked: Asked) -> Response {
    let made = async {
        let UrlQuery(params) = asked.map_err(|_| HttpProblem::BadQuery { parameter: "" })?;
        let limits = shared.pages.limits;
        let place = timeout(limits.queue_wait, shared.places.acquire()).await;
        let _place = place.ok().and_then(Result::ok).ok_or(HttpProblem::Busy)?;
        let pages = Arc::clone(&shared);
        let made = spawn_blocking(move || pages.pages.make(name, form, &params));
        made.await.map_err(|_| HttpProblem::StoreUnreadable)?
    };
    match made.await {
        Ok(response) => guarded(response),
        Err(problem) => guarded(problem.into_response()),
    }
}

impl Pages {
    fn make(&self, name: ReportName, form: Form, params: &Params) -> Result<Response, HttpProblem> {
        let mut query = params.query(name)?;
        query.min_installs = query.min_installs.max(self.min_installs);
        query.noise = self.noise;
        query.min_stored_installs = Some(self.min_installs);
        let mut report = self.store.report(&query).map_err(|error| {
            (self.on_failure)(&error);
            HttpProblem::StoreUnreadable
        })?;
        if let Some(notice) = &self.notice {
            report.notes.insert(0, notice.clone());
        }
        Ok(self.render(&report, form, params))
    }

    fn render(&self, report: &Report, form: Form, params: &Params) -> Response {
        match form {
            Form::Page => {
                let page = html::page(report, params, self).into_string();
                ([(CONTENT_TYPE, "text/html; charset=utf-8")], page).into_response()
            }
            Form::Json => {
                ([(CONTENT_TYPE, "application/json")], report.to_json().to_string()).into_response()
            }
            Form::Csv => ([(CONTENT_TYPE, "text/csv; charset=utf-8")], report.to_csv()).into_response(),
        }
    }
}

async fn style() -> Response {
    let mut response = ([(CONTENT_TYPE, "text/css")], include_str!("style.css")).into_response();
    response.headers_mut().insert(CACHE_CONTROL, HeaderValue::from_static("max-age=3600"));
    guarded(response)
}

/// What a browser is told of every answer: to run nothing, to ask nobody, to tell nobody.
fn guarded(mut response: Response) -> Response {
    const HEADERS: [(HeaderName, &str); 3] = [
        (
            CONTENT_SECURITY_POLICY,
            "default-src 'none'; style-src 'self'; img-src 'self' data:; form-action 'self'; base-uri 'none'; \
             frame-ancestors 'none'",
        ),
        (X_CONTENT_TYPE_OPTIONS, "nosniff"),
        (REFERRER_POLICY, "no-referrer"),
    ];
    let headers = response.headers_mut();
    for (name, value) in HEADERS {
        headers.insert(name, HeaderValue::from_static(value));
    }
    headers.entry(CACHE_CONTROL).or_insert(HeaderValue::from_static("no-store"));
    response
}
