//! Where requests end that nothing has stopped, and what a backend gets of them.

use std::collections::BTreeMap;

use super::{Stop, Walk};
use crate::route::model::Pass;
use crate::route::symbolic::leaf::{End, Gets, whom};
use crate::route::symbolic::term::{Input, Op, Term};
use crate::route::text::Template;

impl Walk<'_, '_, '_, '_> {
    pub(super) fn pass(&mut self) -> Result<Stop, Stop> {
        for (name, at) in self.level.opaque.clone().iter() {
            let text = self.text_at(*at);
            self.doubt(format!("`{name}` {text}"));
        }
        let Some(pass) = self.level.pass.clone() else {
            return if self.assumed.choose(format!("there is a file {:?}", self.path), 2) == 0 {
                Err(Stop::Status(404))
            } else {
                Ok(Stop::Answer(200, Some(Term::outside("a file"))))
            };
        };
        match pass.directive.as_str() {
            _ if pass.is_to_backend() => self.hand_over(&pass),
            "stub_status" => Ok(Stop::Answer(200, Some(Term::outside("stub_status")))),
            "empty_gif" => Ok(Stop::Answer(200, Some(Term::outside("empty_gif")))),
            "try_files" => self.try_files(&pass),
            _ => {
                let text = self.text_at(pass.at);
                let path = self.path.clone();
                Ok(Self::beyond(format!("`{}` {text} {path:?}", pass.directive)))
            }
        }
    }

    fn try_files(&mut self, pass: &Pass) -> Result<Stop, Stop> {
        let (files, last) = pass.files();
        let question = files.map(|files| format!("there is a file {files} {:?}", self.path));
        if question.is_some_and(|question| self.assumed.choose(question, 2) == 1) {
            return Ok(Stop::Answer(200, Some(Term::outside("a file"))));
        }
        match last.strip_prefix('=').map(str::parse) {
            Some(Ok(status)) => Err(Stop::Status(status)),
            _ => Err(Stop::Inner(last.to_owned())),
        }
    }

    fn hand_over(&mut self, pass: &Pass) -> Result<Stop, Stop> {
        let Some(to) = self.term(&pass.to).literal_text() else {
            let text = self.text_at(pass.at);
            return Ok(Self::beyond(format!("an address that depends on the request {text}")));
        };
        let (protocol, address, own) = pass.parts(&to);
        let config = self.side.config;
        let is_computed = pass.to.literal().is_none();
        let mut gets = Gets { protocol: protocol.to_owned(), ..Gets::default() };
        let (upstream, endpoints) = self.destination(&mut gets, address);
        if config.is_own_page(&upstream, endpoints.as_deref()) {
            return Ok(Stop::Answer(404, None));
        }
        if is_computed && Pass::is_no_address(address) && !config.upstreams.contains_key(address) {
            return Err(Stop::Status(500));
        }
        gets.uri = Some(self.passed_uri(own, is_computed));
        gets.method = Some(match self.level.headers.method.clone() {
            Some(method) => self.term(&method),
            None => self.method.clone(),
        });
        let level = self.level.clone();
        let set = match pass.family() {
            "grpc" => level.headers.grpc.clone(),
            "fastcgi" => level.headers.fastcgi.clone(),
            _ => level.headers.proxy.clone(),
        };
        self.headers(&mut gets, &set, address);
        gets.mirrors = level.mirrors.iter().map(|(to, _)| self.mirror(to)).collect();
        let failure = self.fails(level.intercepts == Some(true));
        match failure {
            Some(status) => Err(Stop::Status(status)),
            None => Ok(Stop::Done(Box::new(End::Backend(Box::new(gets))))),
        }
    }

    /// What else can come of it, where one of both sides has a page for that.
    fn fails(&mut self, intercepts: bool) -> Option<u16> {
        if self.statuses.is_empty() || self.is_error_page {
            return None;
        }
        let chosen = self.assumed.choose("the backend answers", self.statuses.len() + 3);
        let given = self.statuses.len();
        match chosen {
            0 => None,
            at if at <= given => intercepts.then(|| self.statuses[at - 1]),
            at if at == given + 1 => Some(502),
            _ => Some(504),
        }
    }

    fn destination(&mut self, gets: &mut Gets, address: &str) -> (String, Option<Vec<String>>) {
        let config = self.side.config;
        match config.upstream(address) {
            Some(None) => {
                let Some(name) = self.named("proxy_upstream_name").literal_text() else {
                    self.doubt("a backend that depends on the request");
                    return (String::new(), None);
                };
                let (upstream, canary) = self.balanced(&name);
                gets.whom = self.whom_of(&upstream);
                gets.canary = canary;
                let endpoints = config.dynamic.backend(&upstream).and_then(|backend| backend.endpoints.clone());
                (upstream, endpoints)
            }
            known => {
                let called = ["namespace", "service_name", "service_port"]
                    .map(|name| self.named(name).literal_text().filter(|text| !text.is_empty()));
                let [namespace, service, port] = called;
                // What a location calls its Service need not be the one that requests are passed to.
                let (namespace, service, port) = config.dynamic.whose(address, (namespace, service, port));
                gets.whom = whom(namespace.as_deref(), service.as_deref(), port.as_deref(), address);
                let endpoints = known.cloned().flatten().unwrap_or_else(|| vec![address.to_owned()]);
                (address.to_owned(), Some(endpoints))
            }
        }
    }

    pub(super) fn passed_uri(&mut self, own: &str, is_computed: bool) -> Term {
        if is_computed && !own.is_empty() {
            return Term::of(own);
        }
        if own.is_empty() && self.is_unchanged {
            return Term::Input(Input::Target);
        }
        let length = if self.is_placed && !own.is_empty() { self.location.map_or(0, |location| location.path.len()) } else { 0 };
        let rest = if length > 0 { self.path.apply(Op::Skip(length)) } else { self.path.clone() };
        let rest = rest.apply(if self.is_internal { Op::EscapePath } else { Op::EscapePathIfQuoted });
        Term::join([Term::of(own), rest, self.args.apply(Op::Question)])
    }

    fn headers(&mut self, gets: &mut Gets, set: &[(String, Template)], host: &str) {
        let is_fastcgi = gets.protocol == "fastcgi";
        let mut sees = if is_fastcgi { Term::Input(Input::HttpHost) } else { Term::of(host) };
        let mut headers: BTreeMap<String, Vec<Term>> = BTreeMap::new();
        for (name, value) in set {
            let value = self.term(value);
            let name = if is_fastcgi { name.clone() } else { name.to_ascii_lowercase() };
            if name.eq_ignore_ascii_case("host") {
                // An empty value takes the header away.
                sees = value;
            } else {
                headers.entry(name).or_default().push(value);
            }
        }
        if !is_fastcgi && !headers.contains_key("connection") {
            headers.insert(String::from("connection"), vec![Term::of("close")]);
        }
        gets.host = Some(sees);
        gets.removed = if self.level.headers.withholds == Some(true) && !is_fastcgi { vec![String::from("*")] } else { Vec::new() };
        gets.headers = headers;
    }
}
