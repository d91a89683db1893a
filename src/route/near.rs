//! Locations that would have taken a path if others did not.

use super::config::Config;
use super::decision::{Decision, Match, Near};
use super::model::{Kind, Location, Step, last_set};
use super::request::Request;
use super::target::Target;

/// Near misses that are told.
const MOST: usize = 5;
/// The upstream of what no path takes.
const REST: &str = "upstream-default-backend";

impl Config<'_> {
    /// Other locations of the server that fit the path of a request, and why they did not take it; the nearest first.
    #[must_use]
    pub fn near(&self, request: &Request, decision: &Decision) -> Vec<Near> {
        let Some(server) = decision.server.as_ref().and_then(|server| self.servers.iter().position(|known| known.at == server.at)) else {
            return Vec::new();
        };
        let Some(target) = Target::parse(&request.target, true) else { return Vec::new() };
        let path = target.path;
        let inside = self.inside(server);
        let taken = decision.location.as_ref().map(|location| location.at);
        let mut near = Vec::new();
        for location in inside.locations.all.iter().filter(|location| Some(location.at) != taken) {
            let fits = match location.kind {
                Kind::Exact => location.path.as_bytes() == path,
                Kind::Prefix => path.starts_with(location.path.as_bytes()),
                Kind::Pattern => matches!(&location.pattern, Some(Ok(pattern)) if pattern.is_match(&path)),
                Kind::Named => false,
            };
            let is_close = || matches!(location.kind, Kind::Prefix | Kind::Exact) && location.path.trim_end_matches('/').as_bytes() == path;
            // What is answered before a location is looked for, none would have taken.
            let is_late = fits && decision.location.is_none();
            let value = |name: &str| self.constant(location, name);
            // Whoever has no path for the rest leaves it to the page of the controller.
            let is_rest = || value("proxy_upstream_name").as_deref() == Some(REST);
            let own = decision.location.as_ref().filter(|own| own.ingress.is_some());
            let is_twin = || {
                let whose = [value("namespace"), value("ingress_name"), value("location_path")];
                own.is_some_and(|own| [&own.namespace, &own.ingress, &own.ingress_path] == whose.each_ref())
            };
            if location.level.is_internal || !(fits || is_close()) || is_late || is_rest() || is_twin() {
                continue;
            }
            let why = match (decision.location.as_ref().map(|taken| taken.by), location.kind) {
                _ if !fits => "it lacks the slash at its end",
                (Some(Match::Exact), _) => "an exact path comes first",
                (Some(Match::Regex), Kind::Pattern) => "another regular expression stands before it",
                (Some(Match::Regex), _) => "a regular expression comes first",
                (Some(Match::Prefix), Kind::Prefix) => "a longer beginning comes first",
                _ => "another location comes first",
            };
            near.push(Near {
                path: location.path.clone(),
                by: by(location),
                at: location.at,
                namespace: value("namespace"),
                ingress: value("ingress_name"),
                ingress_path: value("location_path"),
                why: why.to_owned(),
            });
        }
        near.sort_by_key(|near| std::cmp::Reverse(near.path.len()));
        near.truncate(MOST);
        near
    }

    /// A variable that a location gives a plain value.
    pub(super) fn constant(&self, location: &Location, name: &str) -> Option<String> {
        self.constant_in(&location.rewrite, name)
    }

    /// A variable that steps give a plain value.
    pub(super) fn constant_in(&self, steps: &[Step], name: &str) -> Option<String> {
        let set = last_set(steps, *self.variables.places.get(name)?)?;
        let text = match set.literal() {
            Some(literal) => literal.to_vec(),
            // The controller writes a dollar sign as a variable.
            None => set.0.iter().flat_map(super::text::Part::with_dollars).collect(),
        };
        Some(String::from_utf8_lossy(&text).into_owned()).filter(|text| !text.is_empty())
    }
}

/// How a location is found.
pub(super) fn by(location: &Location) -> Match {
    match location.kind {
        Kind::Exact => Match::Exact,
        Kind::Prefix => Match::Prefix,
        Kind::Pattern => Match::Regex,
        Kind::Named => Match::Named,
    }
}
