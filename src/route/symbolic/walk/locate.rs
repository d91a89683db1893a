//! From the connection to the server, and from the path to the location.

use ipnet::IpNet;

use super::{Stop, Walk};
use crate::route::decision::CheckKind;
use crate::route::model::{Location, Locations, Static, Verification};
use crate::route::symbolic::leaf::{End, Gets, whom};
use crate::route::symbolic::term::{Input, Term};
use crate::route::symbolic::test::Test;
use crate::route::symbolic::unlike::shown;

enum Search<'c> {
    Here(&'c Location),
    Beginning(&'c Location),
    Slash(&'c Location),
    Nowhere,
}

impl<'c> Walk<'_, '_, 'c, '_> {
    /// The handshake, and what the server asks for before it reads a path.
    pub(super) fn connect(&mut self) -> Result<(), Stop> {
        let config = self.side.config;
        let server = self.arrival.server;
        let inside = config.inside(server);
        if let Some(upstream) = &self.arrival.passed {
            return Err(self.passed_on(upstream));
        }
        if self.arrival.is_tls {
            if let Some((upstream, _)) = config.passed_through(server, Some(&self.arrival.name)) {
                return Err(self.passed_on(&upstream));
            }
            if inside.rejects {
                return Err(Stop::Done(Box::new(End::Closed)));
            }
        }
        if let Some((pattern, names)) = &self.arrival.pattern {
            let host = self.arrival.host.clone();
            self.found(pattern, &host, names);
        }
        let method = self.method.clone();
        if ["TRACE", "CONNECT"].iter().any(|name| self.assumed.ask(&method, &Test::Is(name.as_bytes().to_vec()))) {
            return Err(Stop::Status(405));
        }
        self.check_certificate()
    }

    /// The connection goes to somebody else, unopened.
    fn passed_on(&self, upstream: &str) -> Stop {
        let (namespace, service, port) = self.side.config.dynamic.whose(upstream, (None, None, None));
        let whom = whom(namespace.as_deref(), service.as_deref(), port.as_deref(), upstream);
        Stop::Done(Box::new(End::Backend(Box::new(Gets { whom, protocol: String::from("tcp"), ..Gets::default() }))))
    }

    fn check_certificate(&mut self) -> Result<(), Stop> {
        let verification = self.verification();
        if !self.arrival.is_tls || verification == Verification::Off {
            return Ok(());
        }
        let what = self.certificate_check();
        let status = match (verification, self.shown_certificate()) {
            (Verification::On, 0) => 496,
            (Verification::OptionalNoCa, 2) => 0,
            (_, 2) => 495,
            _ => 0,
        };
        self.check(CheckKind::ClientCertificate, what);
        if status > 0 { Err(Stop::Status(status)) } else { Ok(()) }
    }

    fn certificate_check(&self) -> String {
        let kind = match self.verification() {
            Verification::On => "needed",
            Verification::Optional => "looked at where there is one",
            Verification::OptionalNoCa => "taken from anybody",
            Verification::Off => "not asked for",
        };
        if !self.side.is_same_words {
            return kind.to_owned();
        }
        let names = ["ssl_client_certificate", "ssl_verify_depth", "ssl_crl"];
        let all = names.iter().flat_map(|name| self.side.inherited(self.arrival.server, None, name));
        format!("{kind} {}", all.map(crate::route::symbolic::side::text).collect::<Vec<_>>().join(" "))
    }

    /// The address of the client is a part of the request of its own for each way to find it.
    pub(super) fn find_client(&mut self) {
        let real_ip = &self.level.real_ip;
        let is_announced = real_ip.header.as_deref().is_some_and(|header| header.eq_ignore_ascii_case("proxy_protocol"));
        if real_ip.from.is_empty() || is_announced && !self.arrival.is_proxied {
            return;
        }
        let from: Vec<String> = real_ip.from.iter().map(IpNet::to_string).collect();
        let header = real_ip.header.as_deref().unwrap_or("X-Real-IP");
        let recursive = if real_ip.is_recursive == Some(true) { ", behind all of them" } else { "" };
        let way = format!("{header} from {}{recursive}", from.join(" "));
        self.client = Term::Input(Input::Client(way.into()));
    }

    /// Finds the location of the path.
    pub(super) fn find_location(&mut self) -> Result<(), Stop> {
        let config = self.side.config;
        let inside = config.inside(self.arrival.server);
        let found = self.search(&inside.locations)?;
        self.is_changed = false;
        self.is_placed = true;
        let location = match found {
            Search::Here(location) | Search::Beginning(location) | Search::Slash(location) => Some(location),
            Search::Nowhere => None,
        };
        self.enter(location);
        self.first = self.first.or(location.map(|location| location.at));
        if self.body.is_none() {
            self.body = Some(self.level.max_body.map_or(1 << 20, |(most, _)| if most == 0 { u64::MAX } else { most }));
        }
        if location.is_some_and(|location| location.level.is_internal && !self.is_internal) {
            return Err(Stop::Status(404));
        }
        if let Search::Slash(location) = found {
            let to = Term::of(crate::route::target::escape_path(location.path.as_bytes()));
            let args = self.args.apply(crate::route::symbolic::term::Op::Question);
            return Err(Stop::Redirect(301, Term::join([to, args])));
        }
        Ok(())
    }

    pub(super) fn enter(&mut self, location: Option<&'c Location>) {
        let config = self.side.config;
        self.location = location;
        self.level = location.map_or_else(|| config.inside(self.arrival.server).level.clone(), |location| location.level.clone());
    }

    /// The same word stands for all paths of the region, as each test of a location was run over them.
    fn search(&mut self, locations: &'c Locations) -> Result<Search<'c>, Stop> {
        let path = match &self.path {
            Term::Input(Input::Path) => self.assumed.place.word.clone(),
            Term::Literal(text) => text.to_vec(),
            other => {
                let way = format!("a path that is rewritten to `{}` and looked up again", shown(other));
                return Err(Self::beyond(way));
            }
        };
        let beginning = match locations.find_static(&path) {
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
        if beginning.is_some_and(|location| location.is_final) {
            return Ok(found.map_or(Search::Nowhere, Search::Beginning));
        }
        for location in locations.with_patterns() {
            let fits = match &location.pattern {
                Some(Ok(pattern)) => {
                    let term = self.path.clone();
                    let fits = self.assumed.ask(&term, &Test::fits(pattern));
                    if fits {
                        self.found(pattern, &term, &location.names);
                    }
                    fits
                }
                Some(Err(_)) => {
                    let head: Vec<String> =
                        self.side.blocks(self.arrival.server, location.at).last().map(|block| block.head()).into_iter().collect();
                    self.assumed.choose(format!("{:?} fits {}", self.path, head.join("")), 2) == 1
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
        Ok(found.map_or(Search::Nowhere, Search::Beginning))
    }
}
