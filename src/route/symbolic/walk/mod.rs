//! All requests of a region on their way at once: the same phases as those of [`Run`](crate::route::run), over values that are functions
//! of the request. Where the way depends on a value, the [`Assumed`] are asked.
//!
//! This is a second reading of the same model: `tests/it/proofs` attacks what is proved here with drawn requests on the other.

mod access;
mod backend;
mod errors;
mod locate;
mod lua;
mod mirror;
mod rewrite;
mod values;

use std::sync::Arc;

pub(in crate::route) use values::CERTIFICATE;

use super::assume::Assumed;
use super::leaf::{End, Leaf, Way};
use super::side::Side;
use super::term::{CONNECTION, Input, Term};
use crate::nginx::Pattern;
use crate::route::decision::CheckKind;
use crate::route::model::{Level, Location, MOST_CHANGES};
use crate::source::Span;

/// Why a phase ends.
#[derive(Debug)]
enum Stop {
    Status(u16),
    Redirect(u16, Term),
    Inner(String),
    Answer(u16, Option<Term>),
    Done(Box<End>),
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Start {
    Server,
    Named,
}

/// What the last regular expression found.
#[derive(Debug, Clone)]
enum Groups {
    None,
    /// What this one found in a value.
    Of(Arc<Pattern>, Term),
    /// A table was looked up as a whole, and one of its expressions may have found something.
    Open,
}

/// An expression among the names of a server, and the places of the variables that its groups fill.
pub(in crate::route) type Fitting = (Arc<Pattern>, Vec<(usize, usize)>);

/// Where requests arrive.
#[derive(Debug, Clone)]
pub(in crate::route) struct Arrival {
    pub(in crate::route) is_tls: bool,
    pub(in crate::route) port: u16,
    pub(in crate::route) server: usize,
    /// A host of the class.
    pub(in crate::route) name: String,
    /// All hosts of the class.
    pub(in crate::route) host: Term,
    /// The expression among the names of the server that fits them.
    pub(in crate::route) pattern: Option<Fitting>,
    /// They are announced in front of the connection.
    pub(in crate::route) is_proxied: bool,
    /// Who gets the connection before anything of it is read.
    pub(in crate::route) passed: Option<String>,
}

/// All requests of a region on one way through one side.
pub(in crate::route) struct Walk<'a, 'p, 'c, 't> {
    side: &'a Side<'c, 't>,
    assumed: &'a mut Assumed<'p>,
    arrival: &'a Arrival,
    /// The statuses of backends that have pages on either side.
    statuses: &'a [u16],
    path: Term,
    args: Term,
    method: Term,
    is_unchanged: bool,
    is_placed: bool,
    is_internal: bool,
    is_changed: bool,
    changes: usize,
    is_error_page: bool,
    error_status: Option<u16>,
    redirect_to: Option<(u16, Term)>,
    groups: Groups,
    quotes: bool,
    values: Vec<(usize, Term)>,
    client: Term,
    level: Arc<Level>,
    location: Option<&'c Location>,
    first: Option<Span>,
    body: Option<u64>,
    checks: Vec<(CheckKind, String)>,
    doubts: Vec<String>,
}

impl<'a, 'p, 'c, 't> Walk<'a, 'p, 'c, 't> {
    pub(in crate::route) fn new(side: &'a Side<'c, 't>, assumed: &'a mut Assumed<'p>, arrival: &'a Arrival, statuses: &'a [u16]) -> Self {
        Self {
            side,
            assumed,
            arrival,
            statuses,
            path: Term::Input(Input::Path),
            args: Term::Input(Input::Args),
            method: Term::Input(Input::Method),
            is_unchanged: true,
            is_placed: true,
            is_internal: false,
            is_changed: false,
            changes: 0,
            is_error_page: false,
            error_status: None,
            redirect_to: None,
            groups: Groups::None,
            quotes: true,
            values: Vec::new(),
            client: Term::Input(Input::Client(CONNECTION.into())),
            level: Arc::clone(&side.config.inside(arrival.server).level),
            location: None,
            first: None,
            body: None,
            checks: Vec::new(),
            doubts: Vec::new(),
        }
    }

    /// Goes the whole way.
    pub(in crate::route) fn finish(mut self) -> Way {
        let mut stop = match self.connect() {
            Ok(()) => self.phases(Start::Server),
            Err(stop) => stop,
        };
        while let Some(start) = self.page_for(&stop) {
            stop = self.phases(start);
        }
        let stop = match self.redirect_to.take() {
            Some((status, to)) => Stop::Redirect(status, to),
            None => stop,
        };
        let end = self.end(stop);
        self.checks.sort();
        self.checks.dedup();
        self.doubts.sort();
        self.doubts.dedup();
        let body = self.body.unwrap_or(1 << 20);
        Way { leaf: Leaf { end, checks: self.checks, body, doubts: self.doubts }, location: self.first }
    }

    fn phases(&mut self, start: Start) -> Stop {
        match self.go(start) {
            Ok(stop) | Err(stop) => stop,
        }
    }

    fn go(&mut self, start: Start) -> Result<Stop, Stop> {
        let config = self.side.config;
        if start == Start::Server {
            let inside = config.inside(self.arrival.server);
            self.level = Arc::clone(&inside.level);
            self.location = None;
            self.find_client();
            self.rewrite(&inside.rewrite)?;
            self.find_location()?;
        }
        loop {
            self.is_changed = false;
            if let Some(location) = self.location {
                self.rewrite(&location.rewrite)?;
            }
            self.lua_rewrite()?;
            if !self.is_changed {
                break;
            }
            self.changes += 1;
            if self.changes > MOST_CHANGES {
                return Err(Stop::Status(500));
            }
            self.find_location()?;
        }
        self.check_waf()?;
        self.check_limits()?;
        self.check_access()?;
        self.pass()
    }

    fn end(&mut self, stop: Stop) -> End {
        let (status, redirect, text) = match stop {
            Stop::Status(444) => return End::Closed,
            Stop::Done(end) => return *end,
            Stop::Inner(_) => (500, None, None),
            Stop::Status(494..=497) => (400, None, None),
            Stop::Status(status) => (status, None, None),
            Stop::Redirect(status, to) => (status, Some(self.absolute(to)), None),
            Stop::Answer(status, text) => (self.error_status.unwrap_or(status), None, text),
        };
        End::Answer { status, redirect, text }
    }

    fn check(&mut self, kind: CheckKind, what: impl Into<String>) {
        self.checks.push((kind, what.into()));
    }

    fn doubt(&mut self, what: impl Into<String>) {
        self.doubts.push(what.into());
    }

    fn text_at(&self, at: Span) -> String {
        self.side.text_at(self.arrival.server, at)
    }

    /// What cannot be followed further; the text says what stands in the way.
    fn beyond(why: impl Into<String>) -> Stop {
        Stop::Done(Box::new(End::Beyond(why.into())))
    }

    fn set(&mut self, place: usize, value: Term) {
        match self.values.iter_mut().find(|(known, _)| *known == place) {
            Some((_, held)) => *held = value,
            None => self.values.push((place, value)),
        }
    }
}
