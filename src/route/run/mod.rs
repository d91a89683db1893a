//! One request on its way: the phases of nginx, in their order.

mod access;
mod address;
mod backend;
mod connect;
mod errors;
mod ingress;
mod locate;
mod proxied;
mod rewrite;
mod room;
mod streamed;
mod table;
mod values;

use std::borrow::Cow;
use std::cell::RefCell;
use std::net::IpAddr;

use super::config::Config;
use super::decision::{Answer, Check, CheckKind, Decision, End, Step, Verdict};
use super::looks::{Followed, Looks};
use super::model::{Level, Location, MOST_CHANGES};
use super::oracle::Oracle;
use super::request::Request;
use super::text::{Value, into_text};
use crate::nginx::Groups;
use crate::source::Span;
use table::Values;

/// Why a phase ends a request.
#[derive(Debug)]
enum Stop<'c> {
    /// With a status, which may have a page of its own.
    Status(u16, Option<Span>),
    /// With a redirect.
    Redirect(u16, Value<'c>, Option<Span>),
    /// It goes on elsewhere: a path of the proxy, or `@name`.
    Inner(String),
    /// With an answer of its own.
    Answer(u16, Option<Span>),
    /// Without an answer.
    Close,
    /// A backend answers, or it cannot be said: the decision holds it.
    Done,
}

/// A sentence, which is made where somebody reads it.
trait Told {
    fn told(self) -> String;
}

impl Told for &str {
    fn told(self) -> String {
        self.to_owned()
    }
}

impl Told for String {
    fn told(self) -> String {
        self
    }
}

impl<F: FnOnce() -> String> Told for F {
    fn told(self) -> String {
        self()
    }
}

/// What the next phase is.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Start {
    /// That of the server.
    Server,
    /// That of a named location, which is found.
    Named,
}

/// A request on its way.
pub(super) struct Run<'c, 't> {
    config: &'c Config<'t>,
    request: &'c Request,
    oracle: &'c mut Oracle,
    decision: Decision,
    /// The port that it came to.
    port: u16,
    server: usize,
    /// The host as nginx compares it; nothing where none was sent.
    host: Cow<'c, str>,
    /// The target as it came.
    unparsed: Cow<'c, [u8]>,
    path: Vec<u8>,
    args: Vec<u8>,
    method: &'c [u8],
    is_quoted: bool,
    has_plus: bool,
    /// Backends get the target as it came.
    is_unchanged: bool,
    /// The location is the one that fits the path.
    is_placed: bool,
    is_internal: bool,
    is_changed: bool,
    changes: usize,
    /// A page in place of an error was asked for: there is no second one.
    is_error_page: bool,
    /// The status that such a page gets.
    error_status: Option<u16>,
    /// Where such a page redirects to.
    redirect_to: Option<(u16, Vec<u8>, Span)>,
    /// What the last regular expression found.
    groups: Groups,
    /// Captures are escaped as in arguments.
    quotes: bool,
    /// Values of variables that are set or looked up.
    values: Values<'c>,
    /// The address of the client; none where nobody says which one it is.
    client: Option<IpAddr>,
    level: &'c Level,
    location: Option<&'c Location>,
    /// What is looked at; none where nobody wants to know.
    looks: Option<RefCell<Looks>>,
    /// Somebody reads the story: the steps, the details of checks, and the headers that a backend gets.
    is_told: bool,
    /// What is computed now is only shown or passed on, and decides nothing.
    is_shown: bool,
}

impl<'c, 't> Run<'c, 't> {
    pub(super) fn new(config: &'c Config<'t>, request: &'c Request, oracle: &'c mut Oracle) -> Self {
        Self {
            config,
            request,
            oracle,
            decision: Decision::default(),
            port: 0,
            server: 0,
            host: Cow::Borrowed(""),
            unparsed: Cow::Borrowed(b""),
            path: Vec::new(),
            args: Vec::new(),
            method: request.method.as_bytes(),
            is_quoted: false,
            has_plus: false,
            is_unchanged: true,
            is_placed: true,
            is_internal: false,
            is_changed: false,
            changes: 0,
            is_error_page: false,
            error_status: None,
            redirect_to: None,
            groups: Vec::new(),
            quotes: true,
            values: Values::default(),
            client: (!request.is_from_anywhere).then_some(request.client),
            level: &config.http,
            location: None,
            looks: None,
            is_told: true,
            is_shown: false,
        }
    }

    /// Goes the whole way, and notes what it looks at.
    pub(super) fn follow(mut self) -> Followed {
        self.looks = Some(RefCell::default());
        self.is_told = false;
        self.go_all();
        let upstream = self.named(self.config.variables.own.upstream).into_text();
        let looks = self.looks.take().map(RefCell::into_inner).unwrap_or_default();
        Followed { decision: self.decision, upstream, looks }
    }

    /// Goes the whole way.
    pub(super) fn finish(mut self) -> Decision {
        self.go_all();
        self.decision
    }

    /// Goes the whole way without telling it.
    pub(super) fn outcome(mut self) -> Decision {
        self.is_told = false;
        self.finish()
    }

    fn go_all(&mut self) {
        let mut stop = match self.connect() {
            Ok(()) => self.phases(Start::Server),
            Err(stop) => stop,
        };
        while let Some(start) = self.page_for(&stop) {
            stop = self.phases(start);
        }
        let stop = match self.redirect_to.take() {
            Some((status, to, at)) => Stop::Redirect(status, Value::made(to), Some(at)),
            None => stop,
        };
        self.end(stop);
        let location = self.matched();
        self.decision.location = location;
        self.decision.when = std::mem::take(&mut self.oracle.assumed);
    }

    /// Notes that a part of the request is looked at.
    fn look(&self, note: impl FnOnce(&mut Looks)) {
        if let Some(looks) = self.looks.as_ref().filter(|_| !self.is_shown) {
            note(&mut looks.borrow_mut());
        }
    }

    /// Computes something that is only shown or passed on.
    fn shown<T>(&mut self, compute: impl FnOnce(&mut Self) -> T) -> T {
        let before = std::mem::replace(&mut self.is_shown, true);
        let value = compute(self);
        self.is_shown = before;
        value
    }

    fn phases(&mut self, start: Start) -> Stop<'c> {
        match self.go(start) {
            Ok(stop) | Err(stop) => stop,
        }
    }

    fn go(&mut self, start: Start) -> Result<Stop<'c>, Stop<'c>> {
        if start == Start::Server {
            let inside = self.config.inside(self.server);
            self.level = &inside.level;
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
                self.step("the path was rewritten too often", None);
                return Err(Stop::Status(500, None));
            }
            self.find_location()?;
        }
        self.check_waf()?;
        self.check_limits()?;
        self.check_access()?;
        self.pass()
    }

    /// Writes the end down.
    fn end(&mut self, stop: Stop<'c>) {
        let (status, redirect, at) = match stop {
            Stop::Status(444, _) | Stop::Close => {
                self.decision.end = End::Closed;
                return;
            }
            Stop::Done => return,
            Stop::Inner(_) => (500, None, None),
            // nginx answers its own inner statuses with this one.
            Stop::Status(494..=497, at) => (400, None, at),
            // Another error takes the place of the one that the page was for.
            Stop::Status(status, at) => (status, None, at),
            Stop::Redirect(status, to, at) => (status, Some(to), at),
            Stop::Answer(status, at) => (self.error_status.unwrap_or(status), None, at),
        };
        let redirect = redirect.and_then(|to| match self.absolute(to) {
            Value::Known(to) => Some(into_text(to)),
            Value::Unknown(why) => {
                self.not_known(&why);
                None
            }
        });
        self.decision.end = End::Answer(Answer { status, redirect, at });
    }

    fn step(&mut self, what: impl Told, at: Option<Span>) {
        if self.is_told {
            self.decision.steps.push(Step { what: what.told(), at });
        }
    }

    fn check(&mut self, kind: CheckKind, verdict: Verdict, detail: impl Told, at: Option<Span>) {
        let detail = if self.is_told { detail.told() } else { String::new() };
        self.decision.checks.push(Check { kind, verdict, detail, at });
    }

    /// Something that has a part in the answer is not known.
    fn not_known(&mut self, why: &str) {
        if !self.decision.unknown.iter().any(|known| known == why) {
            self.decision.unknown.push(why.to_owned());
        }
    }
}
