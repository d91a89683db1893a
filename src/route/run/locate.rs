//! From the path to the location.

use super::{Run, Stop};
use crate::route::decision::{CheckKind, Matched, Verdict};
use crate::route::model::{Kind, Location, Locations, Static};
use crate::route::near::by;
use crate::route::target::escape_path;
use crate::route::text::Value;

/// How a search among locations ended.
enum Search<'c> {
    /// Here.
    Here(&'c Location),
    /// Here, unless a regular expression fits.
    Beginning(&'c Location),
    /// The path lacks the slash of this one.
    Slash(&'c Location),
    /// Nowhere.
    Nowhere,
}

impl<'c> Run<'c, '_> {
    /// Finds the location of the path, and refuses what is not meant for it.
    pub(super) fn find_location(&mut self) -> Result<(), Stop<'c>> {
        let config = self.config;
        let inside = config.inside(self.server);
        let found = self.search(&inside.locations)?;
        self.is_changed = false;
        self.is_placed = true;
        let location = match found {
            Search::Here(location) | Search::Beginning(location) | Search::Slash(location) => Some(location),
            Search::Nowhere => None,
        };
        self.enter(location);
        let shown = if self.is_told { String::from_utf8_lossy(&self.path).into_owned() } else { String::new() };
        match location {
            Some(location) => {
                let sign = match location.kind {
                    Kind::Exact => "= ",
                    Kind::Pattern => "~ ",
                    Kind::Prefix | Kind::Named => "",
                };
                self.step(|| format!("the path `{shown}` goes to the location `{sign}{}`", location.path), Some(location.at));
            }
            None => self.step(|| format!("no location takes the path `{shown}`"), None),
        }
        if let Some(location) = location.filter(|location| location.level.is_internal && !self.is_internal) {
            self.step("the location is for requests of the proxy itself", Some(location.at));
            return Err(Stop::Status(404, Some(location.at)));
        }
        self.check_body()?;
        if let Search::Slash(location) = found {
            let mut to = escape_path(location.path.as_bytes());
            if !self.args.is_empty() {
                to.push(b'?');
                to.extend(&self.args);
            }
            self.step("the path lacks the slash at its end: it is redirected", Some(location.at));
            return Err(Stop::Redirect(301, Value::made(to), Some(location.at)));
        }
        Ok(())
    }

    /// What holds in a location, or outside of all.
    pub(super) fn enter(&mut self, location: Option<&'c Location>) {
        let config = self.config;
        self.location = location;
        self.level = location.map_or_else(|| &*config.inside(self.server).level, |location| &*location.level);
    }

    /// Source: `ngx_http_core_find_location`.
    fn search(&mut self, locations: &'c Locations) -> Result<Search<'c>, Stop<'c>> {
        let beginning = match locations.find_static(&self.path) {
            Static::Exact(at) => return Ok(Search::Here(&locations.all[at])),
            Static::Slash(at) => return Ok(Search::Slash(&locations.all[at])),
            Static::Beginning(at) => Some(&locations.all[at]),
            Static::Nowhere => None,
        };
        let mut found = beginning;
        if let Some(location) = beginning {
            match self.search(&location.inner)? {
                done @ (Search::Here(_) | Search::Slash(_)) => return Ok(done),
                Search::Beginning(inner) => found = Some(inner),
                Search::Nowhere => {}
            }
        }
        if !beginning.is_some_and(|location| location.is_final) {
            for location in locations.with_patterns() {
                let fits = match &location.pattern {
                    Some(Ok(pattern)) => {
                        let groups = pattern.groups(&self.path);
                        let fits = groups.is_some();
                        if let Some(groups) = groups {
                            self.found(groups, &location.names);
                        }
                        fits
                    }
                    Some(Err(why)) => {
                        let fits = format!("the path fits `{}` ({why})", location.path);
                        self.look(|looks| looks.guesses = true);
                        self.oracle.choose(&[&format!("not: {fits}"), &fits]) == 1
                    }
                    None => false,
                };
                if fits {
                    return Ok(match self.search(&location.inner)? {
                        Search::Nowhere => Search::Here(location),
                        Search::Here(inner) | Search::Beginning(inner) => Search::Here(inner),
                        slash @ Search::Slash(_) => slash,
                    });
                }
            }
        }
        Ok(found.map_or(Search::Nowhere, Search::Beginning))
    }

    /// The size of the body.
    fn check_body(&mut self) -> Result<(), Stop<'c>> {
        if self.request.body.is_some() {
            self.look(|looks| looks.body = true);
        }
        let (Some(length), Some((most, at))) = (self.request.body, self.level.max_body) else {
            // One megabyte, where nothing is said.
            return match self.request.body {
                Some(length) if length > 1 << 20 => self.too_large(length, 1 << 20, None),
                _ => Ok(()),
            };
        };
        if most == 0 || length == 0 {
            return Ok(());
        }
        if length > most {
            return self.too_large(length, most, at);
        }
        self.check(CheckKind::BodySize, Verdict::Pass, || format!("{length} bytes, at most {most}"), at);
        Ok(())
    }

    fn too_large(&mut self, length: u64, most: u64, at: Option<crate::source::Span>) -> Result<(), Stop<'c>> {
        let detail = format!("{length} bytes, at most {most}");
        self.step(|| format!("the body is too large: {detail}"), at);
        self.check(CheckKind::BodySize, Verdict::Refuse, detail, at);
        Err(Stop::Status(413, at))
    }

    /// The location that the request is in, and whose it is.
    pub(super) fn matched(&mut self) -> Option<Matched> {
        let location = self.location?;
        let own = &self.config.variables.own;
        let mut named = |place: Option<usize>| self.named(place).into_some_text();
        Some(Matched {
            by: by(location),
            path: location.path.clone(),
            at: location.at,
            namespace: named(own.namespace),
            ingress: named(own.ingress),
            ingress_path: named(own.path),
            service: named(own.service),
            port: named(own.port),
        })
    }
}
