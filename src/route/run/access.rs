//! Who may come: firewall, rates, addresses, passwords, services that are asked, and whether one of them is enough.
//!
//! Sources: `ngx_http_core_access_phase` and the order of the modules.

use super::address::listed;
use super::{Run, Stop};
use crate::route::circumstances::{CONNECTIONS, RATE};
use crate::route::decision::{CheckKind, Verdict};
use crate::route::model::{Lua, Rule, Static, is_in, last_set};
use crate::route::text::Value;
use crate::source::Span;

/// What one of the checks says.
enum Answer {
    /// It is not asked.
    Silent,
    /// It lets the request through.
    Yes,
    /// It does not.
    No(u16, Option<Span>),
}

impl<'c> Run<'c, '_> {
    /// A firewall that looks at requests.
    pub(super) fn check_waf(&mut self) -> Result<(), Stop<'c>> {
        let Some((true, at)) = self.level.waf else { return Ok(()) };
        self.check(CheckKind::Waf, Verdict::Depends, "ModSecurity looks at the request", Some(at));
        match self.oracle.choose(&["the firewall lets it through", "the firewall refuses it"]) {
            0 => Ok(()),
            _ => Err(Stop::Status(403, Some(at))),
        }
    }

    /// Rates and numbers of connections.
    pub(super) fn check_limits(&mut self) -> Result<(), Stop<'c>> {
        let limits = &self.level.limits;
        // Rates are looked at before connections.
        for is_of_connections in [false, true] {
            for limit in limits.iter().filter(|limit| limit.is_of_connections == is_of_connections) {
                let kind = if is_of_connections { CheckKind::Connections } else { CheckKind::Rate };
                let config = self.config;
                let key = config.zones.get(&limit.zone).map(|key| self.text(key));
                if key.is_some_and(|key| key == Value::EMPTY) {
                    self.check(kind, Verdict::Pass, || format!("{}: this client is not counted", limit.text), Some(limit.at));
                    continue;
                }
                self.check(kind, Verdict::Depends, limit.text.as_str(), Some(limit.at));
                let (of_rates, of_connections) = self.level.limit_status;
                let status = if is_of_connections { of_connections } else { of_rates }.unwrap_or(503);
                let words = if is_of_connections { CONNECTIONS } else { RATE };
                if self.oracle.choose(&words) == 1 {
                    self.step(|| format!("the limit is passed: {status}"), Some(limit.at));
                    return Err(Stop::Status(status, Some(limit.at)));
                }
            }
        }
        Ok(())
    }

    /// Addresses, passwords and services.
    pub(super) fn check_access(&mut self) -> Result<(), Stop<'c>> {
        let any = self.level.any == Some(true);
        let mut refused = None;
        for check in [Self::by_address, Self::by_password, Self::by_service, Self::by_lua] {
            match check(self)? {
                Answer::Silent => {}
                Answer::Yes if any => return Ok(()),
                Answer::Yes => {}
                // Passwords are asked for even where the address is none.
                Answer::No(status @ (401 | 403), at) if any => {
                    if refused.is_none_or(|(before, _)| before != 401) {
                        refused = Some((status, at));
                    }
                }
                Answer::No(status, at) => return Err(Stop::Status(status, at)),
            }
        }
        match refused {
            Some((status, at)) => Err(Stop::Status(status, at)),
            None => Ok(()),
        }
    }

    fn by_address(&mut self) -> Result<Answer, Stop<'c>> {
        let rules = &*self.level.rules;
        if !rules.is_empty() {
            self.look(|looks| looks.client = true);
        }
        let Some(client) = self.client else { return Ok(self.by_any_address(rules)) };
        let fits = |rule: &&Rule| !rule.is_local && rule.network.is_none_or(|network| is_in(&network, client));
        let Some(rule) = rules.iter().find(fits) else { return Ok(Answer::Silent) };
        let whom = rule.network.map_or_else(|| String::from("all"), |network| network.to_string());
        if rule.allows {
            self.check(CheckKind::Allow, Verdict::Pass, || format!("{client} is in {whom}"), Some(rule.at));
            return Ok(Answer::Yes);
        }
        let is_list = rules.iter().any(|rule| rule.allows);
        let kind = if is_list { CheckKind::Allow } else { CheckKind::Deny };
        let detail = if is_list { format!("{client} is in none of the networks allowed") } else { format!("{client} is in {whom}") };
        self.step(|| format!("the address is refused: {detail}"), Some(rule.at));
        self.check(kind, Verdict::Refuse, detail, Some(rule.at));
        Ok(Answer::No(403, Some(rule.at)))
    }

    /// The same for a client whose address nobody gives: it may be let in, and it may be refused.
    fn by_any_address(&mut self, rules: &[Rule]) -> Answer {
        // What follows a rule for everybody is never asked.
        let end = rules.iter().position(|rule| !rule.is_local && rule.network.is_none()).map_or(rules.len(), |all| all + 1);
        let asked = || rules[..end].iter().filter(|rule| !rule.is_local);
        let (allows, denies) = (asked().find(|rule| rule.allows), asked().find(|rule| !rule.allows));
        let is_open = asked().next_back().is_none_or(|last| last.network.is_some());
        let networks = |allows: bool| asked().filter(|rule| rule.allows == allows).filter_map(|rule| rule.network).collect::<Vec<_>>();
        let (allowed, denied) = (networks(true), networks(false));
        let (kind, words) = match (allows, denied.as_slice()) {
            (Some(_), [_, ..]) => {
                let words =
                    [String::from("the list of addresses lets the client in"), String::from("the list of addresses refuses the client")];
                (CheckKind::Allow, words)
            }
            (Some(_), []) => {
                let networks = listed(&allowed);
                (CheckKind::Allow, [format!("the client is in {networks}"), format!("the client is not in {networks}")])
            }
            (None, _) => {
                let networks = listed(&denied);
                (CheckKind::Deny, [format!("the client is not in {networks}"), format!("the client is in {networks}")])
            }
        };
        let passed = |allows: Option<&Rule>| if allows.is_some() { Answer::Yes } else { Answer::Silent };
        let Some(refusal) = denies else { return passed(allows) };
        let is_refused = if allows.is_some() || is_open {
            self.client_is_open();
            self.oracle.choose_again(&[&words[0], &words[1]]) == 1
        } else {
            true
        };
        if is_refused {
            let detail = if allows.is_some() || is_open { words[1].as_str() } else { "everybody is refused" };
            self.step(|| format!("the address is refused: {detail}"), Some(refusal.at));
            self.check(kind, Verdict::Refuse, detail, Some(refusal.at));
            return Answer::No(403, Some(refusal.at));
        }
        self.check(kind, Verdict::Depends, words[0].as_str(), allows.or(denies).map(|rule| rule.at));
        passed(allows)
    }

    fn by_password(&mut self) -> Result<Answer, Stop<'c>> {
        let Some(basic) = &self.level.basic else { return Ok(Answer::Silent) };
        let realm = self.text(&basic.realm);
        if realm.is("off") {
            return Ok(Answer::Silent);
        }
        self.look(|looks| looks.add_header("authorization"));
        let sends = self.request.headers("authorization").next().is_some();
        if !sends {
            self.step("a password is needed, and none was sent", Some(basic.at));
            self.check(CheckKind::Password, Verdict::Refuse, "none was sent", Some(basic.at));
            return Ok(Answer::No(401, Some(basic.at)));
        }
        self.check(CheckKind::Password, Verdict::Depends, "whether the password is one of the file", Some(basic.at));
        Ok(match self.oracle.choose(&["the password is right", "the password is wrong"]) {
            0 => Answer::Yes,
            _ => Answer::No(401, Some(basic.at)),
        })
    }

    fn by_service(&mut self) -> Result<Answer, Stop<'c>> {
        let Some((Some(to), at)) = &self.level.auth else { return Ok(Answer::Silent) };
        let Value::Known(path) = self.text(to) else {
            self.not_known("which service is asked");
            return Ok(Answer::Yes);
        };
        for place in &*self.level.auth_sets {
            self.set(*place, Value::unknown("what the authentication service says"));
        }
        Ok(self.ask(&path, *at))
    }

    fn by_lua(&mut self) -> Result<Answer, Stop<'c>> {
        match self.level.lua_access {
            None | Some(Lua::Harmless | Lua::Ingress { .. }) => Ok(Answer::Silent),
            Some(Lua::Auth(at)) => {
                let config = self.config;
                let Value::Known(path) = self.named(config.variables.own.auth_path) else { return Ok(Answer::Yes) };
                let of_service = |name: &&String| name.starts_with("authheader") || *name == "auth_cookie";
                for (_, place) in config.variables.places.iter().filter(|(name, _)| of_service(name)) {
                    self.set(*place, Value::unknown("what the authentication service says"));
                }
                Ok(self.ask(&path, at))
            }
            Some(Lua::Unknown(at)) => {
                self.not_known("what code in Lua does with the request");
                Ok(match self.oracle.choose(&["the Lua of a snippet lets it through", "the Lua of a snippet refuses it"]) {
                    0 => Answer::Yes,
                    _ => Answer::No(403, Some(at)),
                })
            }
        }
    }

    /// Asks a service: it says yes, no, or something else.
    fn ask(&mut self, path: &[u8], at: Span) -> Answer {
        let service = self.shown(|run| run.service_at(path));
        let whom = service.unwrap_or_else(|| String::from_utf8_lossy(path).into_owned());
        self.check(CheckKind::ExternalAuth, Verdict::Depends, || format!("{whom} is asked"), Some(at));
        self.step(|| format!("{whom} is asked whether it may go on"), Some(at));
        let ways = [
            "the authentication service says yes",
            "the authentication service says 401",
            "the authentication service says 403",
            "the authentication service fails",
        ];
        match self.oracle.choose(&ways) {
            0 => Answer::Yes,
            1 => Answer::No(401, Some(at)),
            2 => Answer::No(403, Some(at)),
            _ => Answer::No(500, Some(at)),
        }
    }

    /// The address that a location of the proxy asks, where it is plain.
    pub(super) fn service_at(&mut self, path: &[u8]) -> Option<String> {
        let config = self.config;
        let locations = &config.inside(self.server).locations;
        let (Static::Exact(at) | Static::Beginning(at)) = locations.find_static(path) else { return None };
        let location = &locations.all[at];
        let pass = location.level.pass.as_ref()?;
        if let Some(literal) = pass.to.literal() {
            return Some(String::from_utf8_lossy(literal).into_owned());
        }
        // The controller writes the address of a service that it asks into a variable first.
        let name = pass.text.trim_start_matches('$').to_ascii_lowercase();
        let to = config.variables.places.get(&name).map_or(Some(&pass.to), |place| last_set(&location.rewrite, *place))?;
        self.text(to).into_text()
    }
}
