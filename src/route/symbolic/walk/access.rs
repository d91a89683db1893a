//! Who may come.

use super::{Stop, Walk};
use crate::route::decision::CheckKind;
use crate::route::model::{Lua, Static};
use crate::route::symbolic::side::text;
use crate::route::symbolic::term::Term;
use crate::route::symbolic::test::{Rules, Test};
use crate::route::symbolic::unlike::{HIDDEN, shown, shown_whole};
use crate::source::Span;

enum Answer {
    Silent,
    Yes,
    No(u16),
}

impl Walk<'_, '_, '_, '_> {
    pub(super) fn check_waf(&mut self) -> Result<(), Stop> {
        if !matches!(self.level.waf, Some((true, _))) {
            return Ok(());
        }
        self.check(CheckKind::Waf, "ModSecurity");
        if self.assumed.choose("the firewall refuses", 2) == 1 { Err(Stop::Status(403)) } else { Ok(()) }
    }

    pub(super) fn check_limits(&mut self) -> Result<(), Stop> {
        let limits = self.level.limits.clone();
        for is_of_connections in [false, true] {
            for limit in limits.iter().filter(|limit| limit.is_of_connections == is_of_connections) {
                let kind = if is_of_connections { CheckKind::Connections } else { CheckKind::Rate };
                let config = self.side.config;
                let key = config.zones.get(&limit.zone).map(|key| self.term(key));
                if key.as_ref().is_some_and(|key| self.assumed.ask(key, &Test::Is(Vec::new()))) {
                    continue;
                }
                let what = self.limit(&limit.text, &limit.zone, is_of_connections);
                let what = format!("{what} by {}", key.as_ref().map(told_apart).unwrap_or_default());
                self.check(kind, what.clone());
                let (of_rates, of_connections) = self.level.limit_status;
                let status = if is_of_connections { of_connections } else { of_rates }.unwrap_or(503);
                // Which limit it is counts as a check: whether it is passed is the same question for both sides.
                let passed = self.checks.iter().filter(|(known, _)| *known == kind).count();
                if self.assumed.choose(format!("more than limit {passed} of {}", kind.name()), 2) == 1 {
                    return Err(Stop::Status(status));
                }
            }
        }
        Ok(())
    }

    /// A limit without the name of its zone.
    fn limit(&self, limit: &str, zone: &str, is_of_connections: bool) -> String {
        let name = if is_of_connections { "limit_conn_zone" } else { "limit_req_zone" };
        let words: Vec<&str> = limit.split(' ').filter(|word| *word != zone && !word.starts_with("zone=")).collect();
        let declared = self.side.around().iter().filter(|directive| directive.name() == name).find_map(|directive| {
            let words: Vec<String> = directive.args().map(|arg| arg.value().into_owned()).collect();
            let is_it = words.iter().any(|word| word.strip_prefix("zone=").is_some_and(|word| word.split(':').next() == Some(zone)));
            is_it.then(|| words.into_iter().filter(|word| word.starts_with("rate=")).collect::<Vec<_>>().join(" "))
        });
        format!("{} {}", words.join(" "), declared.unwrap_or_default())
    }

    pub(super) fn check_access(&mut self) -> Result<(), Stop> {
        let any = self.level.any == Some(true);
        let mut refused = None;
        for check in [Self::by_address, Self::by_password, Self::by_service, Self::by_lua] {
            match check(self)? {
                Answer::Silent => {}
                Answer::Yes if any => return Ok(()),
                Answer::Yes => {}
                Answer::No(status @ (401 | 403)) if any => {
                    if refused.is_none_or(|before| before != 401) {
                        refused = Some(status);
                    }
                }
                Answer::No(status) => return Err(Stop::Status(status)),
            }
        }
        refused.map_or(Ok(()), |status| Err(Stop::Status(status)))
    }

    fn by_address(&mut self) -> Result<Answer, Stop> {
        let rules: Rules = self.level.rules.iter().filter(|rule| !rule.is_local).map(|rule| (rule.allows, rule.network)).collect();
        if rules.is_empty() {
            return Ok(Answer::Silent);
        }
        let client = self.client.clone();
        if self.assumed.ask(&client, &Test::Rule(rules.clone(), true)) {
            return Ok(Answer::Yes);
        }
        let is_refused = self.assumed.ask(&client, &Test::Rule(rules, false));
        Ok(if is_refused { Answer::No(403) } else { Answer::Silent })
    }

    fn by_password(&mut self) -> Result<Answer, Stop> {
        let Some(basic) = self.level.basic.clone() else { return Ok(Answer::Silent) };
        let realm = self.term(&basic.realm);
        if self.assumed.ask(&realm, &Test::Is(b"off".to_vec())) {
            return Ok(Answer::Silent);
        }
        let which = self.passwords();
        self.check(CheckKind::Password, which.clone());
        let sent = Term::header("authorization");
        if self.assumed.ask(&sent, &Test::Is(Vec::new())) {
            return Ok(Answer::No(401));
        }
        Ok(if self.assumed.choose("the password is wrong", 2) == 0 { Answer::Yes } else { Answer::No(401) })
    }

    /// Which passwords are good, as far as both sides have the same names for them.
    fn passwords(&self) -> String {
        if !self.side.is_same_words {
            return String::from("a password");
        }
        let at = self.location.map(|location| location.at);
        let names = ["auth_digest", "auth_basic_user_file", "auth_digest_user_file"];
        let all = names.iter().flat_map(|name| self.side.inherited(self.arrival.server, at, name));
        format!("a password ({})", all.map(text).collect::<Vec<_>>().join("; "))
    }

    fn by_service(&mut self) -> Result<Answer, Stop> {
        let Some((Some(to), at)) = self.level.auth.clone() else { return Ok(Answer::Silent) };
        let Some(path) = self.term(&to).literal_text() else {
            let text = self.text_at(at);
            self.doubt(format!("which service is asked {text}"));
            return Ok(Answer::Yes);
        };
        let whom = self.service_at(path.as_bytes());
        let location = self.location.map(|location| location.at);
        let sets = self.side.inherited(self.arrival.server, location, "auth_request_set");
        for set in sets {
            let words: Vec<String> = set.args().map(|arg| arg.value().into_owned()).collect();
            let [name, value] = words.as_slice() else { continue };
            let place = self.side.config.variables.places.get(&name.trim_start_matches('$').to_ascii_lowercase());
            if let Some(place) = place {
                let service = whom.split('\u{2}').next().unwrap_or_default();
                self.set(*place, Term::outside(format!("{value} of {service}")));
            }
        }
        Ok(self.answer_of(&whom))
    }

    fn by_lua(&mut self) -> Result<Answer, Stop> {
        match self.level.lua_access.clone() {
            None | Some(Lua::Harmless | Lua::Ingress { .. }) => Ok(Answer::Silent),
            Some(Lua::Auth(at)) => {
                let Some(path) = self.named("auth_path").literal_text() else {
                    self.doubt("which service is asked");
                    return Ok(Answer::Yes);
                };
                let code = self.text_at(at);
                let whom = self.service_at(path.as_bytes());
                let places: Vec<(String, usize)> =
                    self.side.config.variables.places.iter().map(|(name, place)| (name.clone(), *place)).collect();
                let mut said: Vec<(String, usize)> = places;
                said.sort();
                let told: Vec<String> = ["auth_keepalive_share_vars", "auth_response_headers", "auth_path"]
                    .iter()
                    .map(|name| format!("{:?}", self.named(name)))
                    .collect();
                for (name, place) in said.into_iter().filter(|(name, _)| name.starts_with("authheader") || name == "auth_cookie") {
                    let service = whom.split('\u{2}').next().unwrap_or_default();
                    self.set(place, Term::outside(format!("{name} of {service} {code} {}", told.join(" "))));
                }
                Ok(self.answer_of(&whom))
            }
            Some(Lua::Unknown(at)) => {
                let code = self.text_at(at);
                self.doubt(format!("code in Lua {code}"));
                Ok(if self.assumed.choose(format!("Lua refuses {code}"), 2) == 0 { Answer::Yes } else { Answer::No(403) })
            }
        }
    }

    fn answer_of(&mut self, whom: &str) -> Answer {
        self.check(CheckKind::ExternalAuth, whom);
        match self.assumed.choose("the service says", 4) {
            0 => Answer::Yes,
            1 => Answer::No(401),
            2 => Answer::No(403),
            _ => Answer::No(500),
        }
    }

    /// Who is asked, and in the same words: what is told to them.
    fn service_at(&mut self, path: &[u8]) -> String {
        let config = self.side.config;
        let locations = &config.inside(self.arrival.server).locations;
        let (Static::Exact(at) | Static::Beginning(at)) = locations.find_static(path) else {
            return String::from_utf8_lossy(path).into_owned();
        };
        let location = &locations.all[at];
        let address = self.address_of(location).unwrap_or_else(|| format!("side {} {}", self.side.number, String::from_utf8_lossy(path)));
        if !self.side.is_same_words {
            return address;
        }
        format!("{address}\u{2}{}", self.told_to(location.at))
    }

    /// What stands in the location of the service that is asked, without its name.
    pub(super) fn told_to(&self, at: Span) -> String {
        let block = self.side.blocks(self.arrival.server, at);
        let inside = block.last().map(|block| block.directives().map(text).collect::<Vec<_>>()).unwrap_or_default();
        inside.into_iter().filter(|line| !line.starts_with("set\u{1}$proxy_upstream_name")).collect::<Vec<_>>().join("\u{2}")
    }

    fn address_of(&mut self, location: &crate::route::model::Location) -> Option<String> {
        let pass = location.level.pass.as_ref()?;
        let address = match pass.to.literal() {
            Some(literal) => String::from_utf8_lossy(literal).into_owned(),
            None => {
                // The address is written into a variable first.
                let name = pass.text.trim_start_matches('$').to_ascii_lowercase();
                let place = self.side.config.variables.places.get(&name)?;
                let term = self.term(crate::route::model::last_set(&location.rewrite, *place)?);
                // An address that depends on the request is the same where it is the same function of it.
                term.literal_text().unwrap_or_else(|| told_apart(&term))
            }
        };
        Some(plain(&address))
    }
}

/// A value in words that are others for another value.
fn told_apart(term: &Term) -> String {
    match term {
        Term::Literal(_) | Term::Input(_) => shown_whole(term),
        Term::Group(..) | Term::Apply(..) | Term::Lookup(..) | Term::Join(_) => {
            let [begin, end] = HIDDEN;
            format!("{}{begin}{term:?}{end}", shown(term))
        }
    }
}

/// An address without the usual port.
pub(super) fn plain(address: &str) -> String {
    for (scheme, port) in [("http://", ":80"), ("https://", ":443")] {
        let Some(rest) = address.strip_prefix(scheme) else { continue };
        let end = rest.find('/').unwrap_or(rest.len());
        let host = rest[..end].strip_suffix(port).unwrap_or(&rest[..end]);
        return format!("{scheme}{host}{}", &rest[end..]);
    }
    address.to_owned()
}
