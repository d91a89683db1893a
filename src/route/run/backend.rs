//! Where a request ends that nothing has stopped.

use std::borrow::Cow;

use super::{Run, Stop};
use crate::route::circumstances::{ANSWERS, SLOW, UNREACHABLE};
use crate::route::decision::{End, Passed};
use crate::route::model::Pass;
use crate::route::text::{Value, into_text};

impl<'c> Run<'c, '_> {
    /// Passes the request on, or answers it from files.
    pub(super) fn pass(&mut self) -> Result<Stop<'c>, Stop<'c>> {
        for (name, _) in &*self.level.opaque {
            self.not_known(&format!("what `{name}` does"));
        }
        let Some(pass) = &self.level.pass else {
            // nginx looks for a file in its own folder, where hardly anybody has one.
            return match self.oracle.choose(&["the proxy has no such file", "the proxy has such a file"]) {
                0 => {
                    self.step("nothing serves it but the files of the proxy: there is none", self.location.map(|location| location.at));
                    Err(Stop::Status(404, None))
                }
                _ => Ok(Stop::Answer(200, None)),
            };
        };
        match pass.directive.as_str() {
            _ if pass.is_to_backend() => self.hand_over(pass),
            "stub_status" => {
                self.step("the status page of nginx", Some(pass.at));
                Ok(Stop::Answer(200, Some(pass.at)))
            }
            "try_files" => self.try_files(pass),
            "empty_gif" => Ok(Stop::Answer(200, Some(pass.at))),
            directive => {
                let why = if directive.starts_with("content_by") {
                    "what code in Lua answers"
                } else {
                    "whether there is such a file at the proxy"
                };
                self.not_known(why);
                self.decision.end = End::Unknown;
                Ok(Stop::Done)
            }
        }
    }

    /// Files of the proxy, and what is answered where there is none of them.
    fn try_files(&mut self, pass: &'c Pass) -> Result<Stop<'c>, Stop<'c>> {
        let (files, last) = pass.files();
        if files.is_some() && self.oracle.choose(&["the proxy has no such file", "the proxy has such a file"]) == 1 {
            return Ok(Stop::Answer(200, Some(pass.at)));
        }
        let last = last.to_owned();
        self.step(|| format!("none of the files is there: {last}"), Some(pass.at));
        match last.strip_prefix('=').map(str::parse) {
            Some(Ok(status)) => Err(Stop::Status(status, Some(pass.at))),
            _ => Err(Stop::Inner(last)),
        }
    }

    fn hand_over(&mut self, pass: &'c Pass) -> Result<Stop<'c>, Stop<'c>> {
        let Value::Known(to) = self.text(&pass.to) else {
            self.not_known("where the request is passed to");
            self.decision.end = End::Unknown;
            return Ok(Stop::Done);
        };
        let to = String::from_utf8_lossy(&to);
        let (protocol, address, own) = pass.parts(&to);
        let mut passed = Passed { protocol: protocol.to_owned(), at: Some(pass.at), ..Passed::default() };
        self.destination(&mut passed, address);
        if self.config.is_own_page(&passed.upstream, passed.endpoints.as_deref()) {
            self.step("there is no backend for it: the page of the controller", Some(pass.at));
            return Ok(Stop::Answer(404, Some(pass.at)));
        }
        let is_computed = pass.to.literal().is_none();
        if is_computed && Pass::is_no_address(address) && !self.config.upstreams.contains_key(address) {
            self.step(|| format!("`{address}` is no address that requests can be passed to"), Some(pass.at));
            return Err(Stop::Status(500, Some(pass.at)));
        }
        passed.uri = Some(into_text(Cow::Owned(self.passed_uri(own, is_computed))));
        passed.method = self.passed_method();
        let level = self.level;
        let set = match pass.family() {
            "grpc" => &level.headers.grpc,
            "fastcgi" => &level.headers.fastcgi,
            _ => &level.headers.proxy,
        };
        self.headers(&mut passed, set, address);
        // A copy goes to a location of the proxy, which passes it on.
        let copies = level.mirrors.iter().map(|(to, _)| self.shown(|run| run.service_at(to.as_bytes())).unwrap_or_else(|| to.clone()));
        passed.mirrors = copies.collect();
        if level.intercepts == Some(true) && !self.is_error_page {
            passed.error_pages = level.error_pages.iter().map(|page| page.status).collect();
        }
        let gets = || {
            let whom = passed.service.as_ref().map(|service| format!("{}/{service}", passed.namespace.as_deref().unwrap_or_default()));
            let whom = whom.as_ref().unwrap_or(&passed.upstream);
            format!("{whom} gets {} {}", passed.method, passed.uri.as_deref().unwrap_or_default())
        };
        self.step(gets, self.location.map(|location| location.at));
        let failure = self.fails(&passed);
        self.decision.end = End::Backend(Box::new(passed));
        if let Some((status, words)) = failure {
            self.step(words, Some(pass.at));
            return Err(Stop::Status(status, Some(pass.at)));
        }
        Ok(Stop::Done)
    }

    /// What else can come of it than the answer of the backend.
    fn fails(&mut self, passed: &Passed) -> Option<(u16, String)> {
        let pages = passed.error_pages.as_slice();
        let (unreachable, slow) = (pages.len() + 1, pages.len() + 2);
        let words = |way: usize| match way {
            0 => Cow::Borrowed(""),
            way if way == unreachable => Cow::Borrowed(UNREACHABLE),
            way if way == slow => Cow::Borrowed(SLOW),
            way => Cow::Owned(format!("{ANSWERS}{}", pages[way - 1])),
        };
        let chosen = self.oracle.choose_of(pages.len() + 3, words);
        let status = match chosen {
            0 => return None,
            way if way == unreachable => 502,
            way if way == slow => 504,
            way => pages[way - 1],
        };
        Some((status, words(chosen).into_owned()))
    }

    fn passed_method(&mut self) -> String {
        let method = match &self.level.headers.method {
            Some(method) => self.text(method),
            None => Value::of(self.method),
        };
        method.into_text().unwrap_or_default()
    }

    /// Who gets the request.
    fn destination(&mut self, passed: &mut Passed, address: &str) {
        let config = self.config;
        let own = &config.variables.own;
        let mut known = |place: Option<usize>| self.named(place).into_some_text();
        let called = (known(own.namespace), known(own.service), known(own.port));
        match config.upstream(address) {
            // Lua chooses.
            Some(None) => {
                let name = known(own.upstream).unwrap_or_default();
                let (upstream, canary) = self.balanced(&name);
                (passed.namespace, passed.service, passed.port) = config.dynamic.whose(&upstream, called);
                passed.canary = canary;
                passed.endpoints = self.backend(&upstream).and_then(|backend| backend.endpoints.clone());
                passed.upstream = upstream;
            }
            Some(Some(servers)) => {
                (passed.namespace, passed.service, passed.port) = called;
                passed.upstream = address.to_owned();
                passed.endpoints = Some(servers.clone());
            }
            None => {
                (passed.namespace, passed.service, passed.port) = called;
                passed.upstream = address.to_owned();
                passed.endpoints = Some(vec![address.to_owned()]);
            }
        }
    }
}
