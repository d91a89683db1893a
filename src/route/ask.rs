//! What a configuration is asked.

use super::config::Config;
use super::decision::Decision;
use super::looks::Followed;
use super::oracle::{MOST_WAYS, Oracle};
use super::request::Request;
use super::run::Run;

impl Config<'_> {
    /// What becomes of a request, on the way on which everything lets it through that it alone does not decide.
    #[must_use]
    pub fn decide(&self, request: &Request) -> Decision {
        Run::new(self, request, &mut Oracle::default()).finish()
    }

    /// The same without its story: no steps, no details of checks, and of the headers that a backend gets `Host` alone. For whoever
    /// asks very often.
    #[must_use]
    pub fn outcome(&self, request: &Request) -> Decision {
        Run::new(self, request, &mut Oracle::default()).outcome()
    }

    /// The way of [`Config::decide`], with what it rests on.
    #[must_use]
    pub fn follow(&self, request: &Request) -> Followed {
        Run::new(self, request, &mut Oracle::default()).follow()
    }

    /// The ways of [`Config::branches`], each with what it rests on.
    #[must_use]
    pub fn follow_all(&self, request: &Request) -> Vec<Followed> {
        let (mut oracle, mut ways) = (Oracle::default(), Vec::new());
        loop {
            ways.push(Run::new(self, request, &mut oracle).follow());
            if ways.len() == MOST_WAYS || !oracle.next() {
                return ways;
            }
        }
    }

    /// All ways of a request, that of [`Config::decide`] first; the last of very many are left out.
    #[must_use]
    pub fn branches(&self, request: &Request) -> Vec<Decision> {
        let (mut oracle, mut ways) = (Oracle::default(), Vec::new());
        loop {
            ways.push(Run::new(self, request, &mut oracle).finish());
            if ways.len() == MOST_WAYS || !oracle.next() {
                return ways;
            }
        }
    }
}
