//! Where copies of requests go, and what of them.

use super::Walk;
use super::access::plain;
use crate::route::model::{Pass, Static};
use crate::route::symbolic::term::Term;

impl<'c> Walk<'_, '_, 'c, '_> {
    /// Where copies go, with their host: a value that is the same where it is the same function of the request.
    pub(super) fn mirror(&mut self, to: &str) -> Term {
        let config = self.side.config;
        let locations = &config.inside(self.arrival.server).locations;
        let (Static::Exact(at) | Static::Beginning(at)) = locations.find_static(to.as_bytes()) else { return Term::of(to) };
        let location = &locations.all[at];
        let mut copy = Walk::new(self.side, &mut *self.assumed, self.arrival, self.statuses);
        // A copy is a request of its own, with the variables of the first one.
        (copy.values, copy.args, copy.method, copy.client) =
            (self.values.clone(), self.args.clone(), self.method.clone(), self.client.clone());
        (copy.path, copy.is_internal, copy.is_unchanged) = (Term::of(to), true, false);
        copy.enter(Some(location));
        let stopped = copy.rewrite(&location.rewrite).err();
        let sent = match (&stopped, location.level.pass.as_ref()) {
            (None, Some(pass)) => copy.copied(pass),
            _ => Term::of(format!("{stopped:?} of {to}")),
        };
        if !self.side.is_same_words {
            return sent;
        }
        Term::join([sent, Term::of(format!("\u{2}{}", self.told_to(location.at)))])
    }

    /// The address with the path and the host that a copy is sent with.
    fn copied(&mut self, pass: &Pass) -> Term {
        let whole = self.term(&pass.to);
        let first = match &whole {
            Term::Join(parts) => parts.first().cloned(),
            other => Some(other.clone()),
        };
        let first = first.and_then(|term| term.literal_text()).unwrap_or_default();
        let begin = first.find("://").map_or(0, |at| at + "://".len());
        let end = first[begin..].find('/').map(|at| begin + at);
        let rest = match &whole {
            Term::Join(parts) => Term::join(parts.iter().skip(1).cloned()),
            _ => Term::of(""),
        };
        let own = Term::join([Term::of(end.map_or("", |at| &first[at..])), rest.clone()]);
        let path = match own.literal_text() {
            // What is written out is put in front of the rest of the path.
            Some(own) if pass.to.literal().is_some() => self.passed_uri(&own, false),
            Some(own) if own.is_empty() => self.passed_uri("", true),
            _ => own,
        };
        let host =
            self.level.headers.proxy.clone().iter().find(|(name, _)| name.eq_ignore_ascii_case("host")).map(|(_, value)| self.term(value));
        let address = Term::of(plain(&first[..end.unwrap_or(first.len())]));
        Term::join([address, path, Term::of(" for "), host.unwrap_or_else(|| Term::of("the host of the address"))])
    }
}
