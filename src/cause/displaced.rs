//! Why an Ingress no longer has what another configuration gives it: a location, or its part in an upstream as a canary.

use k8s_openapi::api::networking::v1::Ingress;

use super::ingress::{annotation_named, annotation_of, has_default_backend, lost, name, of_ingress};
use super::query::Query;
use super::{Absent, Causes};
use crate::catalog::features::canary;
use crate::catalog::value::parse_bool;
use crate::diagnostic::Cause;
use crate::manifest::Object;

/// The annotation that makes an Ingress a canary.
const CANARY: &str = canary::ENABLED.spec.name;
/// The type of path that is for the path alone.
const EXACT: &str = "Exact";

impl Causes<'_> {
    /// Why an Ingress no longer has a location: it is not served, or asks for another one. None where it still asks for it, as then
    /// whoever has it took it. `is_exact`: the location is for the path alone, not for what is below it.
    #[must_use]
    pub fn of_displaced(&self, query: &Query, is_exact: bool) -> Option<Cause> {
        let owner = query.ingress?;
        if let Some(refused) = self.of_refused(owner) {
            return Some(refused);
        }
        let ingress = self.ingress(owner)?;
        let path = query.path.unwrap_or_default();
        match self.type_of_path(ingress, query) {
            Some((EXACT, place)) if !is_exact => {
                Some(lost(ingress, format!("path `{path}` of {} is `{EXACT}`", name(ingress)), path, place))
            }
            Some(_) => None,
            None if has_default_backend(ingress) => None,
            None => Some(lost(ingress, format!("{} declares none", name(ingress)), path, self.rules(ingress, query))),
        }
    }

    /// Why an upstream is no longer the alternative of another one, and the Ingress that this is about. None where several Ingresses
    /// could have been its canary.
    #[must_use]
    pub fn of_lost_canary(&self, alternative: &str) -> Option<Cause> {
        let users = self.users_of(alternative, self.service_of(alternative));
        let canaries = users.iter().copied().filter(|ingress| annotation_named(ingress, CANARY).is_some());
        let ingress = only(users.iter().copied()).or_else(|| only(canaries))?;
        let owner = (ingress.reference.namespace.as_str(), ingress.reference.name.as_str());
        Some(match annotation_named(ingress, CANARY) {
            None => {
                let absent = Absent { annotations: vec![CANARY], ..Absent::default() };
                self.of_absent(&Query { ingress: Some(owner), ..Query::default() }, &absent)
            }
            Some((key, value)) if parse_bool(value) != Some(true) => of_ingress(ingress, &annotation_of(ingress, key)),
            Some(_) => self.of_refused(owner).unwrap_or_else(|| {
                let message = format!("{} is a canary, and not of a route that leads there", name(ingress));
                lost(ingress, message, alternative, self.rules(ingress, &Query::default()))
            }),
        })
    }
}

/// The only one, however often it is there.
fn only<'i>(mut ingresses: impl Iterator<Item = &'i Object<Ingress>>) -> Option<&'i Object<Ingress>> {
    let first = ingresses.next()?;
    ingresses.all(|other| std::ptr::eq(other, first)).then_some(first)
}
