//! What the rewrite phase does to the requests of a route: redirects, answers, new paths, and for whom.

use super::place::Place;
use super::row::{Redirect, RedirectKind};
use super::shown::shown;
use crate::route::config::Config;
use crate::route::model::{Condition, Instruction, Kind, Level, Location, Step, Test, last_set};
use crate::route::text::{Part, Template, Variable};

/// What the rewrite phase comes to.
#[derive(Debug, Clone, Default)]
pub(super) struct Facts {
    /// All requests get this answer.
    pub(super) answer: Option<u16>,
    pub(super) redirects: Vec<Redirect>,
    pub(super) rewrites: Vec<String>,
    pub(super) conditions: Vec<String>,
}

/// A condition that holds around a step.
#[derive(Clone, Default)]
struct Around(Vec<String>);

impl Around {
    fn text(&self) -> Option<String> {
        (!self.0.is_empty()).then(|| self.0.join(" and "))
    }
}

/// Adds what is not said already: a host and its snippets may do one thing twice.
fn add<T: PartialEq>(all: &mut Vec<T>, one: T) {
    if !all.contains(&one) {
        all.push(one);
    }
}

/// Reads steps for a route.
pub(super) struct Reader<'a, 't> {
    pub(super) config: &'a Config<'t>,
    /// The location; none for what a server does before it looks for one.
    pub(super) location: Option<&'a Location>,
    /// What the server does before it looks for a location.
    pub(super) server: &'a [Step],
    /// The first name of the server.
    pub(super) host: &'a str,
    pub(super) facts: Facts,
}

impl Reader<'_, '_> {
    /// Reads the steps of a block; whether all requests end here.
    pub(super) fn read(&mut self, place: Place<'_>) -> bool {
        self.steps(place.steps, &Around::default(), place.level)
    }

    fn steps(&mut self, steps: &[Step], around: &Around, level: &Level) -> bool {
        for step in steps {
            match &step.instruction {
                Instruction::Set { .. } => {}
                Instruction::If { test, then, level: own } => {
                    if self.can_hold(test) {
                        let mut inner = around.clone();
                        inner.0.push(test.text.clone());
                        let own = own.as_deref().unwrap_or(level);
                        self.passes_elsewhere(own, level, &inner);
                        self.steps(then, &inner, own);
                    }
                }
                Instruction::Rewrite { replacement, .. } => {
                    let text = shown(&replacement.text, &self.config.variables);
                    match (replacement.redirect, around.text()) {
                        (Some(status), when) => self.redirect(status, text, when),
                        (None, Some(when)) => add(&mut self.facts.conditions, format!("the path becomes {text} if {when}")),
                        (None, None) => self.facts.rewrites.push(text),
                    }
                }
                Instruction::Return { status, text } => {
                    self.returned(*status, text.as_ref(), around);
                    return true;
                }
                Instruction::Break => return false,
            }
        }
        false
    }

    /// Whether a condition on the path can hold for requests of the location at all.
    fn can_hold(&self, test: &Test) -> bool {
        let Some(location) = self.location else { return true };
        let Condition::Equal { left, right, is_not: false } = &test.condition else { return true };
        let is_path = matches!(left.0.as_slice(), [Part::Variable(Variable::Builtin(name))] if &**name == "uri");
        let Some(path) = right.literal().filter(|_| is_path) else { return true };
        match location.kind {
            Kind::Exact => location.path.as_bytes() == path,
            Kind::Prefix => path.starts_with(location.path.as_bytes()),
            Kind::Pattern => !matches!(&location.pattern, Some(Ok(pattern)) if !pattern.is_match(path)),
            Kind::Named => false,
        }
    }

    fn passes_elsewhere(&mut self, own: &Level, around: &Level, when: &Around) {
        let Some(pass) = own.pass.as_ref().filter(|pass| around.pass.as_ref().is_none_or(|outer| outer.at != pass.at)) else { return };
        self.facts.conditions.push(format!("{} {} if {}", pass.directive, pass.text, when.text().unwrap_or_default()));
    }

    fn returned(&mut self, status: u16, text: Option<&Template>, around: &Around) {
        let when = around.text();
        match text {
            Some(text) if matches!(status, 301 | 302 | 303 | 307 | 308) => {
                let to = self.target(text);
                self.redirect(status, to, when);
            }
            _ => match when {
                Some(when) => add(&mut self.facts.conditions, format!("{status} if {when}")),
                None => self.facts.answer = Some(status),
            },
        }
    }

    /// Where a redirect leads. The controller's code for the other name of a host puts the address into a variable.
    fn target(&self, text: &Template) -> String {
        if let [Part::Variable(Variable::Own(place))] = text.0.as_slice() {
            let own = self.location.and_then(|location| last_set(&location.rewrite, *place));
            if let Some(value) = own.or_else(|| last_set(self.server, *place)) {
                let www = match value.0.as_slice() {
                    [Part::Variable(Variable::Builtin(name))] => name.strip_prefix("www_redirect "),
                    _ => None,
                };
                return www
                    .map_or_else(|| shown(value, &self.config.variables), |host| format!("$scheme://{host}:$server_port$request_uri"));
            }
        }
        shown(text, &self.config.variables)
    }

    fn redirect(&mut self, status: u16, to: String, when: Option<String>) {
        if when.is_none() {
            self.facts.answer = Some(status);
        }
        let kind = self.kind(status, &to, when.as_deref());
        add(&mut self.facts.redirects, Redirect { kind, status: Some(status), to, when });
    }

    fn kind(&self, status: u16, to: &str, when: Option<&str>) -> RedirectKind {
        let when = when.unwrap_or_default();
        let bare = |name: &str| name.strip_prefix("www.").unwrap_or(name).to_owned();
        let to_host = to.split_once("://").map_or("", |(_, rest)| rest.split(['/', ':', '$', '?']).next().unwrap_or_default());
        if to.starts_with("https://") && ["$scheme", "$https", "$pass_access_scheme"].iter().any(|name| when.contains(name)) {
            RedirectKind::Https
        } else if !to_host.is_empty() && to_host != self.host && bare(to_host) == bare(self.host) {
            RedirectKind::Www
        } else if when.starts_with("$uri = /") || when.starts_with("$request_uri = /") {
            RedirectKind::AppRoot
        } else if matches!(status, 301 | 308) {
            RedirectKind::Permanent
        } else {
            RedirectKind::Temporary
        }
    }
}
